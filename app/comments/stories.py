"""Where a comment stands, in the words that its sender reads."""

from dataclasses import dataclass

from app.comments.models import Comment, CommentState


@dataclass(frozen=True)
class Story:
    """The sentences of a follow page."""

    heading: str
    lead: str
    outcome: str
    meanwhile: str = "Read by an editor"
    waits: bool = False


STORIES = {
    CommentState.WAITING: Story(
        "Your comment is waiting", "It is waiting for review: an editor has not yet read it.",
        "Decided", meanwhile="Waiting for an editor", waits=True),
    CommentState.APPROVED: Story(
        "Your comment is published", "An editor has read it, and everybody can see it now.",
        "Published"),
    CommentState.REJECTED: Story(
        "Your comment was not published", "An editor read it and decided against it.",
        "Not published"),
    CommentState.SPAM: Story(
        "Your comment was not published", "An editor took it for advertising.", "Not published"),
    CommentState.WITHDRAWN: Story(
        "You have withdrawn your comment", "Nobody will read it, and nothing more will happen.",
        "Withdrawn", meanwhile="Waited for an editor"),
}


def story(comment: Comment) -> Story:
    """The sentences for this comment as it stands."""
    return STORIES[comment.state]
