"""Places of pictures in a text: an `img` without a source that says in its title what to fetch."""

import re
from collections.abc import Mapping
from html import escape, unescape

from app.media import Media

_PLACE = re.compile(r'<img\b(?![^>]*\ssrc=)[^>]*?\stitle="(https?://[^"]+)"[^>]*>')
_ALT = re.compile(r'\salt="([^"]*)"')
_EMPTY = re.compile(r"<(p|figure)>(?:\s|<br>)*</\1>")


def wanted(html: str) -> tuple[str, ...]:
    """The addresses of the pictures that a text waits for."""
    return tuple(dict.fromkeys(unescape(match) for match in _PLACE.findall(html)))


def settled(html: str, media: Mapping[str, Media | None]) -> str:
    """The text with those pictures that are ours now, and without those that did not come.

    Places of pictures that `media` does not name stay as they are.
    """
    def put(match: re.Match[str]) -> str:
        url = unescape(match.group(1))
        if url not in media:
            return match.group()
        ours, alt = media[url], _ALT.search(match.group())
        return "" if ours is None else (
            f'<img src="{ours.path}" alt="{escape(unescape(alt.group(1))) if alt else ""}"'
            f' width="{ours.width}" height="{ours.height}">')

    put_in = _PLACE.sub(put, html)
    return _EMPTY.sub("", put_in) if put_in != html else html
