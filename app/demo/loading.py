"""Loads the demo through the actions that people use, so that its log and its desk are real."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app import media
from app.accounts import queries as accounts_queries
from app.demo import content, publishing, pulling, staff, talking
from app.demo.content import Piece
from app.demo.deciding import Desk
from app.demo.staff import Staff
from app.desk.models import Verb
from app.writing import actions as writing
from app.writing import queries as writing_queries


def is_loaded(session: Session) -> bool:
    """Whether the demo is there; it is loaded as a whole or not at all."""
    return accounts_queries.by_email(session, staff.EDITOR) is not None


def load(session: Session, store: media.Store, now: datetime) -> None:
    """Loads all of it. The caller's transaction makes it one step."""
    everybody = staff.load(session, now)
    desk = Desk(session, everybody.editor, now)
    publishing.load(session, store, everybody, now)
    talking.load(session, desk, everybody, now)
    for piece in content.pieces("submissions"):
        _load_submission(session, desk, everybody, piece, now - content.age(piece.facts))
    for row in content.table("feeds"):
        pulling.load(session, row, everybody.people, desk, now)
    session.commit()


def _load_submission(session: Session, desk: Desk, everybody: Staff, piece: Piece,
                     then: datetime) -> None:
    facts, person = piece.facts, everybody.people[piece.facts["authors"][0]]
    account = next(each for each in everybody.accounts.values() if each.person is person)
    entry = writing.begin(session, account, now=then)
    draft = writing_queries.piece(session, account, entry.id)
    assert draft is not None
    writing.save(session, draft, publishing.words_of(piece), facts["topics"], version=None,
                 now=then)
    if facts["state"] != "draft":
        sent = writing.send_in(session, draft, note=facts.get("note", ""), wanted_at=None, now=then)
        if facts["state"] == "returned":
            desk.decide(writing.KIND, sent.id, Verb.RETURN, then + timedelta(hours=20),
                        facts["message"].strip())
