"""A kind word before sending, never in the way. `static/js/nudging.js` says the same while typing.

Both are held against the same table of examples, `tests/comments/nudges.json`.
"""

import re
from enum import StrEnum

FEWEST_WORDS = 3
FEWEST_LETTERS = 12
LOUD_SHARE = 0.7
# Code and quotations are not the writer's own voice.
_BORROWED = re.compile(r"^```[\s\S]*?(?:^```|$(?![\s\S]))|`[^`\n]*`|^>.*$", re.MULTILINE)
# Scripts that put no blanks between words; two signs are about one word.
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")


class Nudge(StrEnum):
    """What could be kinder, or more."""

    BRIEF = "brief"
    LOUD = "loud"

    @property
    def sentence(self) -> str:
        """What the writer reads."""
        return {
            "brief": "A sentence more would give others something to answer: what did you like, or"
                     " what would you do differently? You can send it as it is, too.",
            "loud": "Capitals and rows of exclamation marks read as shouting; plain letters are"
                    " heard just as well. You can send it as it is, too.",
        }[self.value]


def nudge(source: str) -> Nudge | None:
    """What to say about a comment before it is sent: that it shouts, or is two words; or None."""
    own = _BORROWED.sub("", source).strip()
    if "!!!" in own or _shouts(own):
        return Nudge.LOUD
    return Nudge.BRIEF if own and _words(own) < FEWEST_WORDS else None


def _shouts(own: str) -> bool:
    upper = sum(sign.isupper() for sign in own)
    letters = upper + sum(sign.islower() for sign in own)
    return letters >= FEWEST_LETTERS and upper / letters >= LOUD_SHARE


def _words(own: str) -> float:
    spaced = sum(any(sign.isalnum() for sign in word) for word in own.split())
    return spaced + len(_UNSPACED.findall(own)) / 2
