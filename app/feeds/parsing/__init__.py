"""Bytes to items, with nothing believed that the bytes do not bear out."""

from app.feeds.parsing.reading import ParsedFeed, ParsedItem, ParseFailed, parse

__all__ = ["ParseFailed", "ParsedFeed", "ParsedItem", "parse"]
