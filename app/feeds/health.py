"""How a feed is, in words."""

from datetime import datetime
from enum import StrEnum

from app.feeds.models import Feed
from app.feeds.polling.models import FeedSubscription, SubscriptionState


class Condition(StrEnum):
    """How a feed is, in one word; the first that holds."""

    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
    RETIRED = "retired"
    PAUSED = "paused"
    FAILING = "failing"
    NEW = "new"
    WELL = "well"


def condition(feed: Feed) -> Condition:
    """How a feed is."""
    signs = ((feed.removed_at, Condition.REMOVED), (feed.withdrawn_at, Condition.WITHDRAWN),
             (feed.retired_at, Condition.RETIRED), (feed.paused_at, Condition.PAUSED),
             (feed.failures, Condition.FAILING), (feed.visited_at is None, Condition.NEW))
    return next((each for sign, each in signs if sign), Condition.WELL)


def sentence(feed: Feed) -> str:
    """How a feed is, for a line of its own: days in UTC."""
    told = {
        Condition.REMOVED: f"Removed on {_day(feed.removed_at)}.",
        Condition.WITHDRAWN: f"Taken down by its author on {_day(feed.withdrawn_at)}.",
        Condition.RETIRED: f"Given up at the source on {_day(feed.retired_at)}. {feed.health}",
        Condition.PAUSED: f"Not asked since {_day(feed.paused_at)}.",
    }
    return told.get(condition(feed), feed.health)


def advice(feed: Feed) -> str:
    """What an editor can do about a feed that is not well; empty where nothing is to be done."""
    if feed.proposed_url:
        return f"It may have moved to {feed.proposed_url}: use that address, or leave it."
    if condition(feed) is Condition.RETIRED:
        return "Ask its author where they write now, or remove it. What came from it stays."
    if condition(feed) is not Condition.FAILING:
        return ""
    if feed.broken_since is None or feed.failures < 3:
        return "Nothing yet: such things often pass by themselves, and we keep asking."
    return "Look at its site, write to its author, pause it, or give it another address."


def pushes(subscription: FeedSubscription | None, hub_url: str | None, now: datetime) -> str:
    """Whether its hub tells us of news (WebSub), or we have to ask."""
    if subscription is None:
        return ("It names a hub, but we have not subscribed there." if hub_url
                else "It has no hub, so we ask by ourselves.")
    if subscription.state is SubscriptionState.ACTIVE:
        until = subscription.lease_until
        return ("Its hub tells us of news at once" + (f", until {_day(until)}; we renew that."
                if until and until > now else "."))
    return {
        SubscriptionState.ASKED: "We asked its hub to tell us of news; it has not confirmed that.",
        SubscriptionState.REFUSED: "Its hub refused to tell us of news, so we ask by ourselves.",
    }.get(subscription.state, "We are ending the subscription at its hub.")


def _day(moment: datetime | None) -> str:
    return f"{moment.day} {moment:%B %Y}" if moment else "an unknown day"
