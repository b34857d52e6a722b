"""A worker that is told to go finishes first what it has begun, and nobody repeats it."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import psutil
import pytest

from tests.browser.running import until
from tests.operations.machines import PostOffice
from tests.operations.serving.test_watching import SECONDS, Served, begin


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    opened = PostOffice()
    yield opened
    opened.opened.set()
    opened.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, template: str, office: PostOffice
           ) -> Iterator[Served]:
    """A site that sends its mail through this office."""
    site = begin(tmp_path_factory.mktemp("served"), template, LECTERN_MAIL_URL=office.url)
    yield site
    site.stop()


def sending(served: Served, office: PostOffice, recipient: str) -> psutil.Process:
    """The worker that is in the middle of sending a mail to somebody."""
    office.hold(recipient)
    served.stranger.post("/reader/links", email=recipient)
    [worker] = served.doing("worker")
    until(lambda: office.holds(worker), SECONDS, "the worker is sending it")
    return psutil.Process(worker)


def noted(served: Served, recipient: str) -> object:
    """What the outbox knows of a mail: how often it was tried, and whether it has left."""
    with closing(sqlite3.connect(served.data / "lectern.sqlite")) as connection:
        return connection.execute("SELECT attempts, sent_at IS NOT NULL FROM outbox"
                                  " WHERE recipient = ?", (recipient,)).fetchall()


def test_a_reload_waits_for_what_the_worker_has_begun(served: Served, office: PostOffice) -> None:
    old, web = sending(served, office, "rita@reader.example"), served.doing("web")
    os.kill(served.master.pid, signal.SIGHUP)
    until(lambda: served.doing("worker") - {old.pid} and served.doing("web").isdisjoint(web),
          SECONDS, "the others are new")
    # The new one does all else meanwhile, and leaves this one alone.
    served.stranger.post("/reader/links", email="ada@reader.example")
    until(lambda: office.taken["ada@reader.example"], SECONDS, "others get their mail")
    assert old.is_running()
    assert not office.taken["rita@reader.example"]
    office.opened.set()
    old.wait(SECONDS)
    assert office.taken["rita@reader.example"] == 1
    assert noted(served, "rita@reader.example") == [(1, 1)]


# The last one: nothing is left of the site.
def test_the_end_waits_for_what_the_worker_has_begun(served: Served, office: PostOffice) -> None:
    worker = sending(served, office, "kim@reader.example")
    served.master.terminate()
    until(lambda: not served.doing("web"), SECONDS, "the others have gone")
    assert worker.is_running()
    office.opened.set()
    worker.wait(SECONDS)
    assert office.taken["kim@reader.example"] == 1
    assert noted(served, "kim@reader.example") == [(1, 1)]
