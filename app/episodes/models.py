"""Episode and the cues of its transcript."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model
from app.entries.models import Contribution, Entry, Part
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
    def label(self) -> str:
        """Its number in words."""
        return f"Episode {self.number}"

    @property
    def minutes_long(self) -> int:
        """The length of the recording in minutes, at least one; 0 without a recording."""
        return max(1, round((self.audio.seconds or 0) / 60)) if self.audio else 0

    @property
    def length_in_words(self) -> str:
        """How long it is to listen to."""
        return f"{self.minutes_long} min to hear" if self.audio else "recording to come"

    @property
    def invitation(self) -> str:
        """What stands under its title where a post leads to it."""
        return ("This post grew out of an interview. Listen to the whole of it,"
                f" {self.length_in_words}.")

    @property
    def has_times(self) -> bool:
        """Whether its transcript says when each line was spoken."""
        return any(cue.end for cue in self.cues)

    @property
    def guests(self) -> list[Contribution]:
        """Who was interviewed, as what."""
        return [each for each in self.contributions if each.part is Part.GUEST]

    @property
    def hosts(self) -> list[Contribution]:
        """Who asked."""
        return [each for each in self.contributions if each.part is Part.HOST]
