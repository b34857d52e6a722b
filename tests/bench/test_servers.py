"""Why granian: the same kept page of the same application, sent by gunicorn's threads and by ours;
measured in one run, rounds of both in turn, medians.

Gunicorn is no dependency of ours; it is fetched into a folder of its own. Needs `wrk`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.loading import CONNECTIONS, compared, load
from tests.bench.serving import ROOT, Lectern, served
from tests.foreign import Foreign, install

PLACE = ROOT / ".cache" / "gunicorn"
KEPT_ALIVE = 75


class Gunicorn(Foreign):
    """The same application on the same data, by as many processes, with a thread a connection."""

    def __init__(self, site: Lectern) -> None:
        super().__init__()
        if not PLACE.exists():
            install(sys.executable, ROOT / "tests/bench/gunicorn.lock", "--target", PLACE)
        self.run([sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}",
                  "--worker-class", "gthread", "--workers", str(site.workers), "--threads",
                  str(CONNECTIONS), "--keep-alive", str(KEPT_ALIVE), "--log-level", "warning",
                  "wsgi:app"], site.data.with_name("gunicorn.log"), site.path,
                 env={**site.environment, "PYTHONPATH": str(PLACE)}, cwd=ROOT)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Lectern]:
    with served(tmp_path / "data") as site:
        yield site


@pytest.fixture
def gunicorn(site: Lectern) -> Iterator[Gunicorn]:
    other = Gunicorn(site)
    yield other
    other.stop()


def test_a_kept_page_by_either_server(site: Lectern, gunicorn: Gunicorn) -> None:
    theirs, ours = compared({
        "gunicorn, gthread": lambda: load(gunicorn.pids, gunicorn.base + site.path),
        "lectern serve": lambda: load(site.pids, site.base + site.path)}, "lectern serve")
    assert ours.cpu < theirs.cpu
    assert ours.rate > theirs.rate
