"""Accounts and their sign-ins."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model, choice
from app.pagecache import Change
from app.people.models import Person


class Role(StrEnum):
    """What an account may do; each includes the ones before it."""

    READER = "reader"
    GUEST = "guest"
    EDITOR = "editor"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        """Whether this role may do all that `other` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class Account(Model):
    """Somebody who can sign in. E-mail addresses are kept in lower case."""

    __tablename__ = "accounts"
    cache_tag = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role] = choice(Role)
    password_hash: Mapped[str | None]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), unique=True)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship(lazy="joined")

    @staticmethod
    def cache_tags(change: Change) -> set[str]:
        """The badges beside what they have said; nothing else of an account is shown."""
        shown = not change.whole and change.of("role", "person_id")
        return {f"account:{change.row.id}"} if shown else set()

    @property
    def is_editor(self) -> bool:
        """Whether the desk is open to them."""
        return self.role.includes(Role.EDITOR)

    @property
    def is_admin(self) -> bool:
        """Whether accounts are theirs to give."""
        return self.role is Role.ADMIN

    @property
    def may_write(self) -> bool:
        """Whether they have a place to write at."""
        return self.role.includes(Role.GUEST)


class SignIn(Model):
    """One signed-in browser. The row is the session: without it, the cookie means nothing."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"),
                                            index=True)
    created_at: Mapped[datetime]

    account: Mapped[Account] = relationship(lazy="joined")
