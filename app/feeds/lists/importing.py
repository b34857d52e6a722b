"""Lists of feeds out and in. Taken over twice, a list is taken over once."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.feeds import settings
from app.feeds.actions import BadAddress, normal
from app.feeds.lists import bylines
from app.feeds.lists.opml import Outline
from app.feeds.lists.planning import Planned, Step
from app.feeds.models import Feed
from app.text import shorten


def outlines(session: Session, feeds: Iterable[Feed]) -> list[Outline]:
    """Feeds as an export lists them, with all that is set."""
    names = bylines.every(session)
    return [_outline(feed, names.get(feed.id, {})) for feed in feeds]


def _outline(feed: Feed, names: bylines.Bylines) -> Outline:
    now = settings.of(feed)
    return Outline(feed.url, feed.title, feed.site_url or "", (), {
        "policy": now.policy.value, "show": now.show.value, "indexing": now.indexing.value,
        "discussion": now.discussion.value, "topics": ", ".join(now.topics),
        "author": now.author.slug if now.author else "",
        "from-page": "yes" if now.from_page else "", "paused": "yes" if feed.paused_at else "",
        "names": bylines.written(names)})


def carry_out(session: Session, planned: Sequence[Planned], *, now: datetime) -> list[Feed]:
    """Does what was planned; the new feeds, which the worker asks next. The caller commits."""
    new = []
    for each in planned:
        if each.step is Step.NEW:
            new.append(_add(session, each, now))
        elif each.step is Step.CHANGED and each.feed:
            settings.agree(session, each.feed, each.settings)
            bylines.assign(session, each.feed, each.names, now=now)
    return new


def tally(planned: Sequence[Planned]) -> str:
    """How many feeds of a list are what, in words."""
    words = {Step.NEW: "new", Step.CHANGED: "changed", Step.SAME: "as they are",
             Step.REFUSED: "left out"}
    counts = {step: sum(each.step is step for each in planned) for step in Step}
    return ", ".join(f"{counts[step]} {words[step]}" for step in Step if counts[step]) or "no feeds"


def _add(session: Session, each: Planned, now: datetime) -> Feed:
    feed = Feed(url=each.url, title=shorten(each.outline.title, 300), added_at=now,
                next_visit_at=now, next_visit_why="It was just imported.",
                site_url=_site(each.outline.site_url),
                paused_at=now if each.outline.settings.get("paused") == "yes" else None)
    session.add(feed)
    session.flush()
    settings.agree(session, feed, each.settings)
    bylines.assign(session, feed, each.names, now=now)
    return feed


def _site(address: str) -> str | None:
    try:
        return normal(address)
    except BadAddress:
        return None


