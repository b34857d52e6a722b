"""Every error as a page with a sentence, or the sentence alone where htmx or a script asked."""

import logging

from flask import Flask, Response, g, make_response, render_template, request
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import (
    Conflict,
    HTTPException,
    InternalServerError,
    RequestEntityTooLarge,
    ServiceUnavailable,
    default_exceptions,
)

from app import disk
from app.database import db
from app.logs import current
from app.throttle import TooOften
from app.web.htmx import wants_fragment

log = logging.getLogger(__name__)

HEADINGS = {
    400: "That request made no sense to us",
    403: "This door is closed",
    404: "There is no page here",
    405: "That cannot be done here",
    409: "Somebody was faster",
    413: "That is too large",
    416: "There is nothing at that point",
    422: "Something is missing",
    429: "A little slower, please",
    500: "Something broke on our side",
    503: "We will be right back",
    507: "There is no room left here",
}
SENTENCES = {
    400: "The address or the form was damaged on its way. Please go back and try again.",
    403: "You do not have the key to this page. Signing in with another account may help.",
    404: "The page may have moved, been taken back, or never existed.",
    405: "This address does not take that kind of request.",
    413: "What you sent is larger than this site accepts. Nothing was saved.",
    500: "It has been written down and nothing you sent before was lost. Please try again soon.",
    503: "The database is not answering. Please try again in a minute.",
    507: "The disk of this site is full, so what you sent was not saved. Everything that was here"
         " before is safe and can be read. Please keep your text and try again later.",
}
# In seconds: how soon whoever finds no database, or no room, should try again.
AGAIN = 60


COLLISION = ("Somebody saved the same thing at the same moment. Nothing of yours was changed:"
             " please go back and send it once more.")


class TooManyTries(HTTPException):
    """429 with the wait in words and in Retry-After."""

    code = 429

    def __init__(self, seconds: int) -> None:
        minutes = max(1, round(seconds / 60))
        super().__init__("Too many tries. Please wait "
                         f"{'a minute' if minutes == 1 else f'{minutes} minutes'} and try again.")
        self.seconds = seconds

    def get_headers(self, environ: object = None, scope: object = None) -> list[tuple[str, str]]:
        """Adds Retry-After (RFC 9110, section 10.2.3)."""
        return [("Content-Type", "text/html; charset=utf-8"), ("Retry-After", str(self.seconds))]


class NoRoom(HTTPException):
    """507 (RFC 4918, section 11.5): what was sent cannot be kept."""

    code = 507
    description = SENTENCES[507]


def init_app(app: Flask) -> None:
    """Answers every HTTP error, and every crash, with our own page."""
    app.register_error_handler(HTTPException, show)
    app.register_error_handler(TooOften, slow_down)
    app.register_error_handler(IntegrityError, collide)
    app.register_error_handler(OperationalError, without_database)
    app.register_error_handler(NoConnection, without_database)
    app.register_error_handler(DBAPIError, broken_off)
    app.register_error_handler(OSError, without_room)
    app.register_error_handler(Exception, crash)


def show(error: HTTPException) -> Response | HTTPException:
    """The page of an HTTP error; redirects and ready-made responses pass unchanged."""
    if error.response is not None or (error.code or 500) < 400:
        return error
    code = error.code or 500
    sentence = _sentence(error, code)
    template = "web/_sentence.html" if wants_fragment() else "web/error.html"
    # What broke is found in the log by this.
    reference = current().fields.get("request", "") if code >= 500 else ""
    page = render_template(template, code=code, sentence=sentence, reference=reference,
                           heading=HEADINGS.get(code, "That did not work"))
    response = make_response(page, code)
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response


def _sentence(error: HTTPException, code: int) -> str:
    if isinstance(error, RequestEntityTooLarge):
        return SENTENCES[413]
    default = default_exceptions[code].description if code in default_exceptions else None
    if error.description and error.description != default:
        return str(error.description)
    return SENTENCES.get(code, "Please go back and try again.")


def crash(error: Exception) -> Response | HTTPException:
    """Our page for what nobody expected; the traceback goes to the log only."""
    log.exception("%s %s failed", request.method, _route())
    # The page itself asks the database who is looking.
    db.session.rollback()
    return show(InternalServerError(original_exception=error))


def slow_down(error: TooOften) -> Response | HTTPException:
    """Whoever tries too often is told how long to wait: 429."""
    return show(TooManyTries(error.seconds))


def collide(error: IntegrityError) -> Response | HTTPException:
    """Two people wrote the same thing at once, and a constraint let one of them through."""
    log.warning("%s %s collided: %s", request.method, _route(), error.orig)
    db.session.rollback()
    return show(Conflict(COLLISION))


def without_database(error: DBAPIError | NoConnection) -> Response | HTTPException:
    """The database is away, overloaded or full: 503 or 507, and no query for the page either."""
    cause = getattr(error, "orig", None) or error
    log.error("%s %s found no database: %s", request.method, _route(), cause)
    _roll_back()
    if disk.is_full(cause):
        return show(NoRoom())
    return show(ServiceUnavailable(retry_after=AGAIN))


def broken_off(error: DBAPIError) -> Response | HTTPException:
    """Whatever a driver says when its server went away in the middle: 503. Else it is a bug."""
    return without_database(error) if error.connection_invalidated else crash(error)


def without_room(error: OSError) -> Response | HTTPException:
    """A file could not be written because the disk is full: 507. Else it is a bug."""
    if not disk.is_full(error):
        return crash(error)
    log.error("%s %s found no room on the disk: %s", request.method, _route(), error)
    _roll_back()
    return show(NoRoom())


def _roll_back() -> None:
    # The page would ask the database who is looking.
    g.nobody = True
    try:
        db.session.rollback()
    except DBAPIError:
        db.session.close()


def _route() -> str:
    # An address may hold a token.
    return request.url_rule.rule if request.url_rule else "an unknown address"
