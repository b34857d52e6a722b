"""Places: one after the other, and more at once only while those who work keep theirs long."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier

from app.web.places import Places

LONG = 3_600.0


def taking(places: Places, pool: ThreadPoolExecutor) -> Callable[[], "Future[bool]"]:
    """Takes a place in a thread of its own."""
    return lambda: pool.submit(places.acquire, 20)


def test_who_comes_while_somebody_works_waits_until_they_are_done() -> None:
    places = Places(5, slow=LONG)
    assert places.acquire()
    assert not places.acquire(timeout=0.01)
    with ThreadPoolExecutor(1) as pool:
        next_one = taking(places, pool)()
        places.release()
        assert next_one.result()


def test_somebody_slow_keeps_nobody_waiting() -> None:
    places = Places(2, slow=0.01)
    assert places.acquire()
    assert places.acquire(timeout=20), "the first never gives its place back"
    assert not places.acquire(timeout=0.03), "there are two"
    places.release()
    assert places.acquire(timeout=20)


def test_slow_ones_are_joined_one_after_the_other_by_all_who_wait() -> None:
    places, met = Places(5, slow=0.001), Barrier(5)

    def work(_number: int) -> bool:
        taken = places.acquire(20)
        # Each keeps its place until all five work at once.
        met.wait(20)
        places.release()
        return taken

    with ThreadPoolExecutor(5) as pool:
        assert all(pool.map(work, range(5)))


def test_however_many_come_each_gets_a_turn() -> None:
    places, working, most = Places(3, slow=0.0), [0], [0]

    def work(_number: int) -> bool:
        taken = places.acquire(20)
        working[0] += 1
        most[0] = max(most[0], working[0])
        working[0] -= 1
        places.release()
        return taken

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(work, range(500)))
    assert most[0] <= 3
