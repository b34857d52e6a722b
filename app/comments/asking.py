"""One comment in the words of Akismet's API, whether it is asked or told."""

from app.comments.candidate import Candidate
from app.comments.models import Comment


def question(comment: Comment | Candidate, address: str, agent: str = "") -> dict[str, str]:
    """What an outside spam service hears of a comment; its permalink is a path of ours."""
    return {"comment_type": "reply" if comment.parent_id else "comment",
            "comment_author": comment.author_name, "comment_author_email": comment.author_email,
            "comment_author_url": comment.author_url, "comment_content": comment.body,
            "permalink": comment.entry.path, "user_ip": address, "user_agent": agent}
