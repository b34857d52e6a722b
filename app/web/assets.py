"""Our stylesheets as one file, and every static file under an address that changes with it."""

import hashlib
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, send_from_directory

FOREVER = 31536000
bundle = Blueprint("assets", __name__)


class Assets:
    """The static files as they were when the application started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stylesheet = _concatenate(folder / "css")
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
    for file in sorted((*folder.glob("js/*"), *folder.glob("img/*"), *folder.glob("vendor/**/*"))):
        if file.is_file():
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def init_app(app: Flask, folder: Path) -> None:
    """Reads the static files once and gives templates `asset('js/desk.js')`."""
    assets = Assets(folder)
    app.extensions["assets"] = assets
    app.jinja_env.globals["asset"] = assets.path
    app.register_blueprint(bundle)


@bundle.get("/assets/<version>/<path:name>")
def show(version: str, name: str) -> Response:
    """A static file. An old version is sent too, but not kept: its page is older than the file."""
    assets: Assets = current_app.extensions["assets"]
    if name == "css/site.css":
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
