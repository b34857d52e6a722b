"""A CDN's purge address, on a real server: it notes what it is told."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class CdnServer(ThreadingHTTPServer):
    """Takes keys, or answers with a trouble."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Purge)
        self.told: list[list[str]] = []
        self.headers: list[dict[str, str]] = []
        self.status = 200
        # Called while it is asked.
        self.watch: Callable[[], None] = lambda: None
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05},
                         daemon=True).start()

    @property
    def url(self) -> str:
        """The value that LECTERN_CDN_PURGE_URL gets for it."""
        return f"http://a%2Ftoken@127.0.0.1:{self.server_address[1]}/purge"

    def news(self) -> list[str]:
        """All keys since the last time, sorted."""
        found, self.told = sorted({key for each in self.told for key in each}), []
        return found


class _Purge(BaseHTTPRequestHandler):
    server: CdnServer

    def do_POST(self) -> None:
        self.server.watch()
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.headers.append(dict(self.headers) | {"path": self.path})
        if self.server.status == 200:
            self.server.told.append(self.headers["Surrogate-Key"].split())
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def cdn_server() -> Iterator[CdnServer]:
    server = CdnServer()
    yield server
    server.shutdown()
    server.server_close()
