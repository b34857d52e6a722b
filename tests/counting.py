"""Counts what a page asks of the database: a list must not ask more because it is longer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from app.database import db, writer_of
from tests.visiting import Visitor


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements sent to the database inside the block."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engines = {db.engine, writer_of(db.engine)}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def queries(visitor: Visitor, path: str) -> list[str]:
    """The statements that one page costs."""
    with statements(visitor.app) as seen:
        visitor.get(path)
    return seen
