"""Everything that goes out to machines: feeds, the podcast, the sitemap."""
