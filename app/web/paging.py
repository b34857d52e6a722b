"""Pages of a list: `?page=2`, one query more than the rows it shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import abort, request
from sqlalchemy import Select
from sqlalchemy.orm import Session

Row = TypeVar("Row")
LAST_PAGE = 100_000


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list, and the addresses of its neighbours."""

    rows: Sequence[Row]
    number: int
    more: bool

    @property
    def next(self) -> str | None:
        """The address of the next page, or None on the last."""
        return self._address(self.number + 1) if self.more else None

    @property
    def previous(self) -> str | None:
        """The address of the page before, or None on the first."""
        return self._address(self.number - 1) if self.number > 1 else None

    def _address(self, number: int) -> str:
        query = request.args.to_dict()
        query.pop("page", None)
        if number > 1:
            query["page"] = str(number)
        return request.path + ("?" + urlencode(query) if query else "")


def page_number() -> int:
    """The page asked for; a 404 where it cannot be one."""
    wanted = request.args.get("page", "1")
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 8):
        abort(404, "There is no such page in this list.")
    if not 1 <= int(wanted) <= LAST_PAGE:
        abort(404, "There is no such page in this list.")
    return int(wanted)


def _rows(session: Session, query: Select[Any]) -> Sequence[Any]:
    return session.scalars(query).unique().all()


def paginate(session: Session, query: Select[Any], size: int,
             read: Callable[[Session, Select[Any]], Sequence[Any]] = _rows) -> Page[Any]:
    """The page of `query` that the address asks for; 404 past the end of the list.

    `read` makes of it what is shown, by default the rows themselves.
    """
    number = page_number()
    rows = read(session, query.limit(size + 1).offset((number - 1) * size))
    if not rows and number > 1:
        abort(404, "There is no such page in this list.")
    return Page(rows[:size], number, len(rows) > size)
