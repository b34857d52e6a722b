"""What the demo's editors changed in the rules so far, and the readers whom they know."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.readers.models import Reader
from app.rules import actions, queries

# Days ago, and all words that are watched from then on.
WATCHED = ((70.0, ("casino", "backlink*", "guest post")),
           (43.0, ("casino", "backlink*", "guest post", "crypto*", "loan*")))
KNOWN = {
    "solveig.brandt@postkasse.example": "Solveig Brandt",
    "k.ballantyne@quietroom.example": "Keith Ballantyne",
    "r.achebe@drydock.example": "Rosalind Achebe",
}


def load(session: Session, by: str, now: datetime) -> None:
    """Saves the rulebooks of the past, each at its time."""
    for number, (days, words) in enumerate(WATCHED):
        lines = [replace(line, settings={"words": list(words)}) if line.rule.name == "watched"
                 else line for line in queries.in_force(session)]
        actions.save(session, lines, started_from=number, by=by, now=now - timedelta(days=days))


def readers(session: Session, now: datetime) -> dict[str, Reader]:
    """Readers whose addresses are confirmed, by address; nobody writes to those made up."""
    found = {email: Reader(email=email, name=name, confirmed_at=now - timedelta(days=200),
                           wants_mail=False) for email, name in KNOWN.items()}
    session.add_all(found.values())
    session.flush()
    return found
