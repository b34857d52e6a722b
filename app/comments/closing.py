"""Why an entry takes no more comments, and since when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.entries.models import Discussion, Entry
from app.entries.values import Reading
from app.pagecache import carries
from app.rules import queries as rules


@dataclass(frozen=True)
class Closing:
    """What can be said of it: `by_editors`, or the `days` after publication and the day itself."""

    by_editors: bool = False
    days: int = 0
    since: datetime | None = None


def closing(session: Session, entry: Entry | Reading, *, now: datetime) -> Closing | None:
    """Why comments are closed under an entry; None where they are open."""
    if entry.comments_open:
        return None
    carries("rules")
    if entry.discussion is Discussion.CLOSED:
        return Closing(by_editors=True)
    rule = next(line for line in rules.in_force(session, entry.id) if line.rule.name == "closed")
    days = int(rule.settings["days"])
    since = entry.published_at + timedelta(days=days) if entry.published_at else None
    # The rule may have been changed since; then it does not explain what was done before.
    if not (rule.on and days and since and since <= now):
        return Closing()
    return Closing(days=days, since=since)
