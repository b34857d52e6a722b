"""Reads the demo's files: TOML front matter between +++ lines, then Markdown."""

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "content"
_DATE = re.compile(r"@(rfc822|iso):([\d.]+)@")


@dataclass(frozen=True)
class Piece:
    """One file: what its front matter says, and its text."""

    facts: dict[str, Any]
    body: str


def pieces(folder: str) -> list[Piece]:
    """All Markdown files of a folder, the oldest first."""
    found = [_piece(path) for path in sorted((FOLDER / folder).glob("*.md"))]
    return sorted(found, key=lambda piece: -age(piece.facts).total_seconds())


def _piece(path: Path) -> Piece:
    _, front, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    return Piece(tomllib.loads(front), body.strip())


def age(facts: dict[str, Any]) -> timedelta:
    """How long ago a piece appeared, or was sent in."""
    return timedelta(days=facts.get("days_ago", 0), hours=facts.get("hours_ago", 0))


def table(name: str) -> list[dict[str, Any]]:
    """The rows of a TOML file that holds one array named like itself."""
    rows: list[dict[str, Any]] = tomllib.loads((FOLDER / f"{name}.toml").read_text())[name]
    return rows


def document(path: str, now: datetime) -> bytes:
    """A feed whose date tokens say days before `now`."""
    def date(found: re.Match[str]) -> str:
        moment = (now - timedelta(days=float(found.group(2)))).replace(microsecond=0)
        return format_datetime(moment) if found.group(1) == "rfc822" else moment.isoformat()
    return _DATE.sub(date, (FOLDER / path).read_text(encoding="utf-8")).encode()
