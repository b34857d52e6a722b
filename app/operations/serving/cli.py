"""Commands that run the site."""

import os
import socket

import click
from flask import current_app
from flask.cli import ScriptInfo, with_appcontext

from app import logs
from app.config import Settings
from app.database import db
from app.operations.serving.answering import listen
from app.operations.serving.succeeding import inherited
from app.operations.serving.watching import run_server
from app.operations.serving.working import run_worker


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=lambda: os.cpu_count() or 1, type=click.IntRange(1, 64),
              help="Web processes; as many as processors by default.")
@click.option("--no-worker", is_flag=True, help="Serve pages only; run `lectern worker` elsewhere.")
@click.pass_obj
def serve(found: ScriptInfo, host: str, port: int, workers: int, no_worker: bool) -> None:
    """Serve the site, with the background worker beside it. SIGHUP reloads it."""
    logs.configure(Settings.read(os.environ).log)
    listening, old = inherited()
    listening = listening or _listen(host, port, workers)
    os.environ.setdefault("LECTERN_BASE_URL", _own_address(host, port))
    app = found.load_app()
    app.extensions["assets_ahead"].prepare()
    # A connection must not be shared by processes.
    with app.app_context():
        db.engine.dispose()
    run_server(listening, old, app, None if no_worker else app.extensions["jobs"])


def _own_address(host: str, port: int) -> str:
    # Whoever listens everywhere is reached by some name we do not know; loopback is one of them.
    name = "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _listen(host: str, port: int, workers: int) -> list[socket.socket]:
    try:
        return listen(host, port, workers)
    except OSError as error:
        raise click.ClickException(
            f"Nothing can listen on {host}:{port} ({error.strerror}). Choose another --port."
        ) from error


@click.command()
@with_appcontext
def worker() -> None:
    """Run the background worker alone."""
    logs.configure(current_app.config["SETTINGS"].log)
    run_worker(current_app.extensions["jobs"])
