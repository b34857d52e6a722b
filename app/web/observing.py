"""Around Flask: every request gets an id, is counted, and is a line in the log.

Pages that are kept are answered ahead of it. They are counted there, and have no line: it would
cost as much as the page.
"""

import logging
import secrets
from collections.abc import Callable, Iterable
from re import compile
from time import perf_counter
from typing import Any

from app.logs import running
from app.logs.writing import REQUESTS
from app.metrics import Numbers

Environ = dict[str, Any]
Start = Callable[..., Any]
Headers = list[tuple[str, str]]
Application = Callable[[Environ, Start], Iterable[bytes]]
HEADER = "X-Request-Id"
# Where the page cache finds the route of a page that it has had made, and says that it did.
ROUTE, CACHE = "lectern.route", "lectern.cache"
# What a proxy that makes ids may send. Nothing that could be a word about somebody, or a log line.
_GIVEN = compile(r"[0-9A-Za-z_-]{16,64}")
_METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
_UNKNOWN = "none"
# Who asks these asks all day long.
_QUIET = {"/healthz", "/readyz", "/metrics"}
_log = logging.getLogger(REQUESTS)


class Requests:
    """The numbers that requests are counted in."""

    def __init__(self, numbers: Numbers) -> None:
        self.answered = numbers.counter(
            "lectern_requests_total", "Requests; cache is hit for a kept page, miss for one that"
            " had to be made, none where nothing is kept.", "route", "method", "status", "cache")
        self.seconds = numbers.histogram(
            "lectern_request_duration_seconds", "What requests took that no kept page answered.",
            "route", "method")
        self.kept = numbers.gauge(
            "lectern_page_cache", "Pages that are kept, and their bytes, in all processes.", "what")


class Observer:
    """WSGI middleware. `proxied` if a proxy that we trust stands in front."""

    def __init__(self, application: Application, requests: Requests, *, proxied: bool) -> None:
        self.application, self._requests, self._proxied = application, requests, proxied

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Has one request answered."""
        began, said = perf_counter(), ("500", Headers())
        identity = self._identity(environ)

        def begin(status: str, headers: Headers, *error: Any) -> Any:
            # What may be shown to others has no id of the one for whom it was made.
            if not any(name.lower() == "cache-control" and "public" in value
                       for name, value in headers):
                headers = [*headers, (HEADER, identity)]
            nonlocal said
            # Now, for afterwards Flask has forgotten it.
            environ[ROUTE] = _route(environ)
            said = status, headers
            return start(status, headers, *error)

        with running(lambda: _brought(environ), request=identity):
            try:
                return self.application(environ, begin)
            finally:
                self._note(environ, *said, perf_counter() - began)

    def _identity(self, environ: Environ) -> str:
        given = environ.get("HTTP_X_REQUEST_ID", "") if self._proxied else ""
        return given if _GIVEN.fullmatch(given) else secrets.token_hex(8)

    def _note(self, environ: Environ, status: str, headers: Headers, seconds: float) -> None:
        route, method = environ.get(ROUTE, _UNKNOWN), environ["REQUEST_METHOD"]
        method = method if method in _METHODS else "other"
        cache = environ.get(CACHE, "none")
        self._requests.answered.add(route, method, f"{status[0]}xx", cache)
        self._requests.seconds.add(seconds, route, method)
        if _log.isEnabledFor(logging.INFO) and not (route in _QUIET and status < "4"):
            _log.info("request", extra={"fields": {
                "method": method, "route": route, "status": int(status[:3]),
                "ms": round(seconds * 1000, 1), "bytes": _length(headers), "cache": cache}})


def _route(environ: Environ) -> str:
    """The template of the address, for the address itself may hold a token."""
    rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
    return rule.rule if rule else _UNKNOWN


def _length(headers: Headers) -> int | None:
    return next((int(value) for name, value in headers
                 if name.lower() == "content-length" and value.isdecimal()), None)


def _brought(environ: Environ) -> Iterable[str]:
    """All that a request carried of its sender, as far as it has been read."""
    yield from (environ.get(name, "") for name in (
        "QUERY_STRING", "REMOTE_ADDR", "HTTP_X_FORWARDED_FOR", "HTTP_COOKIE", "HTTP_USER_AGENT",
        "HTTP_AUTHORIZATION", "HTTP_REFERER"))
    request = environ.get("werkzeug.request")
    if request is not None:
        rule = _route(environ)
        yield from (each for each in (request.view_args or {}).values()
                    if isinstance(each, str) and each not in rule)
        yield from (each for values in request.args.listvalues() for each in values)
        yield from request.cookies.values()
        # Only what is there already: a body that was not read is in no line either.
        if (form := vars(request).get("form")) is not None:
            yield from (each for values in form.listvalues() for each in values)
