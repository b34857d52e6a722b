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

from flask import Flask, request

from app.logs import running
from app.logs.writing import REQUESTS
from app.metrics import Numbers
from app.web.turns import LAST

Environ = dict[str, Any]
Start = Callable[..., Any]
Headers = list[tuple[str, str]]
Application = Callable[[Environ, Start], Iterable[bytes]]
HEADER = "X-Request-Id"
# Where the page cache finds the route of a page that it has had made, and says that it did.
ROUTE, CACHE = "lectern.route", "lectern.cache"
# What Flask says of a request, also where somebody in between has copied what they were given.
_NOTED, _ASKED = "lectern.noted", "request"
# Of what is made before anybody has asked for it.
UNASKED = "lectern.unasked"
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
            "lectern_requests_total", "Requests; cache is hit for a kept page or static file, miss"
            " for a page that had to be made, none where nothing is kept.",
            "route", "method", "status", "cache")
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
        noted = environ[_NOTED] = {}
        last: list[Callable[[], None]] = []
        environ[LAST] = last.append

        def begin(status: str, headers: Headers, *error: Any) -> Any:
            # What may be shown to others has no id of the one for whom it was made.
            if not any(name.lower() == "cache-control" and "public" in value
                       for name, value in headers):
                headers = [*headers, (HEADER, identity)]
            nonlocal said
            said = status, headers
            return start(status, headers, *error)

        with running(lambda: _brought(environ), request=identity):
            try:
                return self.application(environ, begin)
            finally:
                environ[ROUTE] = noted.get(ROUTE, _UNKNOWN)
                try:
                    self._note(environ, *said, perf_counter() - began)
                finally:
                    noted.clear()
                    for each in last:
                        each()

    def _identity(self, environ: Environ) -> str:
        given = environ.get("HTTP_X_REQUEST_ID", "") if self._proxied else ""
        return given if _GIVEN.fullmatch(given) else secrets.token_hex(8)

    def _note(self, environ: Environ, status: str, headers: Headers, seconds: float) -> None:
        if UNASKED in environ:
            return
        route, method = environ[ROUTE], environ["REQUEST_METHOD"]
        method = method if method in _METHODS else "other"
        cache = environ.get(CACHE, "none")
        self._requests.answered.add(route, method, f"{status[0]}xx", cache)
        self._requests.seconds.add(seconds, route, method)
        if _log.isEnabledFor(logging.INFO) and not (route in _QUIET and status < "4"):
            _log.info("request", extra={"fields": {
                "method": method, "route": route, "status": int(status[:3]),
                "ms": round(seconds * 1000, 1), "bytes": _length(headers), "cache": cache}})


def init_app(app: Flask, requests: Requests, *, proxied: bool) -> None:
    """Puts an Observer around all that is around the application by now."""
    app.url_value_preprocessor(_note_route)
    app.wsgi_app = Observer(  # type: ignore[method-assign, assignment]
        app.wsgi_app, requests, proxied=proxied)


def _note_route(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    # Its template, for the address itself may hold a token.
    if request.url_rule is not None:
        noted = request.environ.setdefault(_NOTED, {})
        noted[ROUTE] = request.url_rule.rule
        # Itself: what stands for it means nothing once Flask is done.
        noted[_ASKED] = request._get_current_object()  # type: ignore[attr-defined]


def _length(headers: Headers) -> int | None:
    return next((int(value) for name, value in headers
                 if name.lower() == "content-length" and value.isdecimal()), None)


def _brought(environ: Environ) -> Iterable[str]:
    """All that a request carried of its sender, as far as it has been read."""
    yield from (environ.get(name, "") for name in (
        "QUERY_STRING", "REMOTE_ADDR", "HTTP_X_FORWARDED_FOR", "HTTP_COOKIE", "HTTP_USER_AGENT",
        "HTTP_AUTHORIZATION", "HTTP_REFERER"))
    asked = environ[_NOTED].get(_ASKED)
    if asked is not None:
        rule = asked.url_rule.rule
        yield from (each for each in (asked.view_args or {}).values()
                    if isinstance(each, str) and each not in rule)
        yield from (each for values in asked.args.listvalues() for each in values)
        yield from asked.cookies.values()
        # Only what is there already: a body that was not read is in no line either.
        if (form := vars(asked).get("form")) is not None:
            yield from (each for values in form.listvalues() for each in values)
