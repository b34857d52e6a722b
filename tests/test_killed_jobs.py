"""Every job is killed by the kernel at each of its transactions, and has its effect once.

Everything is due at once, for all of them; each job is ended in a process of its own at every
beginning and every end of a transaction, on the same database, and then runs again.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import create_app, mail, media, throttle
from app.accounts import actions as accounts
from app.accounts.models import Role, SignIn
from app.comments import actions as comments
from app.comments import correcting, thanking
from app.comments.cases import retention
from app.comments.models import Comment, Thanks
from app.config import Settings
from app.database import db, for_writing, writer_of
from app.desk import searching as desk_searching
from app.desk.models import ReviewItem, Verb
from app.entries import actions as entries
from app.entries.models import Entry, EntryState
from app.feeds import actions as feeds
from app.feeds import digests
from app.feeds.deal import claiming
from app.feeds.deal.models import ClaimState, FeedClaim
from app.feeds.mending import lengthening, pictures
from app.feeds.models import FeedItem, Show
from app.feeds.polling import hubs
from app.feeds.polling.models import FeedSubscription
from app.mail import OutgoingMail
from app.media import Media
from app.operations import beating
from app.operations.models import Heartbeat
from app.pagecache import log as purge_log
from app.pagecache.log import Purge
from app.readers import actions as readers
from app.readers import notices
from app.readers.models import MagicLink, Notice, Reader
from app.rules import closing
from app.rules.akismet import HAM
from app.rules.models import Rulebook
from app.throttle import Attempts
from app.trigrams import indexing, searching
from app.trigrams.models import Unindexed
from tests.conftest import NOON, FakeClock
from tests.databases import copied
from tests.feeds.documents import Item, rss
from tests.feeds.feed_server import FeedServer
from tests.feeds.mending.test_full_text import PAGE, SHORT
from tests.feeds.mending.test_pictures import jpeg
from tests.killing import at_transaction, in_child
from tests.making import Maker
from tests.rules.spam_service import SpamService
from tests.snapshots import snapshot

LONG_AGO = NOON - timedelta(days=400)


class Stage:
    """A site for which everything is due, and the servers that its jobs talk to."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.server, self.service = FeedServer(), SpamService()
        self.time = FakeClock()
        self.service.says("Thanks for making the web a better place.")
        self.data = folder / "data"
        self.app = create_app(replace(
            settings, data=self.data, spam_service_url=self.service.url, base_url="https://site.example",
            feed_allow=f"127.0.0.1:{self.server.port}"))
        self.jobs = self.app.extensions["jobs"]
        with self.app.app_context(), for_writing(db.sessionmaker()) as session:
            Preparation(self, session).everything()
            session.commit()
        self.rest()
        self._ready = snapshot(settings.database, folder)

    def rest(self) -> None:
        """Closes all connections, so that the database can be changed and processes split."""
        with self.app.app_context():
            db.engine.dispose()

    def begin(self) -> None:
        """Everything is due again."""
        self.time.moment = NOON
        for path in (self.data / "outbox", self.data / "media"):
            shutil.rmtree(path, ignore_errors=True)
        self._ready.bring_back()
        (self.data / "media").mkdir(parents=True)
        orphan = self.data / "media" / "orphan.webp"
        orphan.write_bytes(b"nobody's")
        os.utime(orphan, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))

    def run(self, job: str, die_at: int | None = None) -> None:
        """One round of a job, which is perhaps killed."""
        with self.app.app_context():
            if die_at is not None:
                at_transaction({db.engine, writer_of(db.engine)}, die_at)
            self.jobs._jobs[job]()

    def kill(self, job: str, at: int) -> bool:
        """Whether a round of a job still was at work at its transaction of this number."""
        ended = in_child(lambda: self.run(job, at))
        assert ended in {0, -9}
        return ended == -9

    def close(self) -> None:
        self.server.close()
        self.service.close()
        self.rest()
        self._ready.close()


class Preparation:
    """Makes something due for every job."""

    def __init__(self, stage: Stage, session: Session) -> None:
        self.stage, self.session = stage, session
        self.make = Maker(session, stage.time.now)

    def everything(self) -> None:
        self.words()
        self.readers()
        self.feeds()
        self.old_rows()

    def words(self) -> None:
        """A post that is due, one to be closed, thanks to count, words to erase and to report."""
        due = self.make.post("Due", published=False)
        entries.publish(self.session, due, now=NOON - timedelta(hours=2),
                        at=NOON - timedelta(hours=1))
        self.session.add(Rulebook(rules=[{"name": "closed", "on": True, "settings": {"days": 9}}],
                                  saved_at=LONG_AGO, saved_by="Ed"))
        old = self.make.post("Old")
        old.published_at = LONG_AGO
        comment = self.make.comment(old, "Thanked", approved=True)
        for voter in "abc":
            self.session.add(Thanks(comment_id=comment.id, voter=voter, created_at=LONG_AGO,
                                    counted=False, taken_back=False))
        comment.service, comment.network, comment.learned_as = "spam", "8.8.8.0/24", HAM
        comment.tell_at = NOON
        erased = self.make.comment(old, "To be erased")
        self.make.decision(self.make.item(comments.KIND, erased.id), Verb.REJECT)
        erased.ended_at = LONG_AGO
        item = self.session.get_one(ReviewItem, 1)
        item.person, item.unindexed = "Reworded", Unindexed.REWORDED

    def readers(self) -> None:
        """A notice and a mail that are due."""
        reader = Reader(email="rita@reader.example", name="Rita", confirmed_at=LONG_AGO)
        self.session.add(reader)
        self.session.flush()
        for number in range(2):
            notices.note(self.session, reader, about=f"x:{number}", subject="News", body="Yes.",
                         link="/", now=LONG_AGO)
        mail.queue(self.session, "ada@reader.example", "Hello", "Hello.", about="x:9",
                   now=LONG_AGO)

    def feeds(self) -> None:
        """A feed that is due, with a hub, a page and a picture; and one that is broken."""
        self.make.account(Role.EDITOR)
        server = self.stage.server
        page = server.serve(PAGE, "/one", content_type="text/html")
        picture = server.serve(jpeg(), "/a.jpg", content_type="image/jpeg")
        server.serve("", "/hub", status=202)
        feed, _new = feeds.add(self.session, server.url(), now=LONG_AGO)
        feed.from_page, feed.show = True, Show.FULL
        items = [Item("one", link=page, text=SHORT), Item("two", text=f'<img src="{picture}">')]
        server.serve(rss(*items))
        self.session.commit()
        feeds.visit(self.session, feed, self.stage.app.extensions["asking"], now=NOON)
        feed.next_visit_at = NOON - timedelta(minutes=1)
        feed.hub_url, feed.self_url = server.url("/hub"), server.url()
        server.serve(rss(*items, Item("three"), Item("four")))
        broken, _new = feeds.add(self.session, "https://broken.example/", now=LONG_AGO)
        broken.failures, broken.broken_since = 7, LONG_AGO
        broken.next_visit_at = NOON + timedelta(days=300)
        self.session.add(FeedClaim(feed=broken, state=ClaimState.ASKED, email="a@b.example",
                                   token="t", key_hash="k", asked_at=LONG_AGO))

    def old_rows(self) -> None:
        """What is swept."""
        account = self.make.account(Role.EDITOR)
        self.session.add_all([
            SignIn(token_hash="s", account_id=account.id, created_at=LONG_AGO),
            MagicLink(token_hash="m", email="a@b.example", created_at=LONG_AGO),
            Attempts(key="a", since=LONG_AGO, count=1),
            Purge(tags=["x"], at=LONG_AGO),
            OutgoingMail(recipient="b@b.example", subject="s", body="b", about="x:old",
                         created_at=LONG_AGO, send_after=LONG_AGO, sent_at=LONG_AGO)])
        self.session.flush()
        self.session.add(Purge(tags=["y"], at=NOON))


@pytest.fixture(scope="module")
def database(template: str, postgres: str | None, tmp_path_factory: pytest.TempPathFactory) -> str:
    """One that only this file uses."""
    return copied(template, tmp_path_factory.mktemp("killed") / "site.sqlite", postgres,
                  "lectern_killed")


@pytest.fixture(scope="module")
def stage(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The site, prepared once; every test begins with it as it was."""
    settings = Settings(secret_key="only for tests, not a secret", database_url=database,
                        page_cache=0)
    made = Stage(tmp_path_factory.mktemp("stage"), settings)
    yield made
    made.close()


@pytest.fixture(scope="module")
def moments(engine_name: str) -> range:
    """At which of its transactions a job is killed: at all beginnings and ends. What becomes of one
    that is cut off is a server's own matter, so there the ends will do.
    """
    return range(60) if engine_name == "sqlite" else range(1, 60, 2)


@pytest.fixture(autouse=True)
def _standing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", stage.time.now)


def number(session: Session, model: type, *where: sa.ColumnElement[bool]) -> int:
    """How many rows there are."""
    return session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0


def letters(stage: Stage) -> int:
    """How many mails have left, as files; the same one twice is one file."""
    return len(list((stage.data / "outbox").glob("*.eml")))


Effect = Callable[[Session, Stage], object]
EFFECTS: dict[str, tuple[Effect, object]] = {
    entries.JOB: (lambda session, _stage: session.scalars(sa.select(Entry.state).where(
        Entry.title == "Due")).one(), EntryState.PUBLISHED),
    closing.JOB: (lambda session, _stage: session.scalars(sa.select(Entry.comments_open).where(
        Entry.title == "Old")).one(), False),
    thanking.JOB: (lambda session, _stage: session.scalars(sa.select(Comment.thanks).where(
        Comment.body == "Thanked")).one(), 3),
    retention.JOB: (lambda session, _stage: sorted(session.scalars(sa.select(
        ReviewItem.title).where(ReviewItem.title.contains("erased")))),
        ["Old (words erased)"]),
    correcting.JOB: (lambda session, _stage: number(
        session, Comment, Comment.tell_at.is_not(None)), 0),
    notices.JOB: (lambda session, _stage: (
        number(session, OutgoingMail, OutgoingMail.about.startswith("reader:")),
        number(session, Notice, Notice.mailed_at.is_(None))), (1, 0)),
    mail.JOB: (lambda session, stage: (letters(stage), number(
        session, OutgoingMail, OutgoingMail.sent_at.is_(None))), (1, 0)),
    mail.SWEEP: (lambda session, _stage: number(
        session, OutgoingMail, OutgoingMail.recipient == "b@b.example"), 0),
    media.JOB: (lambda _session, stage: list((stage.data / "media").iterdir()), []),
    digests.JOB: (lambda session, _stage: number(
        session, OutgoingMail, OutgoingMail.about.startswith("feed-digest:")), 1),
    feeds.JOB: (lambda session, _stage: (number(session, FeedItem), number(
        session, Entry, Entry.title.in_(["Three", "Four"])), number(
        session, ReviewItem, ReviewItem.kind == "feed-item")), (4, 2, 4)),
    hubs.JOB: (lambda session, stage: (number(session, FeedSubscription),
                                       bool(stage.server.forms.get("/hub"))), (1, True)),
    lengthening.JOB: (lambda session, _stage: number(
        session, FeedItem, FeedItem.taken_from_page), 1),
    pictures.JOB: (lambda session, stage: (
        number(session, Media), len(list((stage.data / "media").glob("*[!n].webp"))),
        session.scalars(sa.select(Entry.html).where(Entry.title == "Two")).one().count("/media/"),
    ), (1, 1, 1)),
    accounts.JOB: (lambda session, _stage: number(session, SignIn), 0),
    claiming.JOB: (lambda session, _stage: number(session, FeedClaim), 0),
    readers.JOB: (lambda session, _stage: number(session, MagicLink), 0),
    throttle.JOB: (lambda session, _stage: number(session, Attempts, Attempts.key == "a"), 0),
    # Each process has a row of its own.
    beating.JOB: (lambda session, _stage: number(session, Heartbeat) > 0, True),
    purge_log.JOB: (lambda session, _stage: number(session, Purge, Purge.at == LONG_AGO), 0),
    indexing.JOB: (lambda session, _stage: (
        number(session, ReviewItem, ReviewItem.unindexed.is_not(None)),
        searching.candidates(session, desk_searching.CORPUS, ["reworded"])), (0, [1])),
}


def test_every_job_is_killed_here(stage: Stage) -> None:
    assert set(EFFECTS) == set(stage.jobs._jobs)


@pytest.mark.parametrize("job", EFFECTS)
def test_a_job_that_is_killed_anywhere_and_runs_again_has_its_effect_once(
        stage: Stage, job: str, moments: range) -> None:
    effect, once = EFFECTS[job]
    for at in moments:
        stage.begin()
        killed = stage.kill(job, at)
        # Whoever died may have claimed something for some minutes.
        for _round in range(2):
            stage.run(job)
            stage.time.forward(minutes=70)
        with stage.app.app_context(), db.sessionmaker() as session:
            assert effect(session, stage) == once, f"killed at {at}"
        stage.rest()
        if not killed:
            break
    assert at >= 2, "it has a transaction, and so was killed at its beginning and at its end"
