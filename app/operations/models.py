"""What running the site writes down about itself."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model


class Heartbeat(Model):
    """That a worker works: it says so every minute, by way of the queue."""

    __tablename__ = "heartbeats"

    # Machine and process.
    worker: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str]
    at: Mapped[datetime]
