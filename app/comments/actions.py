"""Changes to comments."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import text
from app.comments import queries
from app.comments.models import Comment, CommentState
from app.desk import actions as desk
from app.entries.models import Entry

KIND = "comment"
LONGEST = 8_000
SENT_BEFORE = ("You have sent exactly this comment before, and it is safe with us: the private page"
               " that you were given then says where it stands.")
READ_FIRST = "Every comment here is read by an editor before it appears."


class Closed(Exception):
    """The entry takes no more comments."""


class WrongParent(Exception):
    """What is replied to is not a visible comment of this entry."""


class SentBefore(Exception):
    """The same person said the same under the same entry."""


@dataclass(frozen=True)
class Remark:
    """What a reader typed."""

    name: str
    email: str
    headline: str
    body: str
    parent: str = ""


def submit(session: Session, entry: Entry, remark: Remark, *, now: datetime) -> Comment:
    """Takes a comment in; it waits at the desk. Commits.

    Raises Closed, WrongParent, or SentBefore for an exact duplicate.
    """
    if not entry.comments_open:
        raise Closed("Comments on this page are closed.")
    parent = queries.answerable(session, entry, remark.parent) if remark.parent else None
    if remark.parent and parent is None:
        raise WrongParent("The comment you reply to is not on this page any more.")
    comment = Comment(entry=entry, entry_id=entry.id, parent_id=parent.id if parent else None,
                      author_name=remark.name, author_email=remark.email,
                      author_headline=remark.headline, body=remark.body,
                      html=text.remark(remark.body), digest=_digest(remark), created_at=now)
    session.add(comment)
    try:
        session.flush()
    except IntegrityError:
        # The index on entry and digest decides, so that two at once cannot both get in.
        session.rollback()
        raise SentBefore(SENT_BEFORE) from None
    _hold(session, comment)
    session.commit()
    return comment


def _digest(remark: Remark) -> str:
    words = "\0".join((remark.email, remark.parent, remark.body))
    return hashlib.sha256(words.encode()).hexdigest()


def _hold(session: Session, comment: Comment) -> None:
    desk.hold(session, KIND, comment.id, now=comment.created_at, why=READ_FIRST,
              title=comment.entry.title, text=comment.body, person=comment.author_name,
              person_key=f"email:{comment.author_email}", entry_id=comment.entry_id)


def withdraw(session: Session, comment: Comment) -> None:
    """The sender takes a waiting comment back. Commits. Raises desk.AlreadyDecided."""
    desk.withdraw(session, KIND, comment.id)
    comment.state = CommentState.WITHDRAWN
    session.commit()
