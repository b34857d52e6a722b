"""Small RSS documents, written as a feed would be by hand."""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Item:
    """One item; whatever is empty is left out."""

    name: str
    guid: str = ""
    link: str = ""
    title: str = ""
    text: str = ""
    author: str = ""
    date: str = "Sat, 02 May 2026 09:00:00 GMT"

    def __str__(self) -> str:
        link = self.link or f"https://second.example/{self.name}"
        guid = self.guid or f"urn:second:{self.name}"
        words = self.text or f"<p>The text of {self.name}.</p><p>And more.</p>"
        author = f"<dc:creator>{escape(self.author)}</dc:creator>" if self.author else ""
        return (f"<item><title>{escape(self.title or self.name.capitalize())}</title>"
                f"<link>{escape(link)}</link><guid isPermaLink='false'>{escape(guid)}</guid>"
                f"<pubDate>{self.date}</pubDate>{author}"
                f"<content:encoded>{escape(words)}</content:encoded></item>")


def rss(*items: Item, title: str = "The Second Shelf", site: str = "https://second.example/",
        description: str = "Notes on *running* things.") -> str:
    """A feed with these items."""
    return ("<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'"
            " xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>"
            f"<title>{escape(title)}</title><link>{escape(site)}</link>"
            f"<description>{escape(description)}</description>"
            f"{''.join(map(str, items))}</channel></rss>")
