"""The weekly letter about feeds that are broken."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model


class FeedDigest(Model):
    """A week whose digest is written; its row is what keeps a second one from being sent."""

    __tablename__ = "feed_digests"

    week: Mapped[str] = mapped_column(primary_key=True)
    written_at: Mapped[datetime]
