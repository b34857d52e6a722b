"""Our stylesheets as one file, and every static file under an address that changes with it."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, send_from_directory
from werkzeug.test import create_environ

from app.metrics import Counter
from app.pagecache.answering import Application, Environ, PageCache, Start, answer, call
from app.pagecache.page import CODINGS, Page, Representation
from app.web.observing import ROUTE, UNASKED

FOREVER = 31536000
SHEET = "css/site.css"
# What compression makes smaller; fonts and pictures are as small as they get.
TEXTS = (".css", ".js", ".svg")
bundle = Blueprint("assets", __name__)


class Assets:
    """The static files as they were when the application started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stylesheet = _concatenate(folder / "css")
        self.names = [SHEET, *(path.relative_to(folder).as_posix() for path in _files(folder))]
        self.version = _fingerprint(folder, self.stylesheet)

    def path(self, name: str) -> str:
        """The address of a static file; browsers may keep it for ever."""
        return f"/assets/{self.version}/{name}"


def _concatenate(folder: Path) -> bytes:
    names = (folder / "order.txt").read_text().split()
    # Below /assets/<version>/css/ the fonts are neighbours and share the version.
    return b"\n".join((folder / name).read_bytes() for name in names).replace(b"/static/", b"../")


def _fingerprint(folder: Path, stylesheet: bytes) -> str:
    digest = hashlib.sha256(stylesheet)
    for file in _files(folder):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _files(folder: Path) -> list[Path]:
    found = (*folder.glob("js/*"), *folder.glob("img/*"), *folder.glob("vendor/**/*"))
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))


class Packed(Page):
    """A file that no compression makes smaller."""

    __slots__ = ()

    def representation(self, coding: str) -> Representation:
        """The file as it is, whatever its reader could unpack."""
        return super().representation("identity")


class Ahead:
    """WSGI middleware ahead of all else: the files of this version as ready bytes.

    What is said with each is what its route says, asked once.
    """

    def __init__(self, application: Application, source: Application, assets: Assets,
                 answered: Counter) -> None:
        """`source` is asked for the files, `application` for all else."""
        self._application, self._source, self._answered = application, source, answered
        self._files: dict[str, Page | None] = dict.fromkeys(map(assets.path, assets.names))

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answers one request."""
        path = environ["PATH_INFO"]
        if path not in self._files or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._application(environ, start)
        page = self._files[path] or self._make(path)
        if page is None:
            return self._application(environ, start)
        return answer(page, environ, start, self._answered)

    def prepare(self) -> None:
        """Reads and compresses everything, so that processes forked from this one share it."""
        for path in self._files:
            if page := self._make(path):
                for coding in CODINGS:
                    page.representation(coding)

    def _make(self, path: str) -> Page | None:
        # Nobody has asked for it yet.
        bare = {**create_environ(path), UNASKED: True}
        status, headers, body = call(self._source, bare)
        if not status.startswith("200"):
            return None
        kind = Page if path.endswith(TEXTS) else Packed
        page = self._files[path] = kind(headers, body, (), 0.0, bare.get(ROUTE, ""))
        return page


def init_app(app: Flask, folder: Path) -> None:
    """Reads the static files once and gives templates `asset('js/desk.js')`."""
    assets = Assets(folder)
    app.extensions["assets"] = assets
    app.jinja_env.globals["asset"] = assets.path
    app.register_blueprint(bundle)


def put_ahead(app: Flask, answered: Counter) -> None:
    """Answers for static files before anything else does. Call it last."""
    # Whoever keeps pages has a thread that follows what changes; none must be there at a fork.
    cache: PageCache | None = app.extensions.get("page_cache")
    ahead = Ahead(app.wsgi_app, cache.application if cache else app.wsgi_app,
                  app.extensions["assets"], answered)
    app.extensions["assets_ahead"] = ahead
    app.wsgi_app = ahead  # type: ignore[method-assign, assignment]


@bundle.get("/assets/<version>/<path:name>")
def show(version: str, name: str) -> Response:
    """A static file. An old version is sent too, but not kept: its page is older than the file."""
    assets: Assets = current_app.extensions["assets"]
    if name == SHEET:
        response = Response(assets.stylesheet, mimetype="text/css")
    elif name.startswith("css/") or any(part.startswith(".") for part in name.split("/")):
        abort(404)
    else:
        response = send_from_directory(assets.folder, name)
    # Flask says no-cache of every file; these are kept, for their address names their version.
    response.cache_control.no_cache = None
    response.cache_control.public = True
    response.cache_control.max_age = FOREVER if version == assets.version else 0
    response.cache_control.immutable = version == assets.version
    return response
