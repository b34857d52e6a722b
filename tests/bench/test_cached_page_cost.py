"""What a kept page costs beside nginx sending the same bytes; measured in one run, rounds of all in
turn, medians.

CPU time of all processes of a server is the figure to trust; requests a second stand beside it.
Needs `nginx` and `wrk`, which `make bench` fetches where they are missing.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pytest
import urllib3

from tests.bench.serving import Lectern, cpu, family
from tests.browser.running import free_port, until

ROUNDS, SECONDS, CONNECTIONS = 3, 2, 32
# The most that a request may cost, and the least that are answered in a second, as nginx is one.
MOST, LEAST = 4.5, 0.35
NGINX = """{user} worker_processes auto; pid {folder}/pid; error_log {folder}/errors; daemon off;
events {{ worker_connections 256; }}
http {{ access_log off; gzip_static on; sendfile on; keepalive_requests 10000000;
  default_type text/html; {places}
  server {{ listen 127.0.0.1:{port}; root {folder}; }} }}
"""
PLACES = " ".join(f"{each}_temp_path {{folder}}/{each};" for each in (
    "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))


class Cost(NamedTuple):
    """CPU microseconds of a request, and requests a second."""

    cpu: float
    rate: float


class Nginx:
    """The limit: a file, compressed ahead, from memory."""

    def __init__(self, folder: Path, page: bytes) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/page.html"
        (folder / "page.html.gz").write_bytes(page)
        (folder / "page.html").write_bytes(b"")
        (folder / "nginx.conf").write_text(NGINX.format(
            folder=folder, port=self.port, places=PLACES.format(folder=folder),
            # Started by root, its workers would be nobody, who may not look into our folder.
            user="user root;" if os.geteuid() == 0 else ""))
        self._process = subprocess.Popen(["nginx", "-p", folder, "-c", folder / "nginx.conf"],
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            until(self._is_up, 10, "nginx answers")
        except AssertionError:
            self.stop()
            raise

    def _is_up(self) -> bool:
        with urllib3.PoolManager(retries=False) as http:
            try:
                return http.request("GET", self.url).status == 200
            except urllib3.exceptions.HTTPError:
                return False

    @property
    def pids(self) -> set[int]:
        """The master and its workers."""
        return family(self._process.pid)

    def stop(self) -> None:
        """Ends it."""
        self._process.terminate()
        self._process.wait(10)


def load(pids: set[int], url: str, *headers: str) -> Cost:
    """What each of the requests of SECONDS costs, from CONNECTIONS that stay open."""
    before = cpu(pids)
    wanted = [part for each in ("Accept-Encoding: gzip", *headers) for part in ("-H", each)]
    said = subprocess.run(["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", str(SECONDS), *wanted,
                           url], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+) requests in", said)
    assert "Non-2xx" not in said, said
    assert found, said
    number = int(found.group(1))
    return Cost((cpu(pids) - before) * 1e6 / number, number / SECONDS)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Lectern]:
    site = Lectern(tmp_path / "data")
    site.workers = os.cpu_count() or 1
    site.open()
    yield site
    site.stop()


def test_a_kept_page(site: Lectern, tmp_path: Path) -> None:
    url = site.base + site.path
    with urllib3.PoolManager(retries=False) as http:
        answer = http.request("GET", url, headers={"Accept-Encoding": "gzip"},
                              decode_content=False)
    folder = tmp_path / "nginx"
    folder.mkdir()
    nginx = Nginx(folder, answer.data)
    known = f"If-None-Match: {answer.headers['ETag']}"
    try:
        rounds = [(load(nginx.pids, nginx.url), load(site.pids, url), load(site.pids, url, known))
                  for _ in range(ROUNDS)]
    finally:
        nginx.stop()
    limit, ours, unchanged = (Cost(*map(median, zip(*each, strict=True)))
                              for each in zip(*rounds, strict=True))
    for what, cost in (("nginx, the file", limit), ("A kept page", ours),
                       ("A kept page, 304", unchanged)):
        print(f"\n{what}: {cost.cpu:.0f} µs of CPU ({cost.cpu / limit.cpu:.2f}), "
              f"{cost.rate:,.0f} a second ({cost.rate / limit.rate:.2f})", end="")
    print()
    assert ours.cpu <= MOST * limit.cpu
    assert ours.rate >= LEAST * limit.rate
