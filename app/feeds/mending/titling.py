"""Titles that are said twice: in themselves, or once more above the text."""


from app.feeds.mending.shaping import PROSE
from app.feeds.mending.tree import Element, remove, words
from app.text import fold


def drop_doubled_title(body: Element, title: str) -> bool:
    """Takes out a first block that only says the title again; says whether there was one."""
    first = body[0] if len(body) else None
    if first is None or first.getnext() is None or first.tag not in PROSE or not title:
        return False
    if same(words(first), title) and first.find(".//img") is None:
        remove(first)
        return True
    return False


def same(one: str, other: str) -> bool:
    """Whether two lines say the same, whatever their case and signs."""
    return bool(one) and _letters(one) == _letters(other)


def _letters(line: str) -> str:
    return "".join(filter(str.isalnum, fold(line)))


def once(title: str) -> str:
    """A title that was printed twice, once."""
    half = len(title) // 2
    for cut in range(max(5, half - 3), half + 4):
        first, second = title[:cut].rstrip(" -–—|:·"), title[cut:].lstrip(" -–—|:·")
        if len(first) > 9 and first == second:
            return first
    return title
