"""Ends a process in the middle of its work, as the kernel or a power cut does.

A child of this very process does the work, so that it starts at once; nothing in it can prepare
for its end. Close every connection to the database before: a child must not share one.
"""

import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa


def in_child(act: Callable[[], object], *, largest_file: int | None = None) -> int:
    """What became of a child that does this: 0 if it came to its end, -9 if it was killed.

    With `largest_file` it is ended by the kernel in the middle of the write that would make any
    file longer than so many bytes.
    """
    child = _fork(act, largest_file)
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


@contextmanager
def forked(act: Callable[[], object]) -> Iterator[int]:
    """The process id of a child that does this meanwhile, for a test to end it."""
    child = _fork(act)
    try:
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _fork(act: Callable[[], object], largest_file: int | None = None) -> int:
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        _act(act, largest_file)
    return child


def _act(act: Callable[[], object], largest_file: int | None) -> None:
    try:
        if largest_file is not None:
            # Python ignores this signal and would be told by an error instead.
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, resource.RLIM_INFINITY))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        act()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def die() -> None:
    """Ends this process here and now."""
    os.kill(os.getpid(), signal.SIGKILL)


def at_transaction(engines: Iterable[sa.Engine], number: int) -> None:
    """Ends this process at the beginning or just before the end of its transaction of this number.

    Between the two nothing is real yet, so these are all the moments that can be told apart. Even
    numbers are beginnings, odd ones ends.
    """
    left = iter(range(number, -1, -1))

    def each(*_rest: object) -> None:
        if next(left, -1) == 0:
            die()

    for engine in engines:
        sa.event.listen(engine, "begin", each)
        sa.event.listen(engine, "commit", each)
