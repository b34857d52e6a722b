"""What every test of pulled-in feeds may use."""

from tests.commanding import run
from tests.feeds.asking import source
from tests.feeds.feed_server import feed_server

__all__ = ["feed_server", "run", "source"]
