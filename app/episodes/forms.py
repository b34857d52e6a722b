"""The form of an episode: an entry's, with a recording, its people and its words."""

from typing import Any

from wtforms import IntegerField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.entries.forms import EntryForm
from app.entries.shelves import Contribution
from app.episodes import actions
from app.episodes.models import Episode
from app.web.forms import Line, Prose, Recording


class EpisodeForm(EntryForm):
    """What an editor sets of an episode. A guest is a line: Name | role | organisation."""

    number = IntegerField("Episode number", [InputRequired("A number, please."),
                                             NumberRange(1, 100_000, "A number from 1.")])
    host = Line("Host", [Optional(), Length(max=80)])
    guests = Prose("Guests", [Optional(), Length(max=1000)])
    audio = Recording("Recording", [Optional()])
    chapters = Prose("Chapters", [Optional(), Length(max=4000)])
    transcript = Prose("Transcript", [Optional(), Length(max=1_500_000)])

    @classmethod
    def of(cls, entry: Episode, **more: Any) -> Any:  # type: ignore[override]
        """The form filled with what an episode has."""
        return super().of(
            entry, number=entry.number, transcript=actions.transcript(entry),
            chapters=actions.chapter_lines(entry), guests="\n".join(map(_line, entry.guests)),
            host=", ".join(each.person.name for each in entry.hosts), **more)


def _line(guest: Contribution) -> str:
    return " | ".join(filter(None, (guest.person.name, guest.role, guest.organisation)))
