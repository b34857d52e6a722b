"""The texts of new items of feeds that cut them, taken from their pages by the worker.

A page is asked for once, by whoever has taken its host: no two workers ask one host at a time, and
between two of its pages it rests as between two of its feeds.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import jobs, text
from app.desk import changing
from app.entries import wording
from app.entries.models import Entry, EntryState
from app.feeds.mending import pictures
from app.feeds.mending.findings import TEXT, Finding, finding
from app.feeds.mending.full_text import fetch_page, lengthened
from app.feeds.models import Feed, FeedItem, Show
from app.feeds.parsing import ParsedItem
from app.feeds.polling import claiming
from app.feeds.polling.addressing import is_unthrottled
from app.feeds.polling.asking import Asking
from app.fetch import FetchFailed

JOB = "take-full-texts"
MOST_AT_ONCE = 20
# Among so many that wait, those of other hosts are looked for.
LOOKED_AT = 200
NEW_FOR = timedelta(days=1)


def take_due(session: Session, asking: Asking, now: Callable[[], datetime]) -> int:
    """Takes the texts of new items from their pages, 20 at a time; says of how many. Commits.

    Each page is asked for once. Where that gives nothing better, the feed's own text stays. What
    an editor has touched is left alone. What waits for its host to have rested is taken soon.
    """
    taken = 0
    for _ in range(MOST_AT_ONCE):
        item = _claim(session, asking, now())
        if item is None:
            break
        got = fetch_page(item.link or "", asking)
        taken += _take(session, item, got, now())
        _release(session, item, asking, now())
        session.commit()
    return taken


def _claim(session: Session, asking: Asking, now: datetime) -> FeedItem | None:
    waiting: list[str] = []
    for item in session.scalars(_due(now).limit(LOOKED_AT)).unique().all():
        if not claiming.claim_host(session, item.link or "", now):
            waiting.append(item.link or "")
            continue
        # Whoever had the host until now may have taken this very page.
        session.refresh(item)
        if not _was_asked(item):
            session.commit()
            return item
        _release(session, item, asking, now)
    if waiting:
        jobs.wake(session, JOB, max(claiming.free_at(session, waiting), now + claiming.BETWEEN))
    session.commit()
    return None


def _release(session: Session, item: FeedItem, asking: Asking, now: datetime) -> None:
    url = item.link or ""
    claiming.release(session, [url], now, at_once=is_unthrottled(url, asking.allow))


def _due(now: datetime) -> sa.Select[FeedItem]:
    return (sa.select(FeedItem).join(FeedItem.feed).join(FeedItem.entry)
            .where(Feed.from_page, Feed.show == Show.FULL, FeedItem.changed_at > now - NEW_FOR,
                   FeedItem.link.is_not(None), Entry.source == FeedItem.imported_html,
                   Entry.state != EntryState.REMOVED,
                   sa.cast(FeedItem.findings, sa.Text).not_like('%"name": "page"%'))
            .order_by(FeedItem.changed_at, FeedItem.id))


def _was_asked(item: FeedItem) -> bool:
    return any(each["name"] == "page" for each in item.findings)


def _take(session: Session, item: FeedItem, got: str | FetchFailed, now: datetime) -> bool:
    session.refresh(item, with_for_update={"of": FeedItem})
    entry = item.entry
    if entry is None or entry.source != item.imported_html or _was_asked(item):
        return False
    has = None if isinstance(got, FetchFailed) else lengthened(_as_received(item), got)
    why = str(got) if isinstance(got, FetchFailed) else "The page has no more text than the feed."
    if has is None:
        item.findings = [*item.findings, _page(why)]
        return False
    html = pictures.settle_known(session, has.html)
    wording.replace(entry, wording.Words(entry.title, entry.standfirst, html), now=now)
    item.imported_html, item.taken_from_page = html, True
    titled = [each for each in item.findings if each["where"] == "title"]
    item.findings = [*titled, *(each for each in has.findings if each["where"] != "title"),
                     _page("The text was taken from its page.")]
    pictures.expect(session, {item.id: html}, now=now)
    changing.reword(session, entry.id, entry.title, text.plain(entry.html))
    return True


def _page(said: str) -> Finding:
    # A change at the source brings findings of its own without this one, so the page is asked anew.
    return finding("page", TEXT, "", said, sure=True)


def _as_received(item: FeedItem) -> ParsedItem:
    return ParsedItem(title=item.title, author=item.author, link=item.link,
                      content_html=item.original, base=item.link or "")
