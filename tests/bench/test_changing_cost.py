"""One comment approved per second while readers pull fifty pages: how many requests a second are
left of those without approvals, and how old is the oldest page that anybody reads.

Rounds of both in turn, medians. Needs `wrk` (Debian: `apt install wrk`).
"""

import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pytest
import urllib3

from app import clock, create_app
from app.comments import actions as comments
from app.config import Settings
from app.database import db, for_writing
from app.entries.models import Entry
from tests.bench.serving import Lectern, cpu
from tests.bench.test_page_cost import WORDS
from tests.browser.running import Messenger
from tests.making import Maker

PAGES, REMARKS, ROUNDS, SECONDS, CONNECTIONS, READERS = 50, 5, 3, 6, 32, 8
LEAST, OLDEST, LOOKING = 0.8, 1.0, 0.4
SCRIPT = Path(__file__).with_name("fifty.lua")


class Held(NamedTuple):
    """A comment that waits: its item, its id, and the page that it will stand on."""

    item: int
    mark: str
    path: str


class Fifty(Lectern):
    """A site with fifty posts, and a comment for each second that waits under one of them."""

    def fill(self) -> None:
        """Fills it before it starts."""
        app = create_app(Settings.read({"LECTERN_DATA": str(self.data),
                                        "LECTERN_PAGE_CACHE": "0"}))
        with app.app_context(), for_writing(db.sessionmaker()) as session:
            make = Maker(session, clock.now)
            posts = [make.post(f"Post {each} of fifty", text=WORDS) for each in range(PAGES)]
            for post in posts:
                for each in range(REMARKS):
                    make.comment(post, name=f"R{post.id}.{each} Reader", approved=True)
            self.paths = [post.path for post in posts]
            self.held = [self._hold(make, posts[each * 7 % PAGES])
                         for each in range(ROUNDS * SECONDS)]
            session.commit()

    def _hold(self, make: Maker, post: Entry) -> Held:
        comment = make.comment(post, name=f"H{post.id} Reader")
        return Held(make.item(comments.KIND, comment.id).id, f'id="comment-{comment.public_id}"',
                    post.path)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Fifty]:
    site = Fifty(tmp_path / "data")
    site.workers = os.cpu_count() or 1
    site.prepare()
    site.fill()
    site.start()
    site.wait()
    (tmp_path / "paths").write_text("\n".join(site.paths))
    yield site
    site.stop()


def load(site: Fifty) -> tuple[float, float]:
    """CPU microseconds of a request, and requests a second, on all fifty pages."""
    before = cpu(site.pids)
    said = subprocess.run(
        ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", str(SECONDS), "-s", SCRIPT, site.base],
        env=os.environ | {"PATHS": str(site.data.parent / "paths")}, capture_output=True,
        text=True, check=True).stdout
    found = re.search(r"(\d+) requests in", said)
    assert found, said
    assert "Non-2xx" not in said, said
    number = int(found.group(1))
    return (cpu(site.pids) - before) * 1e6 / number, number / SECONDS


class Watching:
    """A reader who looks at one of the pages each second, and an editor who may approve something
    there just before. The reader looks as long either way, for that costs as much as any other.
    """

    def __init__(self, site: Fifty) -> None:
        self._site, self._done = site, threading.Event()
        self._editor = Messenger(site.base)
        self._editor.sign_in("editor")
        # Connections of its own for each, so that every process is asked.
        self._readers = [urllib3.PoolManager(retries=False) for _ in range(READERS)]
        self.ages: list[float] = []

    @contextmanager
    def going_on(self, approving: bool) -> Iterator[None]:
        """Looks, and approves or not, while the block runs."""
        self._done.clear()
        thread = threading.Thread(target=self._run, args=(approving,))
        thread.start()
        yield
        self._done.set()
        thread.join()

    def _run(self, approving: bool) -> None:
        while not self._done.is_set() and self._site.held:
            began, held = time.monotonic(), self._site.held[-1]
            if approving:
                self._site.held.pop()
                self._editor.post(f"/desk/items/{held.item}/approval")
                self.ages.append(self._age(held))
            else:
                self._age(held._replace(mark=""))
            self._done.wait(max(0.0, began + 1 - time.monotonic()))

    def _age(self, held: Held) -> float:
        """Seconds after the approval at which somebody was still shown the page without it."""
        approved, oldest, last = time.monotonic(), 0.0, 0.0
        # For a moment longer than it takes, for each process has its own.
        while time.monotonic() < max(approved, last) + LOOKING:
            for reader in self._readers:
                asked = time.monotonic()
                page = reader.request("GET", self._site.base + held.path,
                                      headers={"Accept-Encoding": "gzip"}).data.decode()
                if held.mark not in page:
                    oldest, last = asked - approved, asked
        return oldest


def test_one_comment_a_second_is_approved(site: Fifty) -> None:
    watching, rounds = Watching(site), []
    load(site)
    for _ in range(ROUNDS):
        with watching.going_on(approving=False):
            quiet = load(site)
        with watching.going_on(approving=True):
            rounds.append((*quiet, *load(site)))
    cost, rate, busy_cost, busy_rate = (median(each) for each in zip(*rounds, strict=True))
    print(f"\nFifty pages: {cost:.0f} µs of CPU, {rate:,.0f} a second; with a comment approved each"
          f" second {busy_cost:.0f} µs, {busy_rate:,.0f} a second ({busy_rate / rate:.2f}); the"
          f" oldest page of {len(watching.ages)}: {max(watching.ages):.2f} s,"
          f" the median {median(watching.ages):.2f} s")
    assert max(watching.ages) < OLDEST
    assert busy_rate >= LEAST * rate
