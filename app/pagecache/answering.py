"""Ahead of Flask: answers whoever has no cookie with a page that is there, or has it made once.

A page for everyone is made from a request that has nothing of its sender's: no header, no cookie,
no address, only the path and the arguments that its route declares. So nothing that somebody sends
can get into what others are shown.
"""

from collections.abc import Callable, Iterable
from io import BytesIO
from re import fullmatch
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from app.metrics import Counter
from app.pagecache.declaring import Cached, collecting
from app.pagecache.following import Follower
from app.pagecache.page import Headers, Page, coding_for, matches
from app.pagecache.store import Key, Pages

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]
# What makes somebody's page their own. An application behind a prefix is not answered for.
PERSONAL = ("HTTP_AUTHORIZATION", "HTTP_PROXY_AUTHORIZATION", "SCRIPT_NAME")
# Every cookie that this site sets begins with it.
COOKIES = "lectern_"
# Longer than any page takes; then whoever waited makes their own.
PATIENCE_SECONDS = 10.0
LONGEST_PATH = 300
FORBIDDEN = ("private", "no-store")
LONGEST_QUERY = 500


class PageCache:
    """WSGI middleware. `find` says what the route of a path has declared, None if nothing.

    Kept pages are counted in `answered`: by route, method, class of status, and as hits.
    """

    def __init__(self, application: Application, pages: Pages, follower: Follower, base: str,
                 find: Callable[[str], Cached | None], answered: Counter) -> None:
        self.application, self.pages, self.follower = application, pages, follower
        self._answered = answered
        self._find, self._base = find, urlsplit(base)

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answers one request."""
        if not _is_for_everyone(environ):
            return self.application(environ, start)
        follower, now = self.follower, monotonic()
        if now > follower.fresh_until and not follower.catch_up():
            return self.application(environ, start)
        follower.asked = now
        page = self.pages.get((environ["PATH_INFO"], environ.get("QUERY_STRING", "")))
        if page is None:
            declared = self._declared(environ)
            query = _query(declared, environ.get("QUERY_STRING", ""))
            if declared is None or query is None:
                return self.application(environ, start)
            key = environ["PATH_INFO"], query
            page = self.pages.get(key)
            if page is None:
                return self._make(key, declared, environ, start)
        page.used = now
        return _answer(page, environ, start, self._answered)

    def _declared(self, environ: Environ) -> Cached | None:
        # An error is a sentence for htmx and a page for all others, so it gets its own.
        if len(environ["PATH_INFO"]) > LONGEST_PATH or "HTTP_HX_REQUEST" in environ:
            return None
        return self._find(environ["PATH_INFO"])

    def _make(self, key: Key, declared: Cached, environ: Environ, start: Start) -> Iterable[bytes]:
        flight, ours = self.pages.take_off(key)
        if not ours:
            flight.landed.wait(PATIENCE_SECONDS)
            if flight.page is None:
                return self.application(environ, start)
            return _answer(flight.page, environ, start, self._answered)
        page, bare = None, self._request(key, environ)
        try:
            with collecting() as tags:
                status, headers, body = _call(self.application, bare)
            if is_for_keeping(status, headers):
                page = Page(headers, body, tags | declared.tags, monotonic(),
                            bare.get("lectern.route", ""))
        finally:
            self.pages.land(key, flight, page)
        if page is not None:
            return _answer(page, environ, start)
        start(status, headers)
        return (body,) if environ["REQUEST_METHOD"] == "GET" else ()

    def _request(self, key: Key, environ: Environ) -> Environ:
        base = self._base
        port = base.port or (443 if base.scheme == "https" else 80)
        return {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": key[0],
                "QUERY_STRING": key[1], "SERVER_NAME": base.hostname, "SERVER_PORT": str(port),
                "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": base.netloc, "lectern.cache": "miss",
                "wsgi.url_scheme": base.scheme, "wsgi.input": BytesIO(),
                **{name: environ[name] for name in (
                    "wsgi.version", "wsgi.errors", "wsgi.multithread", "wsgi.multiprocess",
                    "wsgi.run_once") if name in environ}}


def _is_for_everyone(environ: Environ) -> bool:
    return (environ["REQUEST_METHOD"] in ("GET", "HEAD")
            and COOKIES not in environ.get("HTTP_COOKIE", "")
            and not any(environ.get(name) for name in PERSONAL))


def _query(declared: Cached | None, given: str) -> str | None:
    """The arguments that a route looks at, each once, in its own order; None if nobody must share
    the page.
    """
    if declared is None or len(given) > LONGEST_QUERY:
        return None
    pairs = [pair for pair in parse_qsl(given, keep_blank_values=True)
             if pair[0] in declared.arguments]
    values = dict(pairs)
    usual = all(value and fullmatch(declared.arguments[name], value) for name, value in pairs)
    if len(values) != len(pairs) or not usual:
        return None
    return urlencode([(name, values[name]) for name in declared.arguments if name in values])


def is_for_keeping(status: str, headers: Headers) -> bool:
    """Whether an answer may be shown to others: a page, public, and nobody's in particular."""
    said = {name.lower(): value.lower() for name, value in headers}
    control = said.get("cache-control", "")
    return (status.startswith("200") and "set-cookie" not in said
            and "public" in control and not any(each in control for each in FORBIDDEN)
            and said.get("vary", "accept-encoding") == "accept-encoding"
            and "content-encoding" not in said and "content-range" not in said)


def _call(application: Application, environ: Environ) -> tuple[str, Headers, bytes]:
    """What the application answers, whole. Raises whatever it raises."""
    said: list[Any] = ["", []]
    written: list[bytes] = []

    def start(status: str, headers: Headers, error: Any = None) -> Callable[[bytes], None]:
        said[:] = status, headers
        return written.append

    parts = application(environ, start)
    try:
        body = b"".join(parts)
    finally:
        if close := getattr(parts, "close", None):
            close()
    return said[0], said[1], b"".join(written) + body


def _answer(page: Page, environ: Environ, start: Start,
            answered: Counter | None = None) -> Iterable[bytes]:
    found = page.representation(coding_for(environ.get("HTTP_ACCEPT_ENCODING", "")))
    known, method = environ.get("HTTP_IF_NONE_MATCH"), environ["REQUEST_METHOD"]
    unchanged = known is not None and matches(known, found.etag)
    if answered:
        answered.add(page.route, method, "3xx" if unchanged else "2xx", "hit")
    if unchanged:
        start("304 Not Modified", found.headers_304[:])
        return ()
    start("200 OK", found.headers[:])
    return found.body if method == "GET" else ()
