"""Words without markup: tidied, compared, cut, counted, made into addresses."""

import re
import unicodedata

from anyascii import anyascii

WORDS_PER_MINUTE = 230
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_UNPRINTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff"
                        r"\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_IDEOGRAPH = re.compile("[\u3040-\u9fff\uac00-\ud7af]")


def one_line(value: str) -> str:
    """White space folded to single blanks; control characters and what turns text around gone."""
    return " ".join(_UNPRINTED.sub("", value).split())


def tidy(value: str) -> str:
    """Typed text as it is kept: Unix line ends, no control characters, NFC, trimmed."""
    unix = value.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", CONTROL.sub("", unix)).strip()


def whole_number(typed: str) -> int | None:
    """The whole number that somebody typed, or that an address names; None for anything else.

    It has nine digits at most, as the columns of a database that it is looked for in.
    """
    is_one = typed.isascii() and typed.isdecimal() and len(typed) < 10
    return int(typed) if is_one else None


def fold(value: str) -> str:
    """Text as searches compare it: without differences of case or of compatible signs."""
    return unicodedata.normalize("NFKC", value).casefold()


def shorten(value: str, length: int) -> str:
    """The first `length` characters, cut at a word, with an ellipsis if anything was cut."""
    if len(value) <= length:
        return value
    head = value[:length].rsplit(" ", 1)[0].rstrip(" ,;:–—-")
    return (head or value[:length]) + "…"


def minutes_of(words: str) -> int:
    """Minutes an adult needs for this text, at least one (230 words a minute, CJK 500 signs)."""
    ideographs = 0 if words.isascii() else len(_IDEOGRAPH.findall(words))
    return max(1, round(len(words.split()) / WORDS_PER_MINUTE + ideographs / 500))


def slugify(value: str, *, length: int = 80) -> str:
    """An address part from a title in any script: lower-case ASCII words joined by hyphens.

    Empty when the title has no letter or digit at all; callers choose a stand-in.
    """
    words = re.findall(r"[a-z0-9]+", anyascii(value).lower().replace("'", ""))
    return "-".join(words)[:length].rstrip("-")
