"""The processes of a running site: one that loads the program and watches, those that it forks.

What is forked from a loaded program starts in no time, shares its memory, and needs no database to
begin. On SIGHUP the first process becomes the new version of itself: `exec` keeps its number, the
sockets and the children of the old version, who answer until new ones do.
"""

import ctypes
import gc
import logging
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from huey.consumer import Consumer

from app.jobs import Jobs
from app.operations.answering import FAREWELL, Application, answer

# Each of the five jobs that wait for other people's servers may take one; mail must not wait then.
WORKERS = 7
SIGNALS = (signal.SIGCHLD, signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
ENDING = {signal.SIGTERM, signal.SIGINT}
# How an old version tells the new one of its sockets and of its children. No LECTERN_… name, for
# those are settings.
SOCKETS, CHILDREN = "SERVING_SOCKETS", "SERVING_CHILDREN"
# In seconds: what a process gets to finish what it does, at the end and while others go on: a
# recording that somebody listens to takes its time.
FINISH, HAND_OVER = 20.0, 300.0
# How long one must have lived to be started again at once, how long the others wait, twice as long
# each time, and how often to look while something is under way.
LIVED, FIRST_WAIT, LONGEST_WAIT, LOOK = 5.0, 0.25, 8.0, 0.02
# Of prctl(2).
DIE_WITH_PARENT, BE_CALLED = 1, 15
log = logging.getLogger(__name__)


@dataclass
class Duty:
    """Something that one process does, and whoever does it now."""

    name: str
    body: Callable[[Callable[[], object]], None]
    # How it is asked to leave while others go on.
    farewell: signal.Signals = signal.SIGTERM
    pid: int = 0
    began: float = 0.0
    wait: float = 0.0
    ready: bool = False


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
        self._heard, heard = socket.socketpair()
        self._said, self._say = os.pipe()
        os.set_blocking(self._said, False)
        heard.setblocking(False)
        self._heard.setblocking(False)
        signal.set_wakeup_fd(heard.fileno(), warn_on_full_buffer=False)
        for each in SIGNALS:
            signal.signal(each, lambda *_: None)
        # They were kept back while one version became the next.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        # What is here now is shared by all who are forked; collecting would copy it.
        gc.collect()
        gc.freeze()
        while not ENDING & self._listen():
            self._reap()
            self._start()
            self._hand_over()
        self._end()

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
            self.trial = os.posix_spawn(sys.executable, [sys.executable, "-c", "import wsgi"],
                                        os.environ, setsigmask=())
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
            if not duty.pid and now >= duty.began + duty.wait:
                duty.began, duty.ready = now, False
                duty.pid = self._fork(duty)

    def _fork(self, duty: Duty) -> int:
        sys.stdout.flush()
        sys.stderr.flush()
        if child := os.fork():
            return child
        status = 1
        try:
            _begin(duty.name)
            duty.body(partial(os.write, self._say, b"%d " % os.getpid()))
            status = 0
        except Exception:
            log.exception("The %s process failed.", duty.name)
        finally:
            logging.shutdown()
            os._exit(status)

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
                self._become_new(os.waitstatus_to_exitcode(status))
            for duty in self.duties:
                if duty.pid == pid:
                    _replace(duty)

    def _hand_over(self) -> None:
        """Asks the old ones to leave, one after another, once all new ones are ready."""
        if self.old and not self.leaving and all(duty.ready for duty in self.duties):
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

    def _become_new(self, status: int) -> None:
        self.trial = 0
        if status:
            log.error("The new version does not start, so nothing was reloaded.")
            return
        children = {**{duty.pid: duty.farewell for duty in self.duties if duty.pid}, **self.old,
                    **dict.fromkeys(self.leaving, signal.SIGTERM)}
        for each in self.listening:
            each.set_inheritable(True)
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {  # noqa: S606
            **os.environ, SOCKETS: ",".join(str(each.fileno()) for each in self.listening),
            CHILDREN: ",".join(f"{pid}:{int(how)}" for pid, how in children.items())})

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


def _begin(name: str) -> None:
    """What a forked process is rid of, how it is called, and that it ends with its parent."""
    signal.set_wakeup_fd(-1)
    for each in SIGNALS:
        signal.signal(each, signal.SIG_DFL)
    if sys.platform == "linux":
        system = ctypes.CDLL(None)
        system.prctl(DIE_WITH_PARENT, signal.SIGTERM)
        system.prctl(BE_CALLED, f"lectern {name}".encode())


def _replace(duty: Duty) -> None:
    lived = time.monotonic() - duty.began
    duty.wait = 0.0 if lived > LIVED else min(LONGEST_WAIT, 2 * duty.wait + FIRST_WAIT)
    log.error("The %s process %s died and is replaced.", duty.name, duty.pid)
    # It is started again so long after its end, not after its beginning.
    duty.pid, duty.ready, duty.began = 0, False, time.monotonic()


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def inherited() -> tuple[list[socket.socket], dict[int, signal.Signals]]:
    """The sockets and the children of the version before, if this process was one."""
    numbers = [int(each) for each in os.environ.pop(SOCKETS, "").split(",") if each]
    children = [each.split(":") for each in os.environ.pop(CHILDREN, "").split(",") if each]
    known = {number: socket.socket(fileno=number) for number in numbers}
    for each in known.values():
        each.set_inheritable(False)
    return ([known[number] for number in numbers],
            {int(pid): signal.Signals(int(how)) for pid, how in children})


def run_server(listening: Sequence[socket.socket], old: Mapping[int, signal.Signals],
               application: Application, jobs: Jobs | None) -> None:
    """Serves until a signal ends it, with a process that answers for each socket and, where there
    are `jobs`, one that does them. On SIGHUP all of them are replaced, and no request fails.
    """
    duties = [Duty("web", partial(answer, each, application), FAREWELL) for each in listening]
    if jobs:
        duties.append(Duty("worker", partial(_work, jobs)))
    Watch(duties, listening, dict(old)).run()


def _work(jobs: Jobs, ready: Callable[[], object]) -> None:
    ready()
    run_worker(jobs)


def run_worker(jobs: Jobs) -> None:
    """Works until SIGTERM (when what has begun is done) or SIGINT (at once) ends it. What was left
    half-done by a killed worker is found again.

    At once, and side by side: a first round of a thousand feeds keeps no mail waiting.
    """
    jobs.enqueue_all()
    Consumer(jobs.queue, workers=WORKERS, scheduler_interval=1, initial_delay=0.1,
             max_delay=0.5, graceful_signal="TERM").run()
