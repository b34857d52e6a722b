"""A full disk, a locked database, a database that is away: a sentence, and nothing half done."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.accounts.models import Role
from app.comments.models import Comment
from app.config import Settings
from app.database import db, sessions, writer_of
from app.entries import actions as entries
from app.entries.models import Entry, EntryState
from app.mail import OutgoingMail
from app.media import Media
from tests.conftest import NOON, FakeClock
from tests.making import Maker
from tests.rooms import fill, room
from tests.test_media import picture
from tests.visiting import Visitor

FULL = "The disk of this site is full"
OURS = {"Sec-Fetch-Site": "same-origin"}
REMARK = {"author_name": "Ada", "author_email": "ada@reader.example", "body": "I agree."}


@pytest.fixture
def disk(tmp_path: Path, engine_name: str) -> Iterator[Path]:
    """A disk of a few megabytes."""
    if engine_name != "sqlite":
        pytest.skip("PostgreSQL has a disk of its own")
    (tmp_path / "disk").mkdir()
    with room(tmp_path / "disk", "6m") as small:
        yield small


@pytest.fixture
def on_disk(disk: Path, settings: Settings) -> Settings:
    path = disk / "lectern.sqlite"
    path.write_bytes(Path(settings.database.removeprefix("sqlite:///")).read_bytes())
    return replace(settings, data=disk, database_url=f"sqlite:///{path}")


class TestOnASmallDisk:
    """The whole site, database, files and all, on a disk that fills up."""

    @pytest.fixture
    def settings(self, on_disk: Settings) -> Settings:
        return on_disk

    @pytest.fixture
    def filler(self, app: Flask, disk: Path, make: Maker) -> Path:
        """What takes all the room, of the database's own log, too."""
        make.session.close()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return fill(disk)

    def test_what_is_sent_is_not_half_saved_reading_goes_on_and_room_mends_it(
            self, make: Maker, disk: Path, visitor: Visitor, request: pytest.FixtureRequest,
            app: Flask) -> None:
        post = make.post("On gates")
        filler = request.getfixturevalue("filler")
        answer = visitor.post(f"{post.path}/comments", REMARK, status=507)
        assert FULL in answer.text
        assert counts(app) == [0, 0, 0]
        assert "On gates" in visitor.get(post.path).text
        filler.unlink()
        visitor.post(f"{post.path}/comments", REMARK)
        assert counts(app)[0] == 1

    def test_a_picture_that_has_no_room_leaves_nothing_behind(
            self, make: Maker, disk: Path, signed_in: Callable[..., Visitor], app: Flask,
            request: pytest.FixtureRequest) -> None:
        person = make.person("Ada Penn")
        editor = signed_in(Role.EDITOR)
        filler = request.getfixturevalue("filler")
        answer = send_picture(editor, person.id, 507)
        assert FULL in answer
        assert counts(app) == [0, 0, 0]
        assert list((disk / "media").glob("*")) == []
        assert "Ada Penn" in editor.get("/desk/people/").text
        filler.unlink()
        send_picture(editor, person.id, 303)
        assert counts(app) == [0, 1, 0]
        assert len(list((disk / "media").iterdir())) == 1

    def test_a_job_that_has_no_room_is_done_when_there_is_some(
            self, make: Maker, disk: Path, app: Flask, time: FakeClock,
            request: pytest.FixtureRequest) -> None:
        entry = make.post("Tomorrow", published=False)
        entries.publish(make.session, entry, now=NOON, at=NOON + timedelta(hours=1))
        make.session.commit()
        filler = request.getfixturevalue("filler")
        time.forward(hours=2)
        app.extensions["jobs"].run_all()
        with app.app_context(), db.sessionmaker() as fresh:
            assert fresh.get_one(Entry, entry.id).state is EntryState.SCHEDULED
        filler.unlink()
        app.extensions["jobs"].run_all()
        with app.app_context(), db.sessionmaker() as fresh:
            assert fresh.get_one(Entry, entry.id).state is EntryState.PUBLISHED


def counts(app: Flask) -> list[int]:
    with app.app_context(), db.sessionmaker() as fresh:
        return [fresh.scalar(sa.select(sa.func.count()).select_from(model)) or 0
                for model in (Comment, Media, OutgoingMail)]


def send_picture(editor: Visitor, person_id: int, status: int) -> str:
    sent = {"name": "Ada Penn", "picture": (io.BytesIO(picture(size=(90, 90))), "ada.jpg")}
    return editor.post(f"/desk/people/{person_id}", sent, status).text


@pytest.fixture
def failing(app: Flask) -> Iterator[Callable[[DBAPIError | Exception], None]]:
    """Every statement from now on fails with this, as the driver says it."""
    listening: list[Callable[..., None]] = []

    def fail(error: Exception) -> None:
        def each(*_arguments: object) -> None:
            raise error

        listening.append(each)
        for engine in engines:
            sa.event.listen(engine, "before_cursor_execute", each)

    with app.app_context():
        engines = {db.engine, writer_of(db.engine)}
    yield fail
    for each in listening:
        for engine in engines:
            sa.event.remove(engine, "before_cursor_execute", each)


def as_told(error: Exception) -> DBAPIError:
    """As SQLAlchemy passes on what a driver says."""
    told = DBAPIError.instance("SELECT 1", {}, error, psycopg.Error)
    assert isinstance(told, DBAPIError)
    return told


@pytest.mark.parametrize(("error", "status"), [
    (psycopg.errors.DiskFull("could not extend file"), 507),
    (psycopg.errors.AdminShutdown("terminating connection"), 503),
    (psycopg.errors.LockNotAvailable("canceling statement due to lock timeout"), 503),
    (psycopg.errors.TooManyConnections("too many clients"), 503),
])
@pytest.mark.parametrize("role", [None, Role.EDITOR])
def test_what_postgresql_says_then_is_a_page_for_people(
        app: Flask, visitor: Visitor, signed_in: Callable[..., Visitor], make: Maker,
        failing: Callable[[Exception], None], error: Exception, status: int,
        role: Role | None) -> None:
    path = make.post().path
    who = signed_in(role) if role else visitor
    make.session.close()
    failing(as_told(error))
    for answer in (who.client.get("/"), who.client.post(f"{path}/comments", data=REMARK,
                                                        headers=OURS)):
        page = who.checked(answer, status)
        assert (FULL if status == 507 else "We will be right back") in page.words
        assert "Traceback" not in page.text
        assert status == 507 or answer.headers["Retry-After"] == "60"
        assert "no-store" in answer.headers["Cache-Control"]


def test_a_database_that_somebody_holds_too_long_is_told_and_mends_itself(
        app: Flask, make: Maker, visitor: Visitor, monkeypatch: pytest.MonkeyPatch,
        engine_name: str) -> None:
    monkeypatch.setattr(sessions, "BUSY_TIMEOUT_SECONDS", 0.2)
    path = make.post().path
    make.session.close()
    # Connections that are made from now on have less patience.
    db.engine.dispose()
    other = sa.create_engine(db.engine.url)
    with other.connect() as holding:
        holding.exec_driver_sql("LOCK TABLE review_items" if engine_name == "postgresql"
                                else "BEGIN IMMEDIATE")
        answer = visitor.post(f"{path}/comments", REMARK, status=503)
        assert "We will be right back" in answer.text
        holding.exec_driver_sql("ROLLBACK")
    other.dispose()
    db.engine.dispose()
    visitor.post(f"{path}/comments", REMARK)
    assert counts(app)[0] == 1
