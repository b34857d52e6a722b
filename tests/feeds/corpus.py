"""Feedparser's own test documents: over 2,000 feeds, most of them odd in one way.

They are in its source distribution, which is downloaded once and kept; nothing of it is
committed. A test further along the pipeline takes `documents()` and goes on from there.
"""

import importlib.metadata
import importlib.util
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import venv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

CACHE = Path(__file__).parents[2] / ".cache" / "feeds"
ADDRESS = "https://feeds.example/some/feed.xml"

_HEADER = re.compile(rb"Header:\s*Content-type:\s*([^\r\n]+)", re.IGNORECASE)


def documents() -> Iterator[tuple[str, bytes, str]]:
    """Name, bytes and content type of each document, in a settled order.

    Skips the test if the distribution is not there and cannot be had; in CI that is an error.
    """
    with tarfile.open(_distribution()) as archive:
        for member in sorted(archive.getmembers(), key=lambda one: one.name):
            name = member.name.partition("/tests/")[2]
            if member.isfile() and name and not name.endswith(".py"):
                stream = archive.extractfile(member)
                assert stream is not None
                body = stream.read()
                yield name, body, _content_type(body)


def _content_type(body: bytes) -> str:
    # The documents name the headers they want to be served with in a comment.
    found = _HEADER.search(body[:2000])
    return found.group(1).decode("latin-1").strip() if found else "application/xml"


@cache
def _distribution() -> Path:
    version = importlib.metadata.version("feedparser")
    kept = CACHE / f"feedparser-{version}.tar.gz"
    if not kept.exists():
        _download(f"feedparser=={version}")
    if not kept.exists() and not os.environ.get("CI"):
        pytest.skip("the corpus is not here and cannot be downloaded")
    return kept


def _download(requirement: str) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    # Beside and then moved, so that tests that run at once never see half a file.
    with tempfile.TemporaryDirectory(dir=CACHE) as beside:
        subprocess.run(
            [_python_with_pip(beside), "-m", "pip", "download", "--quiet", "--no-deps",
             "--no-binary", "feedparser", "--dest", beside, requirement],
            check=False, capture_output=True, timeout=180,
        )
        for file in Path(beside).glob("*.tar.gz"):
            file.replace(CACHE / file.name)


def _python_with_pip(folder: str) -> str:
    # An environment made by uv has no pip.
    if importlib.util.find_spec("pip"):
        return sys.executable
    venv.create(Path(folder) / "pip", with_pip=True)
    return str(Path(folder) / "pip" / "bin" / "python")
