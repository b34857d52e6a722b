"""What every request must pass and every response must carry."""

from collections.abc import Callable
from functools import cache
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from flask.views import View
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as BaseResponse

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self';"
    " media-src 'self'{media}; connect-src 'self'; manifest-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors {ancestors}"
)
Route = TypeVar("Route", bound=Callable[..., object])


class ForeignRequest(Forbidden):
    """A change was asked for by another site's page."""

    description = "This form was sent from another site, so nothing was changed."


def for_machines(route: Route) -> Route:
    """Marks an address that machines post to: no browser headers needed, no cookie believed."""
    route.for_machines = True  # type: ignore[attr-defined]
    return route


def frameable(route: Route) -> Route:
    """Marks a page that other sites may show in a frame."""
    route.frameable = True  # type: ignore[attr-defined]
    return route


def init_app(app: Flask) -> None:
    """Guards every unsafe request and dresses every response."""
    app.before_request(refuse_foreign_requests)
    app.after_request(add_headers)


def refuse_foreign_requests() -> None:
    """Cross-site request forgery is refused by what browsers say of a request's origin.

    Sec-Fetch-Site must be same-origin or none; where a client sends none of it, Origin must be
    ours. Without either header it was no browser, and so nobody's cookie was abused.
    Rule: OWASP's CSRF cheat sheet, "Fetch Metadata headers"; Go's net/http does the same.
    """
    if request.method in SAFE_METHODS or _marked("for_machines"):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise ForeignRequest()
    elif (origin := request.headers.get("Origin")) is not None and not _is_ours(origin):
        raise ForeignRequest()


def _is_ours(origin: str) -> bool:
    base = urlsplit(current_app.config["BASE_URL"])
    return origin in {request.host_url.rstrip("/"), f"{base.scheme}://{base.netloc}"}


def _marked(name: str) -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, name, False)) and not isinstance(view, View)


def add_headers(response: Response) -> Response:
    """The headers of architecture's safety section, on every answer, errors included."""
    config = current_app.config
    usual = _usual(config["MEDIA"].origin, _marked("frameable"), config["SESSION_COOKIE_SECURE"])
    said = {name for name, _value in response.headers}
    response.headers.extend(each for each in usual if each[0] not in said)
    return response


@cache
def _usual(media: str, framed: bool, secure: bool) -> tuple[tuple[str, str], ...]:
    """What an answer gets that says nothing else of itself."""
    policy = POLICY.format(ancestors="*" if framed else "'none'",
                           media=f" {media}" if media else "")
    alone = (("Cross-Origin-Opener-Policy", "same-origin"), ("X-Frame-Options", "DENY"))
    return (("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "strict-origin-when-cross-origin"),
            ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
            *(() if framed else alone),
            *((("Strict-Transport-Security", "max-age=31536000"),) if secure else ()))


def keep_to_oneself(response: BaseResponse) -> BaseResponse:
    """Marks an answer as one person's: kept and listed nowhere, its address passed on to nobody."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def local_path(target: str | None) -> str | None:
    """`target` if it is a path on this site, else None: what `next=` may be.

    Browsers read a backslash as a slash and drop tabs and line breaks, so none may be in it.
    """
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return None
    if any(sign <= " " or sign in "\\\x7f" for sign in target) or len(target) > 500:
        return None
    return target
