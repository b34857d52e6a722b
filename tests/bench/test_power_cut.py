"""What a power cut takes of what editors and guests were told is done: decisions, posts, pieces.

All processes of the site are killed in the middle of sixteen people's work, several times over.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
import urllib3

from app import clock, create_app
from app.comments import actions as comments
from app.config import Settings
from app.database import db, for_writing
from tests.bench.serving import WRITERS, Lectern
from tests.browser.running import TEXT, Messenger, word
from tests.making import Maker

CUTS, BETWEEN_CUTS = 3, 100
WAITING = 400


class Work:
    """One person's work over one connection, and what was acknowledged of it."""

    def __init__(self, site: Lectern, cookie: str) -> None:
        self.site, self.done = site, list[str]()
        self.who = Messenger(site.base)
        self.who.cookie = cookie

    def act(self, number: int) -> str:
        """Does one thing, and says by what it is found again."""
        raise NotImplementedError

    def is_kept(self, mark: str) -> bool:
        """Whether it is still done."""
        raise NotImplementedError


class Deciding(Work):
    """Approves comments."""

    def __init__(self, site: Lectern, cookie: str, held: dict[int, str]) -> None:
        super().__init__(site, cookie)
        self._held = held

    def act(self, number: int) -> str:
        item = sorted(self._held)[number]
        self.who.post(f"/desk/items/{item}/approval")
        return self._held[item]

    def is_kept(self, mark: str) -> bool:
        return self.site.stranger.get(f"/comments/{mark}").status in {301, 302, 303, 308}


class Publishing(Work):
    """Writes posts and publishes them."""

    def act(self, number: int) -> str:
        mark = word()
        self.who.post("/desk/posts/new", title=mark, source=TEXT, publish="1", discussion="auto",
                      authors="Helen Marsh", topics="Night work")
        return mark

    def is_kept(self, mark: str) -> bool:
        return self.site.stranger.get(f"/posts/{mark}").status == 200


class SendingIn(Work):
    """Writes pieces as a guest and sends them in."""

    # Whoever begins a piece while another of theirs is empty gets that one.
    alone = threading.Lock()

    def act(self, number: int) -> str:
        mark = word()
        with self.alone:
            self.who.post(self.who.post("/write/"), title=mark, source=TEXT, version="0", send="1")
        return mark

    def is_kept(self, mark: str) -> bool:
        editor = Messenger(self.site.base)
        editor.sign_in("editor")
        return editor.get(f"/desk/?q={mark}").text.count('<article class="desk-item"') == 1


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Lectern]:
    made = Lectern(tmp_path / "data")
    made.workers = 2
    made.prepare()
    made.start()
    yield made
    made.stop()


def waiting(site: Lectern) -> dict[int, str]:
    """Comments that wait at the desk: the numbers of their items, and where each will be."""
    app = create_app(Settings(data=site.data, base_url=site.base, page_cache=0))
    with app.app_context():
        with for_writing(db.sessionmaker()) as session:
            make, found = Maker(session, clock.now), {}
            post = make.post("Much is said here")
            for number in range(WAITING):
                comment = make.comment(post, f"What I say is number {number}.",
                                       name=f"R{number} Reader")
                found[make.item(comments.KIND, comment.id).id] = comment.public_id
            session.commit()
        db.engine.dispose()
    return found


def cookie(site: Lectern, role: str) -> str:
    who = Messenger(site.base)
    who.sign_in(role)
    return who.cookie


def at_work(work: Work, numbers: Callable[[], int], enough: threading.Event,
            told: Callable[[], None]) -> None:
    """Works until the cut, and notes what was acknowledged."""
    while not enough.is_set():
        try:
            work.done.append(work.act(numbers()))
        except urllib3.exceptions.HTTPError:
            # The cut came between question and answer: nobody was told that it is done.
            assert enough.is_set()
        told()


def test_everything_acknowledged_survives_a_power_cut(site: Lectern) -> None:
    site.wait()
    held = waiting(site)
    editor, guest = cookie(site, "editor"), cookie(site, "guest")
    everybody = [each for _number in range(WRITERS // 4) for each in (
        Deciding(site, editor, held), Deciding(site, editor, held), Publishing(site, editor),
        SendingIn(site, guest))]
    turns = count()
    for _cut in range(CUTS):
        enough, left = threading.Event(), iter(range(BETWEEN_CUTS))

        def told(enough: threading.Event = enough, left: Iterator[int] = left) -> None:
            if next(left, None) is None and not enough.is_set():
                enough.set()
                site.kill()

        with ThreadPoolExecutor(WRITERS) as pool:
            for each in [pool.submit(at_work, work, turns.__next__, enough, told)
                         for work in everybody]:
                each.result()
        site.start()
        site.wait()
    kinds = {kind: [(work, mark) for work in everybody if isinstance(work, kind)
                    for mark in work.done] for kind in (Deciding, Publishing, SendingIn)}
    lost = {kind.__name__: [mark for work, mark in done if not work.is_kept(mark)]
            for kind, done in kinds.items()}
    print("\nAcknowledged around", CUTS, "cuts:", {
        kind.__name__: f"{len(done)}, lost {len(lost[kind.__name__])}"
        for kind, done in kinds.items()})
    assert all(kinds.values())
    assert not any(lost.values()), lost
    assert "database is locked" not in site.log()
