"""The log: every decision, narrowed as an editor wishes, on the page or as a table to take away."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from app.accounts.models import Account, Role
from app.database import unindexed, unordered
from app.desk import kinds
from app.desk.filtering import (
    LONGEST,
    WORDS,
    Narrowing,
    NoSuchFilter,
    confined,
    known_kind,
    one_of,
)
from app.desk.lines import Line
from app.desk.models import THE_RULES, Decision, ReviewItem, Verb
from app.text import fold, one_line

AT_A_TIME = 500
COLUMNS = ("decided at", "decision", "kind", "title", "from", "text", "by", "reason", "message",
           "publish at", "taken back at", "taken back by", "batch", "item")
# What spreadsheets take for the beginning of a formula (OWASP, CSV injection), full width included.
_FORMULA = re.compile(r"(^|[;,|\t\r\n])(\s*[=+\-@＝＋－＠]|[\t\r\n])")


@dataclass(frozen=True)
class LogFilter(Narrowing):
    """A narrowing of the log. Days are whole days in UTC, both included.

    `among` are the only items whose decisions can have its words, if they are known.
    """

    NAMES = {"verb": "decision", "who": "by", "kind": "kind", "person_key": "person",
             "since": "since", "until": "until", "words": "q", "batch": "batch"}

    verb: Verb | None = None
    who: str = ""
    kind: str = ""
    person_key: str = ""
    since: date | None = None
    until: date | None = None
    words: str = ""
    batch: str = ""
    among: tuple[int, ...] | None = field(default=None, compare=False)

    @classmethod
    def read(cls, args: Mapping[str, str]) -> "LogFilter":
        """The filter of an address' arguments. Raises NoSuchFilter for values that cannot be."""
        given = {field: one_line(args.get(name, ""))[:LONGEST] for field, name in cls.NAMES.items()}
        return cls(one_of(Verb, given["verb"], None), given["who"], known_kind(given["kind"]),
                   given["person_key"], _day(given["since"]), _day(given["until"]),
                   given["words"], given["batch"])

    @property
    def is_empty(self) -> bool:
        """Whether the whole log is shown."""
        return self == LogFilter()

    @property
    def is_searching(self) -> bool:
        """Whether no index leads to what is looked for."""
        if self.is_short or (self.words and self.among is not None):
            return False
        return bool(self.verb or self.kind or self.words)

    @property
    def is_short(self) -> bool:
        """Whether an index leads to the little that is looked through for words."""
        return bool(self.person_key or self.batch)

    def query(self) -> sa.Select[Decision]:
        """The decisions that match with their items, newest first."""
        moment = Decision.decided_at if self.among is None else unordered(Decision.decided_at)
        return (sa.select(Decision).join(Decision.item).options(contains_eager(Decision.item))
                .where(*self._narrowed()).order_by(moment.desc(), Decision.id.desc()))

    def _narrowed(self) -> list[sa.ColumnElement[bool]]:
        found = list(self._conditions())
        return found if self.among is None else confined(Decision.item_id, self.among, found)

    def _conditions(self) -> Iterator[sa.ColumnElement[bool]]:
        for column, wanted in ((Decision.verb, self.verb), (Decision.account_name, self.who),
                               (Decision.batch, self.batch),
                               (ReviewItem.person_key, self.person_key)):
            if wanted:
                yield column == wanted
        if self.kind:
            yield unindexed(ReviewItem.kind == self.kind)
        if self.since:
            yield Decision.decided_at >= _midnight(self.since)
        if self.until:
            yield Decision.decided_at < _midnight(self.until) + timedelta(days=1)
        for word in self.words.split()[:WORDS]:
            yield sa.or_(ReviewItem.folded.contains(fold(word), autoescape=True),
                         Decision.reason.icontains(word, autoescape=True),
                         Decision.message.icontains(word, autoescape=True))


def _day(value: str) -> date | None:
    try:
        day = date.fromisoformat(value) if value else None
    except ValueError:
        day = date.min
    if day and not 1970 <= day.year <= 2999:
        raise NoSuchFilter("There is no such day; write it as 2026-05-04.")
    return day


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def deciders(session: Session) -> list[str]:
    """The names of all who can decide, the rules among them."""
    names = session.scalars(sa.select(Account.name).where(
        Account.role.in_([Role.EDITOR, Role.ADMIN])).distinct().order_by(Account.name))
    return [THE_RULES, *names]


def batches(session: Session, decisions: Iterable[Line]) -> Mapping[str, int]:
    """How many decisions each of these was made together with."""
    names = {each.batch for each in decisions if each.batch}
    rows = session.execute(sa.select(Decision.batch, sa.func.count())
                           .where(Decision.batch.in_(names)).group_by(Decision.batch))
    return {str(batch): number for batch, number in rows}


def as_csv(session: Session, shown: LogFilter) -> Iterator[str]:
    """The decisions that match as lines of RFC 4180, the newest first, a few hundred at a time.

    It begins with a byte order mark: without one, Excel reads UTF-8 as something else.
    """
    labels = {kind.name: kind.label for kind in kinds.every()}
    yield "\ufeff" + _line(COLUMNS)
    for decision in session.scalars(shown.query().execution_options(yield_per=AT_A_TIME)):
        item = decision.item
        yield _line([
            _moment(decision.decided_at), decision.words, labels.get(item.kind, item.kind),
            item.title, item.person, item.text, decision.account_name, decision.reason,
            decision.message, _moment(decision.publish_at), _moment(decision.undone_at),
            decision.undone_by or "", decision.batch or "", str(item.id)])


def _moment(value: datetime | None) -> str:
    return f"{value:%Y-%m-%d %H:%M:%S}" if value else ""


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def _line(cells: Sequence[str]) -> str:
    return str(csv.writer(_Echo()).writerow([defused(cell) for cell in cells]))


def defused(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before such a sign.

    Behind what may part cells or lines as well, for not every spreadsheet parts them at commas.
    Source: OWASP, "CSV Injection".
    """
    return _FORMULA.sub(r"\1'\2", cell)
