"""Episode and the cues of its transcript."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model
from app.entries.legible import Nature
from app.entries.models import Entry
from app.media import Media
from app.pagecache import Change


class Cue(Model):
    """What one speaker says from one second to another."""

    __tablename__ = "transcript_cues"
    __table_args__ = (sa.UniqueConstraint("episode_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    episode_id: Mapped[int] = mapped_column(sa.ForeignKey("episodes.id", ondelete="CASCADE"))
    position: Mapped[int]
    start: Mapped[float]
    end: Mapped[float]
    speaker: Mapped[str] = mapped_column(default="")
    text: Mapped[str]

    @staticmethod
    def cache_tags(change: Change) -> set[str]:
        """Whatever shows the episode."""
        return {f"entry:{change.row.episode_id}"}


def nature_of_episode(number: int, seconds: float | None) -> Nature:
    """Of the interview with this number; `seconds` is None while there is no recording."""
    # Whatever is there takes a minute at least.
    length = ("recording to come" if seconds is None
              else f"{max(1, round(seconds / 60))} min to hear")
    return Nature(f"Episode {number}", length, "This post grew out of an interview. Listen to the"
                  f" whole of it, {length}.", number)


class Episode(Entry):
    """One interview of the series."""

    __tablename__ = "episodes"
    __table_args__ = (sa.CheckConstraint("number > 0", name="positive"),)  # type: ignore[assignment]
    __mapper_args__ = {"polymorphic_identity": "episodes", "polymorphic_load": "selectin"}

    id: Mapped[int] = mapped_column(sa.ForeignKey("entries.id", ondelete="CASCADE"),
                                    primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    audio_id: Mapped[int | None] = mapped_column(sa.ForeignKey("media.id"))
    chapters: Mapped[list[dict[str, Any]]] = mapped_column(default=list)

    audio: Mapped[Media | None] = relationship(foreign_keys=[audio_id], lazy="selectin")
    cues: Mapped[list[Cue]] = relationship(order_by=Cue.position, lazy="select",
                                           cascade="all, delete-orphan")

    @property
    def nature(self) -> Nature:
        """What the webcast says of it."""
        return nature_of_episode(self.number,
                                 (self.audio.seconds or 0) if self.audio else None)
