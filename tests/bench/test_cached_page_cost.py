"""What a kept page costs beside nginx sending the same bytes; measured in one run, rounds of all in
turn, medians.

CPU time of all processes of a server is the figure to trust; requests a second stand beside it.
Needs `nginx` and `wrk`, which `make bench` fetches where they are missing.
"""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import urllib3

from tests.bench.loading import compared, load
from tests.bench.serving import Lectern, served
from tests.foreign import Foreign

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


class Nginx(Foreign):
    """The limit: a file, compressed ahead, from memory."""

    def __init__(self, folder: Path, page: bytes) -> None:
        super().__init__()
        self.url = f"{self.base}/page.html"
        folder.mkdir()
        (folder / "page.html.gz").write_bytes(page)
        (folder / "page.html").write_bytes(b"")
        (folder / "nginx.conf").write_text(NGINX.format(
            folder=folder, port=self.port, places=PLACES.format(folder=folder),
            # Started by root, its workers would be nobody, who may not look into our folder.
            user="user root;" if os.geteuid() == 0 else ""))
        self.run(["nginx", "-p", folder, "-c", folder / "nginx.conf"], folder / "log",
                 "/page.html")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Lectern]:
    with served(tmp_path / "data") as site:
        yield site


def test_a_kept_page(site: Lectern, tmp_path: Path) -> None:
    url = site.base + site.path
    with urllib3.PoolManager(retries=False) as http:
        answer = http.request("GET", url, headers={"Accept-Encoding": "gzip"},
                              decode_content=False)
    nginx = Nginx(tmp_path / "nginx", answer.data)
    ask, known = partial(load, site.pids, url), f"If-None-Match: {answer.headers['ETag']}"
    try:
        limit, ours, _unchanged = compared({
            "nginx, the file": lambda: load(nginx.pids, nginx.url),
            "A kept page": ask, "A kept page, 304": partial(ask, known)}, "nginx, the file")
    finally:
        nginx.stop()
    assert ours.cpu <= MOST * limit.cpu
    assert ours.rate >= LEAST * limit.rate
