"""Whose a comment is: a reader's from the moment on in which they confirm its address."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.comments.models import Comment
from app.comments.queries import UNDER
from app.desk import changing
from app.readers.belongings import Belongings
from app.readers.models import Reader, forgotten_key
from app.rules import sanctions

_NOBODYS = sa.and_(Comment.reader_id.is_(None), Comment.account_id.is_(None))


def _adopt(session: Session, reader: Reader) -> None:
    """Makes a reader's what was sent with their address and is nobody's; the desk knows it too.

    Whoever was forgotten and comes back finds it all again.
    """
    known = f"email:{reader.email}"
    session.execute(sa.update(Comment).where(
        Comment.author_email.in_([reader.email, forgotten_key(reader.email)]), _NOBODYS)
        .values(reader_id=reader.id, author_email=reader.email, adopted_at=reader.confirmed_at)
        .execution_options(cache_tags=()))
    for key in (known, forgotten_key(reader.email)):
        changing.rename(session, key, reader.key)
    sanctions.retarget(session, forgotten_key(reader.email), known)


def _release(session: Session, reader: Reader) -> None:
    """Leaves a reader's comments where they are. What is kept about them aims at a hash of their
    address, and the address itself is nowhere any more.
    """
    forgotten = forgotten_key(reader.email)
    session.execute(sa.update(Comment).where(sa.or_(
        Comment.reader_id == reader.id, sa.and_(Comment.author_email == reader.email, _NOBODYS)))
        .values(reader_id=None, author_email=forgotten).execution_options(cache_tags=()))
    for key in (reader.key, f"email:{reader.email}"):
        changing.rename(session, key, forgotten)
        sanctions.retarget(session, key, forgotten)


def _theirs(reader: Reader) -> sa.Select[Comment]:
    """A reader's comments, newest first."""
    return (sa.select(Comment).where(Comment.reader_id == reader.id).options(UNDER)
            .order_by(Comment.created_at.desc(), Comment.id.desc()))


belongings = Belongings("comment", _adopt, _release, _theirs, "comments/_own.html")
