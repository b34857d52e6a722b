"""Signs that nobody sees and that only do harm. The parser's child runs this file, too."""

import re

# Control characters, halves of characters, and the marks that turn the direction of what follows.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069"
                     r"\ud800-\udfff\ufeff\ufffe\uffff]")


def without_unseen(text: str) -> str:
    """The text without control characters and marks that turn its direction."""
    return _UNSEEN.sub("", text)
