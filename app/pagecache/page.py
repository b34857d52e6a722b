"""One page as ready bytes: plain, and compressed the first time that somebody takes it so."""

import gzip
import hashlib
from collections.abc import Callable, Iterable
from functools import lru_cache, partial

import brotli

from app.pagecache import keys

Headers = list[tuple[str, str]]
# What is said of the bytes, and so anew for each encoding of them.
OF_BYTES = {"content-length", "etag", "vary", "content-encoding", "date"}
# What a 304 repeats (RFC 9110, section 15.4.5).
REPEATED = {"cache-control", "etag", "vary", "expires", "content-location", "surrogate-key",
            "surrogate-control"}
CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": partial(brotli.compress, mode=brotli.MODE_TEXT, quality=5),
    "gzip": partial(gzip.compress, compresslevel=4, mtime=0),
    "identity": bytes,
}


class Representation:
    """The bytes of a page in one encoding, and what is said with them."""

    __slots__ = ("body", "etag", "headers", "headers_304")

    def __init__(self, body: bytes, etag: str, headers: Headers) -> None:
        self.body, self.etag, self.headers = (body,), etag, headers
        self.headers_304 = [each for each in headers if each[0].lower() in REPEATED]


class Page:
    """A page, what it carries, and when it was last asked for (by the monotonic clock)."""

    __slots__ = ("_headers", "_mark", "_representations", "body", "route", "size", "tags", "used")

    def __init__(self, headers: Headers, body: bytes, tags: Iterable[str], used: float,
                 route: str = "") -> None:
        self.body, self.tags, self.used, self.route = body, frozenset(tags), used, route
        self._headers = [each for each in headers if each[0].lower() not in OF_BYTES]
        self._headers.append(("Surrogate-Key", keys.of_page(self.tags)))
        # What is written on it is part of a page: two with the same bytes may differ in a header.
        self._mark = hashlib.sha256(repr(self._headers).encode() + body).hexdigest()[:24]
        self._representations: dict[str, Representation] = {}
        # The compressed bytes of a text and all that is kept with them are less than the text.
        self.size = 2 * len(body) + sum(map(len, self.tags)) + 4_096

    def representation(self, coding: str) -> Representation:
        """The page in this encoding."""
        found = self._representations.get(coding)
        if found is None:
            found = self._representations[coding] = self._encode(coding)
        return found

    def _encode(self, coding: str) -> Representation:
        body = CODINGS[coding](self.body)
        etag = f'"{self._mark}"' if coding == "identity" else f'"{self._mark}-{coding}"'
        encoded = [("Content-Encoding", coding)] if coding != "identity" else []
        return Representation(body, etag, [
            *self._headers, *encoded, ("Content-Length", str(len(body))), ("ETag", etag),
            ("Vary", "Accept-Encoding")])


@lru_cache(maxsize=512)
def coding_for(accepted: str) -> str:
    """The encoding for an Accept-Encoding header: the smallest that its sender takes.

    Rule: RFC 9110, section 12.5.3. Who takes nothing that we have gets the plain bytes.
    """
    weights = dict(_weight(each) for each in accepted.lower().split(",") if each.strip())
    others = weights.get("*", 0.0)
    return next((each for each in ("br", "gzip") if weights.get(each, others) > 0), "identity")


def _weight(each: str) -> tuple[str, float]:
    name, _, rest = each.partition(";")
    value = rest.strip().removeprefix("q=") if rest else "1"
    try:
        return name.strip(), float(value)
    except ValueError:
        return name.strip(), 0.0


def matches(if_none_match: str, etag: str) -> bool:
    """Whether a sender has these bytes. Compared weakly, as RFC 9110, section 13.1.2, wishes."""
    given = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return etag in given or given == ["*"]
