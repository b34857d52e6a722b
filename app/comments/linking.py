"""Where a comment leads."""

import re
from html import unescape

_LINK = re.compile(r"""<a [^>]*href="([^"]+)\"""")


def links(html: str, author_url: str) -> tuple[str, ...]:
    """Every address that a comment leads to, each once: those in its text, and its author's own."""
    found = map(unescape, _LINK.findall(html))
    return tuple(each for each in dict.fromkeys((*found, author_url))
                 if each.startswith(("https://", "http://", "mailto:")))
