"""Reads of accounts."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session, make_transient_to_detached

from app.accounts.models import Account, Role, SignIn
from app.database import table
from app.prepared import Prepared

SIGN_IN_LASTS = timedelta(days=31)


def by_email(session: Session, email: str) -> Account | None:
    """The account with this address, in whatever case it was typed."""
    return session.scalars(sa.select(Account).where(Account.email == email.strip().lower())).first()


_A, _S = table(Account).c, table(SignIn).c
# Asked with every page that somebody signed in gets.
_SIGNED_IN = Prepared(
    sa.select(_A.id, _A.email, _A.name, _A.role, _A.person_id)
    .join(table(SignIn), _S.account_id == _A.id)
    .where(_S.token_hash == sa.bindparam("token"), _A.disabled_at.is_(None),
           _S.created_at > sa.bindparam("since", type_=_S.created_at.type)))


def signed_in(session: Session, token: str, now: datetime) -> Account | None:
    """Whose sign-in this token is; nobody's once they signed out, were disabled, or a month on.

    No more of the account is loaded than every page asks for.
    """
    rows = _SIGNED_IN.rows(session, {"token": digest(token), "since": now - SIGN_IN_LASTS})
    if not rows:
        return None
    number, email, name, role, person_id = rows[0]
    return _known(session, {"id": number, "email": email, "name": name, "role": Role(role),
                            "person_id": person_id, "disabled_at": None})


def _known(session: Session, values: dict[str, Any]) -> Account:
    """The account, as if the session had loaded it; what is not among the values is loaded when it
    is looked at.
    """
    key = sa.inspect(Account).identity_key_from_primary_key((values["id"],))
    account = cast("Account | None", session.identity_map.get(key))
    if account is None:
        account = Account()
        vars(account).update(values)
        make_transient_to_detached(account)
        session.add(account)
    return account


def digest(token: str) -> str:
    """How a token is kept: a leaked table signs nobody in."""
    return hashlib.sha256(token.encode()).hexdigest()


def everyone() -> sa.Select[Account]:
    """All accounts, those who may do most first."""
    rank = sa.case({role: place for place, role in enumerate(Role)}, value=Account.role)
    return sa.select(Account).order_by(rank.desc(), Account.name, Account.id)
