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

    def __getattr__(self, name: str) -> Any:
        """What it is as an entry."""
        return getattr(self.entry, name)
