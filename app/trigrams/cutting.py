"""Text cut into the parts that are indexed, and sets of rows as text that any database stores."""

from collections.abc import Iterable
from operator import add
from zlib import crc32

from app.text import fold

LENGTH = 3
# So many rows have their places in one line of the index, which is 64 × 64.
BLOCK = 4_096
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-"
_PAIRS = [high + low for high in _DIGITS for low in _DIGITS]
_PLACES = {pair: place for place, pair in enumerate(_PAIRS)}
MOST_SIGNS = BLOCK // 4
_AS_BITS = "="
_ONE = ord("1")


def grams(folded: str) -> set[int]:
    """The parts of a text as `fold` gives it, as numbers that fit into 32 bits.

    They are all runs of LENGTH characters inside a word, and all pairs of signs of the scripts in
    which two make a word. Two parts that share a number share their rows, too.
    """
    found: set[str] = set()
    for word in set(folded.split()):
        found.update([word[at:at + LENGTH] for at in range(len(word) - LENGTH + 1)])
        if not word.isascii():
            found.update(pair for at in range(len(word) - 1) if _is_dense(pair := word[at:at + 2]))
    return {crc32(part.encode("utf-8", "replace")) >> 1 for part in found}


def _is_dense(pair: str) -> bool:
    return all("\u2e80" <= sign <= "\ud7ff" or sign >= "\U00020000" for sign in pair)


def wanted(words: Iterable[str]) -> set[int]:
    """What a text that has all of these words has; nothing where they are too short to say."""
    return grams(fold(" ".join(words)))


def written(places: int) -> str:
    """A set of places in a block, given by the bits of a number, as text of about BLOCK / 4 signs
    at most.
    """
    if places.bit_count() * 2 > MOST_SIGNS:
        return f"{_AS_BITS}{places:x}"
    digits = f"{places:b}"[::-1]
    return "".join([_PAIRS[at] for at, digit in enumerate(digits) if digit == "1"])


def joined(text: str, places: Iterable[int]) -> str:
    """The set in a text with more places, as `written` would say it or in another order."""
    more = "".join([_PAIRS[place] for place in places])
    if not text.startswith(_AS_BITS) and len(text) + len(more) <= MOST_SIGNS:
        return text + more
    return written(read(text) | read(more))


def read(text: str) -> int:
    """The set of places in a text, as the bits of a number."""
    if text.startswith(_AS_BITS):
        return int(text[1:], 16)
    digits = bytearray(b"0" * BLOCK)
    for pair in map(add, text[::2], text[1::2]):
        digits[-1 - _PLACES[pair]] = _ONE
    return int(digits, 2)


def rows(block: int, places: int) -> list[int]:
    """The numbers of the rows at these places of a block, the highest first."""
    first, digits = block * BLOCK, f"{places:b}"
    last = first + len(digits) - 1
    return [last - at for at, digit in enumerate(digits) if digit == "1"]
