"""Slowing down: counted for everyone in one place, over a window, and forgotten in time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app import throttle
from app.database import db, writing
from app.throttle import Attempts
from tests.conftest import FakeClock

WINDOW = timedelta(minutes=15)


def test_a_limit_is_reached_with_the_last_free_try_and_not_before(
        session: Session, time: FakeClock) -> None:
    waits = []
    for _ in range(5):
        waits.append(throttle.wait_for(session, "door", 3, WINDOW, time.now()))
        throttle.count(session, "door", WINDOW, time.now())
    assert waits == [0, 0, 0, 901, 901]


def test_the_wait_shrinks_with_the_clock_and_ends_with_the_window(
        session: Session, time: FakeClock) -> None:
    for _ in range(3):
        throttle.count(session, "door", WINDOW, time.now())
    time.forward(minutes=14)
    assert throttle.wait_for(session, "door", 3, WINDOW, time.now()) == 61
    time.forward(seconds=60)
    assert throttle.wait_for(session, "door", 3, WINDOW, time.now()) == 0


def test_a_new_window_begins_at_one(session: Session, time: FakeClock) -> None:
    for _ in range(3):
        throttle.count(session, "door", WINDOW, time.now())
    time.forward(minutes=15)
    throttle.count(session, "door", WINDOW, time.now())
    assert throttle.wait_for(session, "door", 2, WINDOW, time.now()) == 0
    assert throttle.wait_for(session, "door", 1, WINDOW, time.now()) > 0


def test_a_clock_that_was_ahead_locks_no_door_for_as_long(
        session: Session, time: FakeClock) -> None:
    ahead = time.now() + timedelta(days=400)
    for _ in range(3):
        throttle.count(session, "door", WINDOW, ahead)
    assert throttle.wait_for(session, "door", 3, WINDOW, time.now()) == 0
    throttle.count(session, "door", WINDOW, time.now())
    assert throttle.wait_for(session, "door", 2, WINDOW, time.now()) == 0
    assert throttle.wait_for(session, "door", 1, WINDOW, time.now()) > 0


def test_one_door_says_nothing_about_another(session: Session, time: FakeClock) -> None:
    throttle.count(session, "door", WINDOW, time.now())
    assert throttle.wait_for(session, "window", 1, WINDOW, time.now()) == 0


def test_a_success_starts_anew(session: Session, time: FakeClock) -> None:
    throttle.count(session, "door", WINDOW, time.now())
    throttle.forget(session, "door")
    assert throttle.wait_for(session, "door", 1, WINDOW, time.now()) == 0


def test_a_try_that_was_none_is_given_back(session: Session, time: FakeClock) -> None:
    for _ in range(2):
        throttle.count(session, "door", WINDOW, time.now())
    throttle.give_back(session, "door")
    assert throttle.wait_for(session, "door", 2, WINDOW, time.now()) == 0
    assert throttle.wait_for(session, "door", 1, WINDOW, time.now()) > 0


def test_tries_that_come_at_once_are_all_counted(app: Flask, time: FakeClock) -> None:
    together = threading.Barrier(8, timeout=30)

    def knock(_number: int) -> None:
        with app.app_context(), writing() as session:
            # As a sign-in does: it looks, lets others write while it hashes, and then counts.
            throttle.wait_for(session, "door", 5, WINDOW, time.now())
            session.commit()
            together.wait()
            throttle.count(session, "door", WINDOW, time.now())
            session.commit()
            together.wait()
            throttle.count(session, "door", WINDOW, time.now())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(knock, range(8)))
    with app.app_context(), db.sessionmaker() as fresh:
        assert fresh.scalars(sa.select(Attempts.count)).one() == 16


def test_of_several_limits_each_holds_and_a_try_counts_whatever_follows(
        session: Session, time: FakeClock) -> None:
    tries, waits = [("door", 2, WINDOW), ("house", 4, 2 * WINDOW)], []
    for _ in range(5):
        waits.append(throttle.take(session, tries, time.now()))
        session.rollback()
    assert waits == [0, 0, 901, 901, 1801]


def test_what_was_tried_is_not_kept_in_words(session: Session, time: FakeClock) -> None:
    throttle.count(session, "sign-in:ada@reader.example:203.0.113.7/32", WINDOW, time.now())
    [row] = session.scalars(sa.select(Attempts))
    assert "ada" not in row.key
    assert "203" not in row.key


def test_old_counts_are_swept_away_and_young_ones_stay(session: Session, time: FakeClock) -> None:
    throttle.count(session, "old", WINDOW, time.now())
    time.forward(hours=24, seconds=1)
    young = time.now()
    throttle.count(session, "young", WINDOW, young)
    throttle.sweep(session, time.forward(hours=23))
    assert session.scalars(sa.select(Attempts.since)).all() == [young]


@pytest.mark.parametrize(("address", "network"), [
    ("203.0.113.7", "203.0.113.7/32"),
    ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
    ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
    (None, "unknown"), ("", "unknown"), ("not an address", "unknown"),
])
def test_one_subscriber_is_one_network(address: str | None, network: str) -> None:
    assert throttle.network(address) == network
