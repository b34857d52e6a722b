"""A real HTTP server on loopback that speaks Akismet's language, told in verbs what to say."""

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest

Reply = Callable[["_Handler"], None]


class SpamService:
    """Answers every question as it was told to; `questions` holds what it was asked.

    It stands where the one before it stood, if it is given its server.
    """

    def __init__(self, server: "_Server | None" = None) -> None:
        self.questions: list[tuple[str, dict[str, str]]] = []
        self.during: Callable[[], Any] = lambda: None
        self.finished = threading.Event()
        self.says("false")
        self._http = server or begin()
        self._http.service = self

    @property
    def url(self) -> str:
        """What LECTERN_SPAM_SERVICE_URL is set to."""
        return f"http://a-key@127.0.0.1:{self._http.server_address[1]}"

    def says(self, body: str, status: int = 200, **headers: str) -> None:
        """Answer with this from now on."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        self.reply: Reply = lambda handler: handler.whole(status, sent, body.encode())

    def drips(self) -> None:
        """Answer a byte at a time without end."""
        self.reply = lambda handler: handler.drip()

    def hangs(self) -> None:
        """Take the question and never answer."""
        self.reply = lambda handler: handler.hang()

    def finish(self) -> None:
        """Let go of whoever waits."""
        self.finished.set()

    def close(self) -> None:
        """Let go of whoever waits and stop."""
        self.finish()
        self._http.close()


class _Server(ThreadingHTTPServer):
    service: SpamService
    daemon_threads = True
    block_on_close = False

    def close(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what half of the tests want."""


def begin() -> _Server:
    """A server at a port of its own, for one service after the other."""
    server = _Server(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    service: SpamService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.service = service = self.server.service
        service.questions.append((self.path, dict(parse_qsl(body, keep_blank_values=True))))
        service.during()
        service.reply(self)

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def whole(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def drip(self) -> None:
        self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
        while not self.service.finished.wait(0.05):
            self.wfile.write(b" ")

    def hang(self) -> None:
        self.service.finished.wait()


@pytest.fixture(scope="session")
def spam_server() -> Iterator[_Server]:
    """Where the services of all tests stand, so that one application knows them all."""
    server = begin()
    yield server
    server.close()


@pytest.fixture
def spam_service(spam_server: _Server) -> Iterator[SpamService]:
    """A service of its own for each test."""
    service = SpamService(spam_server)
    yield service
    service.finish()


def seconds(act: Callable[[], object]) -> float:
    """How long something took."""
    began = time.monotonic()
    act()
    return time.monotonic() - began
