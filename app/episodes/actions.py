"""Changes to episodes."""

import re
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.episodes import queries, transcripts
from app.episodes.models import Cue, Episode
from app.episodes.values import Hearing


class NumberTaken(Exception):
    """Another episode has this number."""


def begin(session: Session, *, now: datetime) -> Episode:
    """An empty episode with the next number."""
    episode = Episode(number=queries.next_number(session), created_at=now, updated_at=now)
    session.add(episode)
    session.flush()
    return episode


def renumber(session: Session, episode: Episode, number: int) -> None:
    """Gives an episode another number; raises NumberTaken."""
    others = sa.select(Episode.id).where(Episode.number == number, Episode.id != episode.id)
    if session.scalars(others).first():
        raise NumberTaken(f"There is an episode {number} already.")
    episode.number = number


def transcribe(session: Session, episode: Episode, source: str) -> None:
    """Replaces the transcript. Raises UnreadableTranscript, and changes nothing then."""
    lines = transcripts.read(source)
    # The old cues must be gone before new ones take their positions.
    episode.cues = []
    session.flush()
    episode.cues = [Cue(position=position, start=line.start, end=line.end, speaker=line.speaker,
                        text=line.text) for position, line in enumerate(lines)]


def transcript(episode: Episode | Hearing) -> str:
    """The transcript as an editor edits it: WebVTT, or named paragraphs where it has no times."""
    lines = [transcripts.Line(cue.start, cue.end, cue.speaker, cue.text) for cue in episode.cues]
    if any(line.end for line in lines):
        return transcripts.as_vtt(lines)
    return "\n\n".join(f"{line.speaker}: {line.text}" if line.speaker else line.text
                       for line in lines)


class BadChapters(ValueError):
    """A line of the chapters is not a time and a title; the text says which."""


_CHAPTER = re.compile(r"^(?:(\d{1,2}):)?(\d{1,3}):(\d{2}(?:\.\d{1,3})?)\s+(.{1,200})$")


def divide(episode: Episode, lines: str) -> None:
    """Sets the chapters from lines such as `12:34 The hardest thing`. Raises BadChapters."""
    chapters = [_chapter(line.strip()) for line in lines.split("\n") if line.strip()]
    episode.chapters = sorted(chapters, key=lambda chapter: float(chapter["start"]))


def _chapter(line: str) -> dict[str, Any]:
    found = _CHAPTER.match(line)
    if found is None:
        raise BadChapters(f"“{line[:60]}” is not of the form: 12:34 The hardest thing")
    hours, minutes, seconds, title = found.groups()
    start = int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)
    return {"start": start, "title": title}


def chapter_lines(episode: Episode) -> str:
    """The chapters as an editor edits them."""
    return "\n".join(f"{int(each['start']) // 60}:{each['start'] % 60:05.2f} {each['title']}"
                     for each in episode.chapters)
