"""An application that keeps pages, and looks for news before each of them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from app.config import Settings
from app.pagecache.answering import PageCache
from tests import conftest
from tests.conftest import FakeClock


class Kept:
    """What one process keeps."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.cache: PageCache = app.extensions["page_cache"]
        # Never sure, so that nothing here waits for a clock; and no reading between requests.
        self.cache.follower.lasts, self.cache.follower.idle = 0.0, -1.0

    def begin(self) -> None:
        """As if it had just started."""
        self.cache.pages.drop(["*"])
        self.cache.follower._position = None
        self.cache.follower.doubt()

    def warm(self, *paths: str) -> None:
        """Has every page made."""
        for path in paths:
            assert self.app.test_client().get(path).status_code == 200, path
            assert self.there(path), path

    def there(self, path: str) -> bool:
        """Whether the page at an address is kept."""
        path, _, query = path.partition("?")
        return self.cache.pages.get((path, query)) is not None

    def dropped(self, *paths: str) -> set[str]:
        """Which pages are not kept any more, once the news are in."""
        self.cache.follower.catch_up()
        return {path for path in paths if not self.there(path)}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With a page cache of a megabyte."""
    return replace(settings, page_cache=1)


@pytest.fixture
def kept(app: Flask) -> Kept:
    """What the application keeps: nothing yet."""
    kept = Kept(app)
    kept.begin()
    return kept


@pytest.fixture
def other(kept: Kept, settings: Settings, tmp_path: Path, time: FakeClock,
          compiled_templates: FileSystemBytecodeCache) -> Iterator[Kept]:
    """A second process on the same database."""
    app = conftest.build(replace(settings, data=tmp_path), compiled_templates)
    yield Kept(app)
    conftest.disconnect(app)
