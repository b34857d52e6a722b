"""The program that runs feedparser in a process of its own, with all that reads a whole document.

Measured on feedparser 6.0.14: an author of 40 kB costs 6 s, a few more kilobytes a minute. No
limit on size helps, so the kernel counts this process's time and ends it. It reads documents
from standard input and answers on standard output, each a four-byte length and JSON; behind the
JSON of a question stands its document, as long as it says, and behind an answer its items in
pieces, as many as it says: whoever takes a long answer apart at once holds up all other threads.

Run as a file, isolated (`python -I`), so that it starts without the rest of the program. Of ours
it has only some files beside it, which need nothing but Python.
"""

import calendar
import importlib.util
import io
import json
import resource
import signal
import struct
import sys
import warnings
import xml.sax
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import feedparser

MOST_ITEMS = 500
MOST_LINKS = 50
LONGEST_TEXT = 1_000_000
LONGEST_WORDS = 20_000
# Letters that are taken apart at once; others wait meanwhile.
A_PIECE = 50_000
SCALARS = ("ttl", "sy_updateperiod", "sy_updatefrequency", "link", "language", "subtitle")


def _beside(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


charset, json_document, refusing, resting, unseen = map(
    _beside, ("charset", "json_document", "refusing", "resting", "unseen"))


def main() -> None:
    """Answer until standard input ends, which it does when the parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    warnings.simplefilter("ignore")
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while request := _receive():
        _send(_answer(request))


def _receive() -> dict[str, Any] | None:
    head = sys.stdin.buffer.read(4)
    if len(head) < 4:
        return None
    request: dict[str, Any] = json.loads(sys.stdin.buffer.read(*struct.unpack("!I", head)))
    request["body"] = sys.stdin.buffer.read(request["length"])
    return request


def _send(answer: dict[str, Any]) -> None:
    pieces = _pieces(map(json.dumps, answer.pop("items", ())))
    for each in (json.dumps({**answer, "pieces": len(pieces)}), *pieces):
        text = each.encode()
        sys.stdout.buffer.write(struct.pack("!I", len(text)) + text)
    sys.stdout.buffer.flush()


def _pieces(items: Iterable[str]) -> list[str]:
    pieces: list[list[str]] = []
    room = 0
    for item in items:
        if room <= 0:
            pieces.append([])
            room = A_PIECE
        pieces[-1].append(item)
        room -= len(item)
    return [f"[{','.join(piece)}]" for piece in pieces]


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    # The kernel's own stopwatch for processor time; its signal ends the process.
    signal.setitimer(signal.ITIMER_PROF, request["seconds"])
    try:
        return _parsed(request["body"], request["content_type"])
    except MemoryError:
        return {"error": "memory"}
    except Exception as error:
        return {"error": type(error).__name__}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _parsed(body: bytes, content_type: str) -> dict[str, Any]:
    document = charset.settle(body, content_type)
    body = document.body
    if refusing.is_json(body):
        return dict(json_document.read(body))
    # A stream and never a string: feedparser would open a string as an address or a file.
    # No content-location: a guid like "17" would be resolved against it and change with it.
    result = feedparser.parse(
        io.BytesIO(body), response_headers={"content-type": document.content_type},
        sanitize_html=False, resolve_relative_uris=False,
    )
    line = _broken_line(result.get("bozo_exception"), body)
    is_cut = line is not None and refusing.is_cut(body)
    # What the document breaks off in would be stored as half a post.
    whole = result.entries[:-1] if is_cut and refusing.ends_in_an_item(body) else result.entries
    return {
        "version": result.get("version") or "",
        "cut_line": line if is_cut else None,
        "feed": _feed(result.feed),
        "skip_hours": resting.hours_to_skip(body),
        "skip_days": resting.days_to_skip(body),
        "items": [_item(entry) for entry in _newest(whole)],
    }


def _broken_line(error: object, body: bytes) -> int | None:
    if not isinstance(error, xml.sax.SAXParseException):
        return None
    # feedparser puts a line of its own before a document without a declaration.
    return (error.getLineNumber() or 1) - (not body.startswith(b"<?xml"))


def _feed(feed: Any) -> dict[str, Any]:
    return {
        **{name: _words(dict.get(feed, name)) for name in SCALARS},
        "title": _typed(feed, "title"),
        "subtitle": _typed(feed, "subtitle"),
        "author": _author(feed),
        "links": [(_words(link.get("rel")), _words(link.get("href")))
                  for link in dict.get(feed, "links", [])[:MOST_LINKS]],
    }


def _newest(entries: list[Any]) -> list[Any]:
    if len(entries) <= MOST_ITEMS:
        return entries
    # What has no date counts as new: dropping it for good would be worse than reading it again.
    newest = sorted(entries, key=lambda entry: -(_date(entry) or float("inf")))[:MOST_ITEMS]
    kept = set(map(id, newest))
    return [entry for entry in entries if id(entry) in kept]


def _item(entry: Any) -> dict[str, Any]:
    return {
        "guid": _words(dict.get(entry, "id")),
        "link": _words(dict.get(entry, "feedburner_origlink") or dict.get(entry, "link")),
        "title": _typed(entry, "title"),
        "author": _author(entry),
        "published": _stamp(dict.get(entry, "published_parsed")),
        "updated": _stamp(dict.get(entry, "updated_parsed")),
        "summary": _part(dict.get(entry, "summary"), dict.get(entry, "summary_detail")),
        "contents": [_part(part.get("value"), part) for part in dict.get(entry, "content", [])],
        "topics": [_words(tag.get("term")) for tag in dict.get(entry, "tags", [])],
    }


def _typed(of: Any, name: str) -> dict[str, str]:
    detail = dict.get(of, name + "_detail") or {}
    return {"text": _words(dict.get(of, name)), "type": detail.get("type") or ""}


def _part(value: Any, detail: Any) -> dict[str, str]:
    detail = detail if isinstance(detail, dict) else {}
    return {
        "text": _text(value, LONGEST_TEXT),
        "type": detail.get("type") or "text/html",
        "base": _words(detail.get("base")),
        "language": _words(detail.get("language")),
    }


def _author(of: Any) -> list[str]:
    # Of a single author feedparser cuts name and address apart, and cuts ".example" to pieces.
    names = [_words(author.get("name")) for author in dict.get(of, "authors", [])]
    return names if len(names) > 1 else [_words(dict.get(of, "author"))]


def _date(entry: Any) -> int | None:
    return _stamp(dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed"))


def _stamp(date: Any) -> int | None:
    try:
        return calendar.timegm(date) if date else None
    except (ValueError, OverflowError, TypeError):
        return None


def _words(value: Any) -> str:
    return _text(value, LONGEST_WORDS)


def _text(value: Any, length: int) -> str:
    return unseen.without_unseen(value[:length]) if isinstance(value, str) else ""


if __name__ == "__main__":
    main()
