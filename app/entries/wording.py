"""What an entry says: its words, their older versions, and the HTML made from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import text
from app.entries.models import Entry, Markup, Revision


class Stale(Exception):
    """The text was saved by somebody else in the meantime."""


@dataclass(frozen=True)
class Words:
    """The text of an entry as its writer typed it."""

    title: str
    standfirst: str
    source: str


def write(session: Session, entry: Entry, words: Words, *, by: str, now: datetime,
          version: int | None = None) -> bool:
    """Stores new words, keeping the old as a revision; says whether anything changed.

    With `version`, the version that the writer began from: raises Stale if it is not the newest.
    """
    if words == Words(entry.title, entry.standfirst, entry.source):
        return False
    if version is not None and entry.id is not None:
        session.refresh(entry, ["version"], with_for_update=True)
        if entry.version != version:
            raise Stale(f"“{entry.title}” was saved by somebody else while you were writing.")
    _keep_revision(session, entry, by, now)
    replace(entry, words, now=now)
    return True


def write_all(session: Session, changes: Sequence[tuple[Entry, Words]], *, by: str,
              now: datetime) -> None:
    """As `write`, for many stored entries at once and without asking for their versions."""
    changed = [(entry, words) for entry, words in changes
               if words != Words(entry.title, entry.standfirst, entry.source)]
    if not changed:
        return
    session.execute(sa.insert(Revision), [_revision(entry, by, now) for entry, _words in changed])
    for entry, words in changed:
        entry.version += 1
        replace(entry, words, now=now)


def replace(entry: Entry, words: Words, *, now: datetime) -> None:
    """Sets new words and forgets the old: for text that nobody here has touched."""
    entry.title, entry.standfirst, entry.source = words.title, words.standfirst, words.source
    render(entry)
    entry.updated_at = now


def _keep_revision(session: Session, entry: Entry, by: str, now: datetime) -> None:
    if entry.id is None:
        return
    stood = entry.source or entry.title
    if stood:
        session.add(Revision(**_revision(entry, by, now)))
    # The first words of a piece that was begun empty are its first version.
    if stood or not entry.version:
        entry.version += 1


def _revision(entry: Entry, by: str, now: datetime) -> dict[str, Any]:
    return {"entry_id": entry.id, "version": entry.version, "title": entry.title,
            "standfirst": entry.standfirst, "source": entry.source, "saved_by": by,
            "saved_at": now}


def render(entry: Entry) -> None:
    """Makes the HTML of an entry from its source."""
    # Column defaults are set by the first flush, so a new entry's markup may still be None.
    rendered = text.clean_html if entry.markup is Markup.HTML else text.markdown
    entry.html = rendered(entry.source, rel=entry.rel)
    entry.minutes = text.minutes_of(text.plain(entry.html))
