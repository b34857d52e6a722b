"""Places: one after the other, and more at once only while those who work keep theirs long."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

from app.web.places import Places

LONG, WAIT = 3_600.0, 20.0


def test_who_comes_while_somebody_works_waits_until_they_are_done() -> None:
    places, working, done = Places(5, slow=LONG), Event(), Event()

    def work() -> None:
        assert places.acquire()
        working.set()
        done.wait(WAIT)
        places.release()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(work)
        assert working.wait(WAIT)
        assert not places.acquire(timeout=0.01)
        done.set()
        assert places.acquire(WAIT)
        first.result()


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
    places, working, done = Places(2, slow=0.001), Event(), Event()

    def work() -> None:
        assert places.acquire()
        working.set()
        done.wait(WAIT)
        places.release()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(work)
        assert working.wait(WAIT)
        for _ in range(20):
            assert places.acquire(WAIT)
            places.release()
        done.set()
        slow.result()


def test_however_many_come_each_gets_a_turn() -> None:
    places, working, most = Places(3, slow=0.0), [0], [0]

    def work(_number: int) -> bool:
        taken = places.acquire(WAIT)
        working[0] += 1
        most[0] = max(most[0], working[0])
        working[0] -= 1
        places.release()
        return taken

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(work, range(500)))
    assert most[0] <= 3
