"""What the site has acknowledged is kept, and what it has not is whole or not there at all.

A request is answered in a process of its own, which the kernel ends at each beginning and each end
of its transactions, on the same database; and once it is not.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.comments import actions as comments
from app.comments.models import Comment
from app.config import Settings
from app.database import db, writer_of
from app.desk.models import Decision, Reason, ReviewItem, Verb
from app.entries.models import Entry
from app.media import Media
from app.people.models import Person
from app.rules.models import Rulebook
from app.writing.models import Submission
from tests.killing import at_transaction, in_child
from tests.making import TEXT, Maker
from tests.rules.test_rules_at_the_desk import form
from tests.snapshots import snapshot
from tests.test_media import picture
from tests.visiting import Visitor

Facts = Callable[[Session, Path], object]
SignIn = Callable[..., Visitor]


@dataclass
class Write:
    """A form that somebody sends, and what of it shows in the database and among the files."""

    who: Visitor
    path: str
    data: Callable[[], dict[str, Any]]
    facts: Facts


def rows(session: Session, *models: type) -> tuple[int, ...]:
    return tuple(session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
                 for model in models)


def states(session: Session) -> Any:
    """Of the one item and its comment."""
    return session.execute(sa.select(ReviewItem.state, Comment.state).join(
        Comment, Comment.id == ReviewItem.subject_id)).one()


def decision(make: Maker, sign_in: SignIn) -> Write:
    comment = make.comment(make.post())
    item = make.item(comments.KIND, comment.id)
    return Write(sign_in(Role.EDITOR), f"/desk/items/{item.id}/rejection",
                 lambda: {"reason": "1", "message": "No."},
                 lambda session, _store: (rows(session, Decision), *states(session)))


def undo(make: Maker, sign_in: SignIn) -> Write:
    comment = make.comment(make.post())
    made = make.decision(make.item(comments.KIND, comment.id), Verb.APPROVE)
    return Write(sign_in(make.account(Role.EDITOR)), f"/desk/decisions/{made.id}/undo", dict,
                 lambda session, _store: (
                     session.scalars(sa.select(Decision.undone_at.is_(None))).one(),
                     *states(session)))


def piece(make: Maker, sign_in: SignIn) -> Write:
    guest = sign_in(Role.GUEST)
    path = guest.post("/write/").location
    version = guest.get(path).text.split('name="version" value="')[1].split('"')[0]
    return Write(guest, path, lambda: {
        "title": "The good pen", "standfirst": "", "topics": "Tools", "source": TEXT,
        "version": version, "send": "1", "note": ""},
        lambda session, _store: (rows(session, Submission, ReviewItem),
                                 session.scalars(sa.select(Entry.state)).one()))


def upload(make: Maker, sign_in: SignIn) -> Write:
    person = make.person("Ada Penn")
    drawn = picture(size=(40, 30))
    return Write(sign_in(Role.EDITOR), f"/desk/people/{person.id}",
                 lambda: {"name": "Ada Penn", "picture": (io.BytesIO(drawn), "ada.jpg")}, shown)


def shown(session: Session, store: Path) -> object:
    """A row has its file, and all of it; a file may be there before its row."""
    found = session.execute(sa.select(Media.name, Media.size).join(
        Person, Person.picture_id == Media.id)).one_or_none()
    return found and (store / found.name).stat().st_size == found.size


def rulebook(make: Maker, sign_in: SignIn) -> Write:
    editor = sign_in(Role.EDITOR)
    sent = form(editor, **{"blocked-set_words": "casino"})
    return Write(editor, "/desk/rules", lambda: sent,
                 lambda session, _store: rows(session, Rulebook))


def reasons(make: Maker, sign_in: SignIn) -> Write:
    editor = sign_in(Role.EDITOR)
    version = next(each["value"] for each in editor.get("/desk/reasons").all("input")
                   if each.get("name") == "version")
    return Write(editor, "/desk/reasons", lambda: {
        "version": version, "label": "Too loud", "message": "Please whisper.", "key": "1"},
        lambda session, _store: rows(session, Reason))


WRITES = (decision, undo, piece, upload, rulebook, reasons)


@pytest.mark.parametrize("prepared", WRITES, ids=lambda each: each.__name__)
def test_a_write_that_is_killed_anywhere_is_whole_or_not_there_and_kept_once_it_is_answered(
        app: Flask, make: Maker, signed_in: SignIn, settings: Settings, tmp_path: Path,
        prepared: Callable[[Maker, SignIn], Write]) -> None:
    write = prepared(make, signed_in)
    make.session.close()

    def send(at: int) -> None:
        at_transaction({db.engine, writer_of(db.engine)}, at)
        write.who.post(write.path, write.data())

    def facts() -> object:
        with db.sessionmaker() as fresh:
            found = write.facts(fresh, settings.media)
        db.engine.dispose()
        return found

    before, seen = facts(), []
    kept = snapshot(settings.database, tmp_path)
    for at in range(40):
        kept.bring_back()
        ended = in_child(lambda: send(at))  # noqa: B023
        assert ended in {0, -9}, "killed, or answered as it should be"
        seen.append(facts())
        if ended == 0:
            break
    kept.close()
    after = seen[-1]
    assert after != before, "what was answered is kept"
    assert all(each in (before, after) for each in seen), "whole, or not there"
    assert len(seen) > 3
