"""Repairs that an editor asks for."""

from datetime import datetime

from sqlalchemy.orm import Session

from app import text
from app.desk import queries as desk_queries
from app.entries import filing, wording
from app.entries.models import Entry
from app.feeds.mending.doubts import apply
from app.feeds.mending.findings import Finding, is_open
from app.feeds.mending.introducing import introduce
from app.feeds.models import FeedItem
from app.feeds.showing import Version, shown
from app.feeds.storing import KIND


class TooLate(Exception):
    """A repair that was made already, or whose words have changed; the text says which."""


def repair(session: Session, item: FeedItem, index: int, *, by: str, now: datetime) -> Finding:
    """Makes the doubtful repair with this index, as an edit; gives what was found. Commits.

    Raises TooLate, and filing.NumberTaken if the series has that number already.
    """
    session.refresh(item, ["findings"], with_for_update={"of": FeedItem})
    found, entry = _open(item, index), item.entry
    whole = _whole(item, entry) if entry else None
    repaired = apply(entry.title, whole or entry.source, found) if entry else None
    if entry is None or repaired is None:
        raise TooLate("These words are not in the text any more, so there is nothing to repair.")
    if found["name"] == "series":
        filing.number(session, entry, found["series"] or item.feed.name, found["number"])
    source = _shown(item, repaired.html) if whole else repaired.html
    wording.write(session, entry, wording.Words(repaired.title, entry.standfirst, source),
                  by=by, now=now)
    if found["name"] == "bio":
        _introduce(entry, item, found)
    item.findings = [*item.findings[:index], found | {"made_by": by, "made_at": now.isoformat()},
                     *item.findings[index + 1:]]
    _tell_the_desk(session, item, entry)
    session.commit()
    return found


def _whole(item: FeedItem, entry: Entry) -> str | None:
    # An excerpt is cut out of the whole text, where what is to be repaired may well stand.
    whole = Version.imported(item).repaired(item.findings).html
    return whole if entry.source == _shown(item, whole) else None


def _shown(item: FeedItem, html: str) -> str:
    return shown(item.feed.show, html, text.plain(html), item.link)


def _open(item: FeedItem, index: int) -> Finding:
    if not 0 <= index < len(item.findings) or not is_open(item.findings[index]):
        raise TooLate("This repair has been made already.")
    return item.findings[index]


def _introduce(entry: Entry, item: FeedItem, found: Finding) -> None:
    for person in entry.byline[:1]:
        introduce(person, [found], came_with=item.feed.description)


def _tell_the_desk(session: Session, item: FeedItem, entry: Entry) -> None:
    if card := desk_queries.item_of(session, KIND, item.id):
        card.title, card.text = entry.title, text.plain(entry.html)
