"""Addresses, moments, languages and texts as feeds of every kind write them."""

import re
from datetime import UTC, datetime
from html import escape
from urllib.parse import urljoin, urlsplit

from app.feeds.parsing.unseen import without_unseen

LONGEST_LINK = 4000
# No feed is older than the Web; later years are typing errors. What of the rest is believable
# depends on the day and is for `deciding`.
YEARS = range(1970, 2100)

# Most addresses have nothing in them to be made regular, which takes its time.
_REST = r"(?:\?[\w/~%+@:,=&.-]+)?"
_PLAIN = re.compile(rf"(https?://[a-z0-9.-]+(?::[0-9]{{1,5}})?)(?:/[\w/~%+@:,=&.-]*)?{_REST}", re.A)
_ROOTED = re.compile(rf"(?:/[\w~%+@:,=&-][\w~%+@:,=&.-]*)+/?{_REST}", re.A)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


def link(address: str, base: str) -> str | None:
    """The address, absolute, if it is http(s) and at most 4000 characters long."""
    if absolute := _soon(address, base):
        return absolute if len(absolute) <= LONGEST_LINK else None
    try:
        absolute = urljoin(base, without_unseen(address).strip())
        parts = urlsplit(absolute)
    except ValueError:
        return None
    is_web = bool(address) and parts.scheme in ("http", "https") and bool(parts.hostname)
    return absolute if is_web and len(absolute) <= LONGEST_LINK else None


def _soon(address: str, base: str) -> str:
    if _PLAIN.fullmatch(address):
        return address
    place = _PLAIN.fullmatch(base) if _ROOTED.fullmatch(address) else None
    return place[1] + address if place else ""


def paragraphs(text: str) -> str:
    """Plain text as HTML: a paragraph wherever a line was left empty."""
    return "".join(f"<p>{escape(lines)}</p>" for lines in re.split(r"\n\s*\n", text) if lines)


def moment(stamp: float | None) -> datetime | None:
    """Seconds since 1970 as a moment in UTC, unless no feed can be that old or that young."""
    try:
        at = None if stamp is None else datetime.fromtimestamp(stamp, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return at if at and at.year in YEARS else None


def language(tag: str) -> str:
    """A language tag as HTML writes it, or nothing if it is none."""
    tag = tag.strip().replace("_", "-")
    return tag if len(tag) <= 35 and _LANGUAGE.fullmatch(tag) else ""
