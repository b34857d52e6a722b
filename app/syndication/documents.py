"""The documents themselves, made with an XML library so that nothing needs escaping by hand."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any
from xml.etree import ElementTree as ET

from app import text
from app.entries.queries import Heading
from app.entries.values import Reading
from app.episodes.values import Enclosure

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"

for _prefix, _uri in (("atom", ATOM), ("content", CONTENT), ("dc", DC), ("itunes", ITUNES),
                      ("podcast", PODCAST)):
    ET.register_namespace(_prefix, _uri)

_UNFIT = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535))


@dataclass(frozen=True)
class Channel:
    """What a feed says of itself, and its entries, newest first."""

    title: str
    base: str
    path: str
    address: str
    description: str
    language: str
    entries: Sequence[Reading]

    @property
    def updated(self) -> datetime | None:
        """When its newest entry went public."""
        return max((each.published_at for each in self.entries if each.published_at), default=None)


def rss(channel: Channel) -> bytes:
    """RSS 2.0 with full texts. Source: the RSS 2.0 specification, and content:encoded's."""
    root, head = _rss_head(channel)
    for entry in channel.entries:
        _rss_item(channel, head, entry)
    return _bytes(root)


def _rss_head(channel: Channel) -> tuple[ET.Element, ET.Element]:
    root = ET.Element("rss", version="2.0")
    head = ET.SubElement(root, "channel")
    _add(head, "title", channel.title)
    _add(head, "link", channel.base + channel.path)
    _add(head, "description", channel.description)
    _add(head, "language", channel.language)
    ET.SubElement(head, f"{{{ATOM}}}link", rel="self", href=channel.base + channel.address,
                  type="application/rss+xml")
    if channel.updated:
        _add(head, "lastBuildDate", format_datetime(channel.updated))
    return root, head


def _rss_item(channel: Channel, head: ET.Element, entry: Reading) -> ET.Element:
    item = ET.SubElement(head, "item")
    _add(item, "title", entry.title)
    _add(item, "link", channel.base + entry.path)
    _add(item, "guid", entry.guid, isPermaLink="false")
    if entry.published_at:
        _add(item, "pubDate", format_datetime(entry.published_at))
    for person in entry.byline:
        _add(item, f"{{{DC}}}creator", person.name)
    for topic in entry.topics:
        _add(item, "category", topic.name)
    _add(item, "description", entry.standfirst or text.shorten(text.plain(entry.html), 300))
    _add(item, f"{{{CONTENT}}}encoded", _absolute(channel, entry))
    return item


def podcast(channel: Channel, enclosures: Mapping[int, Enclosure]) -> bytes:
    """The podcast feed: RSS with enclosures, iTunes tags, and the transcript of Podcasting 2.0."""
    root, head = _rss_head(channel)
    _add(head, f"{{{ITUNES}}}author", channel.title)
    _add(head, f"{{{ITUNES}}}summary", channel.description)
    _add(head, f"{{{ITUNES}}}explicit", "false")
    _add(head, f"{{{ITUNES}}}type", "episodic")
    ET.SubElement(head, f"{{{ITUNES}}}category", text="Business")
    for entry in channel.entries:
        if enclosure := enclosures.get(entry.id):
            _podcast_item(channel, _rss_item(channel, head, entry), entry, enclosure)
    return _bytes(root)


def _podcast_item(channel: Channel, item: ET.Element, episode: Reading,
                  enclosure: Enclosure) -> None:
    ET.SubElement(item, "enclosure", url=channel.base + enclosure.audio.path,
                  length=str(enclosure.size), type=enclosure.content_type)
    _add(item, f"{{{ITUNES}}}episode", str(episode.nature.number))
    _add(item, f"{{{ITUNES}}}duration", str(round(enclosure.audio.seconds or 0)))
    if episode.cover:
        ET.SubElement(item, f"{{{ITUNES}}}image", href=channel.base + episode.cover.path)
    if enclosure.has_times:
        ET.SubElement(item, f"{{{PODCAST}}}transcript", type="text/vtt",
                      url=f"{channel.base}{episode.path}/transcript.vtt")
    for guest in episode.guests:
        _add(item, f"{{{PODCAST}}}person", guest.person.name, role="guest",
             href=channel.base + guest.person.path)


def atom(channel: Channel) -> bytes:
    """Atom. Source: RFC 4287."""
    root = ET.Element(f"{{{ATOM}}}feed")
    _add(root, f"{{{ATOM}}}title", channel.title)
    _add(root, f"{{{ATOM}}}id", channel.base + channel.address)
    ET.SubElement(root, f"{{{ATOM}}}link", rel="self", href=channel.base + channel.address)
    ET.SubElement(root, f"{{{ATOM}}}link", rel="alternate", href=channel.base + channel.path)
    _add(root, f"{{{ATOM}}}updated", _iso(channel.updated))
    for entry in channel.entries:
        _atom_entry(channel, root, entry)
    return _bytes(root)


def _atom_entry(channel: Channel, root: ET.Element, entry: Reading) -> None:
    node = ET.SubElement(root, f"{{{ATOM}}}entry")
    _add(node, f"{{{ATOM}}}title", entry.title)
    _add(node, f"{{{ATOM}}}id", entry.guid)
    ET.SubElement(node, f"{{{ATOM}}}link", rel="alternate", href=channel.base + entry.path)
    _add(node, f"{{{ATOM}}}published", _iso(entry.published_at))
    _add(node, f"{{{ATOM}}}updated", _iso(max(entry.updated_at, entry.published_at
                                              or entry.updated_at)))
    for name in [person.name for person in entry.byline] or [channel.title]:
        _add(ET.SubElement(node, f"{{{ATOM}}}author"), f"{{{ATOM}}}name", name)
    _add(node, f"{{{ATOM}}}summary", entry.standfirst)
    _add(node, f"{{{ATOM}}}content", _absolute(channel, entry), type="html")


def json_feed(channel: Channel) -> bytes:
    """JSON Feed 1.1, as its specification says."""
    return json.dumps({
        "version": "https://jsonfeed.org/version/1.1", "title": channel.title,
        "home_page_url": channel.base + channel.path, "feed_url": channel.base + channel.address,
        "description": channel.description, "language": channel.language,
        "items": [_json_item(channel, entry) for entry in channel.entries],
    }, ensure_ascii=False).encode()


def _json_item(channel: Channel, entry: Reading) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.guid, "url": channel.base + entry.path, "title": entry.title,
        "content_html": _absolute(channel, entry), "date_published": _iso(entry.published_at),
        "authors": [{"name": person.name, "url": channel.base + person.path}
                    for person in entry.byline],
        "tags": [topic.name for topic in entry.topics], "language": entry.language,
    }
    if entry.standfirst:
        item["summary"] = entry.standfirst
    if entry.canonical_url:
        item["external_url"] = entry.canonical_url
    return item


def oembed(base: str, provider: str, episode: Heading) -> dict[str, Any]:
    """An episode's player as oEmbed "rich". Source: the oEmbed specification, section 2.3."""
    title = escape(episode.title)
    frame = (f'<iframe src="{base}{episode.path}/embed" title="{title}" width="640" height="220"'
             ' loading="lazy"></iframe>')
    return {"version": "1.0", "type": "rich", "title": episode.title, "provider_name": provider,
            "provider_url": base, "html": frame, "width": 640, "height": 220}


def _absolute(channel: Channel, entry: Reading) -> str:
    # Feed readers have no base address of ours; media stays under its own prefix otherwise.
    cleaned = text.clean_html(entry.html, rel=entry.rel)
    return cleaned.replace('href="/', f'href="{channel.base}/').replace(
        'src="/', f'src="{channel.base}/')


def _add(parent: ET.Element, tag: str, value: str, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = value.translate(_UNFIT)


def _iso(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z") if moment else (
        "1970-01-01T00:00:00Z")


def _bytes(root: ET.Element) -> bytes:
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)
