"""What readers are told by mail about comments: theirs were decided, or somebody replied.

Only to confirmed addresses, and of a reply only once everybody can read it.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app import text
from app.comments.models import Comment, CommentState
from app.desk.models import Decision
from app.readers import notices
from app.readers.models import Reader

QUOTED = 400
NEWS = {
    CommentState.APPROVED: ("Your comment on “{title}” is published",
                            "An editor has read your comment, and everybody can see it now:"),
    CommentState.REJECTED: ("Your comment on “{title}” was not published",
                            "An editor has read your comment and decided against it."),
    CommentState.SPAM: ("Your comment on “{title}” was not published",
                        "We decided against it. Such decisions are sometimes wrong."),
}
MISTAKEN = "What you wrote, and what you can do if you see it differently, stands here:"


def decided(session: Session, comment: Comment, decision: Decision, now: datetime) -> None:
    """Tells the sender what an editor decided, and whoever is answered that there is a reply."""
    by_an_editor = decision.account_id is not None
    if by_an_editor and comment.reader_id is not None and comment.state in NEWS:
        _tell_sender(session, comment, decision, now)
    if comment.state is CommentState.APPROVED and comment.parent_id is not None:
        _tell_answered(session, comment, decision, now)


def taken_back(session: Session, decision: Decision, now: datetime) -> None:
    """Takes back what was told of a decision."""
    notices.retract(session, decision.about, now=now)


def hidden(session: Session, comment: Comment, now: datetime) -> None:
    """Tells nobody of a comment that is not on its page any more, as far as nobody knows yet."""
    notices.drop_links(session, comment.path, now=now)


def _tell_sender(session: Session, comment: Comment, decision: Decision, now: datetime) -> None:
    subject, news = NEWS[comment.state]
    approved = comment.state is CommentState.APPROVED
    reason = f"Reason: {decision.reason}" if decision.reason else ""
    body = "\n\n".join(filter(None, (
        news, reason, decision.message, "" if approved else MISTAKEN)))
    notices.note(session, session.get_one(Reader, comment.reader_id), about=decision.about,
                 subject=subject.format(title=comment.entry.title), body=body,
                 link=comment.path if approved else comment.follow_path, now=now)


def _tell_answered(session: Session, reply: Comment, decision: Decision, now: datetime) -> None:
    parent = session.get_one(Comment, reply.parent_id)
    seen = parent.state is CommentState.APPROVED and reply.entry.is_public
    if not seen or parent.reader_id in {None, reply.reader_id}:
        return
    reader = session.get_one(Reader, parent.reader_id)
    # A reply that was edited is approved again, and no news to anybody.
    if notices.told(session, reader, reply.path):
        return
    quoted = "\n".join(f"> {line}" for line in text.shorten(reply.body, QUOTED).splitlines())
    notices.note(session, reader, about=decision.about, link=reply.path, now=now,
                 subject=f"{reply.author_name} replied to your comment on “{reply.entry.title}”",
                 body=f"{reply.author_name} wrote:\n\n{quoted}\n\nThe reply on its page:")
