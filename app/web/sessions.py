"""What every request gets of the database, and what its answer may be kept for."""

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from werkzeug.routing import IntegerConverter, Map

from app.database import db, for_writing
from app.pagecache.answering import FOR_EVERYONE
from app.web.safety import SAFE_METHODS
from app.web.viewer import has_session


class RowNumber(IntegerConverter):
    """`<int:…>` in an address: what does not fit into a column is nobody's number, so 404."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**31 - 1)


class Sessions(SecureCookieSessionInterface):
    """Flask's, that makes nothing ready without a cookie, and what signs cookies only once."""

    _serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs the cookies of the one application that this is for."""
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a request; an empty one without a cookie."""
        if app.config["SESSION_COOKIE_NAME"] not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def init_app(app: Flask) -> None:
    """Unsafe requests write, and so wait in line from their first query on; all others read."""
    app.session_interface = Sessions()
    app.url_map.converters["int"] = RowNumber
    app.before_request(begin_as_writer)
    app.after_request(say_what_to_keep)


def begin_as_writer() -> None:
    """Gives an unsafe request a write session."""
    if request.method not in SAFE_METHODS:
        for_writing(db.session)


def say_what_to_keep(response: Response) -> Response:
    """A stranger's page may be kept if it is checked each time; anyone else's may not."""
    if "Cache-Control" in response.headers:
        return response
    personal = has_session() or "Set-Cookie" in response.headers
    if personal or request.method not in SAFE_METHODS or response.status_code != 200:
        response.headers["Cache-Control"] = "private, no-store"
    else:
        response.headers["Cache-Control"] = "public, no-cache"
        # What is kept for all gets marks of its own, for each encoding.
        if FOR_EVERYONE not in request.environ:
            response.add_etag()
            response.make_conditional(request)
    return response
