"""Whether the settings go together, and who can read the key."""

import platform
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from app.config import LOOPBACK, Settings
from app.fetch import Allow
from app.operations import beating
from app.operations.doctor.finding import Finding, Patient, ok, warning, wrong

# Group and others.
NOT_OURS = stat.S_IRWXG | stat.S_IRWXO


def look(patient: Patient) -> Iterator[Finding]:
    """Versions, settings, the key."""
    settings = patient.settings
    yield ok(f"Lectern {beating.version()}, Python {platform.python_version()}, "
             f"SQLite {sqlite3.sqlite_version}.")
    yield from _together(settings)
    yield from _key(settings)
    if settings.feed_allow:
        Allow.parse(settings.feed_allow)
        yield warning(f"Feeds may be fetched from {settings.feed_allow}, though not public.",
                      "Fine for feeds of your own network; else take it out of"
                      " LECTERN_FEED_ALLOW.")


def _together(settings: Settings) -> Iterator[Finding]:
    base = urlsplit(settings.base_url)
    if base.scheme == "https" and not settings.trusted_proxies:
        yield warning("The address is https, so that something in front of the site ends TLS, but"
                      " LECTERN_TRUSTED_PROXIES is 0: all readers look like one.",
                      "Set LECTERN_TRUSTED_PROXIES to the number of proxies in front.")
    if settings.trusted_proxies and base.hostname in LOOPBACK:
        yield warning("Proxies are trusted, but LECTERN_BASE_URL is an address of this machine.",
                      "Set LECTERN_BASE_URL to the address that readers type.")
    if _is_shared(settings.database_url) and not _is_shared(settings.queue_url):
        yield warning("The database can be shared by several machines, the queue cannot.",
                      "With more than one machine, set LECTERN_QUEUE_URL to the same PostgreSQL.")
    if _is_shared(settings.database_url) and not settings.secret_key:
        yield warning("The key that signs sessions is this machine's own.",
                      "With more than one machine, set the same LECTERN_SECRET_KEY on all.")
    if not settings.page_cache:
        yield warning("No pages are kept: every reader has every page made anew.",
                      "Leave LECTERN_PAGE_CACHE at 64, or at what memory allows.")
    yield ok(f"The settings are understood; the site is {settings.base_url}.")


def _is_shared(url: str) -> bool:
    return url.startswith("postgresql")


def _key(settings: Settings) -> Iterator[Finding]:
    path = settings.kept_key
    if settings.secret_key:
        yield ok("The key that signs sessions is set.")
    elif not path.exists():
        yield warning("There is no key yet that signs sessions.",
                      "The first start makes it; nothing is to be done.")
    elif path.stat().st_mode & NOT_OURS:
        yield wrong(f"Others can read {path}, and sign in as anybody.",
                    f"chmod 600 {path}, and remove it once if somebody may have: all are signed"
                    " out.")
    else:
        yield ok(f"{path} is its owner's alone.")
    yield from _others(settings.data / "lectern.sqlite")


def _others(path: Path) -> Iterator[Finding]:
    # Below a closed directory, the mode of a file says nothing.
    if path.exists() and all(each.stat().st_mode & stat.S_IRWXO for each in (path, path.parent)):
        yield warning(f"Everybody on this machine can read {path}, with readers' addresses.",
                      f"chmod o= {path.parent}")
