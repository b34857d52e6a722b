"""The outbox: what waits to be sent, how it is taken back in time, and how long it is kept."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import jobs
from app.database import Model
from app.dialects import partial_index

GRACE = timedelta(seconds=30)
JOB = "send-mail"
SWEEP = "sweep-mail"
KEPT = timedelta(days=30)

# Word for word what the indexes are made for: with parameters instead, none of them would be used.
UNSENT = sa.text("sent_at IS NULL AND dropped_at IS NULL")
UNERASED = sa.text("recipient <> ''")

_ATOM = r"[^\s\x00-\x1f\x7f@<>,;:\"\\()\[\]]+"
_ADDRESS = re.compile(rf"{_ATOM}@{_ATOM}\.{_ATOM}")
# Python's email decodes these inside a header, line breaks and all (RFC 2047).
_ENCODED_WORD = "=?"


class OutgoingMail(Model):
    """A mail that waits, was sent, or was dropped because its reason was taken back.

    The link of a `secret` one opens something: it is wiped once the mail has left.
    """

    __tablename__ = "outbox"
    # The rows are never deleted; these lead past all that has left, or was erased.
    __table_args__ = (
        partial_index("ix_outbox_unsent", "id", where=UNSENT),
        partial_index("ix_outbox_kept", "created_at", where=UNERASED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    link: Mapped[str] = mapped_column(default="")
    stop_path: Mapped[str] = mapped_column(default="")
    secret: Mapped[bool] = mapped_column(default=False)
    about: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime]
    send_after: Mapped[datetime] = mapped_column(index=True)
    claimed_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]


def is_address(value: str) -> bool:
    """Whether this can be an e-mail address: one @, a dotted domain, no blanks, at most 254 signs.

    Line breaks are refused above all: Python 3.11.7's email lets them into headers (CVE-2024-6923).
    """
    return (len(value) <= 254 and _ENCODED_WORD not in value
            and _ADDRESS.fullmatch(value) is not None)


def queue(session: Session, recipient: str, subject: str, body: str, *, about: str,
          now: datetime, link: str = "", stop_path: str = "", secret: bool = False,
          grace: timedelta = GRACE) -> OutgoingMail:
    """Writes a mail into the outbox, to leave `grace` after `now` with this session's commit.

    `about` names its cause ("decision:12"), for `retract`; `link` is a path on the site that the
    mail ends with, kept no longer than needed if it is `secret`; `stop_path` one that ends such
    mail with a single POST (RFC 8058). Raises ValueError for a recipient that is no address; a
    subject is folded into one line.
    """
    if not is_address(recipient):
        raise ValueError("Mail needs a real address.")
    line = " ".join(subject.replace(_ENCODED_WORD, "= ?").split())[:200]
    mail = OutgoingMail(recipient=recipient, subject=line, body=body, link=link,
                        stop_path=stop_path, secret=secret, about=about, created_at=now,
                        send_after=now + grace)
    session.add(mail)
    jobs.wake(session, JOB, mail.send_after)
    return mail


def retract(session: Session, about: str, *, now: datetime) -> Sequence[OutgoingMail]:
    """Drops what waits about this cause; returns what has left and needs a second mail."""
    drop(session, about, now=now)
    return session.scalars(sa.select(OutgoingMail).where(
        OutgoingMail.about == about, OutgoingMail.dropped_at.is_(None))).all()


def drop(session: Session, about: str, *, now: datetime) -> None:
    """Drops what waits about this cause; what is being sent at this moment leaves."""
    unsent = (OutgoingMail.about == about, OutgoingMail.sent_at.is_(None),
              sa.or_(OutgoingMail.claimed_until.is_(None), OutgoingMail.claimed_until <= now))
    session.execute(sa.update(OutgoingMail).where(*unsent, OutgoingMail.dropped_at.is_(None))
                    .values(dropped_at=now))


def forget(session: Session, recipient: str, abouts: Sequence[str], *, now: datetime) -> None:
    """Drops what waits for an address about these causes, and erases it from what has left.

    The rows stay: a number that was given again would give a later mail an old Message-ID.
    """
    theirs = (OutgoingMail.recipient == recipient, OutgoingMail.about.in_(abouts))
    session.execute(sa.update(OutgoingMail).where(*theirs, OutgoingMail.sent_at.is_(None))
                    .values(dropped_at=now))
    session.execute(sa.update(OutgoingMail).where(*theirs)
                    .values(recipient="", body="", link="", stop_path=""))


def sweep(session: Session, now: datetime) -> None:
    """Erases who was written what, a month after it left or was dropped. The rows stay."""
    old = sa.or_(OutgoingMail.sent_at <= now - KEPT, OutgoingMail.dropped_at <= now - KEPT)
    session.execute(sa.update(OutgoingMail)
                    .where(UNERASED, OutgoingMail.created_at <= now - KEPT, old)
                    .values(recipient="", body="", link="", stop_path=""))
