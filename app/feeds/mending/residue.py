"""Rows of share links, and what blogs print around a text: told by their words and addresses."""

import re
from collections.abc import Iterable
from itertools import islice

from app.feeds.mending.tree import Element, last, remove, spaced, words

TAIL = 4
MOST_OFFERS = 40
SHARE_LINK = re.compile(
    r"(?:twitter|x)\.com/(?:intent|share|home\?status)|facebook\.com/(?:sharer|share\.php|dialog)"
    r"|linkedin\.com/(?:shareArticle|sharing|cws/share)|reddit\.com/submit"
    r"|pinterest\.[a-z.]{2,6}/pin/create|(?:wa\.me/|whatsapp\.com/send)\??\S{0,20}text="
    r"|whatsapp://send|(?:t|telegram)\.me/share"
    r"|plus\.google\.com/share|tumblr\.com/(?:share|widgets/share)|digg\.com/submit"
    r"|delicious\.com/(?:save|post)|del\.icio\.us/post|stumbleupon\.com/(?:submit|badge)"
    r"|getpocket\.com/(?:save|edit)|news\.ycombinator\.com/submitlink|bufferapp\.com/add"
    r"|buffer\.com/add|xing\.com/(?:app/user|spi/shares)|bsky\.app/intent|threads\.net/intent"
    r"|addtoany\.com/|feeds\.feedburner\.com/~ff/|feeds\.wordpress\.com/1\.0/go"
    r"|[?&]share=(?:twitter|facebook|linkedin|email|reddit|pinterest|tumblr|pocket|jetpack)"
    r"|^mailto:\?(?:subject|body|&)", re.I)
_NETWORK = (r"facebook|twitter|x|linked ?in|google\+|google plus|google|pinterest|reddit|whats ?app"
            r"|telegram|tumblr|digg|delicious|stumble ?upon|pocket|e-?mail|print|buffer|xing"
            r"|bluesky|mastodon|threads|messenger|skype|flipboard|copy link|more|threema|viber")
_LABEL = (r"(?:click to )?(?:share|tweet|like|pin it|pin|follow|forward|send|recommend|post)"
          r"(?: (?:this|it|me|us|post|article|story|page|the love|with (?:your )?friends"
          r"|on|via|to|by|a|link|friend|and))*+")
# Possessive throughout: such a list of words must never be tried in two ways.
SHARE_WORDS = re.compile(rf"(?:(?:{_NETWORK}|{_LABEL}|shares|likes|tweets|\d[\d.,]*+k?"
                         r"|in new window|opens|new window|loading|related)(?![a-z])"
                         r"[\s:;,.…!|•·/+\-–—()\[\]]*+)++", re.I)
SHARE_START = re.compile(r"(?:click to )?(?:share|tweet|like this|like \d|pin it|follow us on)\b",
                         re.I)
RESIDUE = re.compile(
    r"(?:leave|post|write|add|submit) (?:a|your) (?:reply|comment|response)(?: cancel reply)?"
    r"|(?:no|one|\d+) (?:comments?|responses?|replies|thoughts? on .{1,200})"
    r"|comments? (?:are )?(?:closed|off)\.?|cancel reply"
    r"|your e-?mail (?:address )?will not be published.{0,80}|required fields are marked ?\*?"
    r"|the post .{1,400} (?:appeared first|first appeared) on .{1,200}"
    r"|.{1,300} was first posted on .{1,60}|continue reading\b.{0,250}"
    r"|(?:click here to |tap to )?read (?:more|on|the rest|the full|the whole|the original)\b"
    r".{0,160}|keep reading\b.{0,120}|view (?:the )?(?:full|original) (?:post|article)\b.{0,80}"
    r"|related(?: posts?| articles?)?:?|advertisements?|sponsored|\[(?:…|\.\.\.)\]|loading\.{3}"
    r"|filed under:? .{1,200}|tagged(?: with)?:? .{1,200}", re.I)
READ_ON = re.compile(r"(?:\(?(?:continue reading|read (?:more|on|the (?:rest|full|whole))"
                     r"|keep reading|more)\b.{0,250}|\[?(?:…|\.\.\.)\]?|[→»›>]+)", re.I)
SHARE_LETTERS = ("", "c", "s", "t", "l", "p", "f")
# What is long is a text, whatever it begins with.
LONGEST = 400


def take_out_share_rows(body: Element, left_out: list[str]) -> None:
    """Takes out blocks that do nothing but offer to share, with the heading above them."""
    offers = [each for each in body.iter("a") if SHARE_LINK.search(each.get("href") or "")]
    for anchor in offers[:MOST_OFFERS]:
        if anchor.getparent() is not None:
            row = _row(anchor, body)
            if row is not None and row.getparent() is not None:
                _take_out_row(row, left_out)


def _row(anchor: Element, body: Element) -> Element | None:
    row: Element | None = None
    element = anchor.getparent()
    while element is not None and element is not body and _only_shares(element):
        row, element = element, element.getparent()
    return row if row is not None else _lone(anchor, body)


def _lone(anchor: Element, body: Element) -> Element | None:
    bare = anchor.getparent() is body and SHARE_WORDS.fullmatch(spaced(anchor))
    return anchor if bare else None


def _only_shares(element: Element) -> bool:
    found = spaced(element)
    links = [each.get("href") or "" for each in element.iter("a")]
    if len(found) > LONGEST or len(links) > 40:
        return False
    sharing = sum(SHARE_LINK.search(href) is not None for href in links)
    return 2 * sharing > len(links) and (not found or SHARE_WORDS.fullmatch(found) is not None)


def _take_out_row(row: Element, left_out: list[str]) -> None:
    heading = row.getprevious()
    above = heading is not None and not (heading.tail or "").strip()
    if above and SHARE_WORDS.fullmatch(spaced(heading)):
        left_out.append(words(heading))
        remove(heading)
    left_out.append(words(row))
    remove(row)


def take_out_residue(body: Element, left_out: list[str]) -> None:
    """Takes out blocks that were printed around the text: share rows anywhere, others at its end.

    The blocks must stand side by side in `body`.
    """
    for block in list(body):
        found = spaced(block) if (block.text or "").strip()[:1].lower() in SHARE_LETTERS else ""
        if 3 < len(found) < 200 and SHARE_START.match(found) and SHARE_WORDS.fullmatch(found):
            left_out.append(found)
            remove(block)
    _take_out_end(list(body)[:-TAIL - 1:-1], left_out)
    _take_out_read_on(body, left_out)


def take_out_residue_above(block: Element, left_out: list[str]) -> None:
    """Takes out what was printed between a text and the block that stands below it."""
    _take_out_end(list(islice(block.itersiblings(preceding=True), TAIL)), left_out)


def _take_out_end(upwards: Iterable[Element], left_out: list[str]) -> None:
    for block in upwards:
        found = words(block)
        if found and (len(found) > LONGEST + 300 or not RESIDUE.fullmatch(found)):
            break
        if found:
            left_out.append(found)
            remove(block)


def _take_out_read_on(body: Element, left_out: list[str]) -> None:
    block = last(body)
    anchor = None if block is None else last(block)
    if anchor is None or anchor.tag != "a" or (anchor.tail or "").strip():
        return
    if READ_ON.fullmatch(words(anchor)):
        left_out.append(words(anchor))
        remove(anchor)
