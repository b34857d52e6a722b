"""What readers are told by mail: half a minute late, so that it can be taken back; grouped, so that
it stays one mail an hour.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import jobs, mail
from app.database import rows_changed
from app.readers.models import Notice, Reader

JOB = "send-notices"
PAUSE = timedelta(hours=1)
# So many stand in one mail; the others are counted.
LISTED = 20
FOOT = "-- \nYou get this because you confirmed your address here. One click ends such mail:"


def note(session: Session, reader: Reader, *, about: str, subject: str, body: str, link: str,
         now: datetime) -> Notice | None:
    """Will tell a reader, unless they want no mail. Leaves half a minute later, with this commit.

    `about` names the cause ("decision:12"), for `retract`; `link` is a path on the site.
    """
    if not reader.wants_mail:
        return None
    notice = Notice(reader_id=reader.id, about=about, subject=subject, body=body, link=link,
                    send_after=now + mail.GRACE)
    session.add(notice)
    jobs.wake(session, JOB, notice.send_after)
    return notice


def told(session: Session, reader: Reader, link: str) -> bool:
    """Whether they were told, or will be, of what stands at this address."""
    return session.scalars(sa.select(Notice.id).where(
        Notice.reader_id == reader.id, Notice.link == link, Notice.dropped_at.is_(None))
        .limit(1)).first() is not None


def retract(session: Session, about: str, *, now: datetime) -> None:
    """Drops what waits about this cause; what has left is followed by a second mail."""
    gone = session.scalars(
        sa.update(Notice).where(Notice.about == about, Notice.dropped_at.is_(None))
        .values(dropped_at=now).returning(Notice)).unique().all()
    for notice in gone:
        reader = session.get_one(Reader, notice.reader_id)
        if notice.mailed_at is not None and reader.wants_mail:
            _take_back(session, reader, notice, now)


def _take_back(session: Session, reader: Reader, notice: Notice, now: datetime) -> None:
    body = (f"{_greeting(reader)}\n\nPlease disregard what we wrote to you:"
            f" “{notice.subject}”.\n\nIt has been taken back, and an editor looks at it again."
            f" We are sorry for the back and forth.\n\n{FOOT}")
    # What it was about may be hidden by now, so no link leads there.
    mail.queue(session, reader.email, f"Taken back: {notice.subject}", body, about=reader.key,
               now=now, link=stop_path(reader), stop_path=stop_path(reader))


def drop_links(session: Session, link: str, *, now: datetime) -> None:
    """Drops what waits and would lead to this address: there is nothing to see there now."""
    session.execute(sa.update(Notice).where(_waiting(), Notice.link == link)
                    .values(dropped_at=now))


def drop(session: Session, reader: Reader, *, now: datetime) -> None:
    """Drops everything that waits for a reader, in the outbox too."""
    mail.drop(session, reader.key, now=now)
    session.execute(sa.update(Notice).where(_waiting(), Notice.reader_id == reader.id)
                    .values(dropped_at=now))


def send_due(session: Session, base_url: str, *, now: datetime) -> int:
    """Hands what is due to the outbox, one mail a reader, at most one an hour; how many mails.

    Commits after each. Notice and mail change together, so a crash between two of them neither
    loses nor repeats one.
    """
    sent = 0
    due = (sa.select(Notice.reader_id).join(Notice.reader)
           .where(_waiting(), Notice.send_after <= now, _rested(now)).distinct())
    for reader_id in session.scalars(due).all():
        sent += _send(session, reader_id, base_url, now)
        session.commit()
    return sent


def _waiting() -> sa.ColumnElement[bool]:
    return sa.and_(Notice.mailed_at.is_(None), Notice.dropped_at.is_(None))


def _rested(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(Reader.mailed_at.is_(None), Reader.mailed_at <= now - PAUSE)


def _send(session: Session, reader_id: int, base_url: str, now: datetime) -> bool:
    mine = session.execute(sa.update(Reader).where(Reader.id == reader_id, _rested(now))
                           .values(mailed_at=now))
    if rows_changed(mine) != 1:
        return False
    reader = session.get_one(Reader, reader_id)
    due = session.scalars(
        sa.update(Notice).where(_waiting(), Notice.reader_id == reader_id, Notice.send_after <= now)
        .values(mailed_at=now).returning(Notice)).unique().all()
    if not due:
        session.rollback()
        return False
    due = sorted(due, key=lambda notice: notice.id)
    mail.queue(session, reader.email, _subject(due), _body(reader, due, base_url),
               about=reader.key, now=now, stop_path=stop_path(reader), grace=timedelta(0))
    return True


def stop_path(reader: Reader) -> str:
    """Where one click ends their mail (RFC 8058)."""
    return f"/reader/stop/{reader.stop_token}"


def _greeting(reader: Reader) -> str:
    return f"Hello {reader.name}," if reader.name else "Hello,"


def _subject(due: Sequence[Notice]) -> str:
    return due[0].subject if len(due) == 1 else f"{len(due)} things happened to your comments"


def _body(reader: Reader, due: Sequence[Notice], base_url: str) -> str:
    parts = [_greeting(reader)]
    for notice in due[:LISTED]:
        heading = f"* {notice.subject}\n\n" if len(due) > 1 else ""
        parts.append(f"{heading}{notice.body.strip()}\n\n{base_url}{notice.link}")
    if len(due) > LISTED:
        parts.append(f"And {len(due) - LISTED} more: {base_url}/reader/")
    parts.append(f"{FOOT}\n{base_url}{stop_path(reader)}")
    return "\n\n".join(parts) + "\n"
