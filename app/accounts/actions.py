"""Signing in and out, and changing accounts."""

import secrets
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from app import throttle
from app.accounts import queries
from app.accounts.models import Account, Role, SignIn
from app.people import actions as people

PASSWORD_SHORTEST, PASSWORD_LONGEST = 10, 200
JOB = "sweep-sign-ins"
WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT, TRIES_PER_NETWORK = 5, 40
# How much memory and how many rounds a password costs; only the tests ask for less.
PASSWORD_WORK = profiles.RFC_9106_LOW_MEMORY


class WrongPassword(Exception):
    """The pair of address and password opens nothing; which of the two was wrong is not said."""


class BadPassword(ValueError):
    """A new password that is too easy; the text says why."""


def _hasher() -> PasswordHasher:
    return PasswordHasher.from_parameters(PASSWORD_WORK)


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe())


def sign_in(session: Session, email: str, password: str, *, network: str,
            now: datetime) -> tuple[Account, str]:
    """The account and the token of a new sign-in. Raises WrongPassword or TooOften.

    An unknown address costs as much time as a known one and gets the same answer.
    """
    limits = _limits(email, network)
    # Counted before anything is looked at, under the row's lock: of many tries at once each counts.
    for what, _limit in limits:
        throttle.count(session, what, WINDOW, now)
    wait = max(throttle.wait_for(session, what, limit + 1, WINDOW, now) for what, limit in limits)
    account = queries.by_email(session, email)
    # Hashing takes a while on purpose: nobody else's write should wait for it.
    session.commit()
    if wait:
        raise throttle.TooOften(wait)
    if not _matches(account, password) or account is None:
        raise WrongPassword
    throttle.forget(session, limits[0][0])
    throttle.give_back(session, limits[1][0])
    return account, start(session, account, now=now)


def _limits(email: str, network: str) -> tuple[tuple[str, int], ...]:
    return ((f"sign-in:{email.lower()}:{network}", TRIES_PER_ACCOUNT),
            (f"sign-in:{network}", TRIES_PER_NETWORK))


def _matches(account: Account | None, password: str) -> bool:
    # Nobody's password is checked as slowly as somebody's, and never found right.
    known = account.password_hash if account and not account.disabled_at else None
    try:
        _hasher().verify(known or _nobodys_hash(), password[:PASSWORD_LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return known is not None


def start(session: Session, account: Account, *, now: datetime) -> str:
    """A new sign-in for this account; commits and returns its token."""
    token = secrets.token_urlsafe(32)
    session.add(SignIn(token_hash=queries.digest(token), account_id=account.id, created_at=now))
    session.commit()
    return token


def sweep(session: Session, *, now: datetime) -> None:
    """Deletes sign-ins that have ended by themselves."""
    session.execute(sa.delete(SignIn).where(SignIn.created_at < now - queries.SIGN_IN_LASTS))


def sign_out(session: Session, token: str) -> None:
    """Ends one sign-in for good."""
    session.execute(sa.delete(SignIn).where(SignIn.token_hash == queries.digest(token)))
    session.commit()


def change_password(session: Session, account: Account, old: str, new: str, *,
                    now: datetime) -> None:
    """A new password; every sign-in of the account ends.

    Raises WrongPassword, BadPassword, or TooOften.
    """
    what = f"password:{account.id}"
    if wait := throttle.wait_for(session, what, TRIES_PER_ACCOUNT, WINDOW, now):
        raise throttle.TooOften(wait)
    throttle.count(session, what, WINDOW, now)
    session.commit()
    if not _matches(account, old):
        raise WrongPassword
    hashed = hash_password(new, email=account.email, name=account.name)
    throttle.forget(session, what)
    set_password(session, account, hashed)
    session.commit()


def set_password(session: Session, account: Account, hashed: str) -> None:
    """Stores a password's hash and ends every sign-in."""
    account.password_hash = hashed
    session.execute(sa.delete(SignIn).where(SignIn.account_id == account.id))


def hash_password(password: str, *, email: str, name: str) -> str:
    """What is kept of a password. Raises BadPassword. Takes its time: let no transaction wait."""
    if not PASSWORD_SHORTEST <= len(password) <= PASSWORD_LONGEST:
        raise BadPassword(f"A password has {PASSWORD_SHORTEST} to {PASSWORD_LONGEST} characters.")
    if password.lower() in {email.lower(), name.lower(), email.lower().split("@")[0]}:
        raise BadPassword("A password cannot be your own name or address.")
    return _hasher().hash(password)


def put(session: Session, email: str, *, name: str, role: Role, password: str | None,
        now: datetime) -> tuple[Account, bool]:
    """Makes or changes the account of an address; says whether it is new. Commits.

    Whoever may write has a person, whose name stands on what they publish. Raises BadPassword.
    """
    session.commit()
    hashed = None if password is None else hash_password(password, email=email, name=name)
    account = queries.by_email(session, email)
    if new := account is None:
        account = Account(email=email.strip().lower(), name=name, role=role, created_at=now)
        session.add(account)
    account.name, account.role = name, role
    if hashed is not None:
        set_password(session, account, hashed)
    if account.may_write and account.person is None:
        account.person = people.add(session, name, now=now)
    session.commit()
    return account, new


def disable(session: Session, account: Account, *, now: datetime) -> None:
    """Closes an account and ends its sign-ins; what it published stays."""
    account.disabled_at = now
    session.execute(sa.delete(SignIn).where(SignIn.account_id == account.id))
    session.commit()


def enable(session: Session, account: Account) -> None:
    """Opens a closed account again."""
    account.disabled_at = None
    session.commit()
