"""What comes back to the desk about a comment: reports by readers, the appeal of its sender."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.comments.models import Comment, CommentState
from app.database import Model, choice
from app.dialects import partial_index


class CaseState(StrEnum):
    """What became of the reports about a comment, or of an appeal.

    DROPPED are those whose comment was withdrawn before anybody decided.
    """

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    DROPPED = "dropped"


class Complaint(Model):
    """All reports about one comment until an editor has answered them together."""

    __tablename__ = "complaints"
    __table_args__ = (
        partial_index("uq_complaints_open", "comment_id", unique=True,
                      where=sa.text("state = 'open'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(sa.ForeignKey("comments.id", ondelete="CASCADE"),
                                            index=True)
    state: Mapped[CaseState] = choice(CaseState, default=CaseState.OPEN)
    opened_at: Mapped[datetime]

    comment: Mapped[Comment] = relationship(lazy="joined", innerjoin=True)
    reports: Mapped[list["Report"]] = relationship(order_by="Report.id", lazy="raise_on_sql")


class Report(Model):
    """One reader's report. `reporter` is "reader:3" or a hash that only tells two apart.

    The hashes of all who come from one network begin alike, up to a dot.
    """

    __tablename__ = "reports"
    __table_args__ = (sa.UniqueConstraint("complaint_id", "reporter"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"))
    reporter: Mapped[str] = mapped_column(index=True)
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Appeal(Model):
    """The one objection that the sender of a refused comment has.

    `against` is where the comment stood when it was made, and stands again if it fails.
    """

    __tablename__ = "appeals"

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(sa.ForeignKey("comments.id", ondelete="CASCADE"),
                                            unique=True)
    text: Mapped[str]
    against: Mapped[CommentState] = choice(CommentState)
    state: Mapped[CaseState] = choice(CaseState, default=CaseState.OPEN)
    sent_at: Mapped[datetime]

    comment: Mapped[Comment] = relationship(lazy="joined", innerjoin=True)
