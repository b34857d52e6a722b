"""How the desk handles an item of a feed."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.desk.kinds import Effect, Kind, NotPossible
from app.desk.models import Decision, Verb
from app.entries import actions as entries
from app.entries import filing
from app.entries.models import Entry, Part
from app.feeds import queries
from app.feeds.changes import updating
from app.feeds.deal import names
from app.feeds.models import FeedItem
from app.feeds.storing import KIND
from app.text import plain


def _entry(item: FeedItem) -> Entry:
    if item.entry is None:
        raise NotPossible("The text of this item is gone, so there is nothing to decide.")
    if item.feed.withdrawn_at:
        raise NotPossible("All posts of this feed are taken down. Put the feed back first.")
    return item.entry


def _approve(session: Session, item: FeedItem, decision: Decision, now: datetime) -> None:
    entry = _entry(item)
    if not entry.byline:
        # An approval says that the name is somebody's; before it, nobody had.
        person = item.feed.author or names.settle(session, item.feed, item.author, now=now)
        filing.credit(session, entry, Part.AUTHOR, [(person, "", "")])
    try:
        entries.publish(session, entry, now=now, at=decision.publish_at)
    except entries.NothingToPublish as error:
        raise NotPossible(str(error)) from error


def _refuse(session: Session, item: FeedItem, decision: Decision, now: datetime) -> None:
    entries.remove(_entry(item), now=now)


def _revert(session: Session, item: FeedItem, decision: Decision, now: datetime) -> None:
    entry = _entry(item)
    entries.hold_again(entry, now=now)
    updating.catch_up(session, item, now=now)
    decision.item.title, decision.item.text = entry.title, plain(entry.html)


kind = Kind(
    name=KIND, label="Feed item", card="feeds/_review.html", load=queries.loaded,
    show=queries.shown, publishes=True,
    effects={
        Verb.APPROVE: Effect(_approve, _revert),
        Verb.REJECT: Effect(_refuse, _revert),
        Verb.SPAM: Effect(_refuse, _revert),
    },
)
