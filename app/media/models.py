"""What is known of a file in the media store."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, choice

# Every picture is drawn anew, in one format.
PICTURE_SUFFIX = ".webp"


class MediaKind(StrEnum):
    """What a file is to a page."""

    AUDIO = "audio"
    PICTURE = "picture"


class Media(Model):
    """A file in the media store. Its name is the hash of its bytes, so it never changes."""

    __tablename__ = "media"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[MediaKind] = choice(MediaKind)
    content_type: Mapped[str]
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    seconds: Mapped[float | None]
    created_at: Mapped[datetime]

    @property
    def path(self) -> str:
        """Its address on the site."""
        return f"/media/{self.name}"
