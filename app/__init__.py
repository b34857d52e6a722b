"""Lectern. Wiring: the only place, besides the command line, that knows every subject."""

import gc

# A thousand modules come in and none goes: to look for garbage meanwhile takes a fifth of the time.
gc.disable()

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from app import clock, dialects, jobs, mail, media, throttle
from app.accounts import actions as accounts_actions
from app.accounts import desk as accounts_desk
from app.accounts import routes as accounts_routes
from app.comments import correcting, thanking
from app.comments import owning as comments_owning
from app.comments import review as comments_review
from app.comments import routes as comments_routes
from app.comments.cases import answering, appealing, retention
from app.comments.cases import routes as cases_routes
from app.config import BadSetting, Settings
from app.database import Model, db, prepare

# Under its own name it would be overwritten by the subject `app.writing`.
from app.database import writing as write_session
from app.desk import desk as queue_desk
from app.desk import kinds
from app.desk import searching as desk_searching
from app.desk.deciding import desk as deciding_desk
from app.desk.motion import desk as motion_desk
from app.desk.records import desk as records_desk
from app.entries import actions as entries_actions
from app.entries import desk as entries_desk
from app.entries import reading, shelving
from app.entries import searching as entries_searching
from app.episodes import desk as episodes_desk
from app.episodes import queries as episodes_queries
from app.episodes import routes as episodes_routes
from app.feeds import actions as feeds_actions
from app.feeds import desk as feeds_desk
from app.feeds import digests
from app.feeds import review as feeds_review
from app.feeds import standing as feeds_standing
from app.feeds.changes import desk as feed_changes_desk
from app.feeds.changes import review as feed_changes_review
from app.feeds.deal import claiming as feeds_claiming
from app.feeds.deal import desk as feeds_deal_desk
from app.feeds.deal import routes as feeds_deal_routes
from app.feeds.keeping import desk as feeds_keeping_desk
from app.feeds.lists import desk as feeds_lists_desk
from app.feeds.mending import desk as repairs_desk
from app.feeds.mending import lengthening, pictures
from app.feeds.polling import hubs
from app.feeds.polling import routes as polling_routes
from app.fetch import Allow
from app.media import open_store
from app.metrics import Numbers
from app.operations import beating
from app.operations import routes as operations_routes
from app.operations.readiness import Readiness
from app.pagecache import log as purge_log
from app.pagecache import telling
from app.pages import routes as pages_routes
from app.people import desk as people_desk
from app.people import queries as people_queries
from app.posts import desk as posts_desk
from app.posts import routes as posts_routes
from app.readers import actions as readers_actions
from app.readers import belongings
from app.readers import notices as readers_notices
from app.readers import routes as readers_routes
from app.rules import closing, proof
from app.rules import desk as rules_desk
from app.rules import routes as rules_routes
from app.rules.akismet import Service
from app.rules.sanctioning import desk as sanctions_desk
from app.syndication import routes as syndication_routes
from app.trigrams import indexing
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
from app.writing import review as writing_review
from app.writing import routes as writing_routes

gc.freeze()
gc.enable()

ROOT = Path(__file__).resolve().parent.parent
BODY_LIMIT = 2 * 1024 * 1024

Job = Callable[[Session], object]

BLUEPRINTS = (
    media_routes.media, pages_routes.pages, posts_routes.posts, episodes_routes.episodes,
    comments_routes.comments, cases_routes.cases, rules_routes.rules, readers_routes.readers,
    feeds_deal_routes.deal, syndication_routes.syndication, polling_routes.polling,
    accounts_routes.accounts, accounts_routes.own, writing_routes.writing,
    operations_routes.operations, queue_desk.desk, deciding_desk.deciding, motion_desk.moving,
    records_desk.records, entries_desk.desk, posts_desk.desk, episodes_desk.desk, people_desk.desk,
    feeds_desk.desk, feeds_keeping_desk.desk, feeds_lists_desk.desk, feeds_deal_desk.desk,
    feed_changes_desk.desk, repairs_desk.desk, accounts_desk.desk, rules_desk.desk,
    sanctions_desk.desk,
)
KINDS = (comments_review.kind, answering.kind, appealing.kind, writing_review.kind,
         feeds_review.kind, feed_changes_review.changed, feed_changes_review.gone)
# Jobs that wait for servers of others.
WAITING = {feeds_actions.JOB, hubs.JOB, correcting.JOB, pictures.JOB,
           lengthening.JOB}
BELONGINGS = (comments_owning.belongings,)
CORPORA = (desk_searching.CORPUS, people_queries.CORPUS, entries_searching.CORPUS)


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings, by default those of the environment.

    Raises config.BadSetting for a setting that is unknown or cannot be used.
    """
    settings = settings or Settings.read(os.environ)
    app = Flask("lectern", root_path=str(ROOT), template_folder="templates", static_folder=None)
    numbers = app.extensions["numbers"] = Numbers(settings.metrics)
    _configure(app, settings)
    _connect(app, settings)
    app.extensions["sums"] = proof.Sums(app.config["SECRET_KEY"])
    app.extensions["spam_service"] = (Service(settings.spam_service_url, settings.base_url)
                                      if settings.spam_service_url else None)
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
    _register_jobs(app, settings)
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


def _register_jobs(app: Flask, settings: Settings) -> None:
    work = jobs.Jobs(jobs.make_queue(settings.queue_url, settings.data),
                     app.extensions["numbers"])
    app.extensions["jobs"] = work
    with app.app_context():
        work.follow(db.sessionmaker)

    # Those that wait for other people's servers come last.
    for name, body in {**_jobs(app, settings), **_jobs_that_wait(app, settings)}.items():
        work.register(name, partial(_in_session, app, body), alone=name in WAITING)


def _jobs(app: Flask, settings: Settings) -> dict[str, Job]:
    sender = mail.sender(settings.title, settings.base_url)
    deliver = mail.transport(settings.mail_url, settings.outbox)
    return {
        readers_notices.JOB: lambda session: readers_notices.send_due(
            session, settings.base_url, now=clock.now()),
        mail.JOB: lambda session: mail.send_due(session, deliver, sender, clock.now,
                                                  settings.base_url),
        entries_actions.JOB: lambda session: entries_actions.publish_due(session, now=clock.now()),
        accounts_actions.JOB: lambda session: accounts_actions.sweep(session, now=clock.now()),
        feeds_claiming.JOB: lambda session: feeds_claiming.sweep(session, now=clock.now()),
        closing.JOB: lambda session: closing.close_by_age(session, now=clock.now()),
        retention.JOB: lambda session: retention.sweep(session, now=clock.now()),
        readers_actions.JOB: lambda session: readers_actions.sweep(session, now=clock.now()),
        mail.SWEEP: lambda session: mail.sweep(session, clock.now()),
        media.JOB: lambda session: media.sweep(session, app.config["MEDIA"], clock.now()),
        purge_log.JOB: lambda session: purge_log.sweep(session, clock.now()),
        throttle.JOB: lambda session: throttle.sweep(session, clock.now()),
        beating.JOB: lambda session: beating.beat(session, clock.now()),
        indexing.JOB: lambda session: indexing.index(session, CORPORA, now=clock.now()),
        correcting.JOB: lambda session: correcting.tell_due(
            session, app.extensions["spam_service"], clock.now),
        digests.JOB: lambda session: digests.write(session, now=clock.now(),
                                                   base_url=settings.base_url),
        thanking.JOB: lambda session: thanking.count_due(session, now=clock.now()),
    }


def _jobs_that_wait(app: Flask, settings: Settings) -> dict[str, Job]:
    asking = feeds_actions.Asking(f"Lectern (+{settings.base_url}/bot)",
                                  Allow.parse(settings.feed_allow))
    app.extensions["asking"] = asking
    picturing = pictures.Asking(asking.agent, asking.allow, app.config["MEDIA"])
    found: dict[str, Job] = {
        feeds_actions.JOB: lambda session: feeds_actions.visit_due(session, asking, clock.now),
        hubs.JOB: lambda session: hubs.follow(session, asking, settings.base_url, clock.now),
        lengthening.JOB: lambda session: lengthening.take_due(session, asking, clock.now),
        pictures.JOB: lambda session: pictures.fetch_due(session, picturing, clock.now),
    }
    if settings.cdn_purge_url:
        cdn = telling.Cdn(settings.cdn_purge_url, settings.base_url)
        found[telling.JOB] = partial(caching.tell, cdn=cdn)
    return found


def _in_session(app: Flask, body: Job) -> None:
    with app.app_context(), write_session() as session:
        body(session)
