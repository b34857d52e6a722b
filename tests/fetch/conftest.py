"""What every test of the fetcher may use."""

from tests.feeds.feed_server import feed_server

__all__ = ["feed_server"]
