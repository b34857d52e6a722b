"""Every process follows the same log: what one changes, the others drop."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from time import monotonic
from typing import Any, NoReturn

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.comments.models import Comment
from app.database import db, for_writing
from app.pagecache import disturb, log
from app.pagecache.changing import UndeclaredChange
from app.pagecache.following import BLIND, LASTS
from app.pagecache.log import Purge
from app.pagecache.page import Page
from app.pagecache.store import Pages
from tests.browser.running import until
from tests.conftest import NOON, FakeClock
from tests.making import Maker
from tests.pagecache.conftest import Kept


def get(kept: Kept, path: str) -> str:
    return kept.app.test_client().get(path).text


def test_a_change_is_in_every_process_within_a_second(make: Maker, kept: Kept,
                                                      other: Kept) -> None:
    # As it runs: sure of what it read for most of a second.
    other.cache.follower.lasts, other.cache.follower.idle = LASTS, 10.0
    post = make.post()
    assert "About the boats." not in get(other, post.path)
    make.comment(post, "About the boats.", approved=True)
    changed = monotonic()
    while "About the boats." not in get(other, post.path):
        assert monotonic() < changed + 1
    other.cache.follower.idle = -1.0


def test_nobody_follows_before_there_are_processes(other: Kept) -> None:
    """A thread that is there at a fork leaves its locks to the child, and nobody to open them."""
    other.app.extensions["assets_ahead"].prepare()
    assert other.cache.follower._thread is None
    assert other.cache.follower.listener._thread is None


def test_whoever_changes_something_sees_it_at_once(make: Maker, kept: Kept) -> None:
    post = make.post()
    kept.cache.follower.lasts = 60.0
    get(kept, post.path)
    make.comment(post, "About the boats.", approved=True)
    assert "About the boats." in get(kept, post.path)


def test_another_process_drops_only_what_was_changed(make: Maker, kept: Kept, other: Kept) -> None:
    post, beside = make.post(), make.post()
    other.warm(post.path, beside.path)
    make.comment(post, approved=True)
    assert other.dropped(post.path, beside.path) == {post.path}


def test_a_page_is_shown_while_the_database_is_away(make: Maker, kept: Kept,
                                                    caplog: pytest.LogCaptureFixture) -> None:
    post = make.post()
    kept.warm(post.path)
    kept.cache.follower._engine = sa.create_engine("sqlite:////nowhere/at/all.sqlite")
    try:
        for _ in range(3):
            answer = kept.app.test_client().get(post.path)
            assert (answer.status_code, "Surrogate-Key" in answer.headers) == (200, True)
        assert caplog.text.count("cannot be read") == 1, "nobody asks again for every page"
        kept.cache.follower._read -= BLIND
        assert "Surrogate-Key" not in kept.app.test_client().get(post.path).headers
    finally:
        with kept.app.app_context():
            kept.cache.follower._engine = db.engine
    # It is asked again and again, until it is back.
    made = monotonic()
    while kept.cache.follower._away:
        assert monotonic() < made + 2
    make.comment(post, "About the boats.", approved=True)
    assert "About the boats." in get(kept, post.path)


def test_a_log_that_was_swept_or_replaced_drops_everything(make: Maker, kept: Kept,
                                                           session: Session) -> None:
    post, beside = make.post(), make.post()
    kept.warm(post.path, beside.path)
    session.execute(sa.delete(Purge))
    session.commit()
    assert kept.dropped(post.path, beside.path) == {post.path, beside.path}


def test_old_rows_are_swept_but_the_last_is_a_position(make: Maker, kept: Kept, session: Session,
                                                       time: FakeClock) -> None:
    post = make.post()
    make.comment(post, approved=True)
    kept.warm(post.path)
    log.sweep(session, time.now() + timedelta(hours=1))
    before = session.scalar(sa.select(sa.func.count()).select_from(Purge)) or 0
    log.sweep(session, time.now() + timedelta(days=2))
    session.commit()
    assert before > 1
    assert session.scalar(sa.select(sa.func.count()).select_from(Purge)) == 1
    assert kept.dropped(post.path) == set()


def test_who_stands_at_a_row_that_was_swept_is_told_nothing_but_that(
        make: Maker, session: Session) -> None:
    make.post()
    make.post()
    connection = session.connection()
    first, *_others, last = session.scalars(sa.select(Purge.id).order_by(Purge.id))
    assert log.since(connection, first)
    assert log.since(connection, last) == []
    connection.execute(sa.insert(Purge), [{"tags": ["a"], "at": NOON}] * log.MOST)
    assert log.since(connection, last) is None, "so much is read as all"
    session.execute(sa.delete(Purge).where(Purge.id == first))
    assert log.since(connection, first) is None


def test_nobody_who_follows_overtakes_a_commit(app: Flask, kept: Kept) -> None:
    """Several write at once; who reads meanwhile, position by position, misses none of it."""
    with app.app_context():
        engine, sessions = db.engine, db.sessionmaker

    def write(writer: int) -> None:
        for number in range(10):
            with for_writing(sessions()) as session:
                disturb(session, [f"{writer}:{number}"])
                session.commit()

    wanted = {f"{writer}:{number}" for writer in range(4) for number in range(10)}
    seen: set[str] = set()
    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, each) for each in range(4)]
        position, last = 0, monotonic()
        while seen < wanted and monotonic() < last + 20:
            with engine.connect() as connection:
                for each, tags in list(log.since(connection, position) or ()):
                    position = each
                    seen.update(tags)
        for writer in writers:
            writer.result()
    assert seen == wanted


def test_a_crowd_on_a_cold_page_has_it_made_once(make: Maker, kept: Kept) -> None:
    path, made, application = make.post().path, [], kept.cache.application
    together = Barrier(4)

    def count(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        made.append(environ["PATH_INFO"])
        return application(environ, start)

    def come(_number: int) -> int:
        together.wait(10)
        return kept.app.test_client().get(path).status_code

    kept.cache.application = count
    try:
        with ThreadPoolExecutor(4) as crowd:
            assert list(crowd.map(come, range(4))) == [200] * 4
    finally:
        kept.cache.application = application
    assert made == [path]


def test_a_crowd_on_a_page_that_changes_while_it_is_made_has_it_made_once_more(
        make: Maker, kept: Kept) -> None:
    post, made, application = make.post(), [], kept.cache.application
    go_on = Event()

    def slowly(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        made.append(environ["PATH_INFO"])
        body = list(application(environ, start))
        assert go_on.wait(10)
        return body

    def waiting() -> int:
        [flight] = kept.cache.pages._flights.values() or [None]
        return len(flight.landed._cond._waiters) if flight else 0  # type: ignore[attr-defined]

    kept.cache.application = slowly
    try:
        with ThreadPoolExecutor(4) as crowd:
            asked = [crowd.submit(get, kept, post.path) for _ in range(4)]
            until(lambda: waiting() == 3, 10, "one makes it, the others wait")
            make.comment(post, "About the boats.", approved=True)
            kept.cache.follower.catch_up()
            go_on.set()
            seen = ["About the boats." in each.result() for each in asked]
    finally:
        kept.cache.application = application
    assert (sorted(seen), made) == ([False, True, True, True], [post.path] * 2)


def test_a_page_that_could_not_be_made_is_tried_again(
        make: Maker, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_environ: object, _start: object) -> NoReturn:
        raise RuntimeError

    path = make.post().path
    with monkeypatch.context() as broken:
        broken.setattr(kept.cache, "application", fail)
        with pytest.raises(RuntimeError):
            kept.app.test_client().get(path)
    flight, ours = kept.cache.pages.take_off((path, ""))
    kept.cache.pages.land((path, ""), flight, None)
    assert ours, "nobody waits for it"


def test_what_changed_while_a_page_was_made_is_not_lost(make: Maker, kept: Kept) -> None:
    post, application = make.post(), kept.cache.application
    rendered, go_on = Event(), Event()

    def slowly(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        body = list(application(environ, start))
        rendered.set()
        go_on.wait(10)
        return body

    kept.cache.application = slowly
    try:
        with ThreadPoolExecutor(1) as pool:
            early = pool.submit(get, kept, post.path)
            assert rendered.wait(10)
            make.comment(post, "About the boats.", approved=True)
            kept.cache.follower.catch_up()
            go_on.set()
            assert "About the boats." not in early.result()
    finally:
        kept.cache.application = application
    assert not kept.there(post.path)
    assert "About the boats." in get(kept, post.path)


def test_a_bulk_statement_that_does_not_say_what_it_disturbs_drops_everything(
        make: Maker, kept: Kept, session: Session) -> None:
    post = make.post()
    kept.warm(post.path, "/robots.txt")
    with pytest.warns(UndeclaredChange):
        session.execute(sa.update(Comment).values(thanks=1))
    session.commit()
    assert kept.dropped(post.path, "/robots.txt") == set()
    make.comment(post, approved=True)
    with pytest.warns(UndeclaredChange):
        session.execute(sa.update(Comment).values(thanks=1))
    session.commit()
    assert kept.dropped("/robots.txt") == {"/robots.txt"}


def test_memory_is_bounded_and_what_was_asked_for_last_stays() -> None:
    pages = Pages(200_000)
    for number in range(50):
        flight, ours = pages.take_off((f"/{number}", ""))
        assert ours
        pages.land((f"/{number}", ""), flight, Page([], b"x" * 2_000, ["a"], used=number))
        pages.get(("/0", "")).used = 1_000  # type: ignore[union-attr]
        assert pages.size <= pages.most
    assert {key[0] for key in pages._pages} >= {"/0", "/49", "/48"}
    assert pages.get(("/1", "")) is None
    pages.drop(["a"])
    assert (pages.size, len(pages), pages._carrying) == (0, 0, {})


def test_a_page_that_would_take_most_of_the_memory_is_not_kept() -> None:
    pages = Pages(100_000)
    flight, _ours = pages.take_off(("/", ""))
    pages.land(("/", ""), flight, Page([], b"x" * 5_000, ["a"], used=0))
    assert len(pages) == 0
    assert flight.page is not None


def test_nothing_that_was_being_made_is_kept_when_everything_is_dropped() -> None:
    pages = Pages(100_000)
    flight, _ours = pages.take_off(("/", ""))
    pages.drop(["*"])
    pages.land(("/", ""), flight, Page([], b"x", ["a"], used=0))
    assert (len(pages), flight.page) == (0, None)


def test_a_change_is_logged_with_what_it_disturbs(make: Maker, session: Session) -> None:
    make.post()
    [row, *_more] = session.scalars(sa.select(Purge)).all()
    assert "published" in row.tags
    assert row.at == NOON
