"""Keeping an upload: its bytes in the store, what it is in the database."""

import io
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.media.models import Media
from app.media.recognising import Upload
from app.media.store import Store


def put(store: Store, upload: Upload) -> None:
    """Puts an upload into the store; the same bytes are put once.

    A store may be another machine, so no transaction is open meanwhile. Raises StoreFailed.
    """
    if not store.renew(upload.name, len(upload.data)):
        store.put(upload.name, io.BytesIO(upload.data))


def note(session: Session, upload: Upload, *, now: datetime) -> Media:
    """What is known of an upload that was put into the store."""
    known = session.scalars(sa.select(Media).where(Media.name == upload.name)).first()
    if known:
        return known
    media = Media(name=upload.name, kind=upload.kind, content_type=upload.content_type,
                  size=len(upload.data), width=upload.width, height=upload.height,
                  seconds=upload.seconds, created_at=now)
    session.add(media)
    session.flush()
    return media


def keep(session: Session, store: Store, upload: Upload, *, now: datetime) -> Media:
    """Puts an upload into the store and notes it, for whoever has the database to himself."""
    put(store, upload)
    return note(session, upload, now=now)
