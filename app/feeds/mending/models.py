"""Pictures of feed items: fetched once, made our own, or known not to come."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model
from app.media import Media


class FeedPicture(Model):
    """A picture at its address elsewhere, and ours once it was fetched."""

    __tablename__ = "feed_pictures"

    url: Mapped[str] = mapped_column(primary_key=True)
    media_id: Mapped[int | None] = mapped_column(sa.ForeignKey("media.id"))
    failure: Mapped[str] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None] = mapped_column(index=True)

    media: Mapped[Media | None] = relationship(lazy="joined")


class FeedItemPicture(Model):
    """Which item shows which picture."""

    __tablename__ = "feed_item_pictures"

    item_id: Mapped[int] = mapped_column(sa.ForeignKey("feed_items.id", ondelete="CASCADE"),
                                         primary_key=True)
    url: Mapped[str] = mapped_column(sa.ForeignKey("feed_pictures.url"), primary_key=True,
                                     index=True)
