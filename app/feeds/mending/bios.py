"""About the author, and rows of their links, typed under the text because there is no other place.

Sure, and so taken out: what stands at the end of the text under a heading that says so (“About the
author”, “About Jane Doe”). Doubtful, and so only proposed: a last paragraph that begins with the
author's own name and says what they are, and rows of links below it.
"""

import re
from itertools import islice, takewhile

from app.feeds.mending.findings import Finding, finding
from app.feeds.mending.titling import same
from app.feeds.mending.tree import Element, words

LONGEST_BIO = 1200
MOST_BLOCKS = 6
MOST_LINKS = 12
HEADING = re.compile(r"(?:about (?:the|our|this) (?:guest )?(?:author|blogger|writer|guest)s?"
                     r"|author(?:’s|'s)? (?:bio|biography|profile)|(?:guest )?author bio"
                     r"|über (?:den autor|die autorin)"
                     r"|à propos de l[’']aut(?:eur|rice))\s*:?", re.I)
LED_IN = re.compile(rf"{HEADING.pattern}\s+(?P<bio>.{{20,}})", re.I)
IS = (r"(?:,.{1,80},)?\s+(?:is|was|works|writes|lives|helps|leads|runs|teaches|speaks|has|holds"
      r"|serves|coaches|advises|founded|co-?founded|spent|ist|est)\b")
LINK_ROW = re.compile(r"(?:[\s|•·,;:/–—-]|and|on|at|or|connect with|follow|find|visit|contact|reach"
                      r"|website|blog|web|site|twitter|linkedin|facebook|instagram|x|me|her|him|them"
                      r"|e-?mail|links?|@\w{1,30}|www\.\S{1,80})*+", re.I)
_LABELS = {"twitter.com": "Twitter", "x.com": "X", "linkedin.com": "LinkedIn",
           "facebook.com": "Facebook", "instagram.com": "Instagram", "youtube.com": "YouTube",
           "github.com": "GitHub", "bsky.app": "Bluesky"}


def find_bio(body: Element, author: str) -> tuple[list[Element], Finding] | None:
    """The blocks at the end of the text that are about its author, and what they say.

    The finding has `bio` (plain text) and `links` ({"label", "url"}) beside its words.
    """
    end = islice(body.iterchildren(reversed=True), MOST_BLOCKS)
    tail = list(takewhile(lambda block: len(words(block)) <= LONGEST_BIO, end))[::-1]
    # Where nothing else would be left, it is the text.
    tail = tail[1:] if len(tail) == len(body) else tail
    return _headed(tail, author) or _named(tail, author)


def _headed(tail: list[Element], author: str) -> tuple[list[Element], Finding] | None:
    for index, block in enumerate(tail):
        line = words(block)
        if HEADING.fullmatch(line) or (author and same(line, f"About {author}")):
            about = tail[index + 1:]
            return ([block, *about], _found(about, sure=True)) if about else None
        if led_in := LED_IN.fullmatch(line):
            about = tail[index:]
            return about, _found(about, sure=True, first=led_in["bio"])
    return None


def _named(tail: list[Element], author: str) -> tuple[list[Element], Finding] | None:
    if not author:
        return None
    begins = re.compile(rf"(?:by\s+)?(?:dr\.?\s+|prof\.?\s+)?{re.escape(author)}{IS}", re.I)
    for index, block in enumerate(tail):
        rest = tail[index + 1:]
        if begins.match(words(block)) and all(_is_link_row(each) for each in rest):
            return [block, *rest], _found([block, *rest], sure=False)
    return None


def _is_link_row(block: Element) -> bool:
    # What is said beside the links themselves.
    loose = [each.text or "" for each in block.iter() if each.tag != "a"]
    loose += [each.tail or "" for each in block.iterdescendants()]
    has_links = block.find(".//a") is not None
    return has_links and LINK_ROW.fullmatch(" ".join(loose)) is not None


def _found(about: list[Element], *, sure: bool, first: str = "") -> Finding:
    lines = [first or words(about[0]), *map(words, about[1:])]
    prose = [line for line, block in zip(lines, about, strict=True) if not _is_link_row(block)]
    said = "\n\n".join(lines)
    return finding("bio", "end", said, "", sure=sure, bio="\n\n".join(prose)[:LONGEST_BIO],
                   links=_links(about))


def _links(about: list[Element]) -> list[dict[str, str]]:
    links: dict[str, str] = {}
    for anchor in (each for block in about for each in block.iter("a")):
        url = (anchor.get("href") or "").strip()
        if url.startswith(("https://", "http://")):
            links.setdefault(url, _label(anchor, url))
    return [{"label": label, "url": url} for url, label in list(links.items())[:MOST_LINKS]]


def _label(anchor: Element, url: str) -> str:
    host = url.split("/")[2].removeprefix("www.").lower()
    return _LABELS.get(host) or words(anchor)[:60] or host
