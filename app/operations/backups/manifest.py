"""What a backup says of itself: who made it, of which schema, and what must be in it."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

NAME = "manifest.json"
KEY = "secret_key"
FORMAT, VERSION = "lectern-backup", 1
MEMBER = re.compile(r"rows/[a-z][a-z0-9_]{0,62}\.jsonl|media/[A-Za-z0-9_-][A-Za-z0-9._-]{0,120}"
                    f"|{KEY}", re.ASCII)


class BadBackup(ValueError):
    """A file is no backup, or not one that can be restored; the text is one sentence."""


class CannotSave(ValueError):
    """No backup can be made; the text is one sentence."""


class CannotRestore(ValueError):
    """A good backup cannot be restored here; the text is one sentence."""


FOREIGN = "{} is not a backup of Lectern."
DAMAGED = "{} is damaged: {}. Nothing was changed."
BUSY = ("The database is being written to without a pause. Please stop the site first. Nothing was"
        " changed.")
NEWER = "{} was made by a newer Lectern ({}). Please upgrade this one first. Nothing was changed."


@dataclass(frozen=True)
class Member:
    """A file in the backup: its length in bytes, their SHA-256, and how many rows it has."""

    size: int
    sha256: str
    rows: int = 0


@dataclass(frozen=True)
class Manifest:
    """`revision` is the schema's; `missing` names files that were gone when the backup was made;
    `numbers` holds the highest number that each table ever gave, also to rows that are gone.
    """

    lectern: str
    revision: str
    engine: str
    made_at: str
    members: Mapping[str, Member] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows there are in all tables together."""
        return sum(member.rows for member in self.members.values())

    @property
    def size(self) -> int:
        """How many bytes there are in all members together."""
        return sum(member.size for member in self.members.values())

    @property
    def tables(self) -> dict[str, str]:
        """The name of every table, and the member that holds its rows."""
        return {name.removeprefix("rows/").removesuffix(".jsonl"): name
                for name in self.members if name.startswith("rows/")}

    @property
    def media(self) -> list[str]:
        """The members that hold uploaded files."""
        return [name for name in self.members if name.startswith("media/")]

    def written(self) -> bytes:
        """As it stands in the backup."""
        return json.dumps({"format": FORMAT, "version": VERSION, **asdict(self)}, indent=1).encode()


def read(text: bytes, file: str) -> Manifest:
    """The manifest in these bytes of a file; raises BadBackup."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise BadBackup(DAMAGED.format(file, "it does not say what is in it")) from None
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise BadBackup(FOREIGN.format(file))
    if said.get("version") != VERSION:
        raise BadBackup(NEWER.format(file, str(said.get("lectern"))[:40]))
    try:
        return _manifest(said)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadBackup(DAMAGED.format(file, "what it says of itself makes no sense")) from None


def _manifest(said: Mapping[str, Any]) -> Manifest:
    members = {name: Member(size=_number(each["size"]), rows=_number(each["rows"]),
                            sha256=each["sha256"]) for name, each in said["members"].items()}
    if not all(MEMBER.fullmatch(name) for name in members):
        raise ValueError("a name that no backup has")
    datetime.fromisoformat(said["made_at"])
    words = {name: said[name] for name in ("lectern", "revision", "engine", "made_at")}
    if not all(isinstance(word, str) and len(word) < 100 for word in words.values()):
        raise ValueError("a word that is none")
    numbers = {name: _number(number) for name, number in said["numbers"].items()}
    return Manifest(**words, members=members, numbers=numbers,
                    missing=tuple(map(str, said["missing"])))


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("a number that is none")
    return value
