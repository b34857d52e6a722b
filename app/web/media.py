"""Uploaded files, sent with ranges so that a player can seek."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable, ServiceUnavailable
from werkzeug.wrappers import Response as BaseResponse

from app.media import Missing, Store, StoreFailed
from app.media.store import content_type

media = Blueprint("media", __name__)
FOREVER = 31_536_000
AWAY = "This file cannot be fetched just now. Please try again in a minute."
# Much less than the address is good for, so that a player may go on asking for parts.
TOLD_FOR = "public, max-age=3600"


@media.get("/media/<name>")
def show(name: str) -> BaseResponse:
    """A file of the media store: 206 for a range, 416 for one past the end, kept for ever.

    A recording in a bucket is fetched from there: it would keep one of our threads for as long as
    somebody's line takes. Only the way to it is ours.
    """
    store: Store = current_app.config["MEDIA"]
    try:
        address = store.address(name)
        if address is None:
            return _sent(store, name)
        return _told(store, name) if request.method == "HEAD" else _led(address)
    except Missing:
        abort(404)
    except StoreFailed as error:
        current_app.logger.error("%s", error)
        raise ServiceUnavailable(AWAY) from error


def _sent(store: Store, name: str) -> Response:
    size = store.size(name)
    if size is None:
        raise Missing(name)
    response = send_file(store.open(name), content_type(name), etag=name, max_age=FOREVER,
                         conditional=False)
    response.content_length = size
    try:
        response.make_conditional(_asked(), accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
    return _dressed(response)


def _asked() -> dict[str, Any]:
    """What is asked for, without a range that is ignored (RFC 9110, section 14.2): one that makes
    no sense or has another unit must be, one of several parts may be.
    """
    wanted, environ = request.range, dict(request.environ)
    one = wanted is not None and wanted.units == "bytes" and len(wanted.ranges) == 1
    if request.method == "HEAD" or not one:
        environ.pop("HTTP_RANGE", None)
    return environ


def _told(store: Store, name: str) -> Response:
    size = store.size(name)
    if size is None:
        raise Missing(name)
    response = Response(mimetype=content_type(name), headers={"Accept-Ranges": "bytes"})
    response.content_length = size
    response.set_etag(name)
    return _dressed(response)


def _led(address: str) -> BaseResponse:
    response = redirect(address, 302)
    response.headers["Cache-Control"] = TOLD_FOR
    return response


def _dressed(response: Response) -> Response:
    response.cache_control.public = True
    response.cache_control.max_age = FOREVER
    response.cache_control.immutable = True
    # A picture or a recording needs nothing; if it ever were a page, it could do nothing.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
