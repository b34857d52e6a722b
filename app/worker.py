"""What the worker does: every job, with what it needs of the settings. Wiring."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol

from flask import Flask
from sqlalchemy.orm import Session

from app import clock, jobs, mail, media, throttle
from app.accounts import actions as accounts_actions
from app.comments import correcting, thanking
from app.comments.cases import retention
from app.config import Settings
from app.database import db, writing
from app.desk import searching as desk_searching
from app.entries import actions as entries_actions
from app.entries import searching as entries_searching
from app.feeds import actions as feeds_actions
from app.feeds import digests
from app.feeds.deal import claiming as feeds_claiming
from app.feeds.mending import lengthening, pictures
from app.feeds.polling import hubs
from app.operations import beating
from app.pagecache import log as purge_log
from app.pagecache import telling
from app.people import queries as people_queries
from app.readers import actions as readers_actions
from app.readers import notices as readers_notices
from app.rules import closing
from app.trigrams import indexing
from app.web import caching

Job = Callable[[Session], object]


class Timely(Protocol):
    """A job that needs nothing but the time."""

    def __call__(self, session: Session, /, *, now: datetime) -> object:
        """Does what is due."""


TIMELY: dict[str, Timely] = {
    entries_actions.JOB: entries_actions.publish_due,
    accounts_actions.JOB: accounts_actions.sweep,
    feeds_claiming.JOB: feeds_claiming.sweep,
    closing.JOB: closing.close_by_age,
    retention.JOB: retention.sweep,
    readers_actions.JOB: readers_actions.sweep,
    mail.SWEEP: mail.sweep,
    purge_log.JOB: purge_log.sweep,
    throttle.JOB: throttle.sweep,
    beating.JOB: beating.beat,
    thanking.JOB: thanking.count_due,
}
# Jobs that wait for servers of others.
WAITING = {feeds_actions.JOB, hubs.JOB, correcting.JOB, pictures.JOB, lengthening.JOB}
CORPORA = (desk_searching.CORPUS, people_queries.CORPUS, entries_searching.CORPUS)


def init_app(app: Flask, settings: Settings) -> None:
    """Makes every job known on the queue of these settings, for whoever asks and whoever works."""
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
        **{name: partial(_timely, job) for name, job in TIMELY.items()},
        media.JOB: lambda session: media.sweep(session, app.config["MEDIA"], clock.now()),
        indexing.JOB: lambda session: indexing.index(session, CORPORA, now=clock.now()),
        digests.JOB: lambda session: digests.write(session, now=clock.now(),
                                                   base_url=settings.base_url),
    }


def _timely(job: Timely, session: Session) -> object:
    return job(session, now=clock.now())


def _jobs_that_wait(app: Flask, settings: Settings) -> dict[str, Job]:
    asking: feeds_actions.Asking = app.extensions["asking"]
    picturing = pictures.Asking(asking.agent, asking.allow, app.config["MEDIA"])
    found: dict[str, Job] = {
        feeds_actions.JOB: lambda session: feeds_actions.visit_due(session, asking, clock.now),
        hubs.JOB: lambda session: hubs.follow(session, asking, settings.base_url, clock.now),
        correcting.JOB: lambda session: correcting.tell_due(
            session, app.extensions["spam_service"], clock.now),
        lengthening.JOB: lambda session: lengthening.take_due(session, asking, clock.now),
        pictures.JOB: lambda session: pictures.fetch_due(session, picturing, clock.now),
    }
    if settings.cdn_purge_url:
        cdn = telling.Cdn(settings.cdn_purge_url, settings.base_url)
        found[telling.JOB] = partial(caching.tell, cdn=cdn)
    return found


def _in_session(app: Flask, body: Job) -> None:
    with app.app_context(), writing() as session:
        body(session)
