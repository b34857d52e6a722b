"""Two machines on one PostgreSQL: a web process and a worker each, a data directory each; one
bucket and one mail server beside them, all of them real processes or real servers.
"""

import os
import re
import socketserver
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import psutil
import urllib3

from tests.browser.running import Messenger, free_port

ROOT = Path(__file__).resolve().parents[2]


class Machine:
    """One machine, which shares only what its settings name."""

    def __init__(self, data: Path, settings: dict[str, str]) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.stranger = Messenger(self.base)
        self._data = data
        self._environment = {
            **{name: value for name, value in os.environ.items()
               if not name.startswith("LECTERN_")}, **settings, "LECTERN_DATA": str(data)}
        self.web = self._start("serve", "--no-worker", "--workers", "1", "--port", str(self.port))
        self.worker = self._start("worker")

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        with (self._data.parent / f"{self._data.name}-{command[0]}.log").open("wb") as log:
            return subprocess.Popen([sys.executable, "-m", "app.cli", *command], stdout=log,
                                    stderr=log, env=self._environment, cwd=ROOT)

    def is_up(self) -> bool:
        """Whether its web process answers; fails if one of the two has ended."""
        assert self.web.poll() is None, self.log("serve")
        assert self.worker.poll() is None, self.log("worker")
        try:
            return self.stranger.get("/healthz").status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def log(self, command: str) -> str:
        """What one of its processes has said."""
        return (self._data.parent / f"{self._data.name}-{command}.log").read_text()

    def end(self) -> None:
        """Ends both, its worker as a power cut would."""
        self.stranger.close()
        self.web.terminate()
        self.worker.kill()
        self.worker.wait(10)


class PostOffice(socketserver.ThreadingTCPServer):
    """A mail server that counts what it took, answers nobody who writes to a slow address, and
    takes the letters to `later` when `opened` is set.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.taken: Counter[str] = Counter()
        self.letters: dict[str, str] = {}
        self.slow = self.later = ""
        self.opened = threading.Event()
        self.held_from: list[int] = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05},
                         daemon=True).start()

    @property
    def url(self) -> str:
        """The value that LECTERN_MAIL_URL gets for it."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def hold(self, recipient: str) -> None:
        """Keeps whoever writes to this one waiting until `opened` is set."""
        self.later, self.held_from = recipient, []
        self.opened.clear()

    def holds(self, worker: int) -> bool:
        """Whether a mail of the worker with this number is held."""
        return any(each.laddr.port in self.held_from
                   for each in psutil.Process(worker).net_connections("tcp"))

    def close(self) -> None:
        """Ends it."""
        self.shutdown()
        self.server_close()


class Visit(socketserver.StreamRequestHandler):
    """One visit of a worker (RFC 5321, as much of it as Python's smtplib says)."""

    server: PostOffice

    def handle(self) -> None:
        self._say("220 here")
        recipient = ""
        while line := self.rfile.readline().decode("latin-1"):
            verb = line[:4].upper()
            if verb == "RCPT":
                recipient = line.split("<")[1].split(">")[0]
            if verb == "DATA":
                if recipient == self.server.slow:
                    self.server.held_from.append(self.client_address[1])
                    self.rfile.readline()
                    return
                if recipient == self.server.later:
                    self.server.held_from.append(self.client_address[1])
                    # A reply of many lines: whoever hears nothing for long goes away.
                    while not self.server.opened.wait(0.5):
                        self._say("354-wait")
                self._take(recipient)
            self._say({"QUIT": "221 bye"}.get(verb, "250 well"))

    def _take(self, recipient: str) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        self.server.letters[recipient] = b"".join(lines).decode()
        self.server.taken[recipient] += 1

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


def links(letter: str) -> list[str]:
    """The paths on the site that a letter names."""
    return re.findall(r"http://[^/\s]+(/\S+)", letter.replace("=\r\n", "").replace("=3D", "="))
