"""Reads of readers."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts.queries import digest
from app.readers.models import MagicLink, Reader, ReaderSignIn

LINK_LASTS = timedelta(days=1)
A_MOMENT = timedelta(minutes=2)
SIGN_IN_LASTS = timedelta(days=180)


def by_email(session: Session, email: str) -> Reader | None:
    """The reader who confirmed this address."""
    return session.scalars(sa.select(Reader).where(Reader.email == email)).first()


def signed_in(session: Session, token: str, now: datetime) -> Reader | None:
    """Whose browser holds this token; nobody's once they signed out, or half a year on."""
    sign_in = session.get(ReaderSignIn, digest(token))
    if sign_in is None or now >= sign_in.created_at + SIGN_IN_LASTS:
        return None
    return sign_in.reader


def link(session: Session, token: str, now: datetime) -> MagicLink | None:
    """The link with this token, if it still opens something."""
    return session.scalars(sa.select(MagicLink).where(
        MagicLink.token_hash == digest(token), usable(now))).first()


def used_lately(session: Session, token: str, now: datetime) -> bool:
    """Whether the link with this token was used a moment ago, most likely by a second press."""
    return session.scalar(sa.select(MagicLink.used_at).where(
        MagicLink.token_hash == digest(token), MagicLink.used_at > now - A_MOMENT)) is not None


def usable(now: datetime) -> sa.ColumnElement[bool]:
    """Whether a link was not used yet and is younger than a day."""
    return sa.and_(MagicLink.used_at.is_(None), MagicLink.created_at > now - LINK_LASTS)


def stopping(session: Session, stop_token: str) -> Reader | None:
    """Whose mail this token stops."""
    return session.scalars(sa.select(Reader).where(Reader.stop_token == stop_token)).first()
