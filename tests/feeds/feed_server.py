"""A real HTTP server on loopback, told in verbs what to answer."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest

from app.fetch import Allow

Reply = Callable[["_Handler"], None]


class FeedServer:
    """Serves what it was told to; every verb returns the address it now answers at.

    `requests` holds the headers of each request by path, oldest first, `forms` what was posted.
    Nothing that waits outlives the server: `finished` is set when it closes.
    """

    def __init__(self, host: str = "127.0.0.1", context: ssl.SSLContext | None = None) -> None:
        self.requests: dict[str, list[Mapping[str, str]]] = {}
        self.forms: dict[str, list[dict[str, str]]] = {}
        self.finished = threading.Event()
        self._replies: dict[str, list[Reply]] = {}
        self._scheme, self._host = ("https" if context else "http"), host
        self._http = _Server((host, 0), _Handler)
        self._http.feeds = self
        if context:
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        """The port that was free."""
        return int(self._http.server_address[1])

    @property
    def allow(self) -> Allow:
        """What lets the fetcher reach this server and nothing else on loopback."""
        return Allow.parse(f"{self._host}:{self.port}")

    def url(self, path: str = "/feed.xml") -> str:
        """The address of a path, whether anything is served there or not (404)."""
        return f"{self._scheme}://{self._host}:{self.port}{path}"

    def serve(
        self, body: bytes | str, path: str = "/feed.xml", *, status: int = 200,
        headers: Mapping[str, str] | None = None, content_type: str = "application/rss+xml",
    ) -> str:
        """Answer with this from now on."""
        data = body.encode() if isinstance(body, str) else body
        sent = {"Content-Type": content_type, "Content-Length": str(len(data)), **(headers or {})}
        return self._answer(path, [lambda handler: handler.whole(status, sent, data)])

    def serve_in_turn(self, *statuses: int, path: str = "/feed.xml") -> str:
        """Answer with these statuses, one a request, and the last from then on."""
        return self._answer(path, [
            lambda handler, status=status: handler.whole(status, {"Content-Length": "0"}, b"")
            for status in statuses
        ])

    def redirect(self, to: str, path: str = "/moved", *, status: int = 302) -> str:
        """Send on to another address."""
        sent = {"Location": to, "Content-Length": "0"}
        return self._answer(path, [lambda handler: handler.whole(status, sent, b"")])

    def serve_after(self, does: Callable[[], object], body: str, path: str = "/feed.xml", *,
                    headers: Mapping[str, str] | None = None) -> str:
        """Answer with this, but only when something else has been done meanwhile."""
        sent = {"Content-Type": "application/rss+xml", **(headers or {})}
        return self._answer(path, [
            lambda handler: (does(), handler.whole(200, sent, body.encode()))[1]])

    def drip(self, path: str = "/drip", *, pause: float = 0.05, headers_only: bool = False) -> str:
        """Answer a byte at a time without end: of the body, or already of the headers."""
        return self._answer(path, [lambda handler: handler.drip(pause, headers_only)])

    def hang(self, path: str = "/hang") -> str:
        """Take the request and never answer."""
        return self._answer(path, [lambda handler: handler.hang()])

    def bomb(self, packed: bytes, encoding: str, path: str = "/bomb") -> str:
        """Answer with bytes that grow when unpacked."""
        return self.serve(packed, path, headers={"Content-Encoding": encoding})

    def break_off(self, body: bytes, path: str = "/broken", *, promised: int = 10_000) -> str:
        """Promise a length, send less, and close."""
        sent = {"Content-Type": "text/xml", "Content-Length": str(promised)}
        return self._answer(path, [lambda handler: handler.whole(200, sent, body)])

    def flood(self, path: str = "/flood") -> str:
        """Send a hundred megabytes, without saying how many."""
        return self._answer(path, [lambda handler: handler.flood(1600)])

    def raw(self, answer: bytes, path: str = "/raw") -> str:
        """Answer with exactly these bytes, HTTP or not, and close."""
        return self._answer(path, [lambda handler: handler.raw(answer)])

    def count(self, path: str = "/feed.xml") -> int:
        """How often a path was asked for."""
        return len(self.requests.get(path, []))

    def close(self) -> None:
        """Let go of whoever waits and stop."""
        self.finished.set()
        self._http.shutdown()
        self._http.server_close()

    def _answer(self, path: str, replies: list[Reply]) -> str:
        self._replies[path] = replies
        return self.url(path)

    def reply(self, path: str, headers: Mapping[str, str]) -> Reply:
        """The next answer for a path; remembers the request."""
        self.requests.setdefault(path, []).append(headers)
        replies = self._replies.get(path) or [lambda handler: handler.whole(404, {}, b"")]
        return replies.pop(0) if len(replies) > 1 else replies[0]


class _Server(ThreadingHTTPServer):
    feeds: FeedServer
    daemon_threads = True
    # A client that finds the queue full waits for a second before it tries again.
    request_queue_size = 128
    # Threads end with the sockets; waiting for them would be waiting for hung clients.
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what half of the tests want."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.feeds.reply(self.path.partition("?")[0], headers)(self)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        path = self.path.partition("?")[0]
        self.server.feeds.forms.setdefault(path, []).append(dict(parse_qsl(sent)))
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def whole(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def raw(self, answer: bytes) -> None:
        self.wfile.write(answer)
        self.close_connection = True

    def flood(self, pieces: int) -> None:
        self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n<rss>")
        for _ in range(pieces):
            self.wfile.write(b" " * 65536)

    def drip(self, pause: float, headers_only: bool) -> None:
        self.wfile.write(b"HTTP/1.0 200 OK\r\n" + (b"X-Slow: " if headers_only else b"\r\n"))
        while not self.server.feeds.finished.wait(pause):
            self.wfile.write(b"x")

    def hang(self) -> None:
        self.server.feeds.finished.wait()
        self.connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def feed_server() -> Iterator[FeedServer]:
    """A server of its own for each test."""
    server = FeedServer()
    yield server
    server.close()
