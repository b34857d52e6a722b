"""Which picture an `img` means, and which are none: pixels that only count readers."""

import re

from app.feeds.mending.tree import Element, remove, replace_with_text, unwrap
from app.feeds.parsing.values import link
from app.text import MEDIA_PREFIX

MOST_PICTURES = 30
WIDEST = 1600
TRACKERS = re.compile(
    r"^https?://(?:[\w.-]+\.)?(?:feedburner\.com|feedsportal\.com|pixel\.wp\.com|stats\.wp\.com"
    r"|stats\.wordpress\.com|feeds\.wordpress\.com|google-analytics\.com|doubleclick\.net"
    r"|quantserve\.com|scorecardresearch\.com|list-manage\.com/track|pheedo\.com|statcounter\.com"
    r"|feedblitz\.com|feedads\.|rss-tracking|imrworldwide\.com|hubspot\.com/__ptq|chartbeat"
    r"|medium\.com/_/stat|facebook\.com/tr\b|px\.ads|pixel\.|track\.|counter\.|beacon)"
    r"|/(?:pixel|track(?:ing)?|beacon|spacer|blank|clear|transparent|1x1|1px|count(?:er)?|b|dot)"
    r"\.(?:gif|png)\b|/wf/open|/open\.(?:aspx|php|gif)|/__utm\.gif|[?&]utm_|/piwik\.php"
    r"|/matomo\.php|republication-tracker|/counter/\S+/count", re.I)
EMOJI = re.compile(r"//s\.w\.org/images/core/emoji/|/wp-includes/images/smilies/", re.I)
TINY = re.compile(r"(?:^|;)\s*(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|!|$)", re.I)
CANDIDATE = re.compile(r"([^\s,]\S*[^\s,])(?:\s+(\d{1,5})w|\s+(\d{1,2}(?:\.\d{1,2})?)x)?\s*(?:,|$)")
LAZY = ("data-src", "data-lazy-src", "data-original", "data-orig-file")


def settle_pictures(body: Element, base: str) -> None:
    """Leaves of each picture its absolute address and its alt text; takes out what is none."""
    seen = 0
    for picture in list(body.iter("img")):
        source = _source(picture, base)
        if source and EMOJI.search(source):
            replace_with_text(picture, picture.get("alt") or "")
        elif source is None or seen >= MOST_PICTURES or _is_pixel(picture, source):
            remove(picture)
        else:
            seen += 1
            _mark(picture, source)
    # libxml2 knows neither of them, and so may read the picture as a part of its source.
    for wrapper in list(body.iter("picture", "source")):
        unwrap(wrapper)


def settle_links(body: Element, base: str) -> None:
    """Makes links into a folder that is called as ours is lead into theirs.

    Everything else is made absolute when all is cleaned, where such a path counts as ours.
    """
    for anchor in body.iter("a"):
        href = (anchor.get("href") or "").strip()
        if href.startswith(MEDIA_PREFIX):
            anchor.set("href", link(href, base) or "")


def _mark(picture: Element, source: str) -> None:
    # Without a source nothing is asked for; the title says what to fetch.
    alt = picture.get("alt") or picture.get("title") or ""
    picture.attrib.clear()
    picture.set("alt", " ".join(alt.split())[:500])
    picture.set("title", source)


def _source(picture: Element, base: str) -> str | None:
    best = _largest(picture.get("srcset") or picture.get("data-srcset") or "")
    lazy = next(filter(None, map(picture.get, LAZY)), None)
    for address in (best, lazy, picture.get("src")):
        if address and (absolute := link(address, base)):
            return absolute
    return None


def _largest(written: str) -> str | None:
    found = [(float(wide or float(dense or 1) * 800), address)
             for address, wide, dense in CANDIDATE.findall(written[:8000])]
    fitting = [each for each in found if each[0] <= WIDEST]
    return (max(fitting) if fitting else min(found))[1] if found else None


def _is_pixel(picture: Element, source: str) -> bool:
    sides = [picture.get("width") or "", picture.get("height") or ""]
    if any(side.strip().removesuffix("px") in {"0", "1", "2"} for side in sides):
        return True
    return bool(TINY.search(picture.get("style") or "") or TRACKERS.search(source))
