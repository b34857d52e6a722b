"""What we agreed on with the author of a feed, and how an author takes it over."""
