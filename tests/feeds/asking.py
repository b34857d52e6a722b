"""A feed on the test's server, and the two things one does with it: serve and visit."""

from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.desk import queries as desk_queries
from app.desk.models import ReviewItem
from app.entries.models import Entry
from app.feeds import actions
from app.feeds.models import Feed, FeedItem
from app.feeds.storing import KIND
from tests.conftest import FakeClock
from tests.feeds.documents import Item, rss
from tests.feeds.feed_server import FeedServer


@dataclass
class Source:
    """One feed of ours, its server, and the database it is kept in."""

    app: Flask
    session: Session
    server: FeedServer
    time: FakeClock
    feed: Feed

    def serve(self, *items: Item, **channel: str) -> None:
        """What the feed says from now on."""
        self.server.serve(rss(*items, **channel))

    def visit(self) -> str:
        """Asks the feed, an hour later; what came of it in words."""
        self.time.forward(hours=1)
        visit = actions.visit(self.session, self.feed, self.app.extensions["asking"],
                              now=self.time.now())
        return str(visit)

    def says(self, *items: Item, **channel: str) -> str:
        """Serves these items and visits."""
        self.serve(*items, **channel)
        return self.visit()

    def entries(self) -> list[Entry]:
        """All entries, the oldest first."""
        self.session.expire_all()
        found = list(self.session.scalars(sa.select(Entry).order_by(Entry.id)))
        self.session.commit()
        return found

    def stored(self) -> list[FeedItem]:
        """All items, the oldest first."""
        self.session.expire_all()
        found = list(self.session.scalars(sa.select(FeedItem).order_by(FeedItem.id)))
        self.session.commit()
        return found

    def card(self, number: int = 0) -> ReviewItem:
        """The desk's item of the first item, or of another."""
        item = desk_queries.item_of(self.session, KIND, self.stored()[number].id)
        self.session.commit()
        assert item is not None
        return item


@pytest.fixture
def source(app: Flask, session: Session, feed_server: FeedServer, time: FakeClock) -> Source:
    """A feed that was added and not visited yet."""
    return source_at(app, session, feed_server, time)


def source_at(app: Flask, session: Session, server: FeedServer, time: FakeClock,
              path: str = "/feed.xml", **settings: Any) -> Source:
    """A feed at a path of the server, with its settings."""
    feed, _new = actions.add(session, server.url(path), now=time.now(), **settings)
    return Source(app, session, server, time, feed)
