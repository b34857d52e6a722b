"""What readers see and hear of an episode, as plain values."""

from typing import Any, NamedTuple

from app.entries.values import Reading


class Audio(NamedTuple):
    """A recording in the media store."""

    name: str
    seconds: float | None

    @property
    def path(self) -> str:
        """Its address on the site."""
        return f"/media/{self.name}"


class Enclosure(NamedTuple):
    """A recording as podcast players ask for it. `size` is in bytes; `has_times` says whether the
    transcript can follow it.
    """

    audio: Audio
    size: int
    content_type: str
    has_times: bool


class Chapter(NamedTuple):
    """Where a chapter begins, in seconds."""

    start: float
    title: str


class Line(NamedTuple):
    """A cue of the transcript, under the names that it has in `Cue`."""

    position: int
    start: float
    end: float
    speaker: str
    text: str


class Hearing(NamedTuple):
    """An episode: an entry that can be asked as one, and what is heard."""

    entry: Reading
    audio: Audio | None
    chapters: tuple[Chapter, ...]
    cues: tuple[Line, ...]

    @property
    def has_times(self) -> bool:
        """Whether its transcript says when each line was spoken."""
        return any(cue.end for cue in self.cues)

    def __getattr__(self, name: str) -> Any:
        """What it is as an entry."""
        return getattr(self.entry, name)
