"""Pictures of feed items, fetched through the guard, drawn anew, and put where they belong.

Until one is ours its place in the text is an `img` without a source. One that does not come is left
out. Fetched are those of texts that wait or are public, never those of texts that were removed.
"""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import jobs
from app.entries import wording
from app.entries.models import Entry, EntryState
from app.feeds.mending.models import FeedItemPicture, FeedPicture
from app.feeds.mending.placing import settled, wanted
from app.feeds.models import FeedItem
from app.fetch import Allow, FetchFailed, Limits, get
from app.media import (
    PICTURE_BYTES,
    Media,
    Store,
    StoreFailed,
    Unreadable,
    Upload,
    note,
    put,
    read_picture,
)

JOB = "fetch-feed-pictures"
LIMITS = Limits(connect=10, total=30, size=PICTURE_BYTES)
MOST_AT_ONCE = 50
TRIES = 4
PAUSE = timedelta(minutes=10)
HELD = timedelta(minutes=5)
LEFT_BEHIND = timedelta(days=1)


@dataclass(frozen=True)
class Asking:
    """Under which name pictures are asked for, what may be reached, and where they are kept."""

    agent: str
    allow: Allow
    store: Store


def expect(session: Session, texts: Mapping[int, str], *, now: datetime) -> None:
    """Notes which pictures the texts of these items wait for, by item; the caller commits.

    A fixed number of statements, whatever the number of items.
    """
    pairs = [(item_id, url) for item_id, html in texts.items() for url in wanted(html)]
    if not pairs:
        return
    urls = list(dict.fromkeys(url for _, url in pairs))
    known = set(session.scalars(sa.select(FeedPicture.url).where(FeedPicture.url.in_(urls))))
    shown = {tuple(row) for row in session.execute(
        sa.select(FeedItemPicture.item_id, FeedItemPicture.url)
        .where(FeedItemPicture.item_id.in_(texts)))}
    session.add_all(FeedPicture(url=url, next_try_at=now) for url in urls if url not in known)
    session.flush()
    session.add_all(FeedItemPicture(item_id=item_id, url=url) for item_id, url in pairs
                    if (item_id, url) not in shown)
    session.flush()
    jobs.wake(session, JOB, now)


def fetch_due(session: Session, asking: Asking, now: Callable[[], datetime]) -> int:
    """Fetches what is due, at most 50 at a time; says how many were tried. Commits.

    No transaction is open while a server is asked.
    """
    _settle_left_behind(session, now())
    for tried in range(MOST_AT_ONCE):
        picture = _claim(session, now())
        if picture is None:
            return tried
        got = _fetched(picture.url, asking)
        _take(session, picture, got, now())
        session.commit()
    return MOST_AT_ONCE


def _claim(session: Session, now: datetime) -> FeedPicture | None:
    shown = (sa.select(FeedItemPicture.url).join(FeedItem, FeedItem.id == FeedItemPicture.item_id)
             .join(Entry, Entry.id == FeedItem.entry_id)
             .where(FeedItemPicture.url == FeedPicture.url, Entry.state != EntryState.REMOVED))
    picture = session.scalars(
        sa.select(FeedPicture).where(FeedPicture.next_try_at <= now, shown.exists())
        .order_by(FeedPicture.next_try_at).limit(1)
        .with_for_update(skip_locked=True, of=FeedPicture)).first()
    if picture:
        # Nobody else asks for it meanwhile; if we die of it, it is asked for again.
        picture.next_try_at, picture.tried_at = now + HELD, now
        picture.tries += 1
    session.commit()
    return picture


@dataclass(frozen=True)
class _Missing:
    why: str
    for_good: bool


def _fetched(url: str, asking: Asking) -> Upload | _Missing:
    try:
        answer = get(url, headers={"User-Agent": asking.agent, "Accept": "image/*"},
                     allow=asking.allow, limits=LIMITS)
    except FetchFailed as failure:
        return _Missing(str(failure), False)
    if answer.status != 200:
        passing = answer.status in {408, 425, 429} or answer.status >= 500
        return _Missing(f"The server answers with the error {answer.status}.", not passing)
    try:
        upload = read_picture(io.BytesIO(answer.body))
        put(asking.store, upload)
    except Unreadable as unreadable:
        return _Missing(str(unreadable), True)
    except StoreFailed as failed:
        return _Missing(str(failed), False)
    return upload


def _take(session: Session, picture: FeedPicture, got: Upload | _Missing,
          now: datetime) -> None:
    if isinstance(got, Upload):
        picture.media, picture.failure, picture.next_try_at = note(
            session, got, now=now), "", None
    else:
        picture.failure = got.why[:500]
        last = got.for_good or picture.tries >= TRIES
        picture.next_try_at = None if last else now + PAUSE * 4 ** (picture.tries - 1)
    if picture.next_try_at is None:
        _settle(_items(session, FeedItemPicture.url == picture.url), [picture])


def _items(session: Session, *where: sa.ColumnElement[bool]) -> Sequence[FeedItem]:
    return session.scalars(
        sa.select(FeedItem).join(FeedItemPicture, FeedItemPicture.item_id == FeedItem.id)
        .where(*where)).unique().all()


def _settle(items: Sequence[FeedItem], pictures: Sequence[FeedPicture]) -> None:
    media = {each.url: each.media for each in pictures if each.next_try_at is None}
    for item in items:
        item.imported_html = settled(item.imported_html, media)
        item.source_html = item.source_html and settled(item.source_html, media)
        entry = item.entry
        # Only the place itself changes, so an editor's work around it stays.
        if entry is not None and (source := settled(entry.source, media)) != entry.source:
            entry.source = source
            wording.render(entry)


def settle_known(session: Session, html: str) -> str:
    """A text that just came, with those of its pictures that were fetched before."""
    return settled(html, decided(session, [html]))


def decided(session: Session, texts: Iterable[str]) -> dict[str, Media | None]:
    """What became of the pictures that these texts wait for: ours, or None where it did not come.

    One query; those that are still to be fetched are not in it.
    """
    urls = {url for html in texts for url in wanted(html)}
    known = session.scalars(sa.select(FeedPicture).where(
        FeedPicture.url.in_(urls), FeedPicture.next_try_at.is_(None))) if urls else ()
    return {each.url: each.media for each in known}


def _settle_left_behind(session: Session, now: datetime) -> None:
    # Saved from a form that was opened before the picture came, or changed at the source.
    pictures = session.scalars(
        sa.select(FeedPicture).join(FeedItemPicture, FeedItemPicture.url == FeedPicture.url)
        .join(FeedItem, FeedItem.id == FeedItemPicture.item_id)
        .join(Entry, Entry.id == FeedItem.entry_id)
        .where(FeedPicture.next_try_at.is_(None), Entry.updated_at > now - LEFT_BEHIND,
               Entry.source.like('%title="http%'))).unique().all()
    if pictures:
        urls = [each.url for each in pictures]
        _settle(_items(session, FeedItemPicture.url.in_(urls)), pictures)
    session.commit()
