"""The sitemap: one of all addresses, or one of many parts. Source: sitemaps.org.

A part holds the entries of CHUNK consecutive numbers. So an entry never moves to another part, a
new one changes the last part only, and a part costs the same however many there are.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree import ElementTree as ET

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.database import unindexed
from app.entries.models import Entry, EntryState

CHUNK = 1_000
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
# The number leads to an entry.
_LISTED = unindexed(sa.and_(Entry.state == EntryState.PUBLISHED, sa.not_(Entry.noindex)))


def is_parted(session: Session) -> bool:
    """Whether there are more entries than one part holds."""
    return (session.scalar(sa.select(sa.func.max(Entry.id))) or 0) > CHUNK


def addresses(session: Session, part: int = 1) -> Sequence[Any]:
    """Rows of section, slug and time of the last change: what search engines may list of a part."""
    return session.execute(
        sa.select(Entry.section, Entry.slug, Entry.updated_at).where(*_within(part), _LISTED)
        .order_by(Entry.id.desc())).all()


def parts(session: Session) -> Sequence[int]:
    """The numbers of the parts that have something in them, from 1."""
    last = sa.select(sa.func.max(Entry.id)).scalar_subquery()
    numbers = sa.select(sa.literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(sa.select(numbers.c.n + 1).where(numbers.c.n * CHUNK < last))
    number = numbers.c.n
    return session.scalars(sa.select(number).where(
        sa.exists().where(*_within(number), _LISTED)).order_by(number)).all()


def _within(part: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return Entry.id > (part - 1) * CHUNK, Entry.id <= part * CHUNK


def sitemap(base: str, rows: Iterable[Any]) -> bytes:
    """The document with these addresses."""
    return _document("urlset", "url", (
        (f"{base}/{section}/{slug}", updated.isoformat(timespec="seconds").replace("+00:00", "Z"))
        for section, slug, updated in rows))


def index(base: str, numbers: Iterable[int]) -> bytes:
    """The document that leads to these parts."""
    return _document("sitemapindex", "sitemap", (
        (f"{base}/sitemap-{number}.xml", "") for number in numbers))


def _document(name: str, each: str, places: Iterable[tuple[str, str]]) -> bytes:
    ET.register_namespace("", SITEMAP)
    root = ET.Element(f"{{{SITEMAP}}}{name}")
    for address, changed in places:
        node = ET.SubElement(root, f"{{{SITEMAP}}}{each}")
        ET.SubElement(node, f"{{{SITEMAP}}}loc").text = address
        if changed:
            ET.SubElement(node, f"{{{SITEMAP}}}lastmod").text = changed
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)
