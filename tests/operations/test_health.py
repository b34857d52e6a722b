"""Whether the site is up, for whoever watches it."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.database import db
from tests.visiting import Visitor


@pytest.fixture
def without_database(app: Flask) -> Iterator[None]:
    """No statement reaches the database while this lasts."""
    def away(*_arguments: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", away)
    yield
    sa.event.remove(engine, "before_cursor_execute", away)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_site_that_is_well_says_so_in_a_word(visitor: Visitor, path: str) -> None:
    answer = visitor.client.get(path)
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok\n", "text/plain")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_without_its_database_it_is_up_but_not_ready(
        visitor: Visitor, without_database: None) -> None:
    assert visitor.client.get("/healthz").status_code == 200
    assert visitor.client.get("/readyz").status_code == 503
