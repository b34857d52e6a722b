"""Whether the site is up."""

import sqlalchemy as sa
from flask import Blueprint

from app.database import db

operations = Blueprint("operations", __name__)


@operations.get("/healthz")
def health() -> tuple[str, int, dict[str, str]]:
    """The process answers."""
    return "ok\n", 200, {"Content-Type": "text/plain", "Cache-Control": "no-store"}


@operations.get("/readyz")
def readiness() -> tuple[str, int, dict[str, str]]:
    """The database answers too."""
    db.session.execute(sa.text("SELECT 1"))
    return "ok\n", 200, {"Content-Type": "text/plain", "Cache-Control": "no-store"}
