"""Every document of the corpus goes the whole way to the reader, with no traceback anywhere.

Parsed, decided, stored, drawn at the desk, published, drawn for readers, and sent out again.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.desk.models import ReviewItem
from app.entries import actions as entries
from app.entries.models import Entry
from app.feeds import actions
from app.feeds.models import Feed
from app.feeds.parsing import ParseFailed, parse
from app.feeds.storing import take
from tests.conftest import FakeClock
from tests.feeds.corpus import ADDRESS, documents
from tests.visiting import Visitor

SHARDS = 8
BATCH = 25
Document = tuple[str, bytes, str]


def shard(number: int) -> Iterator[Document]:
    """Every eighth document, so that the slow ones, which are neighbours, are shared out."""
    return islice(documents(), number, None, SHARDS)


def bring_in(session: Session, some: Sequence[Document], now: Any) -> int:
    """Stores each of these documents as the feed it would be; says how many were none."""
    refused = 0
    for name, body, content_type in some:
        feed, _new = actions.add(session, f"{ADDRESS}?{name}", now=now)
        try:
            parsed = parse(body, content_type=content_type, url=ADDRESS)
        except ParseFailed:
            refused += 1
            continue
        take(session, feed, parsed, now=now)
    session.commit()
    return refused


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


@pytest.mark.parametrize("number", range(SHARDS))
def test_every_document_reaches_the_reader_or_is_refused_in_a_sentence(
    number: int, app: Flask, session: Session, time: FakeClock, editor: Visitor, visitor: Visitor,
    engine_name: str,
) -> None:
    rest = shard(number)
    seen = refused = shown = 0
    while some := list(islice(rest, BATCH)):
        seen += len(some)
        refused += bring_in(session, some, time.now())
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
    assert seen > 2000 / SHARDS
    assert refused < 0.04 * seen
    assert shown > 0.15 * seen
