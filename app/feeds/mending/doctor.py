"""The text doctor: letters decoded wrongly, signs that were lost, numbers typed into titles.

Sure, and so made at once: what ftfy can undo with no sign of damage left, and an apostrophe where
U+FFFD stands in an English contraction. Doubtful, and so only proposed: quotes, dashes and
apostrophes where a `?` or U+FFFD stands, because a `?` may be one; a number in a title.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from app.feeds.mending.findings import TEXT, TITLE, Finding, finding
from app.feeds.mending.tree import Element
from app.later import Later

ftfy: Any = Later("ftfy")
badness: Any = Later("ftfy.badness")
# What UTF-8's first bytes look like when they were read as windows-1252, latin-1 or koi8.
SUSPECT = re.compile("[\u00c2-\u00c5\u00ce-\u00d1\u00d7-\u00db\u00e2-\u00ef\u0413\u0420-\u0421]"
                     "[\x80-\xbf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")
# A question mark where no question ends.
LOST = re.compile(r"\ufffd|\?(?:[\w?]|(?<=\w \?) [a-z])")
GAP = 80
AROUND = 40
LONGEST_QUOTE = 200

_CONTRACTION = r"(?=(?:t|s|re|ve|ll|d|m)\b(?![=/&?.]\w))"
_SURE = re.compile(rf"(?<=[A-Za-z])\ufffd{{1,3}}{_CONTRACTION}", re.I)
_APOSTROPHE = re.compile(rf"(?<=[A-Za-z])(?:\?{{1,3}}|\ufffd{{1,3}}){_CONTRACTION}", re.I)
_QUOTED = re.compile(rf"(?<![^\s(\[—–])(?:\?{{1,3}}|\ufffd{{1,3}})(?=\w)"
                     rf"([^?\ufffd\n]{{1,{LONGEST_QUOTE}}}[\w.,!…])"
                     rf"(?:\?{{1,3}}|\ufffd{{1,3}})(?=$|[\s.,;:!)\]—–])")
_DASH = re.compile(r"(?<=[\w,.;)]) ?(?:\?{2,3}|\ufffd{1,3}) ?(?=[a-z])"
                   r"|(?<=[a-z,]) \? (?=[a-z])")
_ADDRESS = re.compile(r"://|www\.|[=&]|\w/\w")
LONGEST_ADDRESS = 200
CODE = frozenset({"pre", "code", "kbd", "samp"})


def mend_title(title: str) -> tuple[str, list[Finding]]:
    """A title or another line of plain text with its sure repairs, and what was found in it."""
    found: list[Finding] = []
    return _mended(title, TITLE, found), found


def is_suspect(text: str) -> bool:
    """Whether a text may have been read in the wrong encoding."""
    return not text.isascii() and SUSPECT.search(text) is not None


def is_lossy(text: str) -> bool:
    """Whether a text may have lost signs. Most hold nothing to look at, which is soon said."""
    return ("?" in text or "\ufffd" in text) and LOST.search(text) is not None


def mend_text(body: Element, found: list[Finding]) -> None:
    """Mends all text in the tree and adds what was found."""
    whole = " ".join(body.itertext())
    if not is_suspect(whole) and not is_lossy(whole):
        return
    for element in body.iter():
        for side in ("text", "tail"):
            before = None if side == "text" and element.tag in CODE else getattr(element, side)
            if before and (is_suspect(before) or is_lossy(before)):
                after = _mended(before, TEXT, found)
                if after != before:
                    setattr(element, side, after)


def _is_better(fixed: str, text: str) -> bool:
    return bool(badness.badness(fixed) < badness.badness(text))


def _mended(text: str, where: str, found: list[Finding]) -> str:
    if is_suspect(text):
        fixed = ftfy.fix_encoding(text)
        if fixed != text and "\ufffd" not in fixed and _is_better(fixed, text):
            found.append(_excerpt("mojibake", where, text, fixed))
            text = fixed
    if "\ufffd" in text and (fixed := _SURE.sub("’", text)) != text:
        found.append(_excerpt("lost-signs", where, text, fixed))
        text = fixed
    if is_lossy(text):
        found.extend(_doubts(text, where))
    return text


def _excerpt(name: str, where: str, before: str, after: str) -> Finding:
    # What stayed as it was on either side is only shown for as long as it explains the rest.
    same = next((index for index, (one, other) in enumerate(zip(before, after, strict=False))
                 if one != other), 0)
    start = max(0, same - AROUND)
    return finding(name, where, before[start:start + 300], after[start:start + 300], sure=True)


def _doubts(text: str, where: str) -> Iterable[Finding]:
    repairs = [(match.start(), match.end(), new) for match, new in _repairs(text)
               if not _is_address(text, match.start())]
    for stretch in _stretches(sorted(repairs)):
        start, end = _widened(text, stretch[0][0], max(each[1] for each in stretch))
        before, after = text[start:end], text[start:end]
        for first, last, new in reversed(stretch):
            after = after[:first - start] + new + after[last - start:]
        yield finding("lost-signs", where, before, after, sure=False)
    if "\ufffd" in text and not repairs:
        start, end = _widened(text, text.index("\ufffd"), text.index("\ufffd") + 1)
        yield finding("lost-signs", where, text[start:end], text[start:end], sure=False)


def _repairs(text: str) -> Iterable[tuple[re.Match[str], str]]:
    rules: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
        (_APOSTROPHE, lambda match: "’"), (_QUOTED, lambda match: f"“{match.group(1)}”"),
        (_DASH, lambda match: " – "))
    taken: list[tuple[int, int]] = []
    for rule, new in rules:
        for match in rule.finditer(text):
            if not any(start < match.end() and match.start() < end for start, end in taken[-50:]):
                taken.append(match.span())
                yield match, new(match)


def _is_address(text: str, place: int) -> bool:
    head = text[max(0, place - LONGEST_ADDRESS):place].split()
    rest = text[place:place + LONGEST_ADDRESS].split()
    attached = head[-1:] if not text[place - 1:place].isspace() else []
    return _ADDRESS.search("".join((*attached, *rest[:1]))) is not None


def _stretches(repairs: list[tuple[int, int, str]]) -> list[list[tuple[int, int, str]]]:
    stretches: list[list[tuple[int, int, str]]] = []
    for repair in repairs:
        # A quotation may hold an apostrophe that was lost, too: the outer one goes first.
        if stretches and repair[0] < stretches[-1][-1][1]:
            continue
        if stretches and repair[0] - stretches[-1][-1][1] < GAP and len(stretches[-1]) < 5:
            stretches[-1].append(repair)
        else:
            stretches.append([repair])
    return stretches


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with a few words on either side."""
    left, right = max(0, start - AROUND), min(len(text), end + AROUND)
    if left:
        left = text.find(" ", left, start) + 1 or start
    if right < len(text):
        right = max(text.rfind(" ", end, right), end)
    return left, right
