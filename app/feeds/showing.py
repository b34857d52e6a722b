"""How much of an item readers get here: all of it, its beginning, or where to find it."""

from markupsafe import Markup as Escaped

from app import text
from app.feeds.models import Show

EXCERPT_LENGTH = 700


def shown(show: Show, html: str, words: str, link: str | None) -> str:
    """The HTML of an item as readers get it; `words` is the plain text of `html`.

    Where there are no words or no link, it is whatever there is.
    """
    if show is Show.FULL and words:
        return html
    if show is not Show.LINK and words:
        return str(Escaped("<p>{}</p>").format(text.shorten(words, EXCERPT_LENGTH)))
    return str(Escaped('<p><a href="{}">Read it where it was first published.</a></p>')
               .format(link)) if link else html
