"""What belongs to readers. Subjects register theirs at start-up; nothing here knows them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.readers.models import Reader

Change = Callable[[Session, Reader], None]


@dataclass(frozen=True)
class Belongings:
    """One sort of thing that readers send.

    `adopt` makes theirs what came from their address before they confirmed it, `release` takes
    their name off it again; both leave the commit to the caller. `theirs` is the list of a reader,
    and `fragment` the template that draws a `page` of it.
    """

    name: str
    adopt: Change
    release: Change
    theirs: Callable[[Reader], sa.Select[Any]]
    fragment: str


_belongings: dict[str, Belongings] = {}


def register(belongings: Belongings) -> None:
    """Makes one sort known."""
    _belongings[belongings.name] = belongings


def every() -> Sequence[Belongings]:
    """All sorts, in the order of their registration."""
    return list(_belongings.values())
