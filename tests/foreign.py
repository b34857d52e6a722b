"""Servers that others wrote, each a process of its own beside the tests."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
import urllib3

from tests.browser.running import free_port, until

ROOT = Path(__file__).resolve().parents[1]


class Foreign:
    """One of them, on a free port; its subclass says what is run."""

    def __init__(self) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.http = urllib3.PoolManager(retries=False, timeout=20)

    def run(self, command: Sequence[str | Path], log: Path, answers: str, **how: Any) -> None:
        """Starts it, and waits until it answers with 200 at this path."""
        with log.open("wb") as said:
            self._process = subprocess.Popen(command, stdout=said, stderr=said, **how)
        try:
            until(lambda: self._is_up(answers, log), 30, f"{command[0]} answers")
        except AssertionError:
            self.stop()
            raise

    def _is_up(self, path: str, log: Path) -> bool:
        assert self._process.poll() is None, log.read_text()
        try:
            return self.http.request("GET", self.base + path).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    @property
    def pids(self) -> set[int]:
        """Its first process and all below."""
        first = psutil.Process(self._process.pid)
        return {first.pid, *(each.pid for each in first.children(recursive=True))}

    def stop(self) -> None:
        """Ends it."""
        self.http.clear()
        self._process.terminate()
        self._process.wait(30)


def install(python: str | Path, locked: Path, *where: str | Path) -> None:
    """Installs what is locked in a file, for an interpreter that is not ours."""
    subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check",
                    "--require-hashes", *where, "-r", locked], check=True)
