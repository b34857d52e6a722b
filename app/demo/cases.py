"""What readers reported in the demo, and what a sender appealed against; both wait at the desk."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.comments.cases import appealing, reporting
from app.comments.models import Comment

APPEALED_AFTER = timedelta(hours=9)


def load(session: Session, comment: Comment, row: dict[str, Any], then: datetime) -> None:
    """The reports and the appeal that stand in a comment's row; `then` is when it was sent."""
    for number, each in enumerate(row.get("reports", [])):
        reporting.report(session, comment, f"demo-{number}", reporting.Reason(each["reason"]),
                         each["note"], now=then + timedelta(hours=each["hours_after"]))
    if words := row.get("appeal"):
        appealing.send(session, comment, words.strip(), now=then + APPEALED_AFTER)
