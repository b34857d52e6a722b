"""What hubs say to us: that they want to know whether we asked, that they refuse, that there is
news.

A push makes its feed due now and is not read itself. What hubs send may be only the changed part
of a feed, and then nothing tells a missing item from one that is gone; the feed's own server
stays the only source, so a secret that leaked could at most cost it a request; and nothing of ten
megabytes waits in the database. It costs one conditional request a push.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import jobs
from app.feeds.polling.claiming import JOB
from app.feeds.polling.hubs import LEASE, LONGEST_RETRY
from app.feeds.polling.models import FeedSubscription, SubscriptionState

# How long after we asked a hub may come back to check that.
ASKED_WITHIN = timedelta(days=1)
SHORTEST_LEASE = timedelta(hours=1)
LONGEST_LEASE = timedelta(days=365)
LONGEST_CHALLENGE = 1000
# A hub that stammers must not become a burden for the feed's server.
BETWEEN_PUSHES = timedelta(minutes=1)
NEWS = "Its hub says that there is news."
# All that the recommendation names. SHA-1 is no longer a good hash, but nobody can forge an HMAC
# made with it, and the largest hubs send no other.
METHODS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384,
           "sha512": hashlib.sha512}


def by_token(session: Session, token: str) -> FeedSubscription | None:
    """The subscription behind a callback address."""
    return session.scalars(sa.select(FeedSubscription)
                           .where(FeedSubscription.token == token)).one_or_none()


def confirm(session: Session, subscription: FeedSubscription, topic: str, lease: str,
            now: datetime) -> bool:
    """Whether we asked this hub to begin or renew, lately and for this topic; if so it is active.

    `lease` is in seconds; a hub that names none gets what we asked for. Commits.
    """
    wanted = subscription.state in {SubscriptionState.ASKED, SubscriptionState.ACTIVE}
    lately = now - subscription.asked_at <= ASKED_WITHIN
    if not (wanted and lately and topic == subscription.topic_url):
        return False
    subscription.state, subscription.verified_at = SubscriptionState.ACTIVE, now
    length = _length(lease)
    subscription.lease_until, subscription.failures = now + length, 0
    # With a quarter of it left there is time for many tries.
    subscription.next_try_at = now + length * 3 / 4
    session.commit()
    return True


def confirm_end(session: Session, subscription: FeedSubscription, topic: str) -> bool:
    """Whether we asked this hub to stop; if so the subscription is gone. Commits."""
    if subscription.state is not SubscriptionState.ENDING or topic != subscription.topic_url:
        return False
    session.delete(subscription)
    session.commit()
    return True


def deny(session: Session, subscription: FeedSubscription, topic: str, now: datetime) -> bool:
    """Takes a hub's refusal, which may come at any time; asked again after a week. Commits."""
    if topic != subscription.topic_url:
        return False
    if subscription.state is SubscriptionState.ENDING:
        session.delete(subscription)
    else:
        subscription.state, subscription.lease_until = SubscriptionState.REFUSED, None
        subscription.next_try_at = now + LONGEST_RETRY
    session.commit()
    return True


def is_signed(header: str, secret: str, pieces: Iterable[bytes]) -> bool:
    """Whether X-Hub-Signature is the HMAC of this body under the secret; in constant time."""
    method, _, signature = header.strip().partition("=")
    if (algorithm := METHODS.get(method.lower())) is None:
        return False
    mac = hmac.new(secret.encode(), digestmod=algorithm)
    for piece in pieces:
        mac.update(piece)
    return hmac.compare_digest(mac.hexdigest().encode(), signature.lower().encode())


def take(session: Session, token: str, now: datetime) -> None:
    """Makes the feed behind a callback address due: now, or a minute after its last visit. Commits.

    Nothing happens if nobody there wants to be told any more.
    """
    subscription = by_token(session, token)
    if subscription and subscription.state is SubscriptionState.ACTIVE:
        subscription.pushed_at, feed = now, subscription.feed
        at = max(now, (feed.visited_at or now - BETWEEN_PUSHES) + BETWEEN_PUSHES)
        if at < feed.next_visit_at and feed.paused_at is None:
            feed.next_visit_at, feed.next_visit_why = at, NEWS
            jobs.wake(session, JOB, at)
    session.commit()


def _length(seconds: str) -> timedelta:
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 12):
        return LEASE
    return min(max(timedelta(seconds=int(seconds)), SHORTEST_LEASE), LONGEST_LEASE)
