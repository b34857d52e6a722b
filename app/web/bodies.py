"""Reading a request's body before anything waits for it.

On SQLite an unsafe request takes its place among the writers with its first query. A body that
arrives a byte a second must have arrived by then, or one slow sender would hold up all others; so
it is read whole before any query, files only once it is known who sends them.
"""

import re
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import unquote_to_bytes

from flask import Flask, abort, current_app, request

from app.web.safety import SAFE_METHODS

UNREADABLE = "Some signs could not be read. Please send the text as UTF-8."
_BEYOND_ASCII = re.compile(rb"%[89A-Fa-f]|[\x80-\xff]")
Route = TypeVar("Route", bound=Callable[..., object])


def init_app(app: Flask) -> None:
    """Reads every body but those with files at once."""
    app.before_request(refuse_nul)
    app.before_request(read_plain)


def takes_files(size: int) -> Callable[[Route], Route]:
    """Marks a locked route that takes files of up to `size` bytes beyond the usual limit."""
    def mark(route: Route) -> Route:
        route.takes_files = size  # type: ignore[attr-defined]
        return route
    return mark


def refuse_nul() -> None:
    """404 for a NUL in the address: PostgreSQL cannot even look for it."""
    if "\0" in request.path or "%00" in request.query_string.decode("latin-1"):
        abort(404)


def read_plain() -> None:
    """Reads the body of an unsafe request, unless its route takes files."""
    if request.method not in SAFE_METHODS and not _size_of_files():
        _read()


def read_files() -> None:
    """Reads the body of a request whose sender may send files. Call it with no transaction open."""
    if request.method not in SAFE_METHODS and (size := _size_of_files()):
        request.max_content_length = current_app.config["MAX_CONTENT_LENGTH"] + size
        _read()


def _size_of_files() -> int:
    view = current_app.view_functions.get(request.endpoint or "")
    return int(getattr(view, "takes_files", 0))


def _read() -> None:
    if request.mimetype == "application/x-www-form-urlencoded":
        _refuse_other_encodings(request.get_data(cache=True))
    _ = request.form


def _refuse_other_encodings(sent: bytes) -> None:
    """422 for a form in another encoding; Werkzeug would keep its bytes as they were sent."""
    if _BEYOND_ASCII.search(sent):
        try:
            unquote_to_bytes(sent).decode()
        except UnicodeDecodeError:
            abort(422, UNREADABLE)
