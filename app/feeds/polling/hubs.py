"""Our side of WebSub (W3C Recommendation, 2018): asking hubs to tell us when a feed has news.

Each feed has at most one subscription, a row that says where it stands and when to look at it
again. Nothing here decides what news is: a push only makes its feed due.
"""

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urljoin, urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.feeds.models import Feed
from app.feeds.polling.addressing import is_unthrottled
from app.feeds.polling.asking import Asking
from app.feeds.polling.models import FeedSubscription, SubscriptionState
from app.feeds.polling.scheduling import spell
from app.feeds.polling.threads import all_of
from app.fetch import Fetched, FetchFailed, post

JOB = "follow-hubs"
LEASE = timedelta(days=10)
# A hub checks with us that we asked; by then most have done so within seconds.
ANSWER_WITHIN = timedelta(hours=1)
FIRST_RETRY = timedelta(hours=1)
LONGEST_RETRY = timedelta(days=7)
TRIES_TO_END = 3
AT_A_TIME = 32
AT_ONCE = 4
# A hub has nothing to look up before it answers.
SECONDS = 10
ENDED = SubscriptionState.ENDING
KEEPS_METHOD = frozenset({307, 308})
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """What a hub is asked for: to begin a subscription, to renew it, or to end it."""

    subscription_id: int
    hub_url: str
    fields: dict[str, str]


def follow(session: Session, asking: Asking, base_url: str, now: Callable[[], datetime]) -> int:
    """Asks hubs for all that is due: new subscriptions, renewals, ends. How many. Commits.

    No transaction is open while a hub is asked, and the hub may call us back before it answers.
    """
    _begin(session, asking, base_url, now())
    _end(session, now())
    requests = _claim(session, base_url, now())
    session.commit()
    all_of([partial(_send, request, asking) for request in requests], AT_ONCE, "hub")
    return len(requests)


def describe(subscription: FeedSubscription | None, now: datetime) -> str:
    """Where a subscription stands, in a sentence; "" without one."""
    if subscription is None:
        return ""
    hub = urlsplit(subscription.hub_url).hostname
    if subscription.state is SubscriptionState.ACTIVE and subscription.lease_until:
        left = max(subscription.lease_until - now, timedelta())
        return f"{hub} tells us when there is something new, for {spell(left)} more."
    return {SubscriptionState.REFUSED: f"{hub} does not want to tell us of news; we ask it again.",
            SubscriptionState.ENDING: f"{hub} is being told to stop telling us of news.",
            }.get(subscription.state, f"{hub} was asked to tell us of news.")


def callback(base_url: str, token: str) -> str:
    """Where a hub reaches us for one subscription."""
    return f"{base_url}/feeds/push/{token}"


def _begin(session: Session, asking: Asking, base_url: str, now: datetime) -> None:
    wanting = sa.select(Feed).outerjoin(FeedSubscription).where(
        *_followed(), FeedSubscription.id.is_(None)).order_by(Feed.id).limit(AT_A_TIME)
    for feed in session.scalars(wanting):
        assert feed.hub_url
        assert feed.self_url
        if not _can_reach_us(feed.hub_url, asking, base_url):
            continue
        session.add(FeedSubscription(
            feed_id=feed.id, hub_url=feed.hub_url, topic_url=feed.self_url,
            token=secrets.token_urlsafe(32), secret=secrets.token_urlsafe(32),
            state=SubscriptionState.ASKED, asked_at=now, next_try_at=now))
    session.flush()


def _can_reach_us(hub_url: str, asking: Asking, base_url: str) -> bool:
    # From a site that is only tried out on somebody's own machine no hub could call back.
    is_public = urlsplit(base_url).hostname not in {"localhost", "127.0.0.1", "::1"}
    return is_public or is_unthrottled(hub_url, asking.allow)


def _end(session: Session, now: datetime) -> None:
    """Marks what is not wanted any more: a feed that is paused or retired, or has another hub."""
    wanted = sa.select(FeedSubscription.id).join(Feed).where(
        *_followed(), Feed.hub_url == FeedSubscription.hub_url,
        Feed.self_url == FeedSubscription.topic_url)
    session.execute(
        sa.update(FeedSubscription).where(
            FeedSubscription.state != ENDED, FeedSubscription.id.not_in(wanted))
        .values(state=ENDED, next_try_at=now, failures=0),
        execution_options={"synchronize_session": False})


def _followed() -> Sequence[sa.ColumnElement[bool]]:
    return (Feed.hub_url.is_not(None), Feed.self_url.is_not(None), Feed.paused_at.is_(None),
            Feed.retired_at.is_(None), Feed.withdrawn_at.is_(None))


def _claim(session: Session, base_url: str, now: datetime) -> list[Request]:
    due = session.scalars(
        sa.select(FeedSubscription).where(FeedSubscription.next_try_at <= now)
        .order_by(FeedSubscription.next_try_at).limit(AT_A_TIME)
        .with_for_update(skip_locked=True, of=FeedSubscription)
        .execution_options(populate_existing=True)).all()
    requests = []
    for each in due:
        if each.state is ENDED and (each.failures >= TRIES_TO_END or each.verified_at is None):
            # What was never confirmed needs no end; the rest lapses with its lease.
            session.delete(each)
            continue
        _mark_as_asked(each, now)
        requests.append(Request(each.id, each.hub_url, _fields(each, base_url)))
    return requests


def _mark_as_asked(subscription: FeedSubscription, now: datetime) -> None:
    lease = subscription.lease_until
    if subscription.state is SubscriptionState.REFUSED or (
            subscription.state is SubscriptionState.ACTIVE and lease and lease <= now):
        subscription.state = SubscriptionState.ASKED
    # Counted as failed until the hub has come back to us, whatever it answers to this.
    pause = min(FIRST_RETRY * 2 ** min(subscription.failures, 10), LONGEST_RETRY)
    subscription.failures += 1
    subscription.asked_at, subscription.next_try_at = now, now + max(pause, ANSWER_WITHIN)


def _fields(subscription: FeedSubscription, base_url: str) -> dict[str, str]:
    fields = {"hub.callback": callback(base_url, subscription.token),
              "hub.topic": subscription.topic_url}
    if subscription.state is ENDED:
        return {"hub.mode": "unsubscribe", **fields}
    # Also to a hub without TLS: whoever overhears it can make us ask that feed once a minute.
    return {"hub.mode": "subscribe", **fields, "hub.secret": subscription.secret,
            "hub.lease_seconds": str(round(LEASE.total_seconds()))}


def _send(request: Request, asking: Asking) -> None:
    if failure := _failure(request, asking):
        log.warning("The hub %s was asked in vain: %s", request.hub_url, failure)


def _failure(request: Request, asking: Asking) -> str:
    try:
        answer = _post(request.hub_url, request.fields, asking)
        place = answer.headers.get("location", "")
        if answer.status in KEEPS_METHOD and place:
            answer = _post(urljoin(request.hub_url, place), request.fields, asking)
    except (FetchFailed, ValueError) as failure:
        return str(failure)
    return "" if 200 <= answer.status < 300 else f"The hub answers with {answer.status}."


def _post(url: str, fields: dict[str, str], asking: Asking) -> Fetched:
    return post(url, fields, headers={"User-Agent": asking.agent}, allow=asking.allow,
                resolve=asking.resolve,
                limits=replace(asking.limits, total=min(SECONDS, asking.limits.total)))
