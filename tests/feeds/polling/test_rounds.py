"""Many feeds at once: what is asked together, what waits, and who is held up by nobody."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.database import db, for_writing
from app.feeds import actions
from app.feeds.models import Feed
from app.feeds.parsing import ParseFailed, parse
from app.feeds.polling import rounds
from app.feeds.polling.asking import Asking, Errand
from app.feeds.polling.claiming import (
    BETWEEN,
    CLAIM,
    HOST_CLAIM,
    LONGEST_HOLD,
    claim,
    hold,
    line_up,
    release,
)
from app.feeds.polling.models import FeedHost, FeedVisit, Occasion, Outcome
from app.feeds.polling.rounds import Lanes
from app.feeds.polling.threads import all_of
from app.fetch import Allow, Limits
from tests.conftest import NOON, FakeClock
from tests.feeds.asking import Source
from tests.feeds.documents import Item, rss
from tests.feeds.feed_server import FeedServer

ONE = Item("one")
A1, A2, A3, B1 = (Errand(number, url) for number, url in enumerate(
    ("https://a.example/1", "http://A.example:8080/2", "https://a.example/3",
     "https://b.example/1"), start=1))
SOON = NOON + timedelta(seconds=30)
TOMORROW = NOON + timedelta(days=1)

# What is due, which hosts are held until when; who goes, who waits until when.
LINES: list[tuple[list[Errand], dict[str, datetime], list[int], dict[int, datetime]]] = [
    ([A1, B1], {}, [1, 4], {}),
    ([A1, A2, B1, A3], {}, [1, 4], {2: NOON + BETWEEN, 3: NOON + 2 * BETWEEN}),
    ([A1, B1], {"a.example": NOON}, [1, 4], {}),
    ([A1, A2, B1], {"a.example": SOON}, [4], {1: NOON + BETWEEN, 2: NOON + 2 * BETWEEN}),
    ([A1, A2, B1], {"a.example": TOMORROW}, [4],
     {1: TOMORROW + BETWEEN, 2: TOMORROW + 2 * BETWEEN}),
    ([], {"a.example": TOMORROW}, [], {}),
]


@pytest.mark.parametrize(("due", "held", "go", "wait"), LINES)
def test_one_host_is_asked_for_one_thing_at_a_time(
        due: list[Errand], held: dict[str, datetime], go: list[int],
        wait: dict[int, datetime]) -> None:
    line = line_up(due, held, 64, lambda url: False, NOON)
    assert [each.feed_id for each in line.go] == go
    assert line.wait == wait
    assert all(until == NOON + HOST_CLAIM for until in line.held.values())


def test_a_host_that_may_be_reached_though_not_public_is_not_throttled() -> None:
    assert line_up([A1, A2, A3], {"a.example": TOMORROW}, 64, lambda url: True, NOON).go == [
        A1, A2, A3]


def test_no_more_go_than_there_is_room_for() -> None:
    line = line_up([A1, B1], {}, 1, lambda url: False, NOON)
    assert ([each.feed_id for each in line.go], line.wait) == ([1], {})


def test_a_long_document_lets_the_others_go_first(feed_server: FeedServer,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "TICK", 20)
    long = feed_server.serve(rss(Item("one", text="A word. " * (rounds.LONG // 8))), "/long.xml")
    short = [feed_server.serve(rss(ONE), f"/{each}.xml") for each in range(2)]
    errands = [Errand(number, url) for number, url in enumerate([long, *short])]
    asking = Asking("Us", feed_server.allow)
    stored = [each.errand.feed_id for answers in rounds.replies(
        Lanes(errands, asking), asking, lambda: NOON, at_once=1) for each in answers]
    assert stored == [1, 2, 0]


STRANGERS = Asking("Us", Allow())


def add(session: Session, *urls: str) -> list[Feed]:
    return [actions.add(session, url, now=NOON)[0] for url in urls]


def claimed(session: Session, now: datetime) -> list[str]:
    return [each.url for each in claim(session, STRANGERS, now)]


def test_what_is_claimed_is_nobody_elses_until_the_claim_lapses(session: Session) -> None:
    add(session, "https://a.example/", "https://b.example/")
    assert claimed(session, NOON) == ["https://a.example/", "https://b.example/"]
    assert claimed(session, NOON) == []
    assert claimed(session, NOON + CLAIM) == ["https://a.example/", "https://b.example/"]


def test_the_next_feed_of_a_host_goes_two_seconds_after_the_one_before(session: Session) -> None:
    add(session, "https://a.example/1", "https://a.example/2")
    assert claimed(session, NOON) == ["https://a.example/1"]
    later = NOON + timedelta(seconds=5)
    assert claimed(session, later) == [], "the first is still being asked"
    release(session, ["https://a.example/1"], later)
    assert claimed(session, later + BETWEEN / 2) == []
    assert claimed(session, later + BETWEEN) == ["https://a.example/2"]


def test_a_host_that_asks_for_a_pause_gets_it_for_all_its_feeds(session: Session) -> None:
    add(session, "https://a.example/1", "https://a.example/2", "https://b.example/")
    hold(session, "https://a.example/0", timedelta(hours=2), NOON)
    release(session, ["https://a.example/0"], NOON)
    assert claimed(session, NOON) == ["https://b.example/"]
    assert claimed(session, NOON + timedelta(hours=1, minutes=59)) == ["https://b.example/"]
    release(session, ["https://b.example/"], NOON)
    assert "https://a.example/1" in claimed(session, NOON + timedelta(hours=2, seconds=3))


def test_no_pause_is_longer_than_a_day_and_none_is_cut_short(session: Session) -> None:
    hold(session, "https://a.example/", timedelta(days=30), NOON)
    hold(session, "https://a.example/", timedelta(minutes=5), NOON)
    assert session.get_one(FeedHost, "a.example", populate_existing=True).not_before == (
        NOON + LONGEST_HOLD)


def test_paused_and_retired_feeds_are_not_due(session: Session, source: Source) -> None:
    actions.pause(session, source.feed, now=NOON)
    assert claimed(session, NOON + timedelta(days=90)) == []
    actions.resume(session, source.feed, now=NOON)
    source.server.serve("", status=410)
    source.visit()
    assert claimed(session, source.time.now() + timedelta(days=29)) == []
    assert len(claimed(session, source.time.now() + timedelta(days=34))) == 1


def test_by_hand_feeds_of_a_host_go_one_after_another_with_a_pause() -> None:
    lanes = Lanes([A1, A2, B1], STRANGERS, pause=0.01)
    assert lanes.take(16) == [A1, B1]
    assert lanes.take(16) == []
    lanes.done(A1)
    assert lanes.take(16) == []
    time.sleep(0.011)
    assert lanes.take(16) == [A2]
    assert lanes.take(16) is None


def test_by_hand_hosts_that_are_not_throttled_go_all_at_once() -> None:
    asking = Asking("Us", Allow.parse("a.example,127.0.0.0/8"))
    errands = [A1, A2, A3, Errand(5, "http://127.0.0.1/"), Errand(6, "http://localhost/"),
               Errand(7, "http://127.0.0.1/2")]
    assert Lanes(errands, asking).take(16) == errands
    assert Lanes(errands, asking).take(2) == errands[:2]


def visits(session: Session) -> list[FeedVisit]:
    found = list(session.scalars(sa.select(FeedVisit).order_by(FeedVisit.id)))
    session.commit()
    return found


def test_a_round_asks_many_at_once_and_a_slow_one_delays_none(
        app: Flask, session: Session, feed_server: FeedServer, time: FakeClock) -> None:
    slow = [feed_server.hang(f"/hang{number}") for number in range(3)]
    quick = [feed_server.serve(rss(), f"/{number}") for number in range(12)]
    add(session, *slow, *quick)
    asking = Asking("Us", feed_server.allow, Limits(total=30))
    round_ = threading.Thread(target=in_context(app, lambda session: actions.visit_due(
        session, asking, time.now)))
    round_.start()
    try:
        until(lambda: len(visits(session)) == 12)
        assert round_.is_alive(), "the slow ones are still being asked"
        late = feed_server.serve(rss(), "/late")
        add(session, late)
        until(lambda: len(visits(session)) == 13)
        assert round_.is_alive(), "what becomes due meanwhile does not wait either"
        asking_threads = [each for each in threading.enumerate() if each.name == "visit"]
        assert [each.daemon for each in asking_threads] == [True] * 3, (
            "a worker that is told to end does not wait for them")
    finally:
        feed_server.finished.set()
        round_.join()
    assert len(visits(session)) == 16


def test_no_more_work_is_done_at_once_than_allowed_and_a_mistake_is_not_lost() -> None:
    running, most, lock = 0, [0], threading.Lock()

    def work(number: int) -> int:
        nonlocal running
        with lock:
            running += 1
            most.append(running)
        threading.Event().wait(0.002)
        with lock:
            running -= 1
        return 1 // number

    assert all_of([partial(work, 1)] * 12, 3, "work") == [1] * 12
    assert max(most) <= 3
    with pytest.raises(ZeroDivisionError):
        all_of([partial(work, 0)], 3, "work")


def in_context(app: Flask, work: Callable[[Session], object]) -> Callable[[], None]:
    def run() -> None:
        with app.app_context(), for_writing(db.sessionmaker()) as own:
            work(own)
    return run


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not done():
        assert time.monotonic() < end
        threading.Event().wait(0.01)


def test_two_workers_ask_each_feed_once(app: Flask, session: Session, feed_server: FeedServer,
                                        time: FakeClock) -> None:
    add(session, *(feed_server.serve(rss(), f"/{number}") for number in range(20)))
    asking = Asking("Us", feed_server.allow)
    workers = [threading.Thread(target=in_context(app, lambda session: actions.visit_due(
        session, asking, time.now))) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert [feed_server.count(f"/{number}") for number in range(20)] == [1] * 20
    assert len(visits(session)) == 20


def test_each_visit_is_written_down(source: Source, app: Flask) -> None:
    body = rss(ONE, Item("two"))
    source.server.serve(body, headers={"ETag": '"a"'})
    app.extensions["jobs"].run(actions.JOB)
    source.server.serve("", status=304)
    source.visit()
    source.server.serve("", status=503, headers={"Retry-After": "7200"})
    source.visit()
    read, unchanged, failed = visits(source.session)
    assert (read.occasion, read.outcome, read.status, read.new, read.size) == (
        Occasion.SCHEDULE, Outcome.READ, 200, 2, len(body.encode()))
    assert (unchanged.occasion, unchanged.outcome, unchanged.status, unchanged.sentence) == (
        Occasion.HAND, Outcome.UNCHANGED, 304, "Well: 0 new, 0 updated, 2 unchanged at the last"
        " visit.")
    assert (failed.outcome, failed.status, failed.sentence, failed.next_visit_why) == (
        Outcome.FAILED, 503, "The server is not available at the moment.",
        "Its server asks us to wait for 2 hours.")
    assert failed.asked == source.server.url()
    assert failed.next_visit_at == source.feed.next_visit_at
    assert failed.milliseconds >= 0


def test_the_last_thirty_visits_are_kept(source: Source) -> None:
    other, _new = actions.add(source.session, source.server.url("/other.xml"), now=NOON)
    actions.visit(source.session, other, source.app.extensions["asking"], now=NOON)
    source.server.serve("", status=500)
    for _ in range(32):
        source.visit()
    kept = visits(source.session)
    assert [each.feed_id for each in kept].count(source.feed.id) == 30
    assert kept[-1].at == source.time.now()
    assert kept[0].feed_id == other.id


def test_a_feed_says_since_when_it_is_broken(source: Source) -> None:
    source.server.serve("", status=500)
    source.visit()
    first = source.time.now()
    source.visit()
    assert (source.feed.broken_since, source.feed.failures) == (first, 2)
    source.says(ONE)
    assert (source.feed.broken_since, source.feed.failures) == (None, 0)


def test_an_unchanged_round_costs_the_same_few_statements_however_many_there_are(
        source: Source, app: Flask) -> None:
    for number in range(30):
        source.server.serve(rss(), f"/{number}", headers={"ETag": '"a"'})
        actions.add(source.session, source.server.url(f"/{number}"), now=NOON)
    work = app.extensions["jobs"]
    work.run(actions.JOB)
    for number in range(30):
        source.server.serve("", f"/{number}", status=304)
    source.time.forward(days=2)
    count = statements(app, lambda: work.run(actions.JOB))
    assert source.server.count("/29") == 2
    # One by one it would be six for each feed.
    assert count < 31 * 4


def statements(app: Flask, work: Callable[[], None]) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_what_breaks_on_our_side_stops_no_other_feed(source: Source, app: Flask) -> None:
    def break_down(_mapper: object, _connection: object, visit: FeedVisit) -> None:
        if "broken" in visit.asked:
            raise RuntimeError("a mistake of ours")

    for name in ("a", "broken", "c"):
        source.server.serve("", f"/{name}", status=500)
        actions.add(source.session, source.server.url(f"/{name}"), now=NOON)
    source.serve(ONE)
    sa.event.listen(FeedVisit, "before_insert", break_down)
    try:
        app.extensions["jobs"].run(actions.JOB)
    finally:
        sa.event.remove(FeedVisit, "before_insert", break_down)
    assert len(visits(source.session)) == 3
    assert len(source.entries()) == 1
    source.session.expire_all()
    told = source.session.scalars(sa.select(Feed.health).where(Feed.url.endswith("broken"))).one()
    assert told == "The last visit broke something on our side; it has been written down."


def test_a_feed_that_takes_its_parser_down_holds_up_no_other() -> None:
    slow = f"<rss><channel><item><author>{'a' * 40_000}</author></item></channel></rss>".encode()
    ready = parse(rss(ONE).encode(), content_type="text/xml", url="https://a.example/")
    started = threading.Event()

    def read_slowly() -> None:
        started.set()
        with pytest.raises(ParseFailed):
            parse(slow, content_type="text/xml", url="https://a.example/", cpu_seconds=0.7)

    reading = threading.Thread(target=read_slowly)
    reading.start()
    started.wait()
    assert parse(rss(ONE).encode(), content_type="text/xml", url="https://a.example/") == ready
    assert reading.is_alive(), "the slow one is still being read"
    reading.join()
