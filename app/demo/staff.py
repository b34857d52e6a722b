"""Whose site the demo is: its people, and who of them has an account."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.accounts import actions as accounts
from app.accounts.models import Account, Role
from app.demo import content
from app.people import actions as people
from app.people.models import Person

PASSWORD = "lectern-demo"  # noqa: S105 - printed by `make run`; nobody else's
ADMIN, EDITOR, GUEST = "admin@lectern.example", "editor@lectern.example", "guest@lectern.example"
EDITORS = {EDITOR, "tomasz@lectern.example"}
AGO = timedelta(days=400)


@dataclass(frozen=True)
class Staff:
    """The people by their slugs, and the accounts by their addresses."""

    people: dict[str, Person]
    accounts: dict[str, Account]

    @property
    def editor(self) -> Account:
        """Whoever decided things in the demo's past."""
        return self.accounts[EDITOR]


def load(session: Session, now: datetime) -> Staff:
    """Everybody, each with a profile, and with an account where they have an address."""
    hashed, then, staff = _hashed(), now - AGO, Staff({}, {})

    def let_in(email: str, name: str, role: Role, person: Person | None = None) -> None:
        staff.accounts[email] = Account(email=email, name=name, role=role, person=person,
                                        password_hash=hashed.get(email), created_at=then)

    for row in content.table("people"):
        person = staff.people[row["slug"]] = people.add(
            session, row["name"], slug=row["slug"], headline=row["headline"], now=then,
            bio=row["bio"].strip(), links=[dict(link) for link in row.get("links", [])])
        if email := row.get("email"):
            let_in(email, row["name"], Role.EDITOR if email in EDITORS else Role.GUEST, person)
    let_in(ADMIN, "Site admin", Role.ADMIN)
    session.add_all(staff.accounts.values())
    session.flush()
    return staff


def _hashed() -> dict[str, str]:
    """What is kept of the passwords of those who can sign in: made once, for it takes its time."""
    hashed = accounts.hash_password(PASSWORD, email=EDITOR, name="Editor")
    return dict.fromkeys((ADMIN, EDITOR, GUEST), hashed)
