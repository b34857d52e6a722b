"""Every finding of the doctor, made so; and that it never falls ill itself."""

import json
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy.orm import Session

from app import clock, create_app, jobs, mail, media
from app.cli import lectern
from app.config import Settings
from app.database import db
from app.feeds import actions as feeds
from app.operations import beating
from app.operations.doctor import Patient, State, address, configuration, database, disk, queue
from app.operations.doctor import feeds as feeds_area
from app.operations.doctor import mail as mail_area
from app.operations.doctor import media as media_area
from app.operations.doctor.cli import connected
from app.operations.doctor.looking import look_everywhere
from tests.conftest import NOON, FakeClock, disconnect
from tests.making import Maker
from tests.operations.backups.test_refusing import written

Look = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def patient(app: Flask, settings: Settings) -> Patient:
    """The installation of this test."""
    with app.app_context():
        return Patient(settings, db.engine, NOON)


def found(area: object, patient: Patient) -> str:
    """What is found: a line each, beginning with how it is."""
    return "\n".join(f"{each.state}: {each.says} {each.do}".rstrip()
                     for each in area.look(patient))  # type: ignore[attr-defined]


def with_settings(patient: Patient, **settings: object) -> Patient:
    return replace(patient, settings=replace(
        patient.settings, **settings))  # type: ignore[arg-type]


# Configuration

@pytest.mark.parametrize(("changed", "sentence"), [
    ({"base_url": "https://blog.example"}, "LECTERN_TRUSTED_PROXIES is 0"),
    ({"trusted_proxies": 1}, "Proxies are trusted"),
    ({"database_url": "postgresql+psycopg://db/x"}, "the queue cannot"),
    ({"database_url": "postgresql+psycopg://db/x", "secret_key": ""}, "is this machine's own"),
    ({"page_cache": 0}, "No pages are kept"),
    ({"feed_allow": "10.0.0.0/8"}, "though not public"),
])
def test_settings_that_do_not_go_together_are_told(patient: Patient, changed: dict[str, object],
                                                   sentence: str) -> None:
    well = with_settings(patient, page_cache=64, feed_allow="", database_url="")
    assert "warning" not in found(configuration, well)
    [line] = [each for each in found(configuration, with_settings(well, **changed)).splitlines()
              if sentence in each]
    assert line.startswith("warning: ")


def test_a_key_that_others_can_read_is_wrong(patient: Patient, tmp_path: Path) -> None:
    mine = with_settings(patient, data=tmp_path, secret_key="")
    assert "There is no key yet" in found(configuration, mine)
    mine.settings.secret()
    assert "is its owner's alone" in found(configuration, mine)
    (tmp_path / "secret_key").chmod(0o640)
    assert "wrong: Others can read" in found(configuration, mine)
    assert mine.settings.secret() not in found(configuration, mine)


def test_a_database_that_everybody_can_read_is_told(patient: Patient, tmp_path: Path) -> None:
    (tmp_path / "lectern.sqlite").touch(0o644)
    mine = with_settings(patient, data=tmp_path)
    tmp_path.chmod(0o700)
    assert "Everybody" not in found(configuration, mine)
    tmp_path.chmod(0o755)
    assert "warning: Everybody on this machine can read" in found(configuration, mine)


# Database

def test_a_database_that_is_well(settings: Settings) -> None:
    # One of its own: the shared one need not survive a power cut.
    application = create_app(settings)
    with application.app_context():
        patient = Patient(settings, db.engine, NOON)
    # The clock of a test stands, and its PostgreSQL need not survive one either.
    said = [each for each in found(database, patient).splitlines()
            if "clock" not in each and "fsync" not in each]
    disconnect(application)
    assert [each for each in said if not each.startswith("ok: ")] == []
    assert "newest step" in said[0]
    assert said[-1] == "ok: It can be written to."


@pytest.mark.parametrize("address", [
    "sqlite:////nowhere/at/all.sqlite", "postgresql+psycopg://me:hush@127.0.0.1:1/none"])
def test_a_database_that_is_away_is_one_sentence_and_not_made(address: str) -> None:
    settings = Settings(database_url=address)
    said = found(database, Patient(settings, connected(settings), NOON))
    assert said.startswith("wrong: It cannot be reached: ")
    assert said.count("\n") == 0


@pytest.mark.parametrize(("step", "sentence"), [
    ("'0001'", "at step 0001, this program needs"), ("'9999'", "which this program does not know"),
    (None, "It has no tables yet")])
def test_a_database_at_another_step_is_wrong(patient: Patient, session: Session, step: str | None,
                                             sentence: str) -> None:
    before = session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    session.execute(sa.text(f"UPDATE alembic_version SET version_num = {step}" if step else
                            "DELETE FROM alembic_version"))
    session.commit()
    assert sentence in found(database, patient)
    session.execute(sa.text("DELETE FROM alembic_version"))
    session.execute(sa.text(f"INSERT INTO alembic_version VALUES ('{before}')"))
    session.commit()


@pytest.fixture
def file(tmp_path: Path, template: str) -> Path:
    """A copy of an empty site's SQLite file, to be broken."""
    if not template.startswith("sqlite"):
        pytest.skip("A file is SQLite's.")
    return Path(shutil.copy(template.removeprefix("sqlite:///"), tmp_path / "lectern.sqlite"))


def in_file(file: Path) -> Patient:
    settings = Settings(data=file.parent)
    return Patient(settings, connected(settings), NOON)


def test_a_damaged_file_is_wrong(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[8 * 4096:12 * 4096] = b"\x55" * 4 * 4096
    file.write_bytes(content)
    assert "wrong: " in found(database, in_file(file))
    assert "damaged" in found(database, in_file(file))


def test_rows_that_belong_to_nothing_are_wrong(file: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO feed_topics VALUES (77, 88)")
    engine.dispose()
    assert "wrong: 2 rows belong to rows that are gone, in feed_topics." in found(
        database, in_file(file))


def test_a_file_without_its_log_or_its_flushes_is_wrong(file: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{file}")

    @sa.event.listens_for(engine, "connect")
    def _carelessly(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = DELETE")
        cursor.execute("PRAGMA synchronous = OFF")

    said = found(database, replace(in_file(file), engine=engine))
    engine.dispose()
    assert "journal_mode is delete" in said
    assert "may be lost in a power cut" in said


def test_a_file_that_cannot_be_written_to_is_wrong(file: Path) -> None:
    settings = Settings(data=file.parent)
    engine = sa.create_engine(f"sqlite:///file:{file}?mode=ro&uri=true")
    assert "wrong: It cannot be written to: attempt to write a readonly database." in found(
        database, Patient(settings, engine, NOON))
    engine.dispose()


@pytest.mark.parametrize(("seconds", "state"), [(1, "ok"), (10, "warning"), (600, "wrong")])
def test_a_clock_that_is_wrong_is_told(patient: Patient, monkeypatch: pytest.MonkeyPatch,
                                       seconds: int, state: str) -> None:
    def now() -> object:
        with patient.engine.connect() as connection:
            theirs = connection.scalar(sa.text("SELECT CURRENT_TIMESTAMP"))
        at = (theirs if hasattr(theirs, "tzinfo")
              else NOON.fromisoformat(str(theirs)).replace(tzinfo=NOON.tzinfo))
        return at + timedelta(seconds=seconds)

    monkeypatch.setattr(clock, "now", now)
    [line] = [each for each in found(database, patient).splitlines() if "clock" in each]
    assert line.startswith(state)


# Disk

def test_little_room_is_told_in_time(patient: Patient, tmp_path: Path,
                                     monkeypatch: pytest.MonkeyPatch) -> None:
    mine = with_settings(patient, data=tmp_path)
    for free, state in ((50 * 2**30, "ok"), (500 * 2**20, "warning"), (10 * 2**20, "wrong")):
        monkeypatch.setattr(shutil, "disk_usage", lambda _path, free=free: SimpleNamespace(
            free=free))
        assert f"{state}: {free / 2**30:,.1f} GB are free where data" in found(disk, mine)


def test_a_directory_that_is_not_there_or_closed_is_wrong(
        patient: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = with_settings(patient, data=tmp_path / "data")
    assert "does not exist" in found(disk, mine)
    (tmp_path / "data").mkdir()
    assert "wrong" not in found(disk, mine)
    # Root may write everywhere, whatever the mode says.
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    assert "wrong: The directory of media" in found(disk, mine)


def test_old_and_missing_backups_are_told(patient: Patient, tmp_path: Path) -> None:
    mine = with_settings(patient, data=tmp_path)
    assert "warning: No backup lies in" in found(disk, mine)
    (tmp_path / "backups").mkdir()
    for stray in (".lectern-2.part", "lectern-2", "notes.txt"):
        (tmp_path / "backups" / stray).write_bytes(b"half of one")
    assert "warning: No backup lies in" in found(disk, mine)
    backup = written(tmp_path / "backups" / "lectern-1")
    for days, said in ((1, "ok: The newest backup is 24 hours old."),
                       (5, "warning: The newest backup in")):
        then = NOON.timestamp() - days * 86_400
        os.utime(backup, (then, then))
        assert said in found(disk, mine)


# Queue

def test_a_worker_that_works_was_seen_lately(app: Flask, patient: Patient, session: Session,
                                             time: FakeClock) -> None:
    assert "wrong: No worker has worked" in found(queue, patient)
    app.extensions["jobs"].run(beating.JOB)
    assert "works." in found(queue, replace(patient, now=NOON + timedelta(minutes=2)))
    silent = found(queue, replace(patient, now=NOON + timedelta(minutes=30)))
    assert "silent for 30 minutes" in silent
    assert "lectern worker" in silent


def test_a_worker_whose_clock_was_ahead_does_not_count_as_working(
        patient: Patient, session: Session) -> None:
    beating.beat(session, NOON + timedelta(days=3))
    session.execute(sa.text("UPDATE heartbeats SET worker = 'ended long ago'"))
    session.commit()
    assert "wrong: The last worker, ended long ago, says that it works 3 days from now" in found(
        queue, patient)
    beating.beat(session, NOON)
    session.commit()
    assert "ended long ago" not in found(queue, patient)


def test_a_worker_of_an_older_version_is_told(patient: Patient, session: Session) -> None:
    beating.beat(session, NOON)
    session.execute(sa.text("UPDATE heartbeats SET version = '0.0.1'"))
    session.commit()
    assert "is of version 0.0.1" in found(queue, patient)


def test_a_queue_that_is_not_there_is_not_made(patient: Patient, tmp_path: Path) -> None:
    mine = with_settings(patient, queue_url=f"sqlite:///{tmp_path}/none.sqlite")
    assert "wrong: There is no queue yet" in found(queue, mine)
    assert not (tmp_path / "none.sqlite").exists()


def test_tasks_that_are_late_are_told(patient: Patient, tmp_path: Path) -> None:
    mine = with_settings(patient, queue_url=f"sqlite:///{tmp_path}/queue.sqlite")
    work = jobs.make_queue(mine.settings.queue_url, tmp_path)
    work.task(name="run")(print).schedule(("a",), eta=NOON)
    assert "ok: It answers; 1 task in it, none late." in found(queue, mine)
    later = replace(mine, now=NOON + timedelta(hours=3))
    assert "warning: 1 task in it, the oldest 3 hours late." in found(queue, later)


# Mail

@pytest.fixture
def server() -> Iterator[Callable[..., str]]:
    """A mail server that says what it is told to, and the address to set for it."""
    listening = socket.create_server(("127.0.0.1", 0))
    heard: list[str] = []

    def serve(replies: dict[str, str]) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rw") as stream:
                print("220 here", file=stream, flush=True)
                for line in stream:
                    word = line.split()[0].upper()
                    heard.append(word)
                    print(replies.get(word, "250 well"), file=stream, flush=True)

    def start(user: str = "", **replies: str) -> str:
        said = {"QUIT": "221 bye", **replies}
        threading.Thread(target=serve, args=(said,), daemon=True).start()
        return f"smtp://{user}127.0.0.1:{listening.getsockname()[1]}"

    start.heard = heard  # type: ignore[attr-defined]
    yield start
    listening.close()


def test_a_mail_server_is_greeted_and_sent_nothing(patient: Patient,
                                                   server: Callable[..., str]) -> None:
    assert "ok: 127.0.0.1 lets us in." in found(mail_area, with_settings(
        patient, mail_url=server()))
    assert {"MAIL", "RCPT", "DATA"} & set(server.heard) == set()  # type: ignore[attr-defined]


def test_a_mail_server_without_tls_never_hears_the_password(
        patient: Patient, server: Callable[..., str]) -> None:
    said = found(mail_area, with_settings(patient, mail_url=server("me:hush@")))
    assert "wrong: 127.0.0.1 offers no TLS" in said
    assert "AUTH" not in server.heard  # type: ignore[attr-defined]


def test_a_mail_server_that_is_away_or_talks_otherwise_is_wrong(
        patient: Patient, server: Callable[..., str]) -> None:
    assert "cannot be reached: " in found(mail_area, with_settings(
        patient, mail_url="smtp://127.0.0.1:1"))
    assert "wrong: 127.0.0.1" in found(mail_area, with_settings(
        patient, mail_url=server(EHLO="554 go away", HELO="554 go away")))


def test_mail_that_does_not_leave_is_told(patient: Patient, make: Maker) -> None:
    assert "warning: Mail leaves nobody's hands" in found(mail_area, patient)
    row = mail.queue(make.session, "ada@reader.example", "x", "x", about="x:1", now=NOON)
    make.session.commit()
    assert "ok: 1 mail in the outbox, none late." in found(mail_area, patient)
    late = replace(patient, now=NOON + timedelta(hours=1))
    assert "wrong: 1 mail in the outbox, the oldest 59 minutes late" in found(mail_area, late)
    row.attempts = mail.RETRIES
    make.session.commit()
    assert "warning: 1 mail could not be sent and was given up" in found(mail_area, late)


# Feeds, media

def test_feeds_that_are_broken_or_overdue_are_told(patient: Patient, make: Maker) -> None:
    feed, _new = feeds.add(make.session, "http://127.0.0.1:1/feed.xml", now=NOON)
    make.session.commit()
    assert "warning" not in found(feeds_area, patient)
    feed.failures, feed.broken_since = 9, NOON
    make.session.commit()
    said = found(feeds_area, replace(patient, now=NOON + timedelta(days=3)))
    assert "warning: 1 feed failing for more than a day." in said
    assert "warning: The most overdue visit is 3 days late." in said


@pytest.mark.parametrize("full", [False, True])
def test_files_and_rows_without_each_other_are_told(app: Flask, patient: Patient, make: Maker,
                                                    full: bool) -> None:
    folder = patient.settings.media
    with Path(app.root_path, "app/demo/content/audio/both-sides-of-the-slipway.mp3").open(
            "rb") as recording:
        kept = media.keep(make.session, app.config["MEDIA"], media.read_audio(recording), now=NOON)
    make.session.commit()
    mine = replace(patient, full=full)
    assert found(media_area, mine) == "ok: 1 file in place."
    (folder / "stray.webp").touch()
    assert "warning: 1 file in" in found(media_area, mine)
    (folder / kept.name).write_bytes(b"cut short")
    assert f"wrong: 1 file missing or cut short in {folder}: {kept.name}." in found(
        media_area, mine)
    (folder / kept.name).unlink()
    assert "wrong: 1 file missing" in found(media_area, mine)
    other = with_settings(mine, media_url=str(folder / "other"))
    assert f"cut short in {folder / 'other'}:" in found(media_area, other)


# Address

class Answers(BaseHTTPRequestHandler):
    """What stands at the address."""

    def do_GET(self) -> None:
        status, body, headers = self.server.said.get(  # type: ignore[attr-defined]
            self.path, (404, b"", {}))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Nothing."""


@pytest.fixture
def site() -> Iterator[ThreadingHTTPServer]:
    """A site that answers as it is told."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


HEALTHY = {"/healthz": (200, b"ok\n", {})}


@pytest.mark.parametrize(("said", "sentence"), [
    (HEALTHY, "ok: http://localtest.example:{port} answers."),
    ({}, "says 404, and not as Lectern would"),
    ({"/healthz": (301, b"", {"Location": "https://www.blog.example/healthz"})},
     "leads to https://www.blog.example/healthz"),
    (HEALTHY | {"/metrics": (200, b"", {})}, "wrong: Everybody can read /metrics"),
    (HEALTHY, "wrong: The address is http://localtest.example:{port}: passwords go over the net"),
    (HEALTHY, "ok: The proxy says who asks."),
])
def test_the_address_is_asked_as_readers_do(
        patient: Patient, site: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch,
        said: dict[str, object], sentence: str) -> None:
    port = site.server_address[1]
    site.said = said  # type: ignore[attr-defined]
    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: look_up(
        "127.0.0.1", *rest, **more))
    mine = with_settings(patient, base_url=f"http://localtest.example:{port}")
    assert sentence.format(port=port) in found(address, mine)


def test_an_address_at_which_nobody_is_is_wrong(patient: Patient) -> None:
    said = found(address, with_settings(patient, base_url="http://127.0.0.1:1"))
    assert "warning: The address is http://127.0.0.1:1, which only this machine" in said
    assert "wrong: http://127.0.0.1:1 does not answer" in said


# All together

def test_one_area_that_fails_or_hangs_keeps_no_other_from_being_looked_at(
        patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    hold = threading.Event()
    monkeypatch.setattr("app.operations.doctor.looking.AREAS", {
        "first": lambda _patient: 1 / 0, "second": lambda _patient: [hold.wait(30)],
        "last": configuration.look})
    areas = [(each.area, each.state) for each in look_everywhere(patient, patience=0.2)]
    hold.set()
    assert areas[:2] == [("first", State.WRONG), ("second", State.WRONG)]
    assert ("last", State.OK) in areas


def test_no_secret_is_told(patient: Patient) -> None:
    mine = with_settings(
        patient, secret_key="hush-hush-hush-hush", metrics_token="hush-hush-hush-hush",
        mail_url="smtp://me:hu%73h-mail@127.0.0.1:1", base_url="http://127.0.0.1:1",
        queue_url="postgresql://me:hush-queue@127.0.0.1:1/x",
        spam_service_url="https://hush-spam@spam.example",
        database_url="postgresql+psycopg://me:hush-db@127.0.0.1:1/x")
    said = str(list(look_everywhere(replace(mine, engine=connected(mine.settings)))))
    assert "hush" not in said


def doctor(data: Path, *words: str, **settings: str) -> Result:
    environ = {**{name: "" for name in os.environ if name.startswith("LECTERN_")},
               "LECTERN_DATA": str(data), "LECTERN_BASE_URL": "http://127.0.0.1:1", **settings}
    return CliRunner().invoke(lectern, ["doctor", *words], env=environ)


def test_what_is_wrong_ends_with_1_and_a_line_each(tmp_path: Path) -> None:
    said = doctor(tmp_path)
    assert said.exit_code == 1
    for line in said.output.splitlines():
        assert line.startswith(("ok       ", "warning  ", "wrong    ")), line
    assert not list(tmp_path.iterdir()), "looking makes nothing"


def test_a_bad_setting_is_a_finding(tmp_path: Path) -> None:
    said = doctor(tmp_path, LECTERN_TITEL="x")
    assert said.exit_code == 1
    assert said.output.startswith("wrong    configuration: LECTERN_TITEL is not a setting")


def test_programs_get_json(tmp_path: Path) -> None:
    told = json.loads(doctor(tmp_path, "--json").output)
    assert told["state"] == "wrong"
    assert {each["area"] for each in told["findings"]} >= {"configuration", "database", "disk",
                                                          "queue", "mail", "address"}


def test_warnings_alone_end_with_0(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.operations.doctor.looking.AREAS", {"disk": disk.look})
    said = doctor(tmp_path)
    assert "warning" in said.output
    assert said.exit_code == 0
