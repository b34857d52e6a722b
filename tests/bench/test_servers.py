"""Why granian: the same kept page of the same application, sent by gunicorn's threads and by ours;
measured in one run, rounds of both in turn, medians.

Gunicorn is no dependency of ours; it is fetched into a folder of its own. Needs `wrk`.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
import urllib3

from tests.bench.serving import ROOT, Lectern, family
from tests.bench.test_cached_page_cost import CONNECTIONS, ROUNDS, Cost, load
from tests.browser.running import Messenger, free_port, until

PLACE = ROOT / ".cache" / "gunicorn"
KEPT_ALIVE = 75


class Gunicorn:
    """The same application on the same data, by as many processes, with a thread a connection."""

    def __init__(self, site: Lectern) -> None:
        if not PLACE.exists():
            subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--target", PLACE,
                            "--disable-pip-version-check", "--require-hashes", "-r",
                            ROOT / "tests/bench/gunicorn.lock"], check=True)
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class",
             "gthread", "--workers", str(site.workers), "--threads", str(CONNECTIONS),
             "--keep-alive", str(KEPT_ALIVE), "--log-level", "warning", "wsgi:app"],
            env={**site.environment, "PYTHONPATH": str(PLACE)}, cwd=ROOT,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def is_up(self, path: str) -> bool:
        """Whether it sends this page."""
        try:
            return Messenger(self.base).get(path).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    @property
    def pids(self) -> set[int]:
        """The first process and its workers."""
        return family(self._process.pid)

    def stop(self) -> None:
        """Ends it."""
        self._process.terminate()
        self._process.wait(30)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Lectern]:
    site = Lectern(tmp_path / "data")
    site.workers = os.cpu_count() or 1
    site.open()
    yield site
    site.stop()


def test_a_kept_page_by_either_server(site: Lectern) -> None:
    other = Gunicorn(site)
    try:
        until(lambda: other.is_up(site.path), 30, "gunicorn answers")
        rounds = [(load(other.pids, other.base + site.path), load(site.pids, site.base + site.path))
                  for _ in range(ROUNDS)]
    finally:
        other.stop()
    theirs, ours = (Cost(*map(median, zip(*each, strict=True)))
                    for each in zip(*rounds, strict=True))
    for what, cost in (("gunicorn, gthread", theirs), ("lectern serve", ours)):
        print(f"\n{what}: {cost.cpu:.0f} µs of CPU, {cost.rate:,.0f} a second"
              f" ({cost.cpu / ours.cpu:.2f} and {cost.rate / ours.rate:.2f} of ours)", end="")
    print()
    assert ours.cpu < theirs.cpu
    assert ours.rate > theirs.rate
