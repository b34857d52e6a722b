"""Lectern. Wiring: only this, the worker's part and the command line know every subject."""

import gc

# A thousand modules come in and none goes: to look for garbage meanwhile takes a fifth of the time.
gc.disable()

import os
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import dialects, worker
from app.accounts import desk as accounts_desk
from app.accounts import routes as accounts_routes
from app.comments import owning as comments_owning
from app.comments import review as comments_review
from app.comments import routes as comments_routes
from app.comments.cases import answering, appealing
from app.comments.cases import routes as cases_routes
from app.config import BadSetting, Settings
from app.database import Model, db, prepare
from app.desk import desk as queue_desk
from app.desk import kinds
from app.desk.bulk import desk as bulk_desk
from app.desk.deciding import desk as deciding_desk
from app.desk.motion import desk as motion_desk
from app.desk.records import desk as records_desk
from app.entries import desk as entries_desk
from app.entries import reading, shelving
from app.episodes import desk as episodes_desk
from app.episodes import queries as episodes_queries
from app.episodes import routes as episodes_routes
from app.feeds import actions as feeds_actions
from app.feeds import desk as feeds_desk
from app.feeds import review as feeds_review
from app.feeds import standing as feeds_standing
from app.feeds.changes import desk as feed_changes_desk
from app.feeds.changes import review as feed_changes_review
from app.feeds.deal import desk as feeds_deal_desk
from app.feeds.deal import routes as feeds_deal_routes
from app.feeds.keeping import desk as feeds_keeping_desk
from app.feeds.lists import desk as feeds_lists_desk
from app.feeds.mending import desk as repairs_desk
from app.feeds.polling import routes as polling_routes
from app.fetch import Allow
from app.media import open_store
from app.metrics import Numbers
from app.operations import routes as operations_routes
from app.operations.readiness import Readiness
from app.pages import routes as pages_routes
from app.people import desk as people_desk
from app.posts import desk as posts_desk
from app.posts import routes as posts_routes
from app.readers import belongings
from app.readers import routes as readers_routes
from app.rules import desk as rules_desk
from app.rules import proof
from app.rules import routes as rules_routes
from app.rules.akismet import Service
from app.rules.sanctioning import desk as sanctions_desk
from app.syndication import routes as syndication_routes
from app.web import (
    assets,
    bodies,
    caching,
    compiled,
    errors,
    htmx,
    observing,
    pieces,
    routing,
    safety,
    sessions,
    templating,
    turns,
)
from app.web import media as media_routes
from app.web.application import Application
from app.writing import review as writing_review
from app.writing import routes as writing_routes

gc.freeze()
gc.enable()

ROOT = Path(__file__).resolve().parent.parent
BODY_LIMIT = 2 * 1024 * 1024

BLUEPRINTS = (
    media_routes.media, pages_routes.pages, posts_routes.posts, episodes_routes.episodes,
    comments_routes.comments, cases_routes.cases, rules_routes.rules, readers_routes.readers,
    feeds_deal_routes.deal, syndication_routes.syndication, polling_routes.polling,
    accounts_routes.accounts, accounts_routes.own, writing_routes.writing,
    operations_routes.operations, queue_desk.desk, deciding_desk.deciding, bulk_desk.many,
    motion_desk.moving, records_desk.records, entries_desk.desk, posts_desk.desk,
    episodes_desk.desk, people_desk.desk, feeds_desk.desk, feeds_keeping_desk.desk,
    feeds_lists_desk.desk, feeds_deal_desk.desk, feed_changes_desk.desk, repairs_desk.desk,
    accounts_desk.desk, rules_desk.desk, sanctions_desk.desk,
)
KINDS = (comments_review.kind, answering.kind, appealing.kind, writing_review.kind,
         feeds_review.kind, feed_changes_review.changed, feed_changes_review.gone)
BELONGINGS = (comments_owning.belongings,)


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings, by default those of the environment.

    Raises config.BadSetting for a setting that is unknown or cannot be used.
    """
    settings = settings or Settings.read(os.environ)
    app = Application("lectern", root_path=str(ROOT), template_folder="templates",
                      static_folder=None)
    numbers = app.extensions["numbers"] = Numbers(settings.metrics)
    _configure(app, settings)
    _connect(app, settings)
    app.extensions["sums"] = proof.Sums(app.config["SECRET_KEY"])
    app.extensions["spam_service"] = (Service(settings.spam_service_url, settings.base_url)
                                      if settings.spam_service_url else None)
    app.extensions["asking"] = feeds_actions.Asking(f"Lectern (+{settings.base_url}/bot)",
                                                    Allow.parse(settings.feed_allow))
    for part in (routing, safety, bodies, sessions, errors, templating, pieces, htmx.htmx,
                 accounts_routes):
        part.init_app(app)
    compiled.init_app(app, settings.data / "templates")
    assets.init_app(app, ROOT / "static")
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for kind in KINDS:
        kinds.register(kind)
    reading.register("episodes", episodes_queries.natures)
    for each in BELONGINGS:
        belongings.register(each)
    worker.init_app(app, settings)
    requests = observing.Requests(numbers)
    observing.init_app(app, requests, proxied=bool(settings.trusted_proxies))
    # Last, so that they stand before all that the others have put around the application.
    with app.app_context():
        app.extensions["readiness"] = Readiness(db.engine, app.extensions["jobs"].queue)
        caching.init_app(app, db.engine, db.sessionmaker, settings.page_cache, requests.answered,
                         requests.kept, cdn=bool(settings.cdn_purge_url))
    assets.put_ahead(app, requests.answered)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    _make_directory(settings.data)
    app.config.update(
        SECRET_KEY=settings.secret(), SETTINGS=settings, BASE_URL=settings.base_url,
        TITLE=settings.title, LANGUAGE=settings.language,
        MEDIA=open_store(settings, os.environ),
        MAX_CONTENT_LENGTH=BODY_LIMIT, MAX_FORM_MEMORY_SIZE=BODY_LIMIT,
        SESSION_COOKIE_NAME="lectern_session", SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SECURE=settings.secure,
        # Sent again with every answer, the cookie would stand beside files that caches keep.
        SESSION_REFRESH_EACH_REQUEST=False,
        SQLALCHEMY_ENGINES={"default": settings.database},
    )
    turns.init_app(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _make_directory(path: Path) -> None:
    try:
        # Mail that waits and what only editors may read are in it.
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(f"LECTERN_DATA: {path} cannot be used ({error.strerror}).") from error


def _connect(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    # The extension's last teardown closes async sessions, which nobody here opens, by starting a
    # thread with an event loop after every request.
    app.teardown_appcontext_funcs.pop()
    with app.app_context():
        prepare(db.engine)
        dialects.complete(Model.metadata, db.engine)
        shelving.watch(db.sessionmaker)
        feeds_standing.watch(db.sessionmaker)
