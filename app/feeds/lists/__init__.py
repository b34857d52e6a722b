"""Lists of feeds, as OPML: taken out with our settings, and brought in after a rehearsal."""
