"""Whether the site is up, for whoever watches it."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import create_app
from app.config import Settings
from app.database import db
from app.operations import migrations, steps
from tests import conftest
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


@pytest.fixture
def silent() -> Iterator[int]:
    """A port at which somebody listens and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_site_that_is_well_says_so_in_a_word(visitor: Visitor, path: str) -> None:
    answer = visitor.client.get(path)
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok\n", "text/plain")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_without_its_database_it_is_up_but_not_ready(
        visitor: Visitor, without_database: None) -> None:
    assert visitor.client.get("/healthz").status_code == 200
    answer = visitor.client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "The database cannot be reached.\n")


def test_a_database_that_hangs_holds_nobody(silent: int, tmp_path: Path) -> None:
    app = create_app(Settings(
        data=tmp_path, database_url=f"postgresql+psycopg://me@127.0.0.1:{silent}/blog"))
    for _ in range(2):
        began = monotonic()
        answer = app.test_client().get("/readyz")
        assert monotonic() - began < 2.5
        assert (answer.status_code, answer.text) == (503, "The database does not answer.\n")


def test_without_its_queue_it_is_not_ready(settings: Settings, tmp_path: Path) -> None:
    app = create_app(replace(settings, data=tmp_path / "data"))
    queue = app.extensions["jobs"].queue
    with queue.storage.db(commit=True) as connection:
        connection.execute("drop table task")
    answer = app.test_client().get("/readyz")
    conftest.disconnect(app)
    assert (answer.status_code, answer.text) == (503, "The queue cannot be reached.\n")


@pytest.mark.parametrize("step", ["0001", "9999"])
def test_a_database_at_another_step_is_not_ready(
        visitor: Visitor, session: Session, step: str) -> None:
    session.execute(sa.text(f"UPDATE alembic_version SET version_num = '{step}'"))
    session.commit()
    answer = visitor.client.get("/readyz")
    assert answer.status_code == 503
    assert "`lectern db upgrade`" in answer.text
    session.execute(sa.text(f"UPDATE alembic_version SET version_num = '{steps.head()}'"))
    session.commit()


def test_the_newest_step_is_read_as_alembic_reads_it(app: Flask) -> None:
    with app.app_context():
        scripts = ScriptDirectory.from_config(migrations.config(db.engine))
    assert steps.head() == scripts.get_current_head()
