"""What is running in this thread: a request or a job, known by an id that all its lines carry."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


def _nothing() -> Iterable[str]:
    return ()


@dataclass(frozen=True)
class Running:
    """The fields that lines carry, and what must not stand in any of them, asked for only then."""

    fields: Mapping[str, str]
    brought: Callable[[], Iterable[str]] = _nothing


_NOBODY = Running({})
_running: ContextVar[Running] = ContextVar("lectern_running", default=_NOBODY)


def current() -> Running:
    """What is running here; without fields if nothing is."""
    return _running.get()


@contextmanager
def running(brought: Callable[[], Iterable[str]] = _nothing, **fields: str) -> Iterator[None]:
    """Lines written inside the block carry these fields, and nothing that was `brought`."""
    token = _running.set(Running(fields, brought))
    try:
        yield
    finally:
        _running.reset(token)
