"""Places: one after the other, and more at once only while those who work keep theirs long."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event

from app.web.places import Places

LONG, WAIT = 3_600.0, 20.0


@contextmanager
def somebody_at_work(places: Places, *, writes: bool = False) -> Iterator[Event]:
    """Has a place until the event, or the end."""
    working, done = Event(), Event()

    def work() -> None:
        assert places.acquire(writes=writes)
        working.set()
        done.wait(WAIT)
        places.release()

    with ThreadPoolExecutor(1) as pool:
        somebody = pool.submit(work)
        assert working.wait(WAIT)
        yield done
        done.set()
        somebody.result()


def until_there_wait(places: Places, number: int) -> None:
    """Returns when so many stand in line."""
    while len(places._line) < number:
        pass


def test_who_comes_while_somebody_works_waits_until_they_are_done() -> None:
    places = Places(5, slow=LONG)
    with somebody_at_work(places) as done:
        assert not places.acquire(timeout=0.01)
        done.set()
        assert places.acquire(WAIT)


def test_all_may_be_slow_at_once_up_to_the_number_of_places() -> None:
    places, met = Places(5, slow=0.001), Barrier(6)

    def work(_number: int) -> bool:
        taken = places.acquire(WAIT)
        # Each keeps its place until all five work at once.
        met.wait(WAIT)
        met.wait(WAIT)
        places.release()
        return taken

    with ThreadPoolExecutor(5) as pool:
        working = pool.map(work, range(5))
        met.wait(WAIT)
        assert not places.acquire(timeout=0.01), "there are five"
        met.wait(WAIT)
        assert all(working)


def test_beside_slow_ones_quick_ones_follow_each_other_at_once() -> None:
    places = Places(2, slow=0.001)
    with somebody_at_work(places):
        for _ in range(20):
            assert places.acquire(WAIT)
            places.release()


def test_writers_who_wait_for_the_database_leave_a_place_for_a_reader() -> None:
    places = Places(3, slow=0.001)
    with (somebody_at_work(places, writes=True) as done, somebody_at_work(places, writes=True),
          ThreadPoolExecutor(1) as pool):
        third = pool.submit(places.acquire, WAIT, writes=True)
        for _ in range(3):
            assert places.acquire(WAIT), "whoever reads passes whoever may not go on"
            places.release()
        assert not third.done()
        done.set()
        assert third.result()


def test_a_writer_has_the_only_place_if_nobody_else_does() -> None:
    places = Places(1)
    assert places.acquire(WAIT, writes=True)
    places.release()
    assert places.acquire(WAIT, writes=True)


def test_however_many_come_each_gets_a_turn() -> None:
    places, working, most = Places(3, slow=0.0), [0], [0]

    def work(number: int) -> bool:
        taken = places.acquire(WAIT, writes=number % 3 > 0)
        working[0] += 1
        most[0] = max(most[0], working[0])
        working[0] -= 1
        places.release()
        return taken

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(work, range(500)))
    assert most[0] <= 3


def test_who_has_waited_longest_is_next_and_nobody_overtakes() -> None:
    places, order = Places(2, slow=LONG), list[int]()

    def work(number: int) -> None:
        assert places.acquire(WAIT)
        order.append(number)
        assert not places.acquire(timeout=0.01), "who was let in is as quick as anybody"
        places.release()

    with ThreadPoolExecutor(3) as pool:
        with somebody_at_work(places):
            waiting = []
            for number in range(3):
                waiting.append(pool.submit(work, number))
                until_there_wait(places, number + 1)
            # Those who work have become slow, and nobody was let in yet.
            places._slow = 0.0
            assert not places.acquire(timeout=0.01), "others came before"
            places._slow = LONG
        for each in waiting:
            each.result(WAIT)
    assert order == [0, 1, 2]


def test_whoever_waits_is_let_in_beside_a_slow_one_each_time() -> None:
    places = Places(2, slow=0.02)
    for _ in range(2):
        with somebody_at_work(places):
            assert places.acquire(WAIT / 4), "while the other still works"
            places.release()
