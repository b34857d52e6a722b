"""Puts the page cache ahead of Flask, and tells it what the routes declare."""

from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.metrics import Counter, Gauge
from app.pagecache import changing
from app.pagecache.answering import PageCache
from app.pagecache.declaring import Cached
from app.pagecache.following import Follower
from app.pagecache.store import Pages


def init_app(app: Flask, engine: Engine, sessions: sessionmaker[Session],
             megabytes: int, answered: Counter, kept: Gauge) -> None:
    """Logs what changes; with some megabytes to keep pages in, also keeps and shows them.

    What they answer is counted in `answered`, what they are in `kept`.
    """
    changing.watch(engine, sessions)
    if not megabytes:
        return

    def watch(number: int, size: int) -> None:
        kept.set(number, "pages")
        kept.set(size, "bytes")

    pages = Pages(megabytes * 1024 * 1024, watch)
    follower = Follower(engine, pages)

    def find(path: str) -> Cached | None:
        return declared(app, path)

    def doubt(session: Session) -> None:
        if changing.wrote():
            follower.doubt()

    event.listen(sessions, "after_commit", doubt)
    ahead = PageCache(app.wsgi_app, pages, follower, app.config["BASE_URL"], find, answered)
    app.extensions["page_cache"] = ahead
    app.wsgi_app = ahead  # type: ignore[method-assign, assignment]


def declared(app: Flask, path: str) -> Cached | None:
    """What the route at this path declares of its pages, None if nothing."""
    try:
        endpoint, _values = app.url_map.bind("").match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    return getattr(app.view_functions[endpoint], "cached", None)
