"""How a line is written: one JSON object for machines, or text for whoever looks at a terminal."""

import json
import logging
import os
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from app.logs.redacting import redacted
from app.logs.running import current

# The logger of the line that every request gets.
REQUESTS = "lectern.requests"
# What they say of every step of theirs is no news.
_TALKATIVE = ("huey", "alembic")
# How often the first of them may say the same, in seconds.
SELDOM = 60.0
# How granian's own lines come among ours; it would write them otherwise, and elsewhere.
OF_GRANIAN: dict[str, Any] = {"handlers": {}, "formatters": {}, "loggers": {
    "_granian": {"handlers": [], "propagate": True}}}


def configure(form: str = "", stream: TextIO | None = None) -> None:
    """Writes the log of this process to `stream`, by default standard error, from now on.

    `form` is "json" or "text"; "off" leaves out the lines of requests and writes the rest as text;
    "" means text on a terminal and JSON elsewhere.
    """
    stream = stream or sys.stderr
    form = form or ("text" if stream.isatty() else "json")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Json() if form == "json" else Text())
    handler.addFilter(Seldom("huey"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)
    # No line says where in the code it was written, or by which thread; to find out takes longer
    # than to write it. (The standard library's "Logging HOWTO", "Optimization".)
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    threading.excepthook = _note_failure
    logging.getLogger(REQUESTS).setLevel(logging.WARNING if form == "off" else logging.INFO)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _note_failure(failure: threading.ExceptHookArgs) -> None:
    if failure.exc_value is not None:
        logging.getLogger("lectern").error("A thread failed.", exc_info=failure.exc_value)


class Seldom(logging.Filter):
    """Of what these loggers say in other words only by its values, one line in SELDOM seconds.

    While the queue is away, each thread of the worker says so several times a second, in fifty
    lines; on a disk that is full of other things already.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._last: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is said; whoever else speaks always is."""
        if not super().filter(record):
            return True
        said = str(record.msg)
        if abs(record.created - self._last.get(said, 0.0)) < SELDOM:
            return False
        self._last[said] = record.created
        return True


class Line(logging.Formatter):
    """What both forms have in common: the fields of a record, with nobody in them."""

    def fields(self, record: logging.LogRecord) -> dict[str, Any]:
        """When, how bad, what; the request or job; and what was said with `extra={"fields": …}`."""
        moment = datetime.fromtimestamp(record.created, UTC)
        said: Mapping[str, Any] = getattr(record, "fields", {})
        return {"time": f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z",
                "level": record.levelname.lower(), "logger": record.name,
                "message": self._clean(record, record.getMessage()),
                **current().fields, **said, "pid": os.getpid(), **self._error(record)}

    def _error(self, record: logging.LogRecord) -> dict[str, str]:
        if not record.exc_info:
            return {}
        return {"error": redacted(self.formatException(record.exc_info), current().brought())}

    def _clean(self, record: logging.LogRecord, message: str) -> str:
        # A request's own line is made of fields alone.
        return message if record.name == REQUESTS else redacted(message, current().brought())


class Json(Line):
    """One object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return json.dumps(self.fields(record), ensure_ascii=False, default=str)


class Text(Line):
    """The time, what happened, and `name=value` for the rest; a traceback on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """The line or lines."""
        fields = self.fields(record)
        time, level, message = (fields.pop(each) for each in ("time", "level", "message"))
        error = fields.pop("error", "")
        fields.pop("logger")
        rest = " ".join(f"{name}={value}" for name, value in fields.items())
        line = f"{time[11:19]} {level:7} {message}  {rest}"
        return f"{line}\n{error}" if error else line
