"""Pages of a list: `?page=2`, one query more than the rows it shows.

Where no index leads to what is looked for, a page looks through so many rows and no more; the next
one goes on from where it stopped, `?before=` a moment.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import abort, request
from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.text import whole_number

Row = TypeVar("Row")
LAST_PAGE = 100_000


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list, and the addresses of its neighbours.

    `stopped` is the moment before which nothing was looked through.
    """

    rows: Sequence[Row]
    number: int
    more: bool
    stopped: datetime | None = None

    @property
    def next(self) -> str | None:
        """The address of the next page, or None on the last."""
        if self.more or self.stopped is None:
            return self._address(self.number + 1) if self.more else None
        return self._address(1, before=self.stopped.isoformat())

    @property
    def previous(self) -> str | None:
        """The address of the page before, or None on the first."""
        return self._address(self.number - 1) if self.number > 1 else None

    def _address(self, number: int, **changes: str) -> str:
        query = request.args.to_dict() | changes
        query.pop("page", None)
        if number > 1:
            query["page"] = str(number)
        return request.path + ("?" + urlencode(query) if query else "")


def page_number() -> int:
    """The page asked for; a 404 where it cannot be one."""
    wanted = whole_number(request.args.get("page", "1"))
    if wanted is None or not 1 <= wanted <= LAST_PAGE:
        abort(404, "There is no such page in this list.")
    return wanted


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


def look_through(session: Session, query: Select[Row], size: int,
                 moment: InstrumentedAttribute[datetime], most: int,
                 read: Callable[[Session, Select[Any]], Sequence[Any]] = _rows) -> Page[Any]:
    """As `paginate`, for a query newest first by `moment` that no index answers.

    It looks through the `most` newest rows before `?before=`, and the page after the last one goes
    on from there.
    """
    before = _before()
    here = [] if before is None else [moment <= before]
    stop = session.scalar(select(moment).where(*here).order_by(moment.desc())
                          .offset(most).limit(1))
    if stop is None:
        return paginate(session, query.where(*here), size, read)
    # Of so many at one moment, all are looked through at once.
    stop = stop if stop != before else stop - timedelta(microseconds=1)
    page = paginate(session, query.where(*here, moment > stop), size, read)
    return replace(page, stopped=stop)


def _before() -> datetime | None:
    asked = request.args.get("before", "")
    try:
        return datetime.fromisoformat(asked).astimezone(UTC) if asked else None
    except (ValueError, OverflowError):
        abort(404, "There is no such moment.")
