"""`lectern serve`: processes that die are replaced, and a reload loses no request."""

import http.client
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event

import psutil
import pytest

from tests.browser.running import Messenger, Site, until

SECONDS = 60


class Served(Site):
    """A site with two web processes and a worker, as it is served."""

    workers = 2

    @property
    def master(self) -> psutil.Process:
        return psutil.Process(self._process.pid)

    def doing(self, duty: str) -> set[int]:
        """The processes that do this and live."""
        found = set()
        for each in self.master.children():
            with suppress(psutil.NoSuchProcess):
                if each.status() != psutil.STATUS_ZOMBIE and each.name() == f"lectern {duty}":
                    found.add(each.pid)
        return found

    def all_there(self) -> bool:
        return len(self.doing("web")) == 2 and len(self.doing("worker")) == 1

    def status(self, connection: http.client.HTTPConnection, path: str = "/healthz") -> int:
        connection.request("GET", path)
        with connection.getresponse() as answer:
            answer.read()
            return answer.status

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)


def begin(folder: Path, template: str, **settings: str) -> Served:
    """A site that has just started."""
    site = Served(folder / "data")
    site.environment |= settings
    site.data.mkdir()
    shutil.copy(template.removeprefix("sqlite:///"), site.data / "lectern.sqlite")
    site.start()
    site.wait()
    until(site.all_there, SECONDS, "all processes are there")
    return site


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, template: str) -> Iterator[Served]:
    """The site that most tests of this file share."""
    site = begin(tmp_path_factory.mktemp("served"), template)
    yield site
    site.stop()


class Readers:
    """Some who go on asking, on connections that they keep as long as they may."""

    def __init__(self, site: Served) -> None:
        self.site, self.enough, self.answers = site, Event(), 0

    def __enter__(self) -> "Readers":
        self._pool = ThreadPoolExecutor(4)
        self._asking = [self._pool.submit(self._ask) for _ in range(4)]
        return self

    def _ask(self) -> None:
        connection = self.site.connect()
        while not self.enough.wait(0.01):
            assert self.site.status(connection) == 200
            self.answers += 1
        connection.close()

    def __exit__(self, *_error: object) -> None:
        self.enough.set()
        self._pool.shutdown()
        for each in self._asking:
            each.result()


def test_a_process_that_is_killed_is_replaced(served: Served) -> None:
    web, worker = served.doing("web"), served.doing("worker")
    for pid in (min(web), *worker):
        os.kill(pid, signal.SIGKILL)
    until(lambda: served.all_there() and min(web) not in served.doing("web"), SECONDS, "replaced")
    assert served.doing("web") & web == {max(web)}
    assert served.doing("worker").isdisjoint(worker)
    assert served.stranger.get("/healthz").status == 200


def test_a_reload_replaces_every_process_and_fails_no_request(served: Served) -> None:
    before, master = served.doing("web") | served.doing("worker"), served.master.pid
    with Readers(served) as readers:
        os.kill(master, signal.SIGHUP)
        until(lambda: served.all_there()
              and before.isdisjoint(served.doing("web") | served.doing("worker")),
              SECONDS, "the new ones alone are there")
    assert readers.answers
    assert served.master.pid == master


def test_a_reload_into_something_broken_changes_nothing(served: Served) -> None:
    before = served.doing("web") | served.doing("worker")
    (served.data / "secret_key").rename(served.data / "kept")
    (served.data / "secret_key").mkdir()
    try:
        os.kill(served.master.pid, signal.SIGHUP)
        until(lambda: "nothing was reloaded" in served.log(), SECONDS, "it says so")
    finally:
        (served.data / "secret_key").rmdir()
        (served.data / "kept").rename(served.data / "secret_key")
    assert served.doing("web") | served.doing("worker") == before
    assert served.stranger.get("/healthz").status == 200


POST = b"POST /account/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n" \
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
SLOW = {"headers": POST[:30], "bodies": POST + b"e",
        "readers": b"GET /assets/x/css/site.css HTTP/1.1\r\nHost: localhost\r\n\r\n" * 40}


@pytest.mark.parametrize("what", SLOW)
def test_sixty_four_who_are_slow_hold_up_nobody(served: Served, what: str) -> None:
    with ExitStack() as open_:
        for _ in range(64):
            slow = open_.enter_context(socket.socket())
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            slow.connect(("127.0.0.1", served.port))
            slow.sendall(SLOW[what])
        for _ in range(4):
            assert Messenger(served.base).get("/readyz").status == 200
            assert Messenger(served.base).ask("POST", "/account/sign-in", fields={}).status == 422


@pytest.mark.parametrize(("more", "status"), [
    (b"X: " + b"a" * 8_000, 200), (b"X: " + b"a" * 200_000, 431),
    (b"\r\n".join(b"X%d: a" % number for number in range(200)), 431)])
def test_headers_have_a_limit(served: Served, more: bytes, status: int) -> None:
    with socket.create_connection(("127.0.0.1", served.port)) as sender:
        with suppress(OSError):
            sender.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + more + b"\r\n\r\n")
        assert sender.recv(100).startswith(b"HTTP/1.1 %d" % status)


def test_a_body_that_is_too_long_is_refused_before_it_comes(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port)) as sender:
        sender.sendall(POST.replace(b"Length: 9", b"Length: 9000000"))
        assert sender.recv(100).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("length", [9, 100_000])
def test_a_form_that_broke_off_is_not_taken_for_the_whole(served: Served, length: int) -> None:
    with socket.create_connection(("127.0.0.1", served.port)) as sender:
        sender.sendall(POST.replace(b"Length: 9", b"Length: %d" % length) + b"email=a")
        sender.shutdown(socket.SHUT_WR)
        assert sender.recv(100).startswith(b"HTTP/1.1 400")


def test_the_end_comes_after_what_has_begun_and_leaves_nobody(
        tmp_path: Path, template: str) -> None:
    site = begin(tmp_path, template)
    family = site.master.children(recursive=True)
    with socket.create_connection(("127.0.0.1", site.port)) as half:
        half.sendall(POST + b"emai")
        site.master.terminate()
        until(lambda: "Stopping worker" in site.log(), SECONDS, "it begins to end")
        half.sendall(b"l=a&b")
        assert half.recv(100).startswith(b"HTTP/1.1 4")
    site.stop()
    assert not [each for each in family if each.is_running()]


def test_nobody_outlives_the_first_process(tmp_path: Path, template: str) -> None:
    site = begin(tmp_path, template)
    family = site.master.children(recursive=True)
    site.master.kill()
    psutil.wait_procs(family, timeout=SECONDS)
    assert not [each for each in family if each.is_running()]
    site.stop()
