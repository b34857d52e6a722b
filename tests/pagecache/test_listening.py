"""PostgreSQL tells every process of a change; where it cannot, the log is read soon enough."""

from collections.abc import Iterator
from time import monotonic

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.pagecache import following, listening
from app.pagecache.following import LASTS
from tests.browser.running import until
from tests.making import Maker
from tests.pagecache.conftest import Kept

LISTENERS = "pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"


@pytest.fixture
def busy(other: Kept, engine_name: str) -> Iterator[Kept]:
    """A second process, as it runs while its pages are asked for."""
    if engine_name == "sqlite":
        pytest.skip("SQLite tells nobody.")
    other.cache.follower.lasts, other.cache.follower.idle = LASTS, 60.0
    yield other
    other.cache.follower.idle = -1.0
    until(lambda: not other.cache.follower.listener.listens.is_set(), 5, "it listens no more")


def lag(make: Maker, kept: Kept) -> float:
    """Seconds between a change and the end of the page that shows what was before."""
    post, browser = make.post(), kept.app.test_client()
    # News of the post itself may drop the page while it is made.
    until(lambda: browser.get(post.path) and kept.there(post.path), 3, "the page is kept")
    make.comment(post, approved=True)
    changed = monotonic()
    until(lambda: not kept.there(post.path), 3, "the page is dropped")
    return monotonic() - changed


def listening_now(session: Session) -> int:
    # Within a transaction, this view stays as it was first seen.
    session.rollback()
    return int(session.scalar(sa.text(f"SELECT count(*) FROM {LISTENERS}")) or 0)


def test_a_process_is_told_of_a_change(make: Maker, busy: Kept,
                                       monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "INTERVAL", 60.0)
    busy.warm("/")
    assert busy.cache.follower.listener.listens.wait(5)
    assert lag(make, busy) < 1


def test_a_process_listens_on_one_connection_and_only_while_pages_are_asked_for(
        session: Session, busy: Kept) -> None:
    for _ in range(3):
        busy.warm("/")
        busy.cache.follower.catch_up()
    assert busy.cache.follower.listener.listens.wait(5)
    assert listening_now(session) == 1
    busy.cache.follower.idle = -1.0
    until(lambda: listening_now(session) == 0, 5, "it left")


def test_a_connection_that_is_lost_costs_milliseconds_and_is_made_again(
        make: Maker, session: Session, busy: Kept, monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(listening, "PAUSE", 1.2)
    listener = busy.cache.follower.listener
    busy.warm("/")
    assert listener.listens.wait(5)
    session.execute(sa.text(f"SELECT pg_terminate_backend(pid) FROM {LISTENERS}"))
    until(lambda: not listener.listens.is_set(), 5, "the connection is lost")
    assert lag(make, busy) < 1
    assert caplog.text.count("tells us of no changes") == 1
    assert listener.listens.wait(5)


def test_a_pooler_that_passes_nothing_on_costs_milliseconds(
        make: Maker, busy: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whoever listens to something else is told as much as behind such a pooler.
    monkeypatch.setattr(listening, "CHANNEL", "another")
    busy.warm("/")
    assert busy.cache.follower.listener.listens.wait(5)
    assert lag(make, busy) < 1


def test_on_sqlite_nobody_listens(kept: Kept, engine_name: str) -> None:
    kept.warm("/")
    assert kept.cache.follower.listener.listens.is_set() is False
    assert (kept.cache.follower.listener._thread is None) == (engine_name == "sqlite")
