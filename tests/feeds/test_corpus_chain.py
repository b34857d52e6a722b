"""Every document of the corpus goes the whole way to the reader, with no traceback anywhere.

Parsed, decided, stored, drawn at the desk, published, drawn for readers, and sent out again. What
two documents say alike goes on from the parser once: of 2,210 feeds 900 are left.
"""

import json
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.desk.models import ReviewItem
from app.entries import actions as entries
from app.entries.models import Entry
from app.feeds import actions
from app.feeds.deciding import Known, VerdictKind, decide
from app.feeds.models import Feed
from app.feeds.parsing import ParsedFeed, ParseFailed, parse
from app.feeds.storing import take
from tests.conftest import NOON, FakeClock
from tests.feeds.corpus import ADDRESS, documents
from tests.visiting import Visitor

# Of each part of the corpus: how many documents are no feeds, how many entries become pages.
PARTS = ((30, 16), (7, 34), (1, 62), (0, 185))
BATCH = 25


def part(number: int, no_feeds: int) -> list[ParsedFeed]:
    """What a part of the corpus says; what says the same as another document is left out.

    Each document is answered with a feed or with a sentence, never with a traceback.
    """
    every = list(documents())
    size = -(-len(every) // len(PARTS))
    answers = [answer(body, content_type)
               for _name, body, content_type in every[number * size:(number + 1) * size]]
    assert len(answers) > 2000 / len(PARTS)
    refusals = [one for one in answers if isinstance(one, str)]
    assert len(refusals) == no_feeds
    for sentence in refusals:
        assert sentence.endswith(".")
        assert len(sentence) < 120
        assert "<" not in sentence
    return list({repr(one): one for one in answers if isinstance(one, ParsedFeed)}.values())


def answer(body: bytes, content_type: str) -> ParsedFeed | str:
    """What the parser says to a document."""
    try:
        return parse(body, content_type=content_type, url=ADDRESS)
    except ParseFailed as failure:
        return str(failure)


def check_decisions(feed: ParsedFeed) -> None:
    """Every item is decided once, and a second look finds nothing new."""
    first = decide((), feed, NOON).verdicts
    assert [verdict.item for verdict in first] == list(feed.items)
    stored = [
        Known(one.identity, one.item.link, one.content_hash, one.date, one.item.guid, one.meaning)
        for one in first if one.kind == VerdictKind.NEW
    ]
    assert {one.kind for one in decide(stored, feed, NOON).verdicts} <= {
        VerdictKind.UNCHANGED, VerdictKind.REPEATED
    }


def bring_in(session: Session, some: Sequence[ParsedFeed], now: Any) -> None:
    """Stores what each of these says, as a feed of its own."""
    for number, parsed in enumerate(some):
        feed, _new = actions.add(session, f"{ADDRESS}?{number}", now=now)
        take(session, feed, parsed, now=now)
    session.commit()


def look_at_the_desk(editor: Visitor) -> None:
    """Every card on every page of the queue, and the page of feeds."""
    path: str | None = "/desk/"
    while path:
        page = editor.get(path)
        path = next((each["href"] for each in page.all("a") if each.get("rel") == "next"), None)
    editor.get("/desk/feeds/")


def publish(session: Session, time: FakeClock) -> list[Entry]:
    """Publishes whatever can be, at a time of its own."""
    waiting = session.scalars(sa.select(Entry).where(Entry.state == "waiting")).all()
    public = []
    for entry in waiting:
        try:
            entries.publish(session, entry, now=time.forward(seconds=1))
        except entries.NothingToPublish:
            entries.remove(entry, now=time.now())
        else:
            public.append(entry)
    session.commit()
    return public


def look_as_a_reader(visitor: Visitor, public: Sequence[Entry]) -> None:
    """Each page, and all that machines get."""
    for entry in public:
        visitor.get(entry.path)
    for path in ("/feed.xml", "/feed.atom", "/sitemap.xml"):
        ET.fromstring(visitor.client.get(path).data)
    items = json.loads(visitor.client.get("/feed.json").data)["items"]
    assert {each["id"] for each in items} >= {entry.guid for entry in public[-30:]}


@pytest.mark.parametrize(("number", "no_feeds", "pages"),
                         [(number, *found) for number, found in enumerate(PARTS)])
def test_every_document_reaches_the_reader_or_is_refused_in_a_sentence(
    number: int, no_feeds: int, pages: int, session: Session, time: FakeClock, editor: Visitor,
    visitor: Visitor, engine_name: str,
) -> None:
    feeds = part(number, no_feeds)
    shown = 0
    for start in range(0, len(feeds), BATCH):
        some = feeds[start:start + BATCH]
        for parsed in some:
            check_decisions(parsed)
        bring_in(session, some, time.now())
        if engine_name == "sqlite":
            look_at_the_desk(editor)
        public = publish(session, time)
        shown += len(public)
        # Whether it can be kept may differ from one database to another, but not how it looks.
        if engine_name == "sqlite":
            look_as_a_reader(visitor, public)
        # The next batch gets an empty desk.
        session.execute(sa.delete(ReviewItem))
        session.execute(sa.delete(Feed))
        session.commit()
    assert shown == pages
