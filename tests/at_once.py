"""Several people doing the same thing in the same moment, each in a thread."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """Calls `act(0)`, `act(1)` … at once and returns their answers in that order."""
    def start(act: Callable[[int], Any], times: int) -> list[Any]:
        together = threading.Barrier(times, timeout=30)

        def begin(number: int) -> Any:
            together.wait()
            return act(number)

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(begin, range(times)))
    return start
