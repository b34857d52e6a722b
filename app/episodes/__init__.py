"""Episodes of the webcast: an Entry with a recording, chapters and a transcript beside it."""
