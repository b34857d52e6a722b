"""Lists of feeds as OPML 2.0, with our settings as attributes of a namespace of their own.

Attributes and elements of others are passed over, outlines may be nested. Source of the format:
https://opml.org/spec2.opml. Entities are refused, so that no document can grow.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from app.text import one_line

NAMESPACE = "urn:x-lectern:feeds"
LONGEST = 1024 * 1024
MOST = 5000
DEEPEST = 20


class BadOpml(ValueError):
    """This is no list of feeds; the text says why, in one sentence."""


@dataclass(frozen=True)
class Outline:
    """A feed in a list. `folders` stand around it, the outermost first; `settings` are ours."""

    url: str
    title: str = ""
    site_url: str = ""
    folders: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)


def read(document: bytes) -> tuple[Outline, ...]:
    """The feeds of a document in its order. Raises BadOpml."""
    if len(document) > LONGEST:
        raise BadOpml("This file is larger than 1 MB, which is more than a list of feeds needs.")
    reader = _Reader()
    try:
        reader.parse(document)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        raise BadOpml(f"This file is no OPML: {what} in line {error.lineno}.") from error
    except (ValueError, LookupError) as error:
        if isinstance(error, BadOpml):
            raise
        raise BadOpml("This file is no OPML: its text cannot be decoded.") from error
    if not reader.is_opml:
        raise BadOpml("This file is no OPML: it does not begin with an opml element.")
    return tuple(reader.found)


class _Reader:
    def __init__(self) -> None:
        self.found: list[Outline] = []
        self.is_opml = False
        self._prefixes: dict[str, str] = {}
        self._around: list[str] = []
        self._depth = 0

    def parse(self, document: bytes) -> None:
        # Prefixes are looked up by hand: many writers use one that they never declare.
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.EntityDeclHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse
        parser.Parse(document.lstrip(), True)

    def _refuse(self, *declaration: object) -> int:
        raise BadOpml("This file declares entities, which no list of feeds needs.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1:
            self.is_opml = name.lower() == "opml"
        self._prefixes |= {key[len("xmlns:"):].lower(): value
                           for key, value in attributes.items() if key.startswith("xmlns:")}
        if name.lower() == "outline":
            self._outline({key.lower(): one_line(value) for key, value in attributes.items()})

    def _outline(self, attributes: dict[str, str]) -> None:
        title = attributes.get("title") or attributes.get("text", "")
        url = attributes.get("xmlurl", "")
        if url:
            title = "" if title == url else title
            self.found.append(Outline(url, title, attributes.get("htmlurl", ""),
                                      tuple(filter(None, self._around)), self._ours(attributes)))
        self._around.append("" if url else title)
        if len(self.found) > MOST:
            raise BadOpml(f"This file lists more than {MOST:,} feeds.")
        if len(self._around) > DEEPEST:
            raise BadOpml(f"This file has folders in folders, more than {DEEPEST} deep.")

    def _ours(self, attributes: dict[str, str]) -> dict[str, str]:
        split = ((*key.partition(":"), value) for key, value in attributes.items())
        return {name: value for prefix, _colon, name, value in split
                if name and self._prefixes.get(prefix) == NAMESPACE}

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name.lower() == "outline":
            self._around.pop()


def write(outlines: Iterable[Outline], *, title: str, now: datetime) -> str:
    """A document that lists these feeds; folders are left out."""
    lines = "\n".join(f"    {_line(outline)}" for outline in outlines)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<opml version="2.0" xmlns:lectern="{NAMESPACE}">\n'
        f"  <head>\n    <title>{escape(one_line(title))}</title>\n"
        f"    <dateCreated>{format_datetime(now.astimezone(UTC), usegmt=True)}</dateCreated>\n"
        f"  </head>\n  <body>\n{lines}\n  </body>\n</opml>\n")


def _line(outline: Outline) -> str:
    pairs = {"type": "rss", "text": outline.title or outline.url, "title": outline.title,
             "xmlUrl": outline.url, "htmlUrl": outline.site_url,
             **{f"lectern:{name}": value for name, value in outline.settings.items()}}
    attributes = " ".join(f"{name}={quoteattr(one_line(value))}" for name, value in pairs.items()
                          if value)
    return f"<outline {attributes}/>"
