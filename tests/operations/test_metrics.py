"""The numbers: for whom, in which form, and that each says what is so."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import jobs, mail
from app.config import Settings
from app.feeds import actions as feeds
from app.operations import beating
from tests.conftest import FakeClock
from tests.making import Maker

TOKEN = "sixteen letters at least"
SAMPLE = re.compile(r'(lectern_\w+(?:\{\w+="[^"\n]*"(?:,\w+="[^"\n]*")*\})?) (-?\d+(?:\.\d+)?)')


@pytest.fixture
def read(app: Flask) -> Callable[[], dict[str, float]]:
    """All samples, each line of which must be one."""
    def scrape() -> dict[str, float]:
        answer = app.test_client().get("/metrics")
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        typed: set[str] = set()
        found = {}
        for line in answer.text.splitlines():
            if line.startswith("#"):
                typed.add(line.split()[2])
                continue
            matched = SAMPLE.fullmatch(line)
            assert matched, line
            name = re.sub(r"\{.*", "", matched[1])
            assert {name, re.sub("_(bucket|sum|count)$", "", name)} & typed, line
            assert matched[1] not in found, f"{line} stands twice"
            found[matched[1]] = float(matched[2])
        return found
    return scrape


def test_who_sits_at_this_machine_may_read(app: Flask) -> None:
    for address in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "127.8.9.1"):
        assert app.test_client().get("/metrics", environ_base={
            "REMOTE_ADDR": address}).status_code == 200


@pytest.mark.parametrize("address", ["203.0.113.9", "10.0.0.1", "2001:db8::1", "", "unix:"])
def test_nobody_else_may(app: Flask, address: str) -> None:
    answer = app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == 404


@pytest.mark.parametrize("proxies", [0, 1, 2])
@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"])
def test_a_proxy_on_this_machine_opens_no_door(app: Flask, settings: Settings, proxies: int,
                                               header: str) -> None:
    app.config["SETTINGS"] = replace(settings, trusted_proxies=proxies)
    for claimed in ("203.0.113.9", "127.0.0.1", "127.0.0.1, 127.0.0.1", ""):
        answer = app.test_client().get("/metrics", headers={header: claimed})
        assert answer.status_code == 404


@pytest.mark.parametrize(("sent", "status"), [
    (f"Bearer {TOKEN}", 200), ("Bearer wrong", 404), ("Bearer ", 404), ("", 404),
    (f"Bearer {TOKEN}é", 404)])
def test_a_token_lets_in_from_anywhere(app: Flask, settings: Settings, sent: str,
                                       status: int) -> None:
    app.config["SETTINGS"] = replace(settings, metrics_token=TOKEN)
    answer = app.test_client().get("/metrics", headers={"Authorization": sent},
                                   environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert answer.status_code == status


def test_without_a_token_set_none_lets_in(app: Flask) -> None:
    for sent in ("Bearer ", "Bearer"):
        assert app.test_client().get("/metrics", headers={"Authorization": sent}, environ_base={
            "REMOTE_ADDR": "203.0.113.9"}).status_code == 404


def test_an_empty_site_has_every_number(read: Callable[[], dict[str, float]]) -> None:
    read()
    found = read()
    assert found['lectern_requests_total{route="/metrics",method="GET",status="2xx",'
                 'cache="none"}'] >= 1
    assert found['lectern_ready{what="database"}'] == found['lectern_ready{what="queue"}'] == 1
    assert found['lectern_desk_items{kind="comment"}'] == 0
    assert found['lectern_feeds{state="failing"}'] == 0
    assert found["lectern_outbox_late_seconds"] == found["lectern_queue_late_seconds"] == 0
    assert "lectern_worker_last_seen_seconds" not in found, "nobody knows that yet"
    assert any(each.startswith("lectern_process_start_time_seconds{") for each in found)
    assert any(each.startswith('lectern_info{version="') for each in found)


def test_what_waits_is_counted_and_how_long(read: Callable[[], dict[str, float]], make: Maker,
                                            time: FakeClock) -> None:
    post = make.post()
    make.comment(post)
    time.forward(minutes=10)
    make.comment(post)
    mail.queue(make.session, "ada@reader.example", "x", "x", about="x:1", now=time.now())
    feeds.add(make.session, "http://127.0.0.1:1/feed.xml", now=time.now())
    broken, _new = feeds.add(make.session, "http://127.0.0.1:1/other.xml", now=time.now())
    broken.failures, broken.visited_at = 3, time.now()
    jobs.wake(make.session, mail.JOB, time.now())
    make.session.commit()
    time.forward(minutes=5)
    found = read()
    assert found['lectern_desk_items{kind="comment"}'] == 2
    assert found['lectern_desk_oldest_seconds{kind="comment"}'] == 900
    assert found['lectern_outbox_mails{state="waiting"}'] == 1
    assert found["lectern_outbox_late_seconds"] == 270
    assert found['lectern_feeds{state="new"}'] == found['lectern_feeds{state="failing"}'] == 1
    assert found["lectern_feeds_late_seconds"] == 300
    assert found["lectern_queue_late_seconds"] == 300
    assert sum(found[f'lectern_queue_tasks{{state="{state}"}}']
               for state in ("pending", "scheduled")) >= 1


def test_mail_that_fails_is_told_from_mail_that_was_given_up(
        read: Callable[[], dict[str, float]], make: Maker, time: FakeClock) -> None:
    for number, attempts in enumerate((1, mail.RETRIES)):
        row = mail.queue(make.session, "ada@reader.example", "x", "x", about=f"x:{number}",
                         now=time.now())
        row.attempts, row.error, row.send_after = attempts, "refused", time.forward(hours=1)
    make.session.commit()
    found = read()
    assert [found[f'lectern_outbox_mails{{state="{state}"}}'] for state in (
        "waiting", "failing", "given_up")] == [1, 1, 1]
    assert found["lectern_outbox_late_seconds"] == 7200


def test_jobs_are_counted_with_what_became_of_them(app: Flask, session: Session, time: FakeClock,
                                                   read: Callable[[], dict[str, float]]) -> None:
    name = f'lectern_job_runs_total{{job="{beating.JOB}",outcome="done"}}'
    before = read().get(name, 0)
    app.extensions["jobs"].run(beating.JOB)
    time.forward(minutes=2)
    found = read()
    assert found[name] == before + 1
    assert found[f'lectern_job_duration_seconds_count{{job="{beating.JOB}"}}'] >= 1
    assert found["lectern_worker_last_seen_seconds"] == 120
    time.forward(days=2)
    app.extensions["jobs"].run(beating.JOB)
    assert read()["lectern_worker_last_seen_seconds"] == 0


def test_while_the_database_is_away_the_rest_is_still_told(
        app: Flask, read: Callable[[], dict[str, float]]) -> None:
    class Away:
        names = ("database", "queue")

        def sentences(self) -> dict[str, str]:
            return {"database": "The database cannot be reached."}

    ready = app.extensions["readiness"]
    app.extensions["readiness"] = Away()
    try:
        found = read()
    finally:
        app.extensions["readiness"] = ready
    assert found['lectern_ready{what="database"}'] == 0
    assert "lectern_outbox_late_seconds" not in found
    assert "lectern_queue_late_seconds" in found
    assert any(each.startswith("lectern_requests_total") for each in found)
