"""Telling a CDN what was disturbed, so that it may keep pages for a day.

Each line of the log is told twice: at once, and again when every process has read it. In between,
the CDN may have fetched a page from one that had not.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.database import Model
from app.dialects import insertion
from app.fetch import Allow, FetchFailed, Limits, post
from app.pagecache import keys
from app.pagecache.changing import EVERYTHING
from app.pagecache.log import MOST, Purge

JOB = "tell-cdn"
# More than a process relies on what it read and the clocks of two machines are apart.
AGAIN = timedelta(seconds=3)
RETRY = timedelta(seconds=5)
# How long processes of the release before may still answer when a worker of this one has begun.
TAKES_OVER = timedelta(seconds=10)
# As many as Fastly takes at once.
KEYS_AT_ONCE = 256
LIMITS = Limits(connect=3, total=10, size=100_000)
logger = logging.getLogger(__name__)


class Told(Model):
    """How far the CDN was told of the log, at once and again. One row; none before the first."""

    __tablename__ = "cdn_told"

    id: Mapped[int] = mapped_column(primary_key=True)
    at_once: Mapped[int]
    again: Mapped[int]


@dataclass(frozen=True)
class News:
    """What is to be told now, how far that reaches, and whether some of it is to be told again."""

    tags: frozenset[str]
    at_once: int
    again: int
    more: bool = False

    @property
    def settled(self) -> bool:
        """Whether all there is was told for the second time."""
        return self.again == self.at_once and not self.more


class Cdn:
    """Whoever takes `POST` with a `Surrogate-Key`, and in it up to 256 keys to purge by.

    Source: Fastly's API, "Purge multiple surrogate key tags"; its Fastly-Key is what others read
    as a bearer's token.
    """

    def __init__(self, url: str, site: str) -> None:
        """At http(s)://TOKEN@host/path, the token left out if none is wanted."""
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        self._address = parts._replace(netloc=host).geturl()
        self._headers = {"User-Agent": f"Lectern (+{site})"}
        if token := unquote(parts.username or ""):
            self._headers |= {"Authorization": f"Bearer {token}", "Fastly-Key": token}
        # Set by whoever runs the site, so it may stand in their own network.
        self._allow = Allow.parse(host)
        # It may have pages from before this program was started, and perhaps another one, and get
        # some more of them while the other one leaves: it is greeted at once, and again.
        self._greeted: datetime | None = None
        self._settled = False
        self._telling = Lock()
        self._asked = False

    def purge(self, tags: Iterable[str]) -> bool:
        """Has it forget all pages with these tags; whether it took that. No transaction is open."""
        wanted = sorted(keys.of_change(tags))
        return all(self._post(wanted[start:start + KEYS_AT_ONCE])
                   for start in range(0, len(wanted), KEYS_AT_ONCE))

    def _post(self, some: Sequence[str]) -> bool:
        try:
            answer = post(self._address, {}, allow=self._allow, limits=LIMITS,
                          headers=self._headers | {"Surrogate-Key": " ".join(some)})
        except FetchFailed as error:
            logger.warning("The CDN was not told and will be: %s", error)
            return False
        if answer.status >= 300:
            logger.warning("The CDN was not told and will be: it answers with the error %s.",
                           answer.status)
        return answer.status < 300

    def tell(self, session: Session, now: datetime) -> timedelta | None:
        """Tells all that is due, in one thread; after how long to ask again, None if for nothing.

        What is asked for meanwhile, the thread that is at it does as well. Commits.
        """
        self._asked, pause = True, None
        while self._asked and pause is None and self._telling.acquire(blocking=False):
            try:
                self._asked = False
                pause = self._tell(session, now)
            finally:
                self._telling.release()
        return pause

    def _tell(self, session: Session, now: datetime) -> timedelta | None:
        news, greets = _news(session, now), self._greets(now)
        tags = {EVERYTHING} if greets else news.tags
        session.commit()
        if tags and not self.purge(tags):
            return RETRY
        if greets:
            self._settled, self._greeted = self._greeted is not None, now
        _note(session, news)
        return None if news.settled and self._settled else AGAIN

    def _greets(self, now: datetime) -> bool:
        if self._greeted is None:
            return True
        return not self._settled and now >= self._greeted + TAKES_OVER


def _news(session: Session, now: datetime) -> News:
    told = session.get(Told, 1, populate_existing=True)
    if told is None:
        return News(frozenset({EVERYTHING}), _newest(session), _newest(session, now - AGAIN))
    rows = session.execute(sa.select(Purge.id, Purge.tags, Purge.at)
                           .where(Purge.id >= told.again).order_by(Purge.id).limit(MOST)).all()
    if told.again and (not rows or rows[0].id != told.again):
        # It was swept since: nobody could tell any more what was in it.
        return News(frozenset({EVERYTHING}), _newest(session), _newest(session))
    return _due(rows, told, now - AGAIN)


def _newest(session: Session, before: datetime | None = None) -> int:
    query = sa.select(sa.func.max(Purge.id))
    return session.scalar(query if before is None else query.where(Purge.at <= before)) or 0


def _due(rows: Sequence[Any], told: Told, before: datetime) -> News:
    tags: set[str] = set()
    again, settling = told.again, True
    for row in rows:
        settling = settling and row.at <= before
        if row.id > told.again and settling:
            again = row.id
        if row.id > told.at_once or told.again < row.id <= again:
            tags |= set(row.tags)
    return News(frozenset(tags), max(told.at_once, rows[-1].id if rows else 0), again,
                len(rows) == MOST)


def _note(session: Session, news: News) -> None:
    session.execute(insertion(session, Told).on_conflict_do_nothing()
                    .values(id=1, at_once=0, again=0))
    # Whoever told less than somebody else meanwhile takes nothing back.
    for column, position in ((Told.at_once, news.at_once), (Told.again, news.again)):
        session.execute(sa.update(Told).where(column < position).values({column: position})
                        .execution_options(synchronize_session=False))
    session.commit()
