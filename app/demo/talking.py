"""What readers have said in the demo, and what became of it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.comments import actions
from app.comments.gathering import Sender
from app.comments.models import Comment, CommentState
from app.demo import cases, content, rulebook
from app.demo.deciding import Desk
from app.demo.staff import Staff
from app.desk import reasons
from app.desk.models import Verb
from app.entries import queries
from app.entries.models import Entry

PICTURES = "the demo"  # addresses that are made up need no secret
VERBS = {"approved": Verb.APPROVE, "rejected": Verb.REJECT, "spam": Verb.SPAM}
Row = dict[str, Any]


def load(session: Session, desk: Desk, staff: Staff, now: datetime) -> None:
    """Every comment at its time, with what the rules and the editor made of it."""
    rulebook.load(session, staff.editor.name, now)
    readers = rulebook.readers(session, now)
    rows = [*content.table("comments"), *content.table("past")]
    found = {path: _entry(session, path) for path in {row["entry"] for row in rows}}
    # As they came in, so that the rules knew of each sender what they could know then.
    due = [(_published(found[row["entry"]]) + timedelta(hours=row["hours_after"]), row)
           for row in rows]
    said: dict[str, Comment] = {}
    for then, row in sorted(due, key=lambda each: each[0]):
        email = row["author_email"]
        sender = Sender(account=staff.accounts.get(email), reader=readers.get(email),
                        proof=f"demo-{len(said)}" if row.get("proof", True) else None)
        sent = actions.submit(session, found[row["entry"]], _remark(row, said), sender, now=then,
                              secret=PICTURES)
        comment = session.get_one(Comment, sent.id)
        comment.thanks = row.get("thanks", 0)
        said[row.get("key", comment.public_id)] = comment
        _decide(desk, comment, row, then, len(said))
        cases.load(session, comment, row, then)


def _entry(session: Session, path: str) -> Entry:
    entry = queries.public(session, *path.split("/"))
    assert entry is not None
    return entry


def _published(entry: Entry) -> datetime:
    assert entry.published_at is not None
    return entry.published_at


def _remark(row: Row, said: dict[str, Comment]) -> actions.Remark:
    parent = said[row["parent"]].public_id if "parent" in row else ""
    return actions.Remark(row["author_name"], row["author_email"], row.get("author_headline", ""),
                          row["body"].strip(), parent, row.get("author_url", ""))


def _decide(desk: Desk, comment: Comment, row: Row, then: datetime, number: int) -> None:
    # What the rules published, or set aside, is decided already.
    if (verb := VERBS.get(row["state"])) and comment.state is CommentState.WAITING:
        reason = row.get("reason", "")
        message = row.get("message") or reasons.message_for(reasons.USUAL, verb, reason, "")
        minutes = 20 if "key" in row else 9 + 47 * number % 600
        desk.decide(actions.KIND, comment.id, verb, then + timedelta(minutes=minutes), message,
                    reason)
