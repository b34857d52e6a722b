"""A CDN keeps what we keep, and is told of what changes: at once, again, and until it listens."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.config import Settings
from app.pagecache import disturb, keys, log
from app.pagecache.telling import AGAIN, JOB, TAKES_OVER, Cdn
from tests.browser.running import free_port, until
from tests.conftest import FakeClock
from tests.making import Maker
from tests.pagecache.cdn_server import CdnServer, cdn_server
from tests.pagecache.conftest import Kept

__all__ = ["cdn_server"]
A_DAY = "public, max-age=0, s-maxage=86400, stale-if-error=86400"
CHECKED = "public, no-cache"


@pytest.fixture(autouse=True)
def anew(cdn_server: CdnServer) -> None:
    cdn_server.status, cdn_server.told, cdn_server.headers = 200, [], []


@pytest.fixture
def settings(settings: Settings, cdn_server: CdnServer) -> Settings:
    """With a CDN in front."""
    return replace(settings, cdn_purge_url=cdn_server.url)


@pytest.fixture
def cdn(cdn_server: CdnServer, session: Session, time: FakeClock) -> Cdn:
    """A worker's side of it, after its first words."""
    cdn = Cdn(cdn_server.url, "https://blog.example")
    cdn.tell(session, time.now())
    cdn.tell(session, time.forward(seconds=TAKES_OVER.seconds))
    cdn_server.news()
    return cdn


def get(app: Flask, path: str, **headers: str) -> TestResponse:
    return app.test_client(use_cookies=False).get(path, headers={
        name.replace("_", "-"): value for name, value in headers.items()})


def test_a_page_may_be_kept_by_a_cdn_for_a_day_and_by_a_browser_for_no_moment(
        app: Flask, make: Maker, kept: Kept) -> None:
    path = make.post().path
    for answer in (get(app, path), get(app, path), get(app, path, If_None_Match="*")):
        assert answer.headers.getlist("Cache-Control") == [A_DAY]
        assert answer.headers["Surrogate-Control"].startswith("max-age=86400, stale-while-")
        assert {"site", "entry:1"} <= set(answer.headers["Surrogate-Key"].split())


def test_what_is_not_for_everyone_is_for_no_cdn(app: Flask, make: Maker, kept: Kept) -> None:
    path = make.post().path
    kept.warm(path)
    for answer in (get(app, path, Cookie="lectern_reader=x"), get(app, "/account/sign-in"),
                   get(app, "/nowhere"), get(app, "/desk/")):
        assert "s-maxage" not in answer.headers.get("Cache-Control", "")
        assert "Surrogate-Control" not in answer.headers


def test_a_page_that_may_be_out_of_date_is_for_no_cdn(app: Flask, make: Maker,
                                                     kept: Kept) -> None:
    path = make.post().path
    kept.warm(path)
    follower = kept.cache.follower
    look, follower._look = follower._look, lambda: False
    try:
        assert get(app, path).headers.getlist("Cache-Control") == [CHECKED]
        assert "Surrogate-Control" not in get(app, path).headers
    finally:
        follower._look = look


def test_a_page_that_changed_while_it_was_made_is_for_no_cdn(
        app: Flask, make: Maker, kept: Kept) -> None:
    post, application = make.post(), kept.cache.application

    def late(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        body = list(application(environ, start))
        kept.cache.application = application
        make.comment(post, approved=True)
        changed = monotonic()
        # On a busy machine it gives up waiting before the log is read.
        until(lambda: kept.cache.follower.catch_up() and kept.cache.follower._read >= changed,
              10, "the change is known")
        return body

    kept.cache.application = late
    assert get(app, post.path).headers.getlist("Cache-Control") == [CHECKED]
    assert get(app, post.path).headers.getlist("Cache-Control") == [A_DAY]


def test_a_change_is_told_at_once_and_again_when_every_process_knows_it(
        make: Maker, session: Session, cdn: Cdn, cdn_server: CdnServer, time: FakeClock) -> None:
    disturb(session, ["entry:7", "published"])
    session.commit()
    assert cdn.tell(session, time.now()) == AGAIN
    assert cdn_server.news() == ["any-entry", "entry:7", "published"]
    assert cdn.tell(session, time.now()) == AGAIN
    assert cdn_server.news() == [], "nothing is told twice for nothing"
    assert cdn.tell(session, time.forward(seconds=4)) is None
    assert cdn_server.news() == ["any-entry", "entry:7", "published"]
    assert cdn.tell(session, time.forward(seconds=4)) is None
    assert cdn_server.news() == []


def test_no_transaction_is_open_while_it_is_asked(
        make: Maker, session: Session, cdn: Cdn, cdn_server: CdnServer, time: FakeClock,
        monkeypatch: pytest.MonkeyPatch) -> None:
    make.post()
    seen = list[bool]()
    monkeypatch.setattr(cdn_server, "watch", lambda: seen.append(session.in_transaction()))
    cdn.tell(session, time.now())
    assert seen == [False]


def test_it_is_asked_by_its_token_at_its_address(cdn: Cdn, cdn_server: CdnServer) -> None:
    said = cdn_server.headers[0]
    assert (said["path"], said["Authorization"], said["Fastly-Key"]) == (
        "/purge", "Bearer a/token", "a/token")
    assert said["Host"] == f"127.0.0.1:{cdn_server.server_address[1]}"


def test_many_changes_are_told_together_and_in_parts_that_it_takes(
        session: Session, cdn: Cdn, cdn_server: CdnServer, time: FakeClock) -> None:
    for number in range(60):
        disturb(session, [f"entry:{number * 10 + each}" for each in range(10)])
        session.commit()
    cdn.tell(session, time.now())
    assert [len(each) for each in cdn_server.told] == [256, 256, 89]


def test_one_that_is_away_is_asked_again(session: Session, time: FakeClock) -> None:
    away = Cdn(f"http://127.0.0.1:{free_port()}/purge", "https://blog.example")
    assert away.tell(session, time.now()) == timedelta(seconds=5)


@pytest.mark.parametrize("status", [500, 403, 302])
def test_what_it_did_not_take_is_told_until_it_does(
        session: Session, cdn: Cdn, cdn_server: CdnServer, time: FakeClock, status: int) -> None:
    disturb(session, ["entry:7"])
    session.commit()
    cdn_server.status = status
    assert cdn.tell(session, time.now()) == timedelta(seconds=5)
    assert cdn_server.news() == []
    cdn_server.status = 200
    cdn.tell(session, time.forward(seconds=4))
    assert cdn_server.news() == ["any-entry", "entry:7"]


def test_whoever_begins_has_it_forget_what_another_release_said(
        session: Session, cdn: Cdn, cdn_server: CdnServer, time: FakeClock) -> None:
    begun = Cdn(cdn_server.url, "https://blog.example")
    assert begun.tell(session, time.now()) == AGAIN
    assert cdn_server.news() == ["site"]
    assert begun.tell(session, time.forward(seconds=4)) == AGAIN
    assert cdn_server.news() == []
    # Until then, processes of that release answered whoever was connected.
    assert begun.tell(session, time.forward(seconds=TAKES_OVER.seconds)) is None
    assert cdn_server.news() == ["site"]


def test_what_nobody_can_tell_any_more_is_everything(
        session: Session, cdn: Cdn, cdn_server: CdnServer, time: FakeClock) -> None:
    for seconds in (0, 4):
        disturb(session, ["entry:7"])
        session.commit()
        cdn.tell(session, time.forward(seconds=seconds))
    cdn.tell(session, time.forward(seconds=4))
    disturb(session, ["entry:8"])
    session.commit()
    cdn_server.news()
    log.sweep(session, time.now() + timedelta(days=2))
    session.commit()
    cdn.tell(session, time.forward(seconds=4))
    assert cdn_server.news() == ["site"]


def test_a_decision_at_the_desk_reaches_it_through_the_worker(
        app: Flask, make: Maker, cdn_server: CdnServer) -> None:
    work = app.extensions["jobs"]
    work.run(JOB)
    post = make.post()
    work.queue.flush()
    cdn_server.news()
    make.comment(post, approved=True)
    asked = {task.args[0] for task in work.queue.pending()}
    assert JOB in asked
    work.run(JOB)
    assert f"comments:{post.id}" in cdn_server.news()


def test_a_page_with_very_many_rows_has_a_key_for_any_of_their_kind() -> None:
    few = ["entry:1", "published"]
    assert keys.of_page(few) == "entry:1 published site"
    many = [*(f"entry:{number}" for number in range(1_000)), "person:1", "published"]
    assert keys.of_page(many) == "any-entry person:1 published site"
    assert set(keys.of_page(many).split()) & keys.of_change(["entry:999"])
    mixed = [f"{kind}:{number}" for kind in ("entry", "person", "topic") for number in range(999)]
    assert keys.of_page(mixed) == "any-entry any-person any-topic site"
    assert keys.of_page("x" * 900 + str(number) for number in range(9)) == "site"
    assert keys.of_change(["*", "entry:7"]) == {"site"}
