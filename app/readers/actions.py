"""Confirming an address, staying signed in, and being forgotten."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import mail, throttle
from app.accounts.queries import digest
from app.database import rows_changed
from app.dialects import insertion
from app.readers import belongings, notices, queries
from app.readers.models import MagicLink, Notice, Reader, ReaderSignIn

JOB = "sweep-readers"
ABOUT = "confirmation"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LINKS_AN_HOUR, LINKS_A_DAY, LINKS_OF_A_NETWORK = 3, 10, 30
NOTICES_KEPT = timedelta(days=90)

# Nothing that anybody typed stands in it: it may go to somebody who never heard of us.
BODY = (
    "Hello,\n\n"
    "Somebody, most likely you, told us that this e-mail address is theirs. If it was not you, you"
    " need not do anything: nothing happens, and no more mail comes of it.\n\n"
    "If it was you, open this page and press its button. It works once, and for one day.\n"
)


class DeadLink(Exception):
    """The link was used, is older than a day, or never existed."""


def ask(session: Session, email: str, name: str = "", *, network: str, now: datetime) -> None:
    """Mails a link that confirms `email`, whoever that is. Commits. Raises TooOften.

    Nothing is looked up, so that a known address and an unknown one cannot be told apart.
    """
    limits = ((f"link:{email}", LINKS_AN_HOUR, HOUR), (f"links:{email}", LINKS_A_DAY, DAY),
              (f"link-from:{network}", LINKS_OF_A_NETWORK, HOUR))
    if wait := throttle.take(session, limits, now):
        raise throttle.TooOften(wait)
    token = secrets.token_urlsafe(32)
    session.add(MagicLink(token_hash=digest(token), email=email, name=name, created_at=now))
    # Whoever asked waits for it, and there is nothing to take back.
    mail.queue(session, email, "Please confirm your e-mail address", BODY, about=ABOUT, now=now,
               link=f"/reader/confirm/{token}", secret=True, grace=timedelta(0))
    session.commit()


def confirm(session: Session, token: str, *, now: datetime) -> tuple[Reader, str]:
    """Whoever holds the link owns its address: the reader, and the token of a new sign-in.

    What was sent from the address before becomes theirs. Commits. Raises DeadLink.
    """
    link = queries.link(session, token, now)
    if link is None or not _use(session, link, now):
        session.rollback()
        raise DeadLink
    reader = _reader(session, link.email, now)
    reader.name, reader.confirmed_at = link.name or reader.name, now
    session.flush()
    for each in belongings.every():
        each.adopt(session, reader)
    opened = _sign_in(session, reader, now)
    session.commit()
    return reader, opened


def _reader(session: Session, email: str, now: datetime) -> Reader:
    """The reader of this address. Of two links that make one at once, the later finds the other's.
    """
    new = {"email": email, "name": "", "confirmed_at": now, "wants_mail": True,
           "stop_token": secrets.token_urlsafe(24)}
    session.execute(insertion(session, Reader).values(new).on_conflict_do_nothing())
    return session.scalars(sa.select(Reader).where(Reader.email == email)
                           .execution_options(populate_existing=True)).one()


def _use(session: Session, link: MagicLink, now: datetime) -> bool:
    """Whether it was this call that used the link up."""
    changed = session.execute(
        sa.update(MagicLink).where(MagicLink.token_hash == link.token_hash, queries.usable(now))
        .values(used_at=now))
    return rows_changed(changed) == 1


def _sign_in(session: Session, reader: Reader, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(ReaderSignIn(token_hash=digest(token), reader_id=reader.id, created_at=now))
    return token


def sign_out(session: Session, token: str) -> None:
    """Ends the sign-in of one browser for good. Commits."""
    session.execute(sa.delete(ReaderSignIn).where(ReaderSignIn.token_hash == digest(token)))
    session.commit()


def sign_out_everywhere(session: Session, reader: Reader) -> None:
    """Ends every sign-in of a reader, and every link on its way to them. Commits."""
    session.execute(sa.delete(ReaderSignIn).where(ReaderSignIn.reader_id == reader.id))
    session.execute(sa.delete(MagicLink).where(MagicLink.email == reader.email))
    session.commit()


def choose_mail(session: Session, reader: Reader, wanted: bool, *, now: datetime) -> None:
    """Turns the mail about their comments on or off; off drops what waits. Commits."""
    reader.wants_mail = wanted
    if not wanted:
        notices.drop(session, reader, now=now)
    session.commit()


def forget(session: Session, reader: Reader, *, now: datetime) -> None:
    """Deletes a reader, their sign-ins, links and mail. What they sent stays, unlinked. Commits."""
    for each in belongings.every():
        each.release(session, reader)
    mail.forget(session, reader.email, [ABOUT, reader.key], now=now)
    session.execute(sa.delete(MagicLink).where(MagicLink.email == reader.email))
    session.execute(sa.delete(Reader).where(Reader.id == reader.id))
    session.commit()


def sweep(session: Session, *, now: datetime) -> None:
    """Deletes links and sign-ins that open nothing any more, and notices of long ago."""
    session.execute(sa.delete(MagicLink).where(sa.or_(
        MagicLink.used_at <= now - queries.A_MOMENT,
        MagicLink.created_at <= now - queries.LINK_LASTS)))
    session.execute(sa.delete(ReaderSignIn).where(
        ReaderSignIn.created_at <= now - queries.SIGN_IN_LASTS))
    long_ago = now - NOTICES_KEPT
    session.execute(sa.delete(Notice).where(sa.or_(
        Notice.mailed_at < long_ago,
        sa.and_(Notice.mailed_at.is_(None), Notice.dropped_at < long_ago))))
