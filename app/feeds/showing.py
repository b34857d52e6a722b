"""How much of an item readers get here: the full text, an excerpt, a link."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from app import text
from app.entries.models import Entry
from app.entries.wording import Words
from app.feeds.mending.cleaning import Cleaned
from app.feeds.mending.doubts import apply
from app.feeds.mending.findings import Finding
from app.feeds.models import FeedItem, Show

EXCERPT_LENGTH = 700
ELSEWHERE = "Read it where it was first published."


@dataclass(frozen=True)
class Version:
    """An item's words, cleaned and in full."""

    title: str
    standfirst: str
    html: str

    @classmethod
    def of(cls, cleaned: Cleaned) -> "Version":
        """What came just now."""
        return cls(cleaned.title, cleaned.standfirst, cleaned.html)

    @classmethod
    def imported(cls, item: FeedItem) -> "Version":
        """An item as we last took it over."""
        return cls(item.imported_title, item.imported_standfirst, item.imported_html)

    @classmethod
    def source(cls, item: FeedItem) -> "Version | None":
        """An item as it is at the source now, where that differs."""
        if item.source_html is None:
            return None
        return cls(item.source_title or "", item.source_standfirst or "", item.source_html)

    def repaired(self, findings: Iterable[Finding]) -> "Version":
        """These words with the repairs that editors have made, as far as they still fit."""
        title, html = self.title, self.html
        for made in (each for each in findings if each.get("made_by")):
            if repaired := apply(title, html, made):
                title, html = repaired.title, repaired.html
        return Version(title, self.standfirst, html)

    def words(self, show: Show, link: str | None, plain: str | None = None) -> Words:
        """What readers get of it. `plain` is the text of `html`, if it is known already."""
        plain = text.plain(self.html) if plain is None and show is not Show.FULL else plain or ""
        return Words(self.title, self.standfirst, shown(show, self.html, plain, link))


def is_untouched(item: FeedItem, entry: Entry) -> bool:
    """Whether an entry says what was taken over, in whichever measure it was shown.

    What was never saved anew is, whatever address the item has moved to since. Repairs that were
    proposed and made are no edits of anybody's own.
    """
    words, imported = Words(entry.title, entry.standfirst, entry.source), Version.imported(item)
    return entry.version == 1 or any(
        words == version.words(show, item.link)
        for version in {imported, imported.repaired(item.findings)} for show in Show)


def shown(show: Show, html: str, plain: str, link: str | None) -> str:
    """An item's text as HTML that is clean; whatever was agreed, never nothing."""
    if show is Show.FULL and html:
        return html
    if show is Show.EXCERPT and plain:
        return f"<p>{escape(text.shorten(plain, EXCERPT_LENGTH), quote=False)}</p>"
    if not link:
        return html
    return text.clean_html(f'<p><a href="{escape(link)}">{ELSEWHERE}</a></p>')


def plain_of(show: Show, plain: str, shown_html: str) -> str:
    """The words of what is shown, found from the words of the whole without reading HTML again."""
    if plain and show is not Show.LINK:
        return plain if show is Show.FULL else text.shorten(plain, EXCERPT_LENGTH)
    return text.plain(shown_html)
