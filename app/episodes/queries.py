"""Reads of episodes."""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.database import table
from app.entries import reading
from app.entries.legible import Nature
from app.entries.models import Entry
from app.entries.shelves import Series
from app.episodes.models import Cue, Episode, nature_of_episode
from app.episodes.values import Audio, Chapter, Enclosure, Hearing, Line
from app.media import Media
from app.prepared import Read, among


class Speech(NamedTuple):
    """What one speaker says before another one speaks."""

    speaker: str
    cues: tuple[Cue | Line, ...]


_E, _M, _L = table(Episode).c, table(Media).c, table(Cue).c
_NATURES = Read(sa.select(_E.id, _E.number, _M.id.label("recorded"), _M.seconds)
                .outerjoin(table(Media), _M.id == _E.audio_id).where(_E.id.in_(among("ids"))))
_RECORDING = Read(sa.select(_E.chapters, _M.name, _M.seconds)
                  .outerjoin(table(Media), _M.id == _E.audio_id)
                  .where(_E.id == sa.bindparam("id")))
_LINES = Read(sa.select(_L.position, _L.start, _L.end, _L.speaker, _L.text)
              .where(_L.episode_id == sa.bindparam("id")).order_by(_L.position))
_TIMED = sa.exists().where(_L.episode_id == _E.id, _L.end != 0)
_ENCLOSED = Read(sa.select(_E.id, _M.name, _M.seconds, _M.size, _M.content_type,
                           _TIMED.label("has_times"))
                 .join(table(Media), _M.id == _E.audio_id).where(_E.id.in_(among("ids"))))


def hearing(session: Session, slug: str) -> Hearing | None:
    """The episode at this address as readers see it, if they may."""
    entry = reading.article(session, "episodes", slug)
    if entry is None:
        return None
    [(chapters, name, seconds)] = _RECORDING.rows(session, {"id": entry.id})
    return Hearing(entry, Audio(name, seconds) if name else None,
                   tuple(Chapter(each["start"], each["title"]) for each in chapters),
                   tuple(Line._make(row) for row in _LINES.rows(session, {"id": entry.id})))


def natures(session: Session, ids: Collection[int]) -> dict[int, Nature]:
    """What the webcast says of these episodes."""
    return {row.id: nature_of_episode(row.number, (row.seconds or 0) if row.recorded else None)
            for row in _NATURES.rows(session, {"ids": list(ids)})}


def enclosures(session: Session, ids: Collection[int]) -> dict[int, Enclosure]:
    """The recordings of those of these episodes that have one."""
    return {row.id: Enclosure(Audio(row.name, row.seconds), row.size, row.content_type,
                              bool(row.has_times))
            for row in _ENCLOSED.rows(session, {"ids": list(ids)})}


def next_number(session: Session) -> int:
    """The number of the next episode."""
    return (session.scalar(sa.select(sa.func.max(Episode.number))) or 0) + 1


def latest_series(session: Session) -> str:
    """The title of the series that the last episode is in, so that the next one joins it."""
    last = sa.select(table(Entry).c.series_id).join(table(Episode), _E.id == table(Entry).c.id)
    return session.scalar(sa.select(Series.title).where(Series.id == last.order_by(
        _E.number.desc()).limit(1).scalar_subquery())) or ""


def speeches(cues: Sequence[Cue | Line]) -> tuple[Speech, ...]:
    """The transcript as turns of conversation."""
    return tuple(Speech(speaker, tuple(said))
                 for speaker, said in groupby(cues, key=lambda cue: cue.speaker))
