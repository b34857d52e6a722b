"""How the desk handles an item of a feed."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.desk.kinds import Effect, Kind, NotPossible
from app.desk.models import Decision, Verb
from app.entries import actions as entries
from app.entries.models import Entry
from app.feeds import queries
from app.feeds.models import FeedItem
from app.feeds.storing import KIND


def _entry(item: FeedItem) -> Entry:
    if item.entry is None:
        raise NotPossible("The text of this item is gone, so there is nothing to decide.")
    return item.entry


def _approve(session: Session, item: FeedItem, decision: Decision, now: datetime) -> None:
    try:
        entries.publish(session, _entry(item), now=now, at=decision.publish_at)
    except entries.NothingToPublish as error:
        raise NotPossible(str(error)) from error


def _refuse(session: Session, item: FeedItem, decision: Decision, now: datetime) -> None:
    entries.remove(_entry(item), now=now)


def _revert(session: Session, item: FeedItem, decision: Decision, now: datetime) -> None:
    entries.hold_again(_entry(item), now=now)


kind = Kind(
    name=KIND, label="Feed item", card="feeds/_review.html", load=queries.loaded, publishes=True,
    effects={
        Verb.APPROVE: Effect(_approve, _revert),
        Verb.REJECT: Effect(_refuse, _revert),
        Verb.SPAM: Effect(_refuse, _revert),
    },
)
