"""Reads of accounts."""

import hashlib
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts.models import Account, Role, SignIn

SIGN_IN_LASTS = timedelta(days=31)


def by_email(session: Session, email: str) -> Account | None:
    """The account with this address, in whatever case it was typed."""
    return session.scalars(sa.select(Account).where(Account.email == email.strip().lower())).first()


def signed_in(session: Session, token: str, now: datetime) -> Account | None:
    """Whose sign-in this token is; nobody's once they signed out, were disabled, or a month on."""
    sign_in = session.get(SignIn, digest(token))
    if sign_in is None or sign_in.account.disabled_at is not None:
        return None
    return sign_in.account if now < sign_in.created_at + SIGN_IN_LASTS else None


def digest(token: str) -> str:
    """How a token is kept: a leaked table signs nobody in."""
    return hashlib.sha256(token.encode()).hexdigest()


def everyone() -> sa.Select[Account]:
    """All accounts, those who may do most first."""
    rank = sa.case({role: place for place, role in enumerate(Role)}, value=Account.role)
    return sa.select(Account).order_by(rank.desc(), Account.name, Account.id)
