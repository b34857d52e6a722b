"""The processes of a running site: one that loads the program and watches, those that it forks.

What is forked from a loaded program starts in no time, shares its memory, and needs no database to
begin. On SIGHUP the first process becomes the new version of itself.
"""

import gc
import logging
import os
import select
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from app.jobs import Jobs
from app.operations.serving.answering import FAREWELL, Application, answer
from app.operations.serving.duties import ENDING, SIGNALS, Duty
from app.operations.serving.succeeding import become_new, try_new
from app.operations.serving.working import work

# In seconds: what a process gets to finish what it does, at the end and while others go on: a
# recording that somebody listens to takes its time.
FINISH, HAND_OVER = 20.0, 300.0
# In seconds: how often to look while something is under way.
LOOK = 0.02
log = logging.getLogger(__name__)


@dataclass
class Watch:
    """Keeps every duty done until a signal ends it."""

    duties: list[Duty]
    listening: Sequence[socket.socket]
    # Children of the version before, and how each is asked to leave.
    old: dict[int, signal.Signals] = field(default_factory=dict)
    leaving: dict[int, float] = field(default_factory=dict)
    trial: int = 0

    def run(self) -> None:
        """Starts everybody, replaces whoever dies, and ends all of them when it is told to."""
        self._begin_to_hear()
        # What is here now is shared by all who are forked; collecting would copy it.
        gc.collect()
        gc.freeze()
        while not ENDING & self._listen():
            self._reap()
            self._start()
            self._hand_over()
        self._end()

    def _begin_to_hear(self) -> None:
        self._heard, self._bell = socket.socketpair()
        self._said, self._say = os.pipe()
        os.set_blocking(self._said, False)
        self._heard.setblocking(False)
        self._bell.setblocking(False)
        signal.set_wakeup_fd(self._bell.fileno(), warn_on_full_buffer=False)
        for each in SIGNALS:
            signal.signal(each, lambda *_: None)
        # They were kept back while one version became the next.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def _listen(self) -> set[int]:
        """Waits a moment, and says which signals came."""
        waiting = self.old or self.leaving or not all(duty.ready for duty in self.duties)
        heard_of: list[Any] = [self._heard, self._said]
        select.select(heard_of, [], [], LOOK if waiting else None)
        self._hear_who_is_ready()
        try:
            heard = set(self._heard.recv(100))
        except BlockingIOError:
            return set()
        if signal.SIGHUP in heard and not self.trial:
            log.warning("Reloading: trying the new version first.")
            self.trial = try_new()
        return heard

    def _hear_who_is_ready(self) -> None:
        try:
            ready = {int(pid) for pid in os.read(self._said, 4096).split()}
        except BlockingIOError:
            return
        for duty in self.duties:
            duty.ready = duty.ready or duty.pid in ready

    def _start(self) -> None:
        now = time.monotonic()
        for duty in self.duties:
            if duty.is_due(now):
                duty.start(now, self._say)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            self.old.pop(pid, None)
            self.leaving.pop(pid, None)
            if pid == self.trial:
                self._judge(os.waitstatus_to_exitcode(status))
            for duty in self.duties:
                if duty.pid == pid:
                    duty.lose(time.monotonic())

    def _judge(self, status: int) -> None:
        """The new version has been tried."""
        self.trial = 0
        if status:
            log.error("The new version does not start, so nothing was reloaded.")
            return
        become_new(self.listening, {
            **{duty.pid: duty.farewell for duty in self.duties if duty.pid}, **self.old,
            **dict.fromkeys(self.leaving, signal.SIGTERM)})

    def _hand_over(self) -> None:
        """Asks the old ones to leave once all new ones are ready. Nobody waits for another: some
        have a recording to send, or a mail.
        """
        if all(duty.ready for duty in self.duties):
            while self.old:
                pid, farewell = self.old.popitem()
                self._ask(pid, farewell, HAND_OVER)
        self._kill_the_late()

    def _kill_the_late(self) -> None:
        now = time.monotonic()
        for pid in (pid for pid, end in self.leaving.items() if now > end):
            _signal(pid, signal.SIGKILL)

    def _ask(self, pid: int, farewell: signal.Signals, seconds: float) -> None:
        _signal(pid, farewell)
        self.leaving[pid] = time.monotonic() + seconds

    def _end(self) -> None:
        for each in self.listening:
            each.close()
        pids = {duty.pid for duty in self.duties} | {self.trial} | {*self.old, *self.leaving}
        for pid in pids - {0}:
            self._ask(pid, signal.SIGTERM, FINISH)
        while self.leaving:
            self._kill_the_late()
            try:
                self.leaving.pop(os.waitpid(-1, os.WNOHANG)[0], None)
            except ChildProcessError:
                return
            time.sleep(LOOK)


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def run_server(listening: Sequence[socket.socket], old: Mapping[int, signal.Signals],
               application: Application, jobs: Jobs | None) -> None:
    """Serves until a signal ends it, with a process that answers for each socket and, where there
    are `jobs`, one that does them. On SIGHUP all of them are replaced, and no request fails.
    """
    duties = [Duty("web", partial(answer, each, application), FAREWELL) for each in listening]
    if jobs:
        duties.append(Duty("worker", partial(work, jobs)))
    Watch(duties, listening, dict(old)).run()
