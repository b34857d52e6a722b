"""A transcript as people have it (WebVTT, SubRip, or "Name: words") made into cues.

Formats: WebVTT, W3C; SubRip as its players read it; plain lines, which get no times.
"""

import html
import re
from dataclasses import dataclass
from itertools import pairwise

from app.text import one_line, tidy

_TIMING = re.compile(
    r"^\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{3})\s*-->\s*"
    r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{3})")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TAG = re.compile(r"<[^>]*>")
_NAMED = re.compile(r"^([^:\n]{2,60}):\s+(.+)$", re.DOTALL)
LONGEST = 2_000_000


class UnreadableTranscript(ValueError):
    """A transcript that cannot be read; the text is one sentence for the editor."""


@dataclass(frozen=True)
class Line:
    """Words of one speaker, from `start` to `end` in seconds."""

    start: float
    end: float
    speaker: str
    text: str


def read(source: str) -> list[Line]:
    """The lines of a transcript; an empty one has none.

    Raises UnreadableTranscript if a time cannot be read or goes backwards. A speaker who goes on
    in the next cue need not be named again.
    """
    blocks = [block for block in re.split(r"\n[ \t]*\n", tidy(source.lstrip("\ufeff"))) if block]
    timed = any("-->" in block for block in blocks)
    lines = [line for block in blocks if (line := (_cue if timed else _paragraph)(block))]
    if blocks and not lines:
        raise UnreadableTranscript("There is no spoken line in this transcript.")
    if any(late.start < early.start for early, late in pairwise(lines)):
        raise UnreadableTranscript("The times in this transcript go backwards.")
    return _carry_speakers(lines)


def _cue(block: str) -> Line | None:
    rows = block.split("\n")
    at = next((index for index, row in enumerate(rows) if "-->" in row), None)
    if at is None:
        return None
    if (times := _TIMING.match(rows[at])) is None:
        raise UnreadableTranscript(f"This line of times cannot be read: {rows[at][:60]!r}.")
    start, end = _seconds(*times.groups()[:4]), _seconds(*times.groups()[4:])
    if end < start:
        raise UnreadableTranscript(f"This line ends before it begins: {rows[at][:60]!r}.")
    speaker, words = _speaker(" ".join(rows[at + 1:]))
    return Line(start, end, speaker, words) if words else None


def _paragraph(block: str) -> Line | None:
    if block.startswith(("WEBVTT", "NOTE")):
        return None
    speaker, words = _speaker(block)
    return Line(0.0, 0.0, speaker, words) if words else None


def _speaker(words: str) -> tuple[str, str]:
    voice = _VOICE.search(words)
    bare = one_line(html.unescape(_TAG.sub("", words)))
    if voice:
        return one_line(html.unescape(voice.group(1))), bare
    named = _NAMED.match(bare)
    return (named.group(1).strip(), named.group(2).strip()) if named else ("", bare)


def _seconds(hours: str | None, minutes: str, seconds: str, thousandths: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int(thousandths) / 1000


def _carry_speakers(lines: list[Line]) -> list[Line]:
    carried, speaker = [], ""
    for line in lines:
        speaker = line.speaker or speaker
        carried.append(Line(line.start, line.end, speaker, line.text))
    return carried


def as_vtt(lines: list[Line]) -> str:
    """Lines as WebVTT with voice tags, for players and for editing."""
    cues = (f"{_stamp(line.start)} --> {_stamp(line.end)}\n"
            f"<v {html.escape(line.speaker, quote=False)}>{html.escape(line.text, quote=False)}\n"
            for line in lines)
    return "WEBVTT\n\n" + "\n".join(cues)


def _stamp(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"
