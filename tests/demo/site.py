"""The site with its demo content, loaded once a run; each test gets a copy.

A module that imports `database` from here has the demo in every one of its tests.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app
from app.accounts import queries as accounts
from app.config import Settings
from app.database import all_or_nothing, db
from app.demo import loading, staff
from tests.conftest import NOON
from tests.databases import copied
from tests.postgresql import on_server
from tests.visiting import Visitor


@dataclass(frozen=True)
class Loaded:
    """Where the loaded demo lies."""

    database: str
    media: Path


@pytest.fixture(scope="session")
def demo_template(template: str, postgres: str | None,
                  tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """The demo as of NOON, in a database and a media folder that nobody changes."""
    return load(template, postgres, tmp_path_factory.getbasetemp() / "demo")


# Cached besides, because pytest makes a session's fixture once for each module that imports it.
@cache
def load(template: str, postgres: str | None, data: Path) -> Loaded:
    """Loads the demo into a copy of the empty database."""
    data.mkdir()
    address = copied(template, data / "demo.sqlite", postgres, "template_demo")
    app = create_app(Settings(data=data, database_url=address, base_url="http://localhost"))
    with app.app_context():
        with all_or_nothing() as session:
            loading.load(session, app.config["MEDIA"], NOON)
        db.engine.dispose()
    return Loaded(address, data / "media")


@pytest.fixture
def database(demo_template: Loaded, postgres: str | None, data_folder: Path,
             run_folder: Path) -> Iterator[str]:
    """The address of this test's own copy of the demo, its media beside it."""
    shutil.copytree(demo_template.media, data_folder / "media")
    for each in run_folder.glob("demo.sqlite*"):
        each.unlink()
    yield copied(demo_template.database, run_folder / "demo.sqlite", postgres, "demo_copy")
    if postgres:
        on_server(postgres, 'DROP DATABASE "demo_copy" WITH (FORCE)')


def sign_in(app: Flask, session: Session, email: str = staff.EDITOR) -> Visitor:
    """The browser of one of the demo's people."""
    account = accounts.by_email(session, email)
    assert account is not None
    visitor = Visitor(app)
    visitor.sign_in(session, account)
    return visitor
