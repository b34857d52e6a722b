"""How an author takes a feed over: asking, showing that it is theirs, and what ends it."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from threading import BoundedSemaphore

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import mail, throttle
from app.accounts.queries import digest
from app.feeds.deal import evidence
from app.feeds.deal.models import ClaimState, FeedClaim, Proof
from app.feeds.models import Feed
from app.feeds.polling.asking import Asking
from app.fetch import FetchFailed, get

JOB = "sweep-feed-claims"
LASTS = timedelta(days=30)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLAIMS_OF_A_NETWORK, LOOKS, LETTERS = 10, 12, 3
# All claims to one feed together: whoever makes many of them must not burden its server through us.
LOOKS_AT_A_FEED = 60
# Somebody waits in front of the page meanwhile, and one of few threads that serve pages with them.
LOOK_SECONDS = 5
LOOKS_AT_ONCE = 1

_looking = BoundedSemaphore(LOOKS_AT_ONCE)

LETTER = (
    "Hello,\n\n"
    "Somebody, most likely you, told us that the blog at {site} is theirs. Posts of its feed are"
    " shown on our site, and its author may decide how.\n\n"
    "If that is you, open this page and press its button. It becomes your own page, so keep its"
    " address. If it is not you, you need not do anything.\n"
)


class NotTheirs(Exception):
    """An address that does not show whose feed it is; the text says why."""


class DeadLink(Exception):
    """The link was used, has lapsed, or never existed."""


def begin(session: Session, feed: Feed, *, network: str, now: datetime) -> str:
    """Writes down that somebody says this feed is theirs; the key of their page. Commits.

    Raises TooOften. It opens nothing until one of the proofs has been given.
    """
    _slow_down(session, f"claim-from:{network}", CLAIMS_OF_A_NETWORK, DAY, now)
    key = secrets.token_urlsafe(24)
    session.add(FeedClaim(feed_id=feed.id, asked_at=now, key_hash=digest(key),
                          token=f"lectern-{secrets.token_hex(8)}"))
    session.commit()
    return key


def of(session: Session, key: str) -> FeedClaim | None:
    """The claim whose private page has this key."""
    return session.scalars(sa.select(FeedClaim).where(
        FeedClaim.key_hash == digest(key), FeedClaim.state != ClaimState.ENDED)).first()


def write_to(session: Session, claim: FeedClaim, email: str, *, now: datetime) -> None:
    """Mails a link to an address at the blog's own domain. Commits. Raises NotTheirs, TooOften.

    Whoever reads that mail gets the claim: its link becomes the key of the claim's page, and the
    one of whoever typed the address stops working.
    """
    if not evidence.is_mailbox_of(email, claim.feed.site_url):
        raise NotTheirs("That address is not at the blog's own domain.")
    _slow_down(session, f"claim-mail:{claim.feed_id}:{email}", LETTERS, DAY, now)
    code = secrets.token_urlsafe(24)
    claim.mail_hash, claim.email = digest(code), email
    mail.queue(session, email, "Is this blog yours?", LETTER.format(site=claim.feed.site_url),
               about=f"claim:{claim.id}", now=now, link=f"/feeds/claims/mail/{code}", secret=True,
               grace=timedelta(0))
    claim.news = f"A mail is on its way to {email}. Its link takes it from there."
    session.commit()


def mailed(session: Session, code: str) -> FeedClaim | None:
    """The claim that a mail's link is about."""
    return session.scalars(sa.select(FeedClaim).where(
        FeedClaim.mail_hash == digest(code), FeedClaim.state == ClaimState.ASKED)).first()


def prove_by_mail(session: Session, code: str, *, now: datetime) -> str:
    """The feed is theirs who read the mail; the key of their page. Commits. Raises DeadLink."""
    claim = mailed(session, code)
    if claim is None:
        raise DeadLink
    session.refresh(claim, with_for_update={"of": FeedClaim})
    if claim.mail_hash != digest(code) or claim.state is not ClaimState.ASKED:
        session.rollback()
        raise DeadLink
    claim.key_hash, claim.mail_hash = digest(code), None
    _prove(claim, Proof.MAIL, now)
    session.commit()
    return code


def look(session: Session, claim: FeedClaim, asking: Asking, address: str, *,
         now: datetime) -> bool:
    """Looks at the blog's page and at the feed for a proof; says whether there is one. Commits.

    `address` is the one that rel="me" must lead to. Raises TooOften. Nothing is open in the
    database while their server is asked.
    """
    _slow_down(session, f"claim-look:{claim.id}", LOOKS, HOUR, now)
    feed, token = claim.feed, claim.token
    _slow_down(session, f"claim-looks-at:{feed.id}", LOOKS_AT_A_FEED, HOUR, now)
    page, feed_body = _looked_at(feed, asking)
    session.refresh(claim, with_for_update={"of": FeedClaim})
    if evidence.head_names(page, token) or evidence.feed_names(feed_body, token):
        _prove(claim, Proof.PAGE, now)
    elif evidence.links_back(page, address):
        _prove(claim, Proof.LINK, now)
    else:
        claim.news = _missed(page, feed_body, feed)
    session.commit()
    return claim.state is ClaimState.PROVEN


def _looked_at(feed: Feed, asking: Asking) -> tuple[bytes, bytes]:
    # A stranger's slow server must not take all threads from our readers.
    if not _looking.acquire(blocking=False):
        raise throttle.TooOften(2 * LOOK_SECONDS)
    try:
        return _fetched(feed.site_url, asking), _fetched(feed.url, asking)
    finally:
        _looking.release()


def _fetched(url: str | None, asking: Asking) -> bytes:
    limits = replace(asking.limits, total=min(LOOK_SECONDS, asking.limits.total))
    try:
        answer = get(url or "", headers={"User-Agent": asking.agent}, allow=asking.allow,
                     limits=limits)
    except FetchFailed:
        return b""
    return answer.body if answer.status == 200 else b""


def _missed(page: bytes, feed_body: bytes, feed: Feed) -> str:
    unseen = [url for url, body in ((feed.site_url, page), (feed.url, feed_body)) if not body]
    if not unseen:
        return "We looked, and found neither the tag nor the word nor the link. Caches can take a" \
               " while; try again in some minutes."
    return f"We could not read {' and '.join(url or 'the site' for url in unseen)} just now."


def _prove(claim: FeedClaim, proof: Proof, now: datetime) -> None:
    if claim.state is ClaimState.ASKED:
        claim.state, claim.proof, claim.proven_at, claim.news = ClaimState.PROVEN, proof, now, ""
        claim.feed.claimed_at = claim.feed.claimed_at or now


def end(session: Session, claim: FeedClaim, *, now: datetime) -> None:
    """Ends a claim: its page opens nothing any more. What was agreed on stays. Commits."""
    claim.state, claim.ended_at = ClaimState.ENDED, now
    session.flush()
    if not proven(session, claim.feed):
        claim.feed.claimed_at = None
    session.commit()


def proven(session: Session, feed: Feed) -> list[FeedClaim]:
    """Who has shown that a feed is theirs, the first first."""
    return list(session.scalars(
        sa.select(FeedClaim).where(FeedClaim.feed_id == feed.id,
                                   FeedClaim.state == ClaimState.PROVEN)
        .order_by(FeedClaim.proven_at)))


def sweep(session: Session, *, now: datetime) -> None:
    """Deletes claims that nobody has proven for a month."""
    session.execute(sa.delete(FeedClaim).where(FeedClaim.state == ClaimState.ASKED,
                                               FeedClaim.asked_at <= now - LASTS))
    session.commit()


def _slow_down(session: Session, what: str, limit: int, window: timedelta, now: datetime) -> None:
    if wait := throttle.take(session, [(what, limit, window)], now):
        raise throttle.TooOften(wait)
