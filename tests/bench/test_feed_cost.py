"""What many feeds cost: 1,000 of 50 items with 4 kB of text each, from a loopback server.

The server is a process of its own; what is counted is ours and, apart, that of the parser's
children. Processor time throughout, except for what others wait for. Each figure by itself:

    pytest tests/bench/test_feed_cost.py -p no:xdist -s -k round      first and unchanged round
    pytest tests/bench/test_feed_cost.py -p no:xdist -s -k pipeline   beside feedparser
    pytest tests/bench/test_feed_cost.py -p no:xdist -s -k others     beside two bad neighbours

`BENCH_FEEDS=200` before it asks fewer feeds.
"""

import io
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from time import monotonic, process_time

import feedparser
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.feeds import actions
from app.feeds.deciding import decide
from app.feeds.mending.cleaning import clean
from app.feeds.models import Feed, FeedItem
from app.feeds.parsing import parse
from app.feeds.polling.models import FeedVisit
from app.feeds.storing import take
from app.fetch import Limits
from tests.bench.feed_host import ARTICLE, ITEMS, FeedHost, document
from tests.bench.serving import cpu
from tests.conftest import NOON, FakeClock

FEEDS = int(os.environ.get("BENCH_FEEDS", "1000"))
EARLY = FEEDS // 10
FLAT = 1.1
UNCHANGED = 3.0
PIPELINE = 1.0
COMPARED = 24
# In turns without and with the bad ones, and each turn begins with the other: what else the
# machine does meanwhile meets both.
OTHERS, ROUNDS = 40, 5
# The usual thirty seconds show nothing more.
SHORT = Limits(total=3)
MOVED = 1.25


@pytest.fixture(scope="module")
def host() -> Iterator[FeedHost]:
    started = FeedHost()
    yield started
    started.close()


@pytest.fixture
def bad_host() -> Iterator[FeedHost]:
    """Where the long feed and the drip live: what they take of their server is not ours."""
    started = FeedHost()
    yield started
    started.close()


@dataclass
class Cost:
    """What a round has cost by now: processor seconds of us and of the parser's, and megabytes."""

    host: FeedHost
    wall: float = 0
    late: float = 0
    ours: float = 0
    parsers: float = 0
    peak: dict[int, float] = field(default_factory=dict)

    def children(self) -> set[int]:
        """The parser's processes that are there now."""
        # Each thread lists only those that it has started itself.
        lists = Path("/proc/self/task").glob("*/children")
        return {int(pid) for each in lists for pid in each.read_text().split()} - {self.host.pid}

    def of(self, round_: Iterator[actions.Visit]) -> list[str]:
        """Goes through a round; says what each visit said."""
        before = monotonic(), process_time(), self._parsers()
        # From here on the kernel counts our peak anew.
        Path("/proc/self/clear_refs").write_text("5")
        said, marks = [], [before[1]]
        for visit in round_:
            said.append(str(visit))
            if len(said) in {EARLY, FEEDS - EARLY, FEEDS}:
                self.peak[len(said)] = _peak("self")
                self.parsers_peak = max(map(_peak, self.children()), default=0)
                marks.append(process_time())
        # What a feed costs must not grow with what is stored.
        self.late = (marks[3] - marks[2]) / (marks[1] - marks[0])
        after = monotonic(), process_time(), self._parsers()
        self.wall, self.ours, self.parsers = (
            later - earlier for later, earlier in zip(after, before, strict=True))
        return said

    def _parsers(self) -> float:
        ended = os.times()
        return ended.children_user + ended.children_system + cpu(self.children())


def _peak(process: object) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0


def _feeds(session: Session, urls: list[str]) -> list[Feed]:
    feeds = [Feed(url=url, added_at=NOON, next_visit_at=NOON) for url in urls]
    session.add_all(feeds)
    session.commit()
    return feeds


def _every(session: Session) -> list[Feed]:
    return list(session.scalars(sa.select(Feed).order_by(Feed.id)))


def test_a_round_costs_little_where_nothing_is_new_and_its_memory_stays_flat(
        app: Flask, session: Session, time: FakeClock, host: FeedHost) -> None:
    asking = app.extensions["asking"]
    _feeds(session, [f"{host.base}/{each}/feed.xml" for each in range(FEEDS)])
    print(f"\n{FEEDS:,} feeds x {ITEMS} items of {len(ARTICLE):,} signs")
    first, again = Cost(host), Cost(host)
    said = first.of(actions.visit_all(session, _every(session), asking, time.now))
    assert set(said) == {f"{ITEMS} new, 0 updated, 0 unchanged"}
    _tell("first round", first, host)
    time.forward(hours=1)
    said = again.of(actions.visit_all(session, _every(session), asking, time.now))
    assert set(said) == {f"0 new, 0 updated, {ITEMS} unchanged"}
    _tell("unchanged round", again, host)
    assert session.scalar(sa.select(sa.func.count()).select_from(FeedItem)) == FEEDS * ITEMS
    assert host.answered == {"200": FEEDS, "304": FEEDS}
    assert again.ours / FEEDS * 1000 < UNCHANGED
    assert first.peak[FEEDS] / first.peak[EARLY] <= FLAT


def _tell(name: str, cost: Cost, host: FeedHost) -> None:
    items, peak = FEEDS * ITEMS, cost.peak
    print(f"  {name}: {cost.wall:.1f} s, {items / cost.wall:,.0f} items a second;"
          f" answers so far {dict(host.answered)}")
    print(f"    processor: ours {cost.ours:.1f} s ({cost.ours / FEEDS * 1000:.2f} ms a feed,"
          f" {items / cost.ours:,.0f} items a second), parsers {cost.parsers:.1f} s")
    print(f"    processor for the last tenth of the feeds / for the first: {cost.late:.2f}")
    print(f"    peak memory: {peak[EARLY]:.0f} MB at feed {EARLY}, {peak[FEEDS]:.0f} MB at feed"
          f" {FEEDS} ({peak[FEEDS] / peak[EARLY]:.2f}), largest parser {cost.parsers_peak:.0f} MB")


def _timed(work: Callable[[], object]) -> float:
    before = process_time()
    work()
    return (process_time() - before) * 1000


def test_the_pipeline_around_the_parser_costs_no_more_than_feedparsers_own_parse(
        app: Flask, session: Session) -> None:
    feeds = _feeds(session, [f"https://b{each}.example/feed.xml" for each in range(COMPARED)])
    times = [_compared(session, feed.id, document(feed.id)) for feed in feeds]
    middle = {name: median(each[name] for each in times[2:]) for name in times[0]}
    print(f"\nMilliseconds of processor for a feed of {ITEMS} items, {COMPARED} feeds in turn")
    for name, each in middle.items():
        print(f"  {name:40} {each:6.1f}")
    ours, *_, usual, off = middle.values()
    print(f"  pipeline / feedparser: {ours / usual:.2f} as it comes, with the sanitiser and the"
          f" link resolver that ours replaces; {ours / off:.2f} with both off")
    assert ours / usual <= PIPELINE


def _compared(session: Session, feed_id: int, body: bytes) -> dict[str, float]:
    feed = session.scalars(sa.select(Feed).where(Feed.id == feed_id)).one()
    parsed = parse(body, content_type="text/xml", url=feed.url)

    def store() -> None:
        take(session, feed, parsed, now=NOON)
        session.commit()

    times = {
        "pipeline: decide, clean, store": _timed(store),
        "  of that decide": _timed(lambda: decide([], parsed, NOON)),
        "  of that clean": _timed(lambda: [clean(item) for item in parsed.items]),
        "feedparser as it comes": _timed(lambda: feedparser.parse(io.BytesIO(body))),
        "feedparser, sanitiser and resolver off": _timed(lambda: feedparser.parse(
            io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)),
    }
    session.expunge_all()
    return times


def test_a_long_feed_and_an_endless_drip_do_not_move_the_times_of_others(
        app: Flask, session: Session, time: FakeClock, host: FeedHost,
        bad_host: FeedHost) -> None:
    times: dict[tuple[bool, str], list[tuple[float, float]]] = {}
    for number in range(ROUNDS):
        for beside in (number % 2 == 0, number % 2 == 1):
            good = _named(session, host, "feed", 20_000 + 1000 * number + 500 * beside, OTHERS)
            for what in ("new", "unchanged"):
                one = 10_000 + 10 * number + (what == "new")
                bad_host.write(one)
                bad = [each for kind in ("drip", "long")
                       for each in _named(session, bad_host, kind, one, int(beside))]
                times.setdefault((beside, what), []).append(_waited(app, session, time, bad, good))
    print(f"\n{OTHERS} feeds without and with ten megabytes and an endless drip, milliseconds")
    ratios = {}
    for what in ("new", "unchanged"):
        for index, measure in enumerate(("to ask and read one", "until half are stored")):
            without, with_ = (median(each[index] for each in times[beside, what])
                              for beside in (False, True))
            ratios[what, index] = with_ / without
            print(f"  {what:10} {measure:22} {without:8.0f} {with_:8.0f}  ratio"
                  f" {with_ / without:.2f}")
    # What is new in ten megabytes takes the processor as long as some of the others do.
    assert max(ratios["unchanged", 0], ratios["unchanged", 1]) <= MOVED


def _named(session: Session, host: FeedHost, kind: str, start: int, number: int) -> list[int]:
    made = _feeds(session, [f"{host.base}/{start + each}/{kind}.xml" for each in range(number)])
    return [feed.id for feed in made]


def _waited(app: Flask, session: Session, time: FakeClock, bad: list[int],
            good: list[int]) -> tuple[float, float]:
    """Medians over the good feeds: what asking one took, and when it was stored."""
    time.forward(hours=1)
    asking = replace(app.extensions["asking"], limits=SHORT)
    found = {feed.id: feed for feed in _every(session)}
    feeds = [found[each] for each in (*bad, *good)]
    began, stored = monotonic(), []
    for visit in actions.visit_all(session, feeds, asking, time.now):
        if visit.feed.id in good:
            assert visit.tally
            stored.append((monotonic() - began) * 1000)
    taken = session.scalars(sa.select(FeedVisit.milliseconds).where(
        FeedVisit.feed_id.in_(good), FeedVisit.at == time.now()))
    return median(taken), median(stored)
