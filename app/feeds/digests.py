"""The weekly letter about feeds that are broken."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import mail
from app.accounts.models import Account, Role
from app.database import Model
from app.feeds import health
from app.feeds.models import Feed

JOB = "write-feed-digest"
# Monday, when somebody is there to read it.
HOUR = 6
# What passes by itself within a day is nobody's work.
PATIENCE = timedelta(days=1)
WEEK = timedelta(days=7)
MOST = 50


class FeedDigest(Model):
    """A week whose digest is written; its row is what keeps a second one from being sent."""

    __tablename__ = "feed_digests"

    week: Mapped[str] = mapped_column(primary_key=True)
    written_at: Mapped[datetime]


def write(session: Session, *, now: datetime, base_url: str) -> int:
    """Writes this week's letter to every editor, from Monday at 6:00 UTC on, if anything is broken.

    However often and wherever it runs, a week has one letter; what breaks later waits for the
    next. Says how many mails were queued. Commits.
    """
    week = _week(now)
    if session.get(FeedDigest, week) is not None or not _take(session, week, now):
        return 0
    feeds = broken(session, now=now)
    readers = recipients(session) if feeds else []
    for account in readers:
        mail.queue(session, account.email, _subject(feeds), letter(feeds, base_url),
                   about=f"feed-digest:{week}", now=now, link="/desk/feeds/")
    session.commit()
    return len(readers)


def _week(now: datetime) -> str:
    # Before Monday's hour it is still last week, whose letter is written.
    year, week, _day = (now.astimezone(UTC) - timedelta(hours=HOUR)).isocalendar()
    return f"{year}-W{week:02}"


def _take(session: Session, week: str, now: datetime) -> bool:
    try:
        with session.begin_nested():
            session.add(FeedDigest(week=week, written_at=now))
    except IntegrityError:
        session.rollback()
        return False
    return True


def broken(session: Session, *, now: datetime) -> Sequence[Feed]:
    """Feeds that fail for more than a day or were given up this week, broken the longest first.

    What editors paused or removed they know about.
    """
    fails = sa.and_(Feed.failures > 0, Feed.broken_since <= now - PATIENCE,
                    Feed.retired_at.is_(None), Feed.paused_at.is_(None))
    return session.scalars(
        sa.select(Feed).where(Feed.removed_at.is_(None), Feed.withdrawn_at.is_(None),
                              sa.or_(fails, Feed.retired_at > now - WEEK))
        .order_by(sa.func.coalesce(Feed.broken_since, Feed.retired_at), Feed.id)).all()


def recipients(session: Session) -> Sequence[Account]:
    """Editors and admins who can be written to."""
    staff = session.scalars(sa.select(Account).where(
        Account.role.in_([Role.EDITOR, Role.ADMIN]), Account.disabled_at.is_(None))
        .order_by(Account.id))
    return [account for account in staff if mail.is_address(account.email)]


def _subject(feeds: Sequence[Feed]) -> str:
    return "One feed is broken" if len(feeds) == 1 else f"{len(feeds)} feeds are broken"


def letter(feeds: Sequence[Feed], base_url: str) -> str:
    """The text: a paragraph a feed with what is wrong, since when, what to do, and where."""
    told = "\n\n".join(_paragraph(feed, base_url) for feed in feeds[:MOST])
    more = f"\n\nAnd {len(feeds) - MOST} more." if len(feeds) > MOST else ""
    return (f"These feeds bring nothing at the moment.\n\n{told}{more}\n\n"
            "A feed that is paused or removed is left out of this letter, which comes once a week"
            " and only if something is broken.\n")


def _paragraph(feed: Feed, base_url: str) -> str:
    since = feed.broken_since or feed.retired_at
    return "\n".join(filter(None, (
        feed.name, f"  {health.sentence(feed)}",
        f"  Broken since {since.day} {since:%B %Y}." if since and not feed.retired_at else "",
        f"  {health.advice(feed)}", f"  {base_url}/desk/feeds/{feed.id}")))
