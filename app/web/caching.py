"""Puts the page cache ahead of Flask, and tells it what the routes declare."""

from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app import clock
from app.jobs import Jobs, wake
from app.metrics import Counter, Gauge
from app.pagecache import changing, telling
from app.pagecache.answering import FOR_A_CDN, PageCache
from app.pagecache.declaring import Cached
from app.pagecache.following import Follower
from app.pagecache.store import Pages


def init_app(app: Flask, engine: Engine, sessions: sessionmaker[Session],
             megabytes: int, answered: Counter, kept: Gauge, *, cdn: bool = False) -> None:
    """Logs what changes; with some megabytes to keep pages in, also keeps and shows them.

    What they answer is counted in `answered`, what they are in `kept`. A `cdn` that is told of
    changes may keep them, too.
    """
    changing.watch(engine, sessions)
    if not megabytes:
        return
    work: Jobs = app.extensions["jobs"]

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
            if cdn:
                work.ask(telling.JOB)

    event.listen(sessions, "after_commit", doubt)
    ahead = PageCache(app.wsgi_app, pages, follower, app.config["BASE_URL"], find, answered,
                      FOR_A_CDN if cdn else {})
    app.extensions["page_cache"] = ahead
    app.wsgi_app = ahead  # type: ignore[method-assign, assignment]


def declared(app: Flask, path: str) -> Cached | None:
    """What the route at this path declares of its pages, None if nothing."""
    try:
        endpoint, _values = app.url_map.bind("").match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    return getattr(app.view_functions[endpoint], "cached", None)


def tell(session: Session, cdn: telling.Cdn) -> None:
    """Tells the CDN what is due, and has the rest told later. Commits."""
    if pause := cdn.tell(session, clock.now()):
        wake(session, telling.JOB, clock.now() + pause)
        session.commit()
