"""A feed's titles, names and topics as plain text: no markup, entities decoded once, one line."""

import re
from html import unescape

from app.feeds.parsing.unseen import without_unseen
from app.text import plain

LONGEST_NAME = 300
LONGEST_TOPIC = 100
MOST_TOPICS = 20
HTML = frozenset({"text/html", "application/xhtml+xml"})

_ELEMENT = re.compile(
    r"</?(?:a|abbr|b|big|blink|br|center|code|div|em|font|form|h[1-6]|i|iframe|img|input|li|link|"
    r"math|object|ol|p|pre|s|script|small|span|strike|strong|style|sub|sup|svg|table|td|tr|tt|u|"
    r"ul|video)(?:\s[^<>]*|/)?>", re.IGNORECASE
)
_EMAIL = re.compile(r"[^\s()<>,;]{1,64}@[^\s()<>,;]{1,255}")


def titled(found: dict[str, str], is_atom: bool) -> str:
    """A title or description, at most 300 characters.

    Atom says whether it is HTML and is believed; elsewhere a known element or an entity makes it
    HTML, so that "List<String>" keeps its brackets.
    """
    text = found["text"]
    marked_up = found["type"] in HTML if is_atom else _looks_like_html(text)
    return _name(plain(text) if marked_up else text)


def _looks_like_html(text: str) -> bool:
    return _ELEMENT.search(text) is not None or unescape(text) != text


def _name(text: str, length: int = LONGEST_NAME) -> str:
    line = " ".join(without_unseen(text).split())
    return line if len(line) <= length else line[:length - 1].rstrip() + "…"


def people(names: list[str]) -> str:
    """The authors in one line, without their e-mail addresses, at most 300 characters."""
    return _name(", ".join(filter(None, map(_person, names))))


def _person(text: str) -> str:
    # Addresses were not published to be published again: "a@example.org (Ada)" is Ada.
    bare = _EMAIL.sub("", text[:LONGEST_NAME * 2]).replace("()", "").replace("<>", "")
    name = _name(plain(bare) if _looks_like_html(bare) else bare)
    enclosed = re.fullmatch(r"\(([^()]*)\)", name)
    return enclosed.group(1) if enclosed else name


def topics(terms: list[str]) -> tuple[str, ...]:
    """The first 20 different topics, each at most 100 characters."""
    names = (_name(plain(term) if _looks_like_html(term) else term, LONGEST_TOPIC)
             for term in terms[:5 * MOST_TOPICS])
    return tuple(dict.fromkeys(filter(None, names)))[:MOST_TOPICS]
