"""What every test can ask for: an application on a fresh database, people to be, pages to look at.

`--engine postgresql` runs the same tests on a real PostgreSQL instead of SQLite.
"""

import gc
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from argon2 import profiles
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event
from sqlalchemy.orm import Session

from app import clock, create_app, later
from app.accounts import actions as accounts
from app.accounts.models import Account, Role
from app.config import Settings
from app.database import db, for_writing, writer_of
from tests.databases import database, engine_name, lending, postgres, run_folder, template
from tests.making import Maker
from tests.postgresql import Lending
from tests.visiting import Visitor

__all__ = ["database", "engine_name", "lending", "postgres", "run_folder", "template"]
PASSWORD = "correct horse battery"
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
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


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """What nobody closed comes out here; pytest looks again and again, which then costs nothing."""
    gc.collect()
    gc.freeze()


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


def settings_for(data: Path, database: str) -> Settings:
    """The settings of an application with this folder and this database."""
    return Settings(data=data, database_url=database, secret_key="only for tests, not a secret",
                    base_url="http://localhost", feed_allow="127.0.0.1", page_cache=0)


@pytest.fixture
def data_folder(run_folder: Path) -> Path:
    """The application's data directory, with nothing in it."""
    shutil.rmtree(run_folder / "data", ignore_errors=True)
    (run_folder / "data").mkdir()
    return run_folder / "data"


@pytest.fixture
def settings(database: str, data_folder: Path) -> Settings:
    """The settings of this test's application; override to change one."""
    return settings_for(data_folder, database)


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
        disconnect(application)


@pytest.fixture
def app(settings: Settings, time: FakeClock, run_folder: Path, built: dict[Settings, Flask],
        lending: Lending | None, compiled_templates: FileSystemBytecodeCache,
        careless: bool) -> Iterator[Flask]:
    """The application, on a fresh database, with its clock at NOON."""
    shared = settings.data == run_folder / "data"
    application = built.get(settings)
    if application is None:
        application = build(settings, compiled_templates)
        if shared and careless:
            outlive_no_power_cut(application)
    if shared:
        built[settings] = application
    config, before = dict(application.config), dict(application.before_request_funcs)
    application.before_request_funcs[None] = list(before.get(None, ()))
    yield application
    application.config.update(config)
    application.before_request_funcs.update(before)
    # A connection to PostgreSQL costs more than most tests; a file, the next test replaces.
    if not shared or lending is None:
        disconnect(application)
    try:
        application.extensions["jobs"].queue.flush()
    except sqlite3.Error:
        # A test of what happens then has broken the queue.
        built.pop(settings, None)
        disconnect(application)


def disconnect(application: Flask) -> None:
    """Lets go of its database."""
    with application.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def careless() -> bool:
    """Whether what the application of the tests writes may be lost in a power cut."""
    return True


def outlive_no_power_cut(application: Flask) -> None:
    """Nobody waits for the disk, as nobody does on the PostgreSQL of the tests."""
    def hurry(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    with application.app_context():
        for engine in {db.engine, writer_of(db.engine)}:
            if engine.dialect.name == "sqlite":
                event.listen(engine, "connect", hurry)


def build(settings: Settings, compiled_templates: FileSystemBytecodeCache) -> Flask:
    """An application as tests have it."""
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
def signed_in(app: Flask, make: Maker) -> Callable[..., Visitor]:
    """Signs somebody in: `signed_in(Role.EDITOR)` or `signed_in(account)`."""
    def sign_in(who: Account | Role) -> Visitor:
        visitor = Visitor(app)
        visitor.sign_in(make.session, who if isinstance(who, Account) else make.account(who))
        return visitor
    return sign_in


@pytest.fixture
def editor(signed_in: Callable[..., Visitor]) -> Visitor:
    """An editor's browser."""
    return signed_in(Role.EDITOR)


@pytest.fixture
def guest(signed_in: Callable[..., Visitor]) -> Visitor:
    """A guest blogger's browser."""
    return signed_in(Role.GUEST)
