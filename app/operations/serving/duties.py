"""What one process of a site does, and how it begins."""

import ctypes
import logging
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

# Those that the first process listens to, and those of them that end it.
SIGNALS = (signal.SIGCHLD, signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
ENDING = {signal.SIGTERM, signal.SIGINT}
# In seconds: how long one must have lived to be started again at once, and how long the others
# wait, twice as long each time.
LIVED, FIRST_WAIT, LONGEST_WAIT = 5.0, 0.25, 8.0
# Of prctl(2).
DIE_WITH_PARENT, BE_CALLED = 1, 15
Body = Callable[[Callable[[], object]], None]
log = logging.getLogger(__name__)


@dataclass
class Duty:
    """Something that one process does, and whoever does it now."""

    name: str
    # Is given what to call when it is ready.
    body: Body
    # How it is asked to leave while others go on.
    farewell: signal.Signals = signal.SIGTERM
    pid: int = 0
    began: float = 0.0
    wait: float = 0.0
    ready: bool = False

    def is_due(self, now: float) -> bool:
        """Whether nobody does it and somebody should."""
        return not self.pid and now >= self.began + self.wait

    def start(self, now: float, say: int) -> None:
        """Forks a process for it, which writes its number to the file `say` when it is ready."""
        self.began, self.ready = now, False
        self.pid = self._fork(say)

    def _fork(self, say: int) -> int:
        sys.stdout.flush()
        sys.stderr.flush()
        if child := os.fork():
            return child
        status = 1
        try:
            _begin(self.name)
            self.body(partial(os.write, say, b"%d " % os.getpid()))
            status = 0
        except Exception:
            log.exception("The %s process failed.", self.name)
        finally:
            logging.shutdown()
            os._exit(status)

    def lose(self, now: float) -> None:
        """Its process has died: another follows, at once if this one had lived for a while."""
        lived = now - self.began
        self.wait = 0.0 if lived > LIVED else min(LONGEST_WAIT, 2 * self.wait + FIRST_WAIT)
        log.error("The %s process %s died and is replaced.", self.name, self.pid)
        # It is started again so long after its end, not after its beginning.
        self.pid, self.ready, self.began = 0, False, now


def _begin(name: str) -> None:
    """What a forked process is rid of, how it is called, and that it ends with its parent."""
    signal.set_wakeup_fd(-1)
    for each in SIGNALS:
        signal.signal(each, signal.SIG_DFL)
    if sys.platform == "linux":
        system = ctypes.CDLL(None)
        system.prctl(DIE_WITH_PARENT, signal.SIGTERM)
        system.prctl(BE_CALLED, f"lectern {name}".encode())
