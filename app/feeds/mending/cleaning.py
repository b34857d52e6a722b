"""What came, made fit to be shown: clean markup, a title, a standfirst, and what was repaired."""

from dataclasses import dataclass
from typing import Any

from app import text
from app.feeds.parsing import ParsedItem


@dataclass(frozen=True)
class Cleaned:
    """An item's words as we would show them in full.

    `html` is safe and `plain` its text; `findings` says which repairs were made and which ones are
    doubtful, each ready to be kept as JSON.
    """

    title: str
    standfirst: str
    html: str
    plain: str
    findings: tuple[dict[str, Any], ...] = ()


def clean(item: ParsedItem) -> Cleaned:
    """The item's words, cleaned. Pure: what needs the network is done by others."""
    html = text.clean_html(item.content_html or item.summary_html, base=item.base or item.link)
    plain = text.plain(html)
    title = item.title or text.shorten(plain, 80) or "Untitled"
    return Cleaned(title, _standfirst(item.summary_html, plain), html, plain)


def _standfirst(summary: str, plain: str) -> str:
    # Most feeds repeat their first sentences as the summary; shown twice, it reads like a slip.
    lead = text.shorten(text.plain(summary), 260)
    return "" if plain.startswith(lead.rstrip("…")[:60]) else lead
