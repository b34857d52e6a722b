"""What came, made fit to be shown: clean markup, a title, a standfirst, and what was repaired."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from app import text
from app.feeds.mending.bios import find_bio
from app.feeds.mending.doctor import mend_text, mend_title
from app.feeds.mending.findings import MOST, TEXT, TITLE, Finding, finding
from app.feeds.mending.imaging import settle_links, settle_pictures
from app.feeds.mending.numbering import numbered
from app.feeds.mending.residue import (
    RESIDUE,
    take_out_residue,
    take_out_residue_above,
    take_out_share_rows,
)
from app.feeds.mending.shaping import shape
from app.feeds.mending.sweeping import sweep
from app.feeds.mending.titling import drop_doubled_title, once
from app.feeds.mending.tree import Element, grow, is_bottomless, outer, remove, serialise
from app.feeds.parsing import ParsedItem
from app.feeds.parsing.values import paragraphs

LEAD = 260
SUMMARY = 4_000

_BLOCK_END = re.compile(r"</(?:p|h[1-6]|li|blockquote|figcaption|tr|td|th|dd|dt|pre)>|<[bh]r>")
# What nh3 wrote: values in double quotes, and no bracket that is none.
_TAG = re.compile(r'<[^>"]*+(?:"[^"]*+"[^>"]*+)*+>')
_PICTURE = re.compile(r'<img\b[^>"]*+(?:"[^"]*+"[^>"]*+)*+>')
_ANY_TAG = re.compile(r"<[^<>]{0,200}>")
_CUT = re.compile(r"\s*(?:\[\s*(?:…|\.\.\.)\s*\]|\(more…\))\s*$")
_PRINTED_AFTER = re.compile(r"\s*(?:The post .{1,400} (?:appeared first|first appeared) on .{1,200}"
                            r"|Continue reading.{0,250}|Read more\W*)$")


@dataclass(frozen=True)
class Cleaned:
    """An item's words as we would show them in full.

    `html` is safe and `plain` its text. A picture stands in it as an `img` without a source, with
    its address elsewhere for a title, until `pictures` has made it ours. `findings` says which
    repairs were made and which ones are doubtful, each ready to be kept as JSON.
    """

    title: str
    standfirst: str
    html: str
    plain: str
    findings: tuple[dict[str, Any], ...] = ()


def clean(item: ParsedItem) -> Cleaned:
    """The item's words, cleaned. Pure: what needs the network is done by others.

    What would leave nothing of a text that has words is not done at all.
    """
    received = item.content_html or item.summary_html
    if is_bottomless(received):
        received = paragraphs(_ANY_TAG.sub(" ", received))
    found: list[Finding] = []
    title = _title(item, found)
    html = _mended(received, item, title, found)
    plain = words_of(html)
    if not plain and "<img" not in html:
        html = _unmended(received, item.base or item.link)
        plain = words_of(html)
    standfirst = "" if item.summary_html == received else _standfirst(item.summary_html, plain)
    title = title or text.shorten(plain, 80) or "Untitled"
    return Cleaned(title, standfirst, html, plain, tuple(found[:MOST]))


def _title(item: ParsedItem, found: list[Finding]) -> str:
    title, said = mend_title(item.title)
    found += said
    if (single := once(title)) != title:
        found.append(finding("doubled-title", TITLE, title, single, sure=True))
    if proposal := numbered(single):
        found.append(proposal)
    return single


def _mended(received: str, item: ParsedItem, title: str, found: list[Finding]) -> str:
    base = item.base or item.link or ""
    body = grow(received if "<" in received else paragraphs(unescape(received)))
    if body is None:
        return _unmended(received, base)
    _mend(body, base, title, found)
    bio = find_bio(body, item.author)
    if bio is None:
        return final(serialise(body), base)
    blocks, about = bio
    left_out: list[str] = []
    take_out_residue_above(blocks[0], left_out)
    found += _left_out(left_out)
    found.append(about)
    about["html"] = final("".join(map(outer, blocks)), base)
    if about["sure"]:
        for block in blocks:
            remove(block)
    return final(serialise(body), base)


def _mend(body: Element, base: str, title: str, found: list[Finding]) -> None:
    left_out: list[str] = []
    sweep(body, left_out)
    settle_pictures(body, base)
    settle_links(body, base)
    take_out_share_rows(body, left_out)
    shape(body)
    take_out_residue(body, left_out)
    mend_text(body, found)
    if drop_doubled_title(body, title):
        found.append(finding("doubled-title", TEXT, title, "", sure=True))
    found += _left_out(left_out)


def _left_out(said: list[str]) -> list[Finding]:
    return [finding("left-out", TEXT, words, "", sure=True) for words in said if words][:10]


def _unmended(html: str, base: str | None) -> str:
    # Nobody has looked at its pictures: they could be files of ours, or address what they please.
    return _PICTURE.sub("", final(html, base))


def final(html: str, base: str | None) -> str:
    """nh3's last word on what was mended."""
    cleaner = text.cleaner(base or None, text.OUTSIDE_REL)
    return cleaner.clean(html).strip()


def words_of(html: str) -> str:
    """The text of HTML that `final` has made, on one line."""
    return text.one_line(unescape(_TAG.sub("", _BLOCK_END.sub(" ", html))))


def _standfirst(summary: str, plain: str) -> str:
    # Most feeds repeat their first sentences as the summary; shown twice, it reads like a slip.
    said = _PRINTED_AFTER.sub("", text.plain(summary[:SUMMARY]))
    lead, _found = mend_title(text.shorten(_CUT.sub("…", said), LEAD))
    if RESIDUE.fullmatch(lead) or plain.startswith(lead.rstrip("….")[:60].rstrip()):
        return ""
    return lead
