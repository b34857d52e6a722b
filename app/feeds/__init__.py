"""Feeds: guest posts pulled in from other people's blogs: fetch → parse → decide → store."""
