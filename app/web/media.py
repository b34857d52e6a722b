"""Uploaded files, sent with ranges so that a player can seek."""

from flask import Blueprint, Response, current_app, send_from_directory

media = Blueprint("media", __name__)


@media.get("/media/<name>")
def show(name: str) -> Response:
    """A file of the media store: 206 for a range, 416 for one past the end, kept for ever."""
    response = send_from_directory(current_app.config["MEDIA"], name, max_age=31536000)
    response.cache_control.public = True
    response.cache_control.immutable = True
    # A picture or a recording needs nothing; if it ever were a page, it could do nothing.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
