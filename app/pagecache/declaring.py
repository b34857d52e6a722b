"""What a page carries: the tags of the rows it shows, and those that routes and reads declare."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import event

from app.database import Model

# Values that an argument in an address may have on a page that is kept.
PAGES = r"[2-9]|[1-9][0-9]{1,4}"
NEVER = ""
Route = TypeVar("Route", bound=Callable[..., object])
_carried: ContextVar[set[str] | None] = ContextVar("lectern_carried", default=None)


@dataclass(frozen=True)
class Cached:
    """That a route's pages may be kept: which arguments it looks at, and what they must look like.

    An argument that the route does not look at is as good as not there.
    """

    arguments: Mapping[str, str]
    tags: frozenset[str]


def cached(*tags: str, **arguments: str) -> Callable[[Route], Route]:
    """Marks a route whose page is the same for everyone, and what it carries whatever it shows.

    `page=PAGES` names an argument that the route looks at, with a regular expression of what it
    may be on a page that is kept; one that is NEVER kept has none.
    """
    def mark(route: Route) -> Route:
        route.cached = Cached(arguments, frozenset(tags))  # type: ignore[attr-defined]
        return route
    return mark


def carries(*tags: str) -> None:
    """Adds tags to the page that is being made; does nothing where none is."""
    carried = _carried.get()
    if carried is not None:
        carried.update(tags)


@contextmanager
def collecting() -> Iterator[set[str]]:
    """The tags of all that is declared and of every row that is loaded inside the block."""
    carried: set[str] = set()
    token = _carried.set(carried)
    try:
        yield carried
    finally:
        _carried.reset(token)


@event.listens_for(Model, "load", propagate=True)
def _carry_row(row: Any, context: Any) -> None:
    carried = _carried.get()
    if carried is not None and (tag := getattr(row, "cache_tag", None)):
        carried.add(f"{tag}:{row.id}")
