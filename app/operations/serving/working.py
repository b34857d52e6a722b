"""A process that does the jobs."""

import time
from collections.abc import Callable

from huey.consumer import Consumer

from app.jobs import Jobs

# Each of the five jobs that wait for other people's servers may take one; mail must not wait then.
WORKERS = 7
# In seconds: whoever asks for the first page comes first.
HEAD_START = 0.5


def work(jobs: Jobs, ready: Callable[[], object]) -> None:
    """Works, as one of several processes that have just begun."""
    ready()
    time.sleep(HEAD_START)
    run_worker(jobs)


def run_worker(jobs: Jobs) -> None:
    """Works until SIGTERM (when what has begun is done) or SIGINT (at once) ends it. What was left
    half-done by a killed worker is found again.

    At once, and side by side: a first round of a thousand feeds keeps no mail waiting.
    """
    jobs.enqueue_all()
    Consumer(jobs.queue, workers=WORKERS, scheduler_interval=1, initial_delay=0.1,
             max_delay=0.5, graceful_signal="TERM").run()
