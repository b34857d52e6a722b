"""Servers under load: Lectern as it is served, Isso beside it, and sixteen writers for either."""

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
import urllib3
from sqlalchemy.orm import Session

from app.clock import now
from app.desk.models import ReviewItem
from app.rules import classifier, proof
from app.rules.classifier import Taught
from tests.browser.running import Site
from tests.foreign import Foreign, install
from tests.rules.solving import solve

ROOT = Path(__file__).resolve().parents[2]
WRITERS, TAUGHT = 16, 120
WORDS = ("I lead a night shift, and what you say of the first ten minutes is true for us, too. We"
         " stand up, say what is open, and only then sit down. Number")
ISSO = """[general]
dbpath = {folder}/isso.sqlite
host = http://localhost/
[server]
listen = http://127.0.0.1:{port}
[guard]
enabled = false
[moderation]
enabled = true
"""


def cpu(pids: set[int]) -> float:
    """Seconds of processor that these processes have used."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> set[int]:
    """A process and everything below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {pid}.union(*(family(int(child)) for child in children))


def at_once(send: Callable[[urllib3.PoolManager, int], None], numbers: range) -> None:
    """Sends each number once, with sixteen writers who each have a connection of their own."""
    left = iter(numbers)
    turn = itertools.count()

    def write(_writer: int) -> None:
        with urllib3.PoolManager(retries=False, timeout=30) as http:
            while next(turn) < len(numbers):
                send(http, next(left))

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))


class Lectern(Site):
    """The site as it is served, with one post, and with sums solved ahead by its readers."""

    def open(self) -> None:
        """Prepares and starts it, and finds the post to comment under."""
        self.prepare()
        self._teach()
        self.start()
        self.wait()
        page = json.loads(self.stranger.get("/feed.json").text)
        self.path = page["items"][0]["url"].removeprefix(self.base)
        self._sums = proof.Sums((self.data / "secret_key").read_text().strip())
        self.accepted: list[str] = []

    def _teach(self) -> None:
        # Whoever has learned nothing has nothing to look up.
        with Session(self._engine) as session:
            for number in range(TAUGHT):
                said = classifier.words(f"{' '.join(WORDS.split()[number % 9:])} {number}.")
                classifier.learn(session, said, (Taught.SPAM, Taught.HAM)[number % 2])
            session.commit()

    @property
    def _engine(self) -> sa.Engine:
        # Nobody keeps the engine, so it must keep no connection.
        return sa.create_engine(self.environment.get(
            "LECTERN_DATABASE_URL") or f"sqlite:///{self.data / 'lectern.sqlite'}",
            poolclass=sa.NullPool)

    def facts(self) -> dict[str, Any]:
        """What the rules saw of the newest comment at the desk."""
        with Session(self._engine) as session:
            newest = sa.select(ReviewItem.facts).order_by(ReviewItem.id.desc()).limit(1)
            return session.scalars(newest).one()

    @property
    def pids(self) -> set[int]:
        """The server and its workers."""
        return family(self._process.pid)

    def solve(self, numbers: range) -> dict[int, str]:
        """A solved sum for each; these are the easiest there are, for we time the server alone."""
        proof.FEWEST, proof.MOST = 0, 1
        return {number: solve(self._sums.new(now())) for number in numbers}

    def sending(self, sums: dict[int, str]) -> Callable[[urllib3.PoolManager, int], None]:
        """How a browser sends one comment, through htmx, with its sum."""
        def send(http: urllib3.PoolManager, number: int) -> None:
            answer = http.request(
                "POST", f"{self.base}{self.path}/comments", body=urlencode({
                    "author_name": "Rita Reader", "author_email": f"r{number}@reader.example",
                    "body": f"{WORDS} {number}.", "altcha": sums[number]}),
                headers={"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true",
                         "HX-Request-Type": "partial", "Sec-Fetch-Site": "same-origin"})
            assert answer.status == 200, answer.data[:500]
            self.accepted.append(answer.data.decode().split("/follow/")[1].split('"')[0])
        return send

    def kill(self) -> None:
        """Ends all of it at once, as a power cut would."""
        for pid in self.pids:
            os.kill(pid, 9)
        self._process.wait()


@contextmanager
def served(data: Path, workers: int = os.cpu_count() or 1) -> Iterator[Lectern]:
    """The site, running with so many web processes."""
    site = Lectern(data)
    site.workers = workers
    site.open()
    try:
        yield site
    finally:
        site.stop()


class Isso(Foreign):
    """The simplest comment server there is, in an environment of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.accepted = self.refused = 0

    def open(self) -> None:
        """Installs it if need be, and starts it."""
        place = ROOT / ".cache" / "isso"
        if not (place / "bin" / "isso").exists():
            subprocess.run([sys.executable, "-m", "venv", place], check=True)
            install(place / "bin" / "python", ROOT / "tests/bench/isso.lock")
        settings = self.folder / "isso.cfg"
        settings.write_text(ISSO.format(folder=self.folder, port=self.port))
        self.run([place / "bin" / "isso", "-c", settings, "run"], self.folder / "isso.log",
                 "/info")

    def send(self, http: urllib3.PoolManager, number: int) -> None:
        """One comment, as its own script sends it; under load it answers some with an error."""
        answer = http.request(
            "POST", f"{self.base}/new?uri=%2Fpost", body=json.dumps({
                "title": "A post", "text": f"{WORDS} {number}.", "author": "Rita Reader",
                "email": f"r{number}@reader.example", "website": None, "parent": None}),
            headers={"Content-Type": "application/json", "Origin": "http://localhost"})
        if answer.status in {201, 202}:
            self.accepted += 1
        else:
            self.refused += 1


def settle(pids: set[int]) -> None:
    """Waits until these processes have nothing left to do."""
    before = -1.0
    while (spent := cpu(pids)) != before:
        before = spent
        time.sleep(0.2)
