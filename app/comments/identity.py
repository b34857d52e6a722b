"""Who says a comment, and where it is found, whether it is stored or on its way in."""

from typing import Protocol

from app.readers.models import FORGOTTEN


def address_of(author_email: str) -> str:
    """The e-mail address that was typed; "" once it was erased or its owner forgotten."""
    return "" if author_email.startswith(FORGOTTEN) else author_email


class _Said(Protocol):
    """What is known of a comment."""

    @property
    def public_id(self) -> str: ...
    @property
    def follow_token(self) -> str: ...
    @property
    def author_email(self) -> str: ...
    @property
    def network(self) -> str: ...
    @property
    def reader_id(self) -> int | None: ...
    @property
    def account_id(self) -> int | None: ...
    @property
    def person_key(self) -> str: ...
    @property
    def address(self) -> str: ...


class Identified:
    """What follows from it."""

    @property
    def person_key(self: _Said) -> str:
        """How the desk knows its sender: by what is proven, else by the address that was typed."""
        if self.reader_id is not None:
            return f"reader:{self.reader_id}"
        if self.account_id is not None:
            return f"account:{self.account_id}"
        return f"email:{self.author_email}" if self.address else self.author_email

    @property
    def address(self: _Said) -> str:
        """The e-mail address that was typed; "" once it was erased or its owner forgotten."""
        return address_of(self.author_email)

    @property
    def voice(self: _Said) -> str:
        """Who says it, as far as two can be told apart without asking who owns an address.

        What was only typed counts together with where it was typed: whoever types an address
        must not learn what its owner has said.
        """
        proven = self.reader_id is not None or self.account_id is not None
        return self.person_key if proven else f"{self.person_key}\0{self.network}"

    @property
    def path(self: _Said) -> str:
        """Its permalink."""
        return f"/comments/{self.public_id}"

    @property
    def follow_path(self: _Said) -> str:
        """The private page that says where it stands."""
        return f"/follow/{self.follow_token}"
