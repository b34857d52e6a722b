"""Restoring takes the place of a site in one step, on a clear word, and keeps what was there."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import disk
from app.config import Settings
from app.database import db, writer_of, writing
from app.media.folder import Folder
from app.operations import migrations
from app.operations.backups import postgresql, sqlite
from app.operations.backups.manifest import BadBackup, CannotRestore
from app.operations.backups.restoring import restore
from app.operations.backups.saving import save
from app.pagecache import log
from tests.commanding import Run, run
from tests.conftest import NOON
from tests.killing import die, in_child
from tests.making import Maker
from tests.operations.backups.elsewhere import Place, everything, place
from tests.operations.backups.test_refusing import rewritten, written
from tests.rooms import room

__all__ = ["run"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "site.backup"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Place]:
    yield from place(tmp_path / "elsewhere", None)


@pytest.fixture
def saved(app: Flask, make: Maker, settings: Settings, file: Path) -> dict[str, list[str]]:
    """What was in the backup's moment; since then more was written."""
    make.comment(make.post("Before"), approved=True)
    save(db.engine, Folder(settings.media), None, file, now=NOON)
    moment = everything(db.engine)
    make.post("Since")
    make.session.close()
    return moment


def since(moment: dict[str, list[str]]) -> dict[str, list[str]]:
    """What a site has that was restored from this moment, but for the log of its page cache."""
    found = everything(db.engine)
    return {name: found[name] for name in moment if name != "purges"}


def test_a_site_with_content_is_only_replaced_on_a_clear_word_and_kept_aside(
        app: Flask, run: Run, saved: dict[str, list[str]], file: Path, settings: Settings,
        engine_name: str) -> None:
    with app.app_context():
        before = everything(db.engine)
        with db.engine.connect() as connection:
            positions = [log.newest(connection), 1]
        refused = run("restore", str(file))
        assert (refused.exit_code, everything(db.engine)) == (1, before)
        assert "This site has content. Add --replace" in refused.output
        done = run("restore", str(file), "--replace")
        assert done.exit_code == 0, done.output
        del saved["purges"]
        assert since(saved) == saved
        with db.engine.connect() as connection:
            for position in positions:
                news = log.since(connection, position)
                assert news is None or ["*"] in [tags for _number, tags in news]
            assert kept_titles(connection, done.output, engine_name) == ["Before", "Since"]
        with writing() as session:
            # Numbers go on where they were.
            Maker(session, lambda: NOON).comment(Maker(session, lambda: NOON).post("After"))


def kept_titles(connection: sa.Connection, output: str, engine_name: str) -> list[str]:
    """What stands in the database that was kept aside."""
    place = output.split("is kept in ")[1].split(".\n")[0]
    if engine_name == "postgresql":
        schema = place.removeprefix("the schema ")
        return list(connection.scalars(sa.text(
            f"SELECT title FROM {schema}.entries ORDER BY title")))
    assert Path(place).stat().st_mode & 0o777 == 0o600
    with sa.create_engine(f"sqlite:///{place}").connect() as aside:
        titles = list(aside.scalars(sa.text("SELECT title FROM entries ORDER BY title")))
        aside.engine.dispose()
    return titles


def test_an_older_backup_is_restored_and_brought_to_the_schema_of_today(
        elsewhere: Place, tmp_path: Path, file: Path) -> None:
    for older in place(tmp_path / "older", None):
        migrations.upgrade(older.engine, "0017")
        with older.engine.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO feeds (id, url, title, description, policy, show, health, failures,"
                " next_visit_at, added_at) VALUES (7, 'https://a.example/feed', 'A', '', 'hold',"
                " 'full', '', 0, '2026-05-04 12:00:00', '2026-05-04 12:00:00')")
        assert save(older.engine, older.store, None, file, now=NOON).revision == "0017"
    elsewhere.restore(file)
    with elsewhere.engine.connect() as connection:
        [row] = connection.exec_driver_sql("SELECT id, url, public_id, trust FROM feeds").all()
    migrations.check(elsewhere.engine)
    assert (row[0], row[1], row[3]) == (7, "https://a.example/feed", "guid")
    assert row[2], "what a later step gives to every feed"


def oldest(path: Path, *lines: bytes, table: str = "media", revision: str = "0001") -> Path:
    """A backup of the first schema with these rows, sound in itself."""
    written(path.with_suffix(".draft"))
    data = b"".join(line + b"\n" for line in lines)

    def change(members: dict[str, bytes]) -> None:
        manifest = json.loads(members.pop("manifest.json"))
        members.clear()
        manifest["revision"] = revision
        manifest["members"] = {f"rows/{table}.jsonl": {
            "size": len(data), "rows": len(lines) - 1,
            "sha256": hashlib.sha256(data).hexdigest()}}
        members[f"rows/{table}.jsonl"] = data
        members["manifest.json"] = json.dumps(manifest).encode()

    return rewritten(path.with_suffix(".draft"), path, change)


COLUMNS = (b'["id","name","kind","content_type","size","width","height","seconds","created_at"]')
ROW = b'[1,"a.webp","picture","image/webp",9,1,1,null,"2026-05-04T12:00:00+00:00"]'


@pytest.mark.parametrize(("table", "lines", "sentence"), [
    ("media", (COLUMNS, ROW, ROW), "the database refuses it"),
    ("media", (COLUMNS, ROW.replace(b'"picture"', b'"poem"')), "the database refuses it"),
    ("media", (COLUMNS, ROW.replace(b'"a.webp"', b"null")), "the database refuses it"),
    ("media", (COLUMNS, b"[1]"), "its rows make no sense"),
    ("media", (COLUMNS, b"{"), "its rows make no sense"),
    ("media", (COLUMNS, ROW.replace(b"2026-05", b"2026-55")), "its rows make no sense"),
    ("media", (b'["id"]', b"[1]"), "the columns of media are others"),
    ("media", (b"7",), "its rows make no sense"),
    ("poems", (b'["id"]', b"[1]"), "its rows make no sense"),
])
def test_rows_that_cannot_be_are_refused_and_change_nothing(
        elsewhere: Place, file: Path, table: str, lines: tuple[bytes, ...],
        sentence: str) -> None:
    elsewhere.key.write_text("ours")
    with pytest.raises(BadBackup, match=sentence):
        elsewhere.restore(oldest(file, *lines, table=table))
    assert sa.inspect(elsewhere.engine).get_table_names() == []
    assert {path.name for path in elsewhere.key.parent.iterdir()} <= {
        "secret_key", "lectern.sqlite", "lectern.sqlite-wal", "lectern.sqlite-shm", "media"}


def test_a_schema_that_nobody_here_knows_is_a_newer_one(elsewhere: Place, file: Path) -> None:
    with pytest.raises(BadBackup, match="was made by a newer Lectern"):
        elsewhere.restore(oldest(file, COLUMNS, ROW, revision="9999"))


def test_two_at_once_do_not_restore_over_each_other(
        app: Flask, saved: dict[str, list[str]], settings: Settings, file: Path) -> None:
    def again(*_told: object) -> None:
        with pytest.raises(CannotRestore, match="Another backup is being restored"):
            restore(db.engine, Folder(settings.media), None, file, now=NOON, replace=True)
        raise Stop

    class Stop(Exception):
        pass

    def late(what: str, done: int, of: int) -> None:
        if what == "Rows restored":
            again()

    store = Folder(settings.media)
    with app.app_context():
        before = everything(db.engine)
        with pytest.raises(Stop):
            restore(db.engine, store, None, file, now=NOON, replace=True, tell=late)
        assert everything(db.engine) == before


@pytest.mark.parametrize("size", ["1500k", "1800k", "2200k"])
def test_a_disk_that_fills_up_meanwhile_is_told_and_leaves_the_site_as_it_was(
        tmp_path: Path, size: str) -> None:
    def write(engine: sa.Engine, name: str) -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE people (name text)")
            connection.execute(sa.text("INSERT INTO people VALUES (:name)"),
                               [{"name": name * 10_000}] * 20)
        engine.dispose()

    (tmp_path / "small").mkdir()
    # Enough for the new database and for the old one aside, not for the step between them.
    with room(tmp_path / "small", size) as small:
        for tight in place(small / "site", None):
            write(tight.engine, "Ada")
            site = sqlite.Site(tight.engine)
            with site.staging() as staging:
                write(staging, "Bea")
                with pytest.raises(OSError, match="No space left") as full:
                    site.put_in_place(staging, NOON, keep=True)
            assert disk.is_full(full.value)
            assert {each.name for each in (small / "site").iterdir()} <= {
                f"lectern.sqlite{ending}" for ending in ("", "-wal", "-shm")}
            with tight.engine.connect() as connection:
                assert len(connection.exec_driver_sql(
                    "SELECT name FROM people WHERE name LIKE 'Ada%'").all()) == 20


def test_a_key_that_cannot_be_written_leaves_the_site_as_it_was(
        app: Flask, make: Maker, settings: Settings, file: Path, elsewhere: Place,
        tmp_path: Path) -> None:
    make.post("Before")
    (tmp_path / "key").write_text("theirs")
    save(db.engine, Folder(settings.media), tmp_path / "key", file, now=NOON)
    make.session.close()
    migrations.upgrade(elsewhere.engine)
    before = everything(elsewhere.engine)
    with pytest.raises(FileNotFoundError):
        replace(elsewhere, key=tmp_path / "nowhere" / "secret_key").restore(file)
    assert everything(elsewhere.engine) == before
    elsewhere.key.write_text("ours")
    assert elsewhere.restore(file).new_key
    assert elsewhere.key.read_text() == "theirs"


def test_a_database_that_somebody_holds_is_left_as_it_was(
        app: Flask, saved: dict[str, list[str]], settings: Settings, file: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "PATIENCE", "50ms")
    monkeypatch.setattr(sqlite, "PATIENCE_SECONDS", 0)
    with app.app_context():
        before = everything(db.engine)
        with writer_of(db.engine).connect() as somebody:
            somebody.execute(sa.text("UPDATE entries SET title = title"))
            with pytest.raises(CannotRestore, match="without a pause"):
                restore(db.engine, Folder(settings.media), None, file, now=NOON, replace=True)
        assert everything(db.engine) == before


def swap(site: sqlite.Site | postgresql.Site, staging: sa.Engine, last: int) -> None:
    """Puts the new site in place, but dies instead of moving its table of this number."""
    left = iter(range(last, -1, -1))

    def each(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("ALTER TABLE") and next(left) == 0:
            die()

    sa.event.listen(db.engine, "before_cursor_execute", each)
    site.put_in_place(staging, NOON, keep=False)


def test_whoever_is_killed_while_the_sites_change_places_leaves_one_of_them_whole(
        app: Flask, saved: dict[str, list[str]], engine_name: str) -> None:
    with app.app_context():
        before = everything(db.engine)
        site = (sqlite if engine_name == "sqlite" else postgresql).Site(db.engine)
        with site.staging() as staging:
            with staging.begin() as connection:
                connection.exec_driver_sql("CREATE TABLE people (name text)")
                for _ in range(100):
                    connection.exec_driver_sql(f"INSERT INTO people VALUES ('{'Ada' * 1000}')")
            # On SQLite in the middle of a write of so many bytes, else of so many statements.
            for many in (4_096, 50_000, 200_000) if engine_name == "sqlite" else (0, 20, 46):
                staging.dispose()
                db.engine.dispose()
                largest = many if engine_name == "sqlite" else None
                assert in_child(lambda: swap(site, staging, many), largest_file=largest) < 0  # noqa: B023
                assert everything(db.engine) == before
            db.engine.dispose()
            assert in_child(lambda: site.put_in_place(staging, NOON, keep=False)) == 0
        assert sa.inspect(db.engine).get_table_names() == ["people"]
        db.engine.dispose()
