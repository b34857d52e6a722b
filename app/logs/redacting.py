"""What is taken out of a line before it is written: whatever may tell of somebody."""

import re
from collections.abc import Iterable

GONE = "…"
# Shorter words stand in every sentence, and tell nothing.
SHORTEST = 5
_PATTERNS = (
    # PostgreSQL repeats there what was to be stored.
    (re.compile(r"^(\w+: )?DETAIL:.*$|^\s*\[parameters: .*$", re.MULTILINE), ""),
    (re.compile(r"(\w://)[^/\s@'\"]*@"), rf"\1{GONE}@"),
    (re.compile(r"(\w://[^\s?'\"<>]*)\?[^\s'\"<>]*"), rf"\1?{GONE}"),
    (re.compile(r"[^\s@<>'\"(\[:,;=]+@[^\s@<>'\")\]:,;]+\.[^\W\d_]{2,}"), f"{GONE}@{GONE}"),
)


def redacted(text: str, brought: Iterable[str] = ()) -> str:
    """The text without e-mail addresses, passwords and queries of addresses, and without any of
    the values that were `brought`.
    """
    # The longest first: of two that begin alike, the other would leave the rest behind.
    for value in sorted({each for each in brought if len(each) >= SHORTEST}, key=len, reverse=True):
        text = text.replace(value, GONE)
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text
