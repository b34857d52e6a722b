"""What each page and each change costs on a site of 100,000 entries and 2,000,000 comments.

Against the same page on a site of 1,000 and 20,000, of which the large one is a hundred copies. CPU
time of this process (on SQLite the database is in it), rounds of both in turn, medians; a page may
cost AT_MOST times as much. The sites are kept in `.cache/growth/` and made anew when the schema is.
"""

import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import process_time

import pytest
import sqlalchemy as sa
from flask import Flask

from app import clock, create_app
from app.accounts.models import Account
from app.config import Settings
from app.database import db, for_writing
from app.desk.models import ItemState, ReviewItem
from app.feeds import storing
from app.feeds.models import Feed
from app.feeds.parsing import ParsedFeed, ParsedItem
from app.readers import queries as readers_queries
from app.readers.models import ReaderSignIn
from app.readers.routes import COOKIE
from tests.bench import growing
from tests.conftest import NOON
from tests.visiting import Visitor

FEW, MANY = 1, int(os.environ.get("LECTERN_GROWTH", "100"))
AT_MOST = 1.2
ROUNDS, REQUESTS = 7, 3
POST, EPISODE = "/posts/entry-999", "/episodes/entry-980"
PUBLIC = [
    "/", "/posts/", "/posts/?page=2", "/posts/?page=70", POST, "/episodes/", EPISODE,
    "/episodes/entry-900",
    "/episodes/entry-900?comments=thanked", f"{EPISODE}/transcript", f"{EPISODE}/transcript.vtt",
    f"{EPISODE}/embed", "/topics/", "/topics/topic-7", "/topics/topic-7?page=2", "/series/",
    "/series/series-4", "/series/series-4?page=2", "/people/", "/people/person-10",
    "/people/person-1", "/feed.xml", "/feed.atom", "/feed.json", "/episodes/feed.xml",
    "/topics/topic-7/feed.xml", "/series/series-4/feed.xml", "/sitemap.xml", "/robots.txt", "/bot",
    f"/oembed?url=http://localhost{EPISODE}", "/account/sign-in", "/reader/", "/readyz",
    "/comments/000000000a", "/follow/follow-00000000000000000000000a", "/feeds/feed-2",
    "/posts/once-975",
]
SIGNED_IN = [
    POST, "/desk/", "/desk/?kind=comment", "/desk/?reason=proof", "/desk/?order=urgent",
    "/desk/?person=reader:7", "/desk/zen", "/desk/items/10", "/desk/items/19990", "/desk/log",
    "/desk/log?decision=reject", "/desk/log?by=Editor+2", "/desk/log?kind=comment",
    "/desk/log?person=reader:7", "/desk/log?since=2026-03-01&until=2026-04-02",
    "/desk/entries/", "/desk/entries/?state=published", "/desk/people/", "/desk/people/7",
    "/desk/posts/999", "/desk/posts/new", "/desk/episodes/980", "/desk/episodes/new",
    "/desk/feeds/", "/desk/feeds/7", "/desk/rules", "/desk/rules/history", "/desk/rules/sanctions",
    "/desk/rules/entries/999", "/desk/reasons", "/desk/accounts", "/account/", "/write/",
    f"/_/desk/news?since={NOON:%Y-%m-%dT%H:%M:%SZ}&shown=10.20",
    # A word that half of all have, and one that nobody has.
    "/desk/entries/?q=harbour", "/desk/entries/?q=zzz", "/desk/log?q=harbour", "/desk/log?q=zzz",
    "/desk/?q=harbour", "/desk/?q=zzz", "/desk/people/?q=person", "/desk/people/?q=zzz",
]
OWN = ["/reader/"]


class Grown:
    """A site of some thousand entries, and the browsers of an admin, of a reader, of a stranger."""

    def __init__(self, blocks: int, folder: Path) -> None:
        self.path = growing.copy_of(growing.sqlite_site(blocks), folder)
        self.app: Flask = create_app(Settings(
            data=folder / "data", database_url=f"sqlite:///{self.path}", page_cache=0,
            secret_key="only for tests, not a secret", base_url="http://localhost"))
        self.stranger, self.admin, self.reader = (Visitor(self.app) for _ in range(3))
        self.numbers, key = itertools.count(os.getpid() * 1_000), folder.name
        with self.app.app_context(), for_writing(db.sessionmaker()) as session:
            self.admin.sign_in(session, session.get_one(Account, 1))
            session.add(ReaderSignIn(token_hash=readers_queries.digest(key), reader_id=7,
                                     created_at=NOON))
            waiting = sa.select(ReviewItem.id).where(
                ReviewItem.state == ItemState.WAITING).limit(500)
            self.waiting = iter(session.scalars(waiting).all())
            session.commit()
        self.reader.client.set_cookie(COOKIE, key)

    def get(self, visitor: Visitor, path: str) -> None:
        answer = visitor.client.get(path)
        assert answer.status_code in {200, 301, 302}, (path, answer.status_code)

    def comment(self) -> None:
        number = next(self.numbers)
        self.stranger.post(f"{POST}/comments", {
            "author_name": "Rita", "author_email": f"rita{number}@reader.example",
            "body": f"I lead a night shift, and say remark {number}."})

    def decide(self) -> None:
        self.admin.swap(f"/desk/items/{next(self.waiting)}/approval")

    def publish(self) -> None:
        self.admin.post("/desk/posts/new", {
            "title": f"Entry {next(self.numbers)} on the shift", "source": "Some words.\n\nMore.",
            "authors": "Person 7", "topics": "Topic 7", "series": "Series 4", "language": "en",
            "discussion": "auto", "publish": "1"})

    def visit_feed(self) -> None:
        """A document with twenty items that are known and one that is new."""
        number = next(self.numbers)
        with self.app.app_context(), for_writing(db.sessionmaker()) as session:
            feed = session.get_one(Feed, 8)
            storing.take(session, feed, document([*range(7, 600, 60), 10_000 + number]), now=NOON)
            session.commit()

    def memory(self) -> float:
        """Megabytes of a process of its own that has served every page to strangers, three times.
        """
        url = str(self.app.config["SETTINGS"].database_url)
        done = subprocess.run([sys.executable, "-m", "tests.bench.test_growth", url], check=True,
                              cwd=growing.ROOT, capture_output=True, text=True)
        return float(done.stdout)

    def round(self) -> None:
        """Every job once, as a worker does every minute."""
        self.app.extensions["jobs"].run_all()


def document(numbers: list[int]) -> ParsedFeed:
    return ParsedFeed("Feed 7", items=tuple(ParsedItem(
        title=f"Item {each}", guid=f"guid-{each}", link=f"https://f.example/{each}",
        content_html=f"<p>Words of {each}, and more of them.</p>") for each in numbers))


def walk(url: str) -> None:
    """Serves every public page of the site at this address, and prints this process's memory."""
    with tempfile.TemporaryDirectory() as folder:
        client = create_app(Settings(data=Path(folder), database_url=url,
                                     base_url="http://localhost")).test_client()
        for _ in range(3):
            for path in PUBLIC:
                assert client.get(path).status_code < 400, path
        said = Path("/proc/self/smaps_rollup").read_text()
    print(int(said.split("Pss:")[1].split()[0]) / 1024)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Grown, Grown]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: NOON)
        made = [Grown(blocks, tmp_path_factory.mktemp("grown")) for blocks in (FEW, MANY)]
        yield made[0], made[1]
        for each in made:
            with each.app.app_context():
                db.engine.dispose()
            each.path.unlink()


def cost(ask: Callable[[], object]) -> float:
    """CPU milliseconds of one call, over REQUESTS calls."""
    start = process_time()
    for _ in range(REQUESTS):
        ask()
    return (process_time() - start) * 1000 / REQUESTS


def in_turn(sites: tuple[Grown, Grown], ask: Callable[[Grown], object]) -> tuple[float, float]:
    """Median milliseconds at both sites; what seems dear is measured once more, for longer."""
    few, many = sites
    ask(few), ask(many)
    pairs: list[tuple[float, float]] = []
    for rounds in (ROUNDS, 3 * ROUNDS):
        pairs += [(cost(lambda: ask(few)), cost(lambda: ask(many))) for _ in range(rounds)]
        small, large = (median(pair[place] for pair in pairs) for place in (0, 1))
        if large <= AT_MOST * small:
            break
    return small, large


def judge(sites: tuple[Grown, Grown], asked: dict[str, Callable[[Grown], object]]) -> None:
    """Prints a line for each, and fails for those that cost too much more."""
    dear = []
    print(f"\n{FEW:>9},000{MANY:>8},000   ratio   entries; milliseconds of CPU")
    for what, ask in asked.items():
        small, large = in_turn(sites, ask)
        print(f"{small:13.2f}{large:12.2f}{large / small:8.2f}   {what}", flush=True)
        if large > AT_MOST * small:
            dear.append(f"{what}: {large / small:.2f}")
    assert not dear


def test_a_page_costs_the_same_however_much_there_is(sites: tuple[Grown, Grown]) -> None:
    asked: dict[str, Callable[[Grown], object]] = {}
    for who, paths in (("stranger", PUBLIC), ("admin", SIGNED_IN), ("reader", OWN)):
        for path in paths:
            asked[f"{who} {path}"] = lambda site, who=who, path=path: site.get(
                getattr(site, who), path)
    judge(sites, asked)


def test_a_change_costs_the_same_however_much_there_is(sites: tuple[Grown, Grown]) -> None:
    judge(sites, {"a comment": Grown.comment, "a decision": Grown.decide,
                  "a post published": Grown.publish, "a feed visited": Grown.visit_feed,
                  "a round of all jobs": Grown.round})


def test_a_worker_needs_the_same_memory_however_much_there_is(sites: tuple[Grown, Grown]) -> None:
    small, large = (site.memory() for site in sites)
    print(f"\nA worker that has served every page: {small:.0f} MB (PSS), {large:.0f} MB,"
          f" ratio {large / small:.2f}")
    assert large <= AT_MOST * small


if __name__ == "__main__":
    walk(sys.argv[1])
