"""Carrying out a doubtful repair, once an editor has said that it is right. Pure."""

from dataclasses import dataclass
from html import escape

from app.feeds.mending.findings import TITLE, Finding


@dataclass(frozen=True)
class Repaired:
    """A title and a text after a repair."""

    title: str
    html: str


def apply(title: str, html: str, found: Finding) -> Repaired | None:
    """The words with this repair made, or None if they no longer say what it would repair."""
    if found["name"] == "bio":
        block = found.get("html", "")
        there = block and block in html
        return Repaired(title, html.replace(block, "", 1).strip()) if there else None
    before, after = found["before"], found["after"]
    if found["where"] == TITLE:
        return Repaired(title.replace(before, after, 1), html) if before in title else None
    written = _written(before)
    if before == after or written not in html:
        return None
    return Repaired(title, html.replace(written, _written(after), 1))


def _written(words: str) -> str:
    # As nh3 writes text.
    return escape(words, quote=False).replace("\N{NO-BREAK SPACE}", "&nbsp;")
