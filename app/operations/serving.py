"""The processes of a running site: granian's, and the worker that sends, publishes and visits."""

import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from huey.consumer import Consumer

from app.jobs import Jobs

TOP = Path(__file__).resolve().parents[2]
THREADS = 4
# Each of the five jobs that wait for other people's servers may take one; mail must not wait then.
WORKERS = 7
RESTART_PAUSE_SECONDS = 1.0


class Companion:
    """The background worker as a child process, started again whenever it dies."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._keep_alive, daemon=True)
        self._worker = 0

    def start(self) -> None:
        """Starts the worker and begins to watch it."""
        self._worker = self._spawn()
        self._watch.start()

    def _spawn(self) -> int:
        # subprocess would wait on a pipe that a web worker, forked meanwhile, holds open for good.
        command = [sys.executable, "-m", "app.cli", "worker"]
        return os.posix_spawn(sys.executable, command, os.environ)

    def _keep_alive(self) -> None:
        while True:
            os.waitpid(self._worker, 0)
            if self._stopping.wait(RESTART_PAUSE_SECONDS):
                return
            self._worker = self._spawn()

    def stop(self) -> None:
        """Ends the worker and waits for it."""
        self._stopping.set()
        # Without one, the number 0 would mean everybody in our process group.
        if not self._worker:
            return
        with suppress(ProcessLookupError):
            os.kill(self._worker, signal.SIGTERM)
        self._watch.join(timeout=15)


def run_server(host: str, port: int, workers: int, *, with_worker: bool) -> None:
    """Serves until a signal ends it; a web worker that dies is replaced."""
    companion = Companion()
    if with_worker:
        companion.start()
    try:
        Granian("wsgi:app", address=host, port=port, interface=Interfaces.WSGI, workers=workers,
                blocking_threads=THREADS, respawn_failed_workers=True, websockets=False,
                working_dir=TOP).serve()
    finally:
        companion.stop()


def run_worker(jobs: Jobs) -> None:
    """Works until a signal ends it. What was left half-done by a killed worker is found again.

    At once, and side by side: a first round of a thousand feeds keeps no mail waiting.
    """
    jobs.enqueue_all()
    Consumer(jobs.queue, workers=WORKERS, scheduler_interval=1, initial_delay=0.1,
             max_delay=0.5).run()
