"""What readers see of comments, as plain values: of these, pages are made piece by piece."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from app.accounts.models import Role


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


class Shown(NamedTuple):
    """What readers see of a comment, under the names that it has in `Comment`: plain values, of
    which a piece of a page is made. It begins as a Spot does; `role` and `person_id` are those of
    the account that wrote it.
    """

    id: int
    parent_id: int | None
    said: bool
    created_at: datetime
    thanks: int
    public_id: str
    author_name: str
    author_headline: str
    author_url: str
    picture: str
    html: str
    edited_at: datetime | None
    account_id: int | None
    role: Role | None
    person_id: int | None

    @property
    def dom_name(self) -> str:
        """What its ids begin with."""
        return "comment"

    @property
    def path(self) -> str:
        """Its permalink."""
        return f"/comments/{self.public_id}"


class Thread(NamedTuple):
    """A comment and its replies. `answered` is what it replies to, where its place does not say.

    `badge` says what a signed-in writer is here: "Author", "Editor" or "". `away` is one whose
    `answered` stands on a page before, and `goes_on` the rest of a thread whose beginning does.
    """

    comment: Shown
    answered: Shown | None = None
    badge: str = ""
    away: bool = False
    goes_on: bool = False
    replies: tuple["Thread", ...] = ()


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
