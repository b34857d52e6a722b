"""Reads of episodes."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.entries.models import EntryState
from app.episodes.models import Cue, Episode


@dataclass(frozen=True)
class Speech:
    """What one speaker says before another one speaks."""

    speaker: str
    cues: list[Cue]


def published() -> sa.Select[Episode]:
    """Episodes that readers may hear, newest first."""
    # The index is by section, too, and the table alone says it only by the join.
    return (sa.select(Episode).where(Episode.state == EntryState.PUBLISHED,
                                     Episode.section == "episodes")
            .order_by(Episode.published_at.desc(), Episode.id.desc()))


def public(session: Session, slug: str) -> Episode | None:
    """The episode at this address, if readers may hear it."""
    return session.scalars(published().where(Episode.slug == slug)).first()


def next_number(session: Session) -> int:
    """The number of the next episode."""
    return (session.scalar(sa.select(sa.func.max(Episode.number))) or 0) + 1


def latest_series(session: Session) -> str:
    """The title of the series that the last episode is in, so that the next one joins it."""
    last = session.scalars(sa.select(Episode).order_by(Episode.number.desc()).limit(1)).first()
    return last.series.title if last and last.series else ""


def speeches(cues: Sequence[Cue]) -> list[Speech]:
    """The transcript as turns of conversation."""
    turns: list[Speech] = []
    for cue in cues:
        if not turns or turns[-1].speaker != cue.speaker:
            turns.append(Speech(cue.speaker, []))
        turns[-1].cues.append(cue)
    return turns
