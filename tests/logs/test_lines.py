"""A line of the log says what happened, in which request or job, and tells of nobody."""

import io
import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import jobs, logs
from app.logs.redacting import redacted

log = logging.getLogger("app.somewhere")


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What is written; the process's own log is as before afterwards."""
    root, quiet = logging.getLogger(), ("huey", "alembic", "lectern.requests")
    before, hook = (root.handlers[:], root.level), threading.excepthook
    levels = {name: logging.getLogger(name).level for name in quiet}
    for handler in before[0]:
        root.removeHandler(handler)
    yield io.StringIO()
    logging.captureWarnings(False)
    threading.excepthook = hook
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def written(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_one_object_with_the_id_of_its_request(stream: io.StringIO) -> None:
    logs.configure("json", stream)
    with logs.running(request="0123456789abcdef"):
        log.warning("The harbour\nis full")
    log.warning("nobody's")
    first, second = written(stream)
    assert (first["message"], first["level"]) == ("The harbour\nis full", "warning")
    assert first["request"] == "0123456789abcdef"
    assert "request" not in second


def test_a_queue_that_is_away_does_not_fill_the_log(stream: io.StringIO) -> None:
    logs.configure("json", stream)
    worker, [handler] = logging.getLogger("huey.consumer.Worker"), logging.getLogger().handlers
    for _ in range(100):
        worker.error("Error reading from queue")
        log.warning("Ours is said each time")
    worker.error("Another error of task %s", 7)
    later = logging.makeLogRecord({"name": worker.name, "msg": "Error reading from queue"})
    later.created += 61
    handler.handle(later)
    said = [line["message"] for line in written(stream)]
    assert said.count("Ours is said each time") == 100
    assert said.count("Error reading from queue") == 2
    assert "Another error of task 7" in said


def test_an_error_stands_with_its_traceback_and_without_what_was_brought(
        stream: io.StringIO) -> None:
    logs.configure("json", stream)
    with logs.running(lambda: ["kQ7secretTOKEN", "a b"], request="0123456789abcdef"):
        try:
            raise ValueError("kQ7secretTOKEN of ada@reader.example a b")
        except ValueError:
            log.exception("kQ7secretTOKEN failed")
    [line] = written(stream)
    assert "Traceback" in line["error"]
    assert line["error"].endswith("ValueError: … of …@… a b")
    assert line["message"] == "… failed"


def test_text_is_for_people(stream: io.StringIO) -> None:
    logs.configure("text", stream)
    with logs.running(job="send-mail", run="12345678"):
        log.error("It failed.")
    assert " error   It failed.  job=send-mail run=12345678 pid=" in stream.getvalue()


def test_a_terminal_gets_text_and_anything_else_json(stream: io.StringIO) -> None:
    logs.configure("", stream)
    log.warning("x")
    stream.isatty = lambda: True  # type: ignore[method-assign]
    logs.configure("", stream)
    log.warning("y")
    first, second = stream.getvalue().splitlines()
    assert first.startswith("{")
    assert " warning y" in second


@pytest.mark.parametrize(("form", "number"), [("json", 1), ("off", 0)])
def test_off_leaves_out_requests_and_nothing_else(
        stream: io.StringIO, form: str, number: int) -> None:
    logs.configure(form, stream)
    logging.getLogger("lectern.requests").info("request", extra={"fields": {"route": "/"}})
    log.error("It failed.")
    assert len(stream.getvalue().splitlines()) == number + 1


def test_what_a_job_says_carries_its_run(stream: io.StringIO, tmp_path: Path) -> None:
    logs.configure("json", stream)
    work = jobs.Jobs(jobs.make_queue("", tmp_path))
    work.register("broken", lambda: 1 / 0)  # type: ignore[arg-type,return-value]
    work.run("broken")
    work.run("broken")
    first, second = written(stream)
    assert first["job"] == second["job"] == "broken"
    assert first["run"] != second["run"]
    assert "ZeroDivisionError" in first["error"]


def test_a_thread_that_fails_is_a_line_too(stream: io.StringIO) -> None:
    logs.configure("json", stream)
    failing = threading.Thread(target=lambda: {}["ada@reader.example"])
    failing.start()
    failing.join()
    [line] = written(stream)
    assert line["error"].endswith("KeyError: '…@…'")


@pytest.mark.parametrize(("said", "left"), [
    ("mail to ada.b+c@reader.example failed", "mail to …@… failed"),
    ("mail to <ada@reader.example>, later", "mail to <…@…>, later"),
    ("postgresql+psycopg://me:hush@db/blog is away", "postgresql+psycopg://…@db/blog is away"),
    ("https://feeds.example/a?key=hush&x=1 said 500", "https://feeds.example/a?… said 500"),
    ("UNIQUE constraint failed: topics.slug", "UNIQUE constraint failed: topics.slug"),
    ('duplicate key\nDETAIL:  Key (email)=(a@b.example) already exists.\nend',
     "duplicate key\n\nend"),
    ("[SQL: SELECT 1]\n[parameters: ('hush',)]", "[SQL: SELECT 1]\n"),
    ("at 12:30, line 4 in app/mail.py", "at 12:30, line 4 in app/mail.py"),
])
def test_what_tells_of_somebody_is_taken_out_and_the_rest_stays(said: str, left: str) -> None:
    assert redacted(said) == left
