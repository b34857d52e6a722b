"""Where a comment leads."""

import re
from html import unescape

from app.comments.models import Comment

_LINK = re.compile(r"""<a [^>]*href="([^"]+)\"""")


def links(comment: Comment) -> tuple[str, ...]:
    """Every address that a comment leads to, each once: those in its text, and its author's own."""
    found = map(unescape, _LINK.findall(comment.html))
    return tuple(each for each in dict.fromkeys((*found, comment.author_url))
                 if each.startswith(("https://", "http://", "mailto:")))
