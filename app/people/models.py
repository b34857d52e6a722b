"""The table of people."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model
from app.media import Media
from app.trigrams.models import Worded, due_index


class Person(Worded, Model):
    """Somebody whose name stands on an entry."""

    __tablename__ = "people"
    __table_args__ = (sa.Index("ix_people_name", "name", "id"), due_index("people"))
    cache_tag, WORDED_BY = "person", ("name",)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    headline: Mapped[str] = mapped_column(default="")
    bio: Mapped[str] = mapped_column(default="")
    bio_html: Mapped[str] = mapped_column(default="")
    links: Mapped[list[dict[str, str]]] = mapped_column(default=list)
    picture_id: Mapped[int | None] = mapped_column(sa.ForeignKey("media.id"))
    created_at: Mapped[datetime]

    picture: Mapped[Media | None] = relationship(lazy="joined")

    @property
    def path(self) -> str:
        """The address of their page."""
        return f"/people/{self.slug}"
