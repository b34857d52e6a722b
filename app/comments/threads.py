"""Threads: how comments stand under each other, and in which order. All of it is pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.comments.models import Comment, CommentState

LEVELS = 3
Answers = Mapping[int | None, Sequence[Comment]]


class Order(StrEnum):
    """In which order threads stand; within a thread the oldest is always first."""

    OLDEST = "oldest"
    NEWEST = "newest"
    THANKED = "thanked"

    @property
    def label(self) -> str:
        """As it stands in the title of a page."""
        return {"oldest": "oldest first", "newest": "newest first",
                "thanked": "most thanked first"}[self.value]


@dataclass(frozen=True)
class Thread:
    """A comment and its replies. `answered` is what it replies to, where its place does not say.

    `badge` says what a signed-in writer is here: "Author", "Editor" or "".
    """

    comment: Comment
    answered: Comment | None = None
    badge: str = ""
    replies: list["Thread"] = field(default_factory=list)

    @property
    def is_withdrawn(self) -> bool:
        """Whether it only holds the place of what its writer has taken back."""
        return self.comment.state is CommentState.WITHDRAWN


@dataclass(frozen=True)
class Discussion:
    """What readers see under an entry: one page of threads, and how many comments there are."""

    path: str
    threads: list[Thread]
    count: int
    order: Order = Order.OLDEST
    page: int = 1
    more: bool = False

    def address(self, order: str, page: int = 1) -> str:
        """Where the threads stand in this order; the first page in the usual order is plain."""
        wanted = [f"comments={order}"] * (order != Order.OLDEST) + [f"page={page}"] * (page > 1)
        return "?".join(filter(None, (self.path, "&".join(wanted))))

    @property
    def next(self) -> str | None:
        """The address of the next page, or None on the last."""
        return self.address(self.order, self.page + 1) if self.more else None

    @property
    def previous(self) -> str | None:
        """The address of the page before, or None on the first."""
        return self.address(self.order, self.page - 1) if self.page > 1 else None

    @property
    def label(self) -> str:
        """What sets this page apart from the entry's plain address, "" at that one."""
        if self.page == 1 and self.order is Order.OLDEST:
            return ""
        sort = f", {self.order.label}" if self.order is not Order.OLDEST else ""
        return f"Comments{sort}{f', page {self.page}' if self.page > 1 else ''}"


def arrange(roots: Iterable[int], comments: Sequence[Comment],
            authors: Collection[int] = ()) -> list[Thread]:
    """The threads of these roots, in their order, from comments that are the oldest first.

    Replies stand under what they answer to the third level; deeper ones stand flat at it. A
    withdrawn comment stays only while something answers it. `authors` are persons.
    """
    kept = _kept(comments)
    answers: dict[int | None, list[Comment]] = defaultdict(list)
    for comment in comments:
        if comment.id in kept:
            answers[comment.parent_id].append(comment)
    return [_grown(kept[root], answers, authors) for root in roots]


def _kept(comments: Sequence[Comment]) -> dict[int, Comment]:
    """What is said, and whatever it hangs on."""
    known = {comment.id: comment for comment in comments}
    kept: dict[int, Comment] = {}
    for comment in comments:
        above = comment if comment.state is CommentState.APPROVED else None
        while above is not None and above.id not in kept:
            kept[above.id] = above
            above = known.get(above.parent_id or 0)
    return kept


def _grown(root: Comment, answers: Answers, authors: Collection[int]) -> Thread:
    """Depth first, without recursion: a chain of replies may be thousands long."""
    top = Thread(root, badge=_badge(root, authors))
    waiting = [(reply, root, top, 2) for reply in reversed(answers.get(root.id, ()))]
    while waiting:
        comment, answered, under, level = waiting.pop()
        thread = Thread(comment, answered if level > LEVELS else None, _badge(comment, authors))
        under.replies.append(thread)
        host = under if level >= LEVELS else thread
        waiting += [(reply, comment, host, level + 1)
                    for reply in reversed(answers.get(comment.id, ()))]
    return top


def _badge(comment: Comment, authors: Collection[int]) -> str:
    if comment.account is None:
        return ""
    if comment.account.person_id in authors:
        return "Author"
    return "Editor" if comment.account.is_editor else ""
