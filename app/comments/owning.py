"""Whose a comment is: a reader's from the moment on in which they confirm its address."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.comments.models import Comment
from app.desk import actions as desk
from app.readers.belongings import Belongings
from app.readers.models import Reader
from app.rules import sanctions


def _adopt(session: Session, reader: Reader) -> None:
    """Makes a reader's what was sent with their address and is nobody's; the desk knows it too."""
    session.execute(sa.update(Comment).where(
        Comment.author_email == reader.email, Comment.reader_id.is_(None),
        Comment.account_id.is_(None))
                    .values(reader_id=reader.id, adopted_at=reader.confirmed_at))
    desk.rename(session, f"email:{reader.email}", reader.key)


def _release(session: Session, reader: Reader) -> None:
    """Leaves a reader's comments where they are; what is held against them aims at the address."""
    session.execute(sa.update(Comment).where(Comment.reader_id == reader.id)
                    .values(reader_id=None))
    desk.rename(session, reader.key, f"email:{reader.email}")
    sanctions.retarget(session, reader.key, f"email:{reader.email}")


def _theirs(reader: Reader) -> sa.Select[Comment]:
    """A reader's comments, newest first."""
    return (sa.select(Comment).where(Comment.reader_id == reader.id)
            .order_by(Comment.created_at.desc(), Comment.id.desc()))


belongings = Belongings("comment", _adopt, _release, _theirs, "comments/_own.html")
