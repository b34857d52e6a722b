"""The drill: a whole site is saved while others write, restored elsewhere, and compared."""

from collections.abc import Callable, Iterator
from dataclasses import replace as changed
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app, mail
from app.config import Settings
from app.database import Model, db, writing
from app.media import Media, MediaKind
from app.media.folder import Folder
from app.operations.backups.saving import save
from app.people.models import Person
from app.throttle import Attempts
from tests.conftest import NOON
from tests.demo.site import database, demo_template, sign_in
from tests.operations.backups.elsewhere import Place, everything, files, place
from tests.visiting import Visitor

__all__ = ["database", "demo_template"]
KEY = b"a key that is kept in a file of its own"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "secret_key"
    path.write_bytes(KEY)
    return path


def places(folder: Path, server: str | None) -> Iterator[Place]:
    """Empty sites, of the other engine first where there is one."""
    yield from place(folder / "first", None)
    if server:
        yield from place(folder / "second", server)


@pytest.fixture
def writer(app: Flask) -> Callable[..., None]:
    """Writes to two tables in one transaction, and to the store, whenever it is called."""
    store: Folder = app.config["MEDIA"]
    turns: list[int] = []

    def write(*_told: object) -> None:
        number = len(turns)
        turns.append(number)
        with app.app_context(), writing() as session:
            mail.queue(session, "ada@reader.example", f"No. {number}", "x", about="x:1", now=NOON)
            session.add(Attempts(key=f"turn {number}", since=NOON, count=number))
            session.add(Media(name=f"late{number}.webp", kind=MediaKind.PICTURE, size=4,
                              content_type="image/webp", created_at=NOON))
        (store.path / f"late{number}.webp").write_bytes(b"late")
    return write


def a_reader(name: str) -> sa.Insert:
    return sa.insert(Model.metadata.tables["readers"]).values(
        email=f"{name}@reader.example", name=name, confirmed_at=NOON, wants_mail=True,
        stop_token=name)


def forget_a_reader() -> int:
    """The number of somebody who came last, and was forgotten."""
    with writing() as session:
        number = session.execute(a_reader("gone")).inserted_primary_key[0]
    with writing() as session:
        session.execute(sa.text("DELETE FROM readers WHERE id = :id"), {"id": number})
    return int(number)


def test_a_site_saved_while_others_write_is_elsewhere_what_it_was_at_that_moment(
        app: Flask, writer: Callable[..., None], key: Path, tmp_path: Path,
        postgres: str | None) -> None:
    store: Folder = app.config["MEDIA"]
    with app.app_context():
        for _ in range(2):
            writer()
        forgotten = forget_a_reader()
        moment, kept = everything(db.engine), files(store.path)
        assert sum(len(table) > 0 for table in moment.values()) > 25, "much of what there can be"
        # It tells of its way after each table, and others write there and then.
        made = save(db.engine, store, key, tmp_path / "site.backup", now=NOON, tell=writer)
        assert everything(db.engine) != moment, "others have written meanwhile"
    assert made.missing == ()
    log = moment.pop("purges")
    for number, elsewhere in enumerate(places(tmp_path, postgres), 1):
        elsewhere.restore(tmp_path / "site.backup")
        restored = everything(elsewhere.engine)
        news = set(restored.pop("purges")) - set(log)
        assert restored == moment
        with elsewhere.engine.begin() as connection:
            row = connection.execute(a_reader("later")).inserted_primary_key
            assert row is not None
            assert row[0] > forgotten, "what is kept about somebody forgotten names nobody else"
            connection.rollback()
        assert len(news) == number, "every process that keeps pages is told"
        assert (files(elsewhere.store.path), elsewhere.key.read_bytes()) == (kept, KEY)
        save(elsewhere.engine, elsewhere.store, elsewhere.key, tmp_path / "site.backup", now=NOON,
             replace=True)


def test_who_was_signed_in_goes_on_in_the_restored_site(
        app: Flask, session: Session, settings: Settings, key: Path, tmp_path: Path) -> None:
    key.write_text(app.config["SECRET_KEY"])
    editor = sign_in(app, session)
    save(db.engine, app.config["MEDIA"], key, tmp_path / "site.backup", now=NOON)
    for elsewhere in place(tmp_path / "elsewhere", None):
        elsewhere.restore(tmp_path / "site.backup")
        address = elsewhere.engine.url.render_as_string(hide_password=False)
        there = create_app(changed(settings, data=elsewhere.key.parent, database_url=address,
                                   secret_key="", media_url=str(elsewhere.store.path)))
        cookie = editor.client.get_cookie("lectern_session")
        assert cookie is not None
        again = Visitor(there)
        again.client.set_cookie("lectern_session", cookie.value)
        again.get("/desk/")
        with there.app_context():
            with writing() as fresh:
                fresh.add(Person(slug="new", name="New", created_at=NOON))
            db.engine.dispose()
