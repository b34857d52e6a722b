"""A backup is whole or not there, is its owner's alone, and takes nobody's place unasked."""

import errno
import fcntl
import io
import os
import stat
from pathlib import Path

import pytest
from flask import Flask

from app import media
from app.config import Settings
from app.database import db
from app.media.folder import Folder
from app.operations.backups.reading import Backup
from app.operations.backups.saving import save
from tests.commanding import Run, run
from tests.conftest import NOON
from tests.killing import in_child
from tests.making import Maker
from tests.operations.backups.elsewhere import files
from tests.rooms import room
from tests.test_media import picture

__all__ = ["run"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept" / "site.backup"


def test_a_backup_is_one_file_that_only_its_owner_can_read(
        app: Flask, run: Run, make: Maker, file: Path) -> None:
    make.post("On gates")
    done = run("backup", str(file))
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]
    with Backup(file) as backup:
        backup.verify()
        rows = backup.manifest.rows
    assert f"{file} holds {rows:,} rows and 0 files." in done.output
    assert f"Rows: {rows:,}.\n" in done.output, "plain lines where there is no terminal"


def test_the_key_is_not_in_it_where_it_is_not_in_a_file(app: Flask, run: Run, file: Path) -> None:
    assert "keep LECTERN_SECRET_KEY with it" in run("backup", str(file)).output
    with Backup(file) as backup:
        assert "secret_key" not in backup.manifest.members


def test_what_has_the_name_already_is_only_replaced_on_a_clear_word(
        app: Flask, run: Run, file: Path) -> None:
    file.write_text("holiday pictures")
    refused = run("backup", str(file))
    assert refused.exit_code == 1
    assert f"Error: {file} exists already. Choose another name, or add --replace.\n" in (
        refused.output)
    assert file.read_text() == "holiday pictures"
    assert run("backup", str(file), "--replace").exit_code == 0
    with Backup(file) as backup:
        backup.verify()


def test_a_place_that_cannot_be_written_to_is_told_in_a_sentence(
        app: Flask, run: Run, tmp_path: Path) -> None:
    done = run("backup", str(tmp_path / "nowhere" / "site.backup"))
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert "No such file or directory" in done.output


def test_a_file_that_is_missing_is_told_and_stops_nothing(
        app: Flask, run: Run, make: Maker, settings: Settings, file: Path) -> None:
    kept = keep(make, settings, picture())
    lost = keep(make, settings, picture("PNG", (20, 20)))
    (settings.media / lost).unlink()
    done = run("backup", str(file))
    assert done.exit_code == 0
    assert f"media/{lost} is named in the database and missing" in done.output
    with Backup(file) as backup:
        assert backup.manifest.missing == (lost,)
        assert backup.manifest.media == [f"media/{kept}"]


def keep(make: Maker, settings: Settings, data: bytes) -> str:
    upload = media.read_picture(io.BytesIO(data))
    kept = media.keep(make.session, Folder(settings.media), upload, now=NOON)
    make.session.commit()
    return kept.name


@pytest.mark.parametrize("before", [None, "yesterday's"])
def test_whoever_ends_it_in_the_middle_leaves_what_was_there(
        app: Flask, make: Maker, settings: Settings, file: Path, before: str | None) -> None:
    keep(make, settings, picture())
    make.session.close()
    if before:
        file.write_text(before)

    def act() -> None:
        with app.app_context():
            save(db.engine, Folder(settings.media), None, file, now=NOON, replace=True)

    with app.app_context():
        db.engine.dispose()
    for size in (100, 4_000):
        assert in_child(act, largest_file=size) < 0
        assert (file.read_text() if file.exists() else None) == before
    assert in_child(act) == 0
    assert list(files(file.parent)) == [file.name], "what was left behind is written over"
    with Backup(file) as backup:
        backup.verify()


def test_two_backups_to_one_file_at_once_do_not_mix(
        app: Flask, run: Run, file: Path) -> None:
    def again(*_told: object) -> None:
        outputs.append(run("backup", str(file)).output)

    outputs: list[str] = []
    with app.app_context():
        save(db.engine, Folder(file.parent), None, file, now=NOON, tell=again)
    assert f"Another backup is being written to {file}." in outputs[0]
    with Backup(file) as backup:
        backup.verify()


def test_a_backup_that_another_has_just_ended_is_not_written_over(
        app: Flask, run: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ends_meanwhile(draft: int, how: int) -> None:
        file.with_name(f".{file.name}.part").rename(file)
        file.write_text("theirs")
        flock(draft, how)

    flock = fcntl.flock
    monkeypatch.setattr(fcntl, "flock", ends_meanwhile)
    assert "Another backup is being written" in run("backup", str(file)).output
    assert file.read_text() == "theirs"


def test_a_stick_that_knows_no_second_names_takes_a_backup_too(
        app: Flask, run: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*_names: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    assert run("backup", str(file)).exit_code == 0
    assert list(file.parent.iterdir()) == [file]
    with Backup(file) as backup:
        backup.verify()
    assert "exists already" in run("backup", str(file)).output


def test_a_full_disk_is_told_and_leaves_no_half_a_file(
        app: Flask, run: Run, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    with room(tmp_path / "full", "8k"):
        done = run("backup", str(tmp_path / "full" / "site.backup"))
        assert done.exit_code == 1
        assert done.output.splitlines()[-1].startswith("Error: The disk is full: ")
        assert files(tmp_path / "full") == {}
