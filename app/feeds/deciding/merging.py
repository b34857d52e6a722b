"""Three versions of a text made one, block by block. Pure: clean HTML goes in and comes out.

What only one side changed is taken by itself; what both changed differently is a conflict, for an
editor to choose. The algorithm is diff3's, on paragraphs, headings, lists, quotes and tables.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from html import unescape

BLOCKS = {"p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "figure", "pre",
          "table", "hr"}
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)(?:[^<>"]|"[^"]*")*>', re.IGNORECASE)
_SPACE = re.compile(r"\s+")


class Choice(StrEnum):
    """Whose words stand in one place."""

    OURS = "ours"
    THEIRS = "theirs"
    BOTH = "both"
    IMPORTED = "imported"


class Side(StrEnum):
    """Who changed a place."""

    NOBODY = "nobody"
    US = "us"
    THEM = "them"
    ALIKE = "alike"
    CONFLICT = "conflict"


# What happens where nobody chooses.
USUAL = {Side.NOBODY: Choice.OURS, Side.US: Choice.OURS, Side.THEM: Choice.THEIRS,
         Side.ALIKE: Choice.OURS, Side.CONFLICT: Choice.THEIRS}


@dataclass(frozen=True)
class Chunk:
    """One place of a text in its three versions, each a run of blocks that may be empty."""

    side: Side
    imported: tuple[str, ...]
    ours: tuple[str, ...]
    theirs: tuple[str, ...]

    @property
    def is_changed(self) -> bool:
        """Whether anybody touched it."""
        return self.side is not Side.NOBODY

    @property
    def usual(self) -> Choice:
        """What is taken where nobody chooses."""
        return USUAL[self.side]

    def chosen(self, choice: Choice) -> tuple[str, ...]:
        """The blocks that stand here after a choice."""
        if choice is Choice.BOTH:
            return self.ours + tuple(each for each in self.theirs if each not in self.ours)
        return {Choice.OURS: self.ours, Choice.THEIRS: self.theirs,
                Choice.IMPORTED: self.imported}[choice]


def blocks(html: str) -> tuple[str, ...]:
    """The outermost blocks of clean HTML, in their order; loose text between them is one too."""
    found, start, depth = [], 0, 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if name not in BLOCKS:
            continue
        if not depth and not tag[1]:
            found.append(html[start:tag.start()])
            start = tag.start()
        if name != "hr":
            depth = depth + 1 if not tag[1] else max(0, depth - 1)
        if not depth:
            found.append(html[start:tag.end()])
            start = tag.end()
    found.append(html[start:])
    return tuple(each.strip() for each in found if each.strip())


def merge(imported: Sequence[str], ours: Sequence[str], theirs: Sequence[str],
          ) -> tuple[Chunk, ...]:
    """What happened to each place of a text, from its first block to its last.

    Changes of the two sides that only touch each other are two places; those that overlap, or add
    at the same spot, are one.
    """
    chunks, at, shift_ours, shift_theirs = [], 0, 0, 0
    for group in _groups(_changes(imported, ours, True) + _changes(imported, theirs, False)):
        start, end = group[0].start, max(each.end for each in group)
        from_ours, from_theirs = start + shift_ours, start + shift_theirs
        chunks.append((at, start, at + shift_ours, from_ours, at + shift_theirs, from_theirs))
        shift_ours += sum(each.growth for each in group if each.is_ours)
        shift_theirs += sum(each.growth for each in group if not each.is_ours)
        chunks.append((start, end, from_ours, end + shift_ours, from_theirs, end + shift_theirs))
        at = end
    chunks.append((at, len(imported), at + shift_ours, len(ours), at + shift_theirs, len(theirs)))
    made = [(tuple(imported[a:b]), tuple(ours[c:d]), tuple(theirs[e:f]))
            for a, b, c, d, e, f in chunks]
    return tuple(Chunk(_side(*each), *each) for each in made if any(each))


@dataclass(frozen=True)
class _Edit:
    """One side's change of the blocks from `start` to before `end`, which makes it grow."""

    start: int
    end: int
    growth: int
    is_ours: bool


def _changes(imported: Sequence[str], other: Sequence[str], is_ours: bool) -> list[_Edit]:
    matcher = SequenceMatcher(None, [*map(_key, imported)], [*map(_key, other)], autojunk=False)
    return [_Edit(start, end, (to_end - to_start) - (end - start), is_ours)
            for name, start, end, to_start, to_end in matcher.get_opcodes() if name != "equal"]


def _groups(edits: Sequence[_Edit]) -> list[list[_Edit]]:
    groups: list[list[_Edit]] = []
    end = -1
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        last = groups[-1] if groups else []
        both_add = bool(last) and last[0].start == end == edit.start == edit.end
        if edit.start < end or both_add:
            last.append(edit)
        else:
            groups.append([edit])
        end = max(end, edit.end) if edit.start < end or both_add else edit.end
    return groups


def merged(chunks: Sequence[Chunk], choices: Mapping[int, Choice]) -> tuple[str, ...]:
    """The blocks of the merged text; `choices` by the places' numbers, the usual elsewhere."""
    return tuple(block for number, chunk in enumerate(chunks)
                 for block in chunk.chosen(choices.get(number, chunk.usual)))


def _key(block: str) -> str:
    return _SPACE.sub(" ", unescape(block)).strip()


def _side(imported: tuple[str, ...], ours: tuple[str, ...], theirs: tuple[str, ...]) -> Side:
    base, we, they = ([*map(_key, each)] for each in (imported, ours, theirs))
    if we == they:
        return Side.NOBODY if we == base else Side.ALIKE
    if they == base:
        return Side.US
    return Side.THEM if we == base else Side.CONFLICT
