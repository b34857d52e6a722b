"""Ahead of Flask: answers whoever has no cookie with a page that is there, or has it made once.

A page for everyone is made from a request that has nothing of its sender's: no header, no cookie,
no address, only the path and the arguments that its route declares. So nothing that somebody sends
can get into what others are shown.
"""

from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from re import fullmatch
from time import monotonic
from types import MappingProxyType
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
# In the environment of a request that has nothing of its sender's.
FOR_EVERYONE = "lectern.for_everyone"
# Longer than any page takes; then whoever waited makes their own.
PATIENCE_SECONDS = 10.0
LONGEST_PATH = 300
FORBIDDEN = ("private", "no-store")
USUAL = ("Cache-Control", "public, no-cache")
# For a CDN that is told of every change; only it may keep a page unasked. A browser is told of
# nothing, so it asks each time, and stale-while-revalidate would have it show what was before.
FOR_A_CDN = {"Cache-Control": "public, max-age=0, s-maxage=86400, stale-if-error=86400",
             "Surrogate-Control": "max-age=86400, stale-while-revalidate=60, stale-if-error=86400"}
LONGEST_QUERY = 500


class PageCache:
    """WSGI middleware. `find` says what the route of a path has declared, None if nothing; `more`
    are headers that every kept page gets.

    Kept pages are counted in `answered`: by route, method, class of status, and as hits.
    """

    def __init__(self, application: Application, pages: Pages, follower: Follower, base: str,
                 find: Callable[[str], Cached | None], answered: Counter,
                 more: Mapping[str, str] = MappingProxyType({})) -> None:
        self.application, self.pages, self.follower = application, pages, follower
        self._answered = answered
        self._find, self._base, self._more = find, urlsplit(base), dict(more)

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answers one request."""
        if not _is_for_everyone(environ):
            return self.application(environ, start)
        follower, now, sure = self.follower, monotonic(), True
        if now > follower.fresh_until:
            if not follower.catch_up():
                return self.application(environ, start)
            sure = follower.fresh_until >= now
        follower.asked = now
        page = self.pages.get((environ["PATH_INFO"], environ.get("QUERY_STRING", "")))
        if page is None:
            declared = self._declared(environ)
            query = _query(declared, environ.get("QUERY_STRING", ""))
            if declared is None or query is None:
                return self.application(environ, start)
            # As Flask reads it.
            key = "/" + environ["PATH_INFO"].lstrip("/"), query
            page = self.pages.get(key)
            if page is None:
                return self._make(key, declared, environ, start)
        page.used = now
        return answer(page, environ, start if sure else _for_now(start), self._answered)

    def _declared(self, environ: Environ) -> Cached | None:
        # An error is a sentence for htmx and a page for all others, so it gets its own.
        if len(environ["PATH_INFO"]) > LONGEST_PATH or "HTTP_HX_REQUEST" in environ:
            return None
        return self._find(environ["PATH_INFO"])

    def _make(self, key: Key, declared: Cached, environ: Environ, start: Start) -> Iterable[bytes]:
        flight, ours = self.pages.board(key, PATIENCE_SECONDS)
        if not ours:
            if flight.page is None:
                return self.application(environ, start)
            return answer(flight.page, environ, start, self._answered)
        page, bare = None, self._request(key, environ)
        try:
            with collecting() as tags:
                status, headers, body = call(self.application, bare)
            if is_for_keeping(status, headers):
                page = Page(self._dressed(headers), body, tags | declared.tags, monotonic(),
                            bare.get("lectern.route", ""))
        finally:
            self.pages.land(key, flight, page)
        if page is not None:
            return answer(page, environ, start if flight.page else _for_now(start))
        start(status, headers)
        return (body,) if environ["REQUEST_METHOD"] == "GET" else ()

    def _dressed(self, headers: Headers) -> Headers:
        # Whatever says something else of itself knows why.
        if USUAL not in headers:
            return headers
        return [each for each in headers if each[0] not in self._more] + [*self._more.items()]

    def _request(self, key: Key, environ: Environ) -> Environ:
        base = self._base
        port = base.port or (443 if base.scheme == "https" else 80)
        return {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": key[0],
                "QUERY_STRING": key[1], "SERVER_NAME": base.hostname, "SERVER_PORT": str(port),
                "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": base.netloc, "lectern.cache": "miss",
                "wsgi.url_scheme": base.scheme, "wsgi.input": BytesIO(), FOR_EVERYONE: True,
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


def call(application: Application, environ: Environ) -> tuple[str, Headers, bytes]:
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


def _for_now(start: Start) -> Start:
    """For a page that may be out of date already: nobody keeps it longer than we do."""
    def begin(status: str, headers: Headers) -> Any:
        kept = [each for each in headers if each[0] not in FOR_A_CDN]
        return start(status, [*kept, USUAL])
    return begin


def answer(page: Page, environ: Environ, start: Start,
            answered: Counter | None = None) -> Iterable[bytes]:
    """Sends a kept page as its sender wants it, or says that they have it; counts it."""
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
