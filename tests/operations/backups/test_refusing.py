"""What is no whole backup of ours is refused in a sentence, before anything is changed."""

import json
import stat
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.operations.backups.manifest import BadBackup, Manifest
from app.operations.backups.reading import Backup
from app.operations.backups.saving import Archive

ROWS = b'["id","name"]\n' + b"".join(b'[%d,"Ada"]\n' % number for number in range(200))
Members = dict[str, bytes]


def written(path: Path, rows: bytes = ROWS, **said: object) -> Path:
    """A small backup, made as the true ones are."""
    with path.open("wb") as file, Archive(file, datetime(2026, 5, 4, tzinfo=UTC)) as archive:
        archive.add("rows/people.jsonl", iter([(rows, 200)]), packed=True)
        archive.add("media/ab12.webp", iter([(b"a picture", 0)]), packed=False)
        facts = {"lectern": "0.1.0", "revision": "0023", "engine": "sqlite",
                 "made_at": "2026-05-04T12:00:00+00:00", **said}
        archive.close(Manifest(members=archive.members, **facts))  # type: ignore[arg-type]
    return path


def verified(path: Path) -> Manifest:
    with Backup(path) as backup:
        backup.verify()
        return backup.manifest


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("backups") / "good.backup")


def rewritten(good: Path, path: Path, change: Callable[[Members], None]) -> Path:
    """The same with other members, in a file that is sound in itself."""
    with zipfile.ZipFile(good) as source:
        members = {name: source.read(name) for name in source.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in members.items():
            target.writestr(name, data)
    return path


def said(**other: object) -> Callable[[Members], None]:
    """Another word in the manifest."""
    def change(members: Members) -> None:
        manifest = json.loads(members["manifest.json"])
        members["manifest.json"] = json.dumps({**manifest, **other}).encode()
    return change


def holding(name: str, data: bytes = b"x") -> Callable[[Members], None]:
    """One more member, named in the manifest as it should be."""
    def change(members: Members) -> None:
        manifest = json.loads(members["manifest.json"])
        manifest["members"][name] = {"size": len(data), "sha256": "", "rows": 0}
        members["manifest.json"] = json.dumps(manifest).encode()
        members[name] = data
    return change


def test_a_whole_backup_is_read(good: Path) -> None:
    assert (verified(good).rows, verified(good).media) == (200, ["media/ab12.webp"])


@pytest.mark.parametrize(("change", "sentence"), [
    (lambda members: members.pop("manifest.json"), "is not a backup of Lectern"),
    (said(format="another"), "is not a backup of Lectern"),
    (said(version=2, lectern="9.1"), r"newer Lectern \(9\.1\)"),
    (said(members={}), "not what it says"),
    (said(members=[]), "makes no sense"),
    (said(made_at="yesterday"), "makes no sense"),
    (said(revision=23), "makes no sense"),
    (lambda members: members.update({"manifest.json": b"[" * 90_000}), "does not say"),
    (lambda members: members.update({"manifest.json": b"\xff"}), "does not say"),
    (lambda members: members.pop("media/ab12.webp"), "not what it says"),
    (lambda members: members.update({"more.txt": b"x"}), "not what it says"),
    (lambda members: members.update({"media/ab12.webp": b"b picture"}), "is not what it was"),
    (lambda members: members.update({"media/ab12.webp": b"a longer one"}), "another length"),
    (holding("../../etc/passwd"), "makes no sense"),
    (holding("media/../secret_key"), "makes no sense"),
    (holding("/etc/passwd"), "makes no sense"),
    (holding("media/.hidden"), "makes no sense"),
    (holding("media/a/b.webp"), "makes no sense"),
    (holding("rows/people.jsonl\n"), "makes no sense"),
    (holding("rows/bomb.jsonl", b"[1]\n" * 3_000_000), "no file of a backup"),
])
def test_what_is_not_as_it_should_be_is_told(
        good: Path, tmp_path: Path, change: Callable[[Members], None], sentence: str) -> None:
    with pytest.raises(BadBackup, match=sentence) as told:
        verified(rewritten(good, tmp_path / "bad.backup", change))
    assert "\n" not in str(told.value)


def test_a_link_in_it_is_refused(good: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(tmp_path / "bad", "w") as target:
        for info in source.infolist():
            data = source.read(info)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            target.writestr(info, data)
    with pytest.raises(BadBackup, match="no file of a backup"):
        verified(tmp_path / "bad")


def test_two_files_of_one_name_are_refused(good: Path, tmp_path: Path) -> None:
    copy = rewritten(good, tmp_path / "bad", lambda members: None)
    with (zipfile.ZipFile(copy, "a") as target,
          pytest.warns(UserWarning, match="Duplicate name")):
        target.writestr("media/ab12.webp", b"a picture")
    with pytest.raises(BadBackup, match="not what it says"):
        verified(copy)


@pytest.mark.parametrize("data", [b"", b"PK", b"<html>", b"SQLite format 3\0" + bytes(4096)])
def test_any_other_file_is_no_backup(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "other").write_bytes(data)
    with pytest.raises(BadBackup, match="is not a backup of Lectern, or it was cut off"):
        Backup(tmp_path / "other")


@pytest.mark.parametrize("name", ["nothing", "."])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadBackup, match="cannot be read"):
        Backup(tmp_path / name)


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_backup_that_was_cut_off_anywhere_is_refused(
        good: Path, tmp_path: Path, share: float) -> None:
    whole = good.read_bytes()
    (tmp_path / "cut").write_bytes(whole[:int(share * len(whole))])
    with pytest.raises(BadBackup):
        verified(tmp_path / "cut")


@settings(max_examples=150, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10_000), sign=st.integers(1, 255))
@example(place=3343, sign=4)  # a member that lies before the beginning of the file
def test_a_backup_with_any_other_byte_is_refused_or_still_says_the_same(
        good: Path, tmp_path: Path, place: int, sign: int) -> None:
    whole = bytearray(good.read_bytes())
    whole[place % len(whole)] ^= sign
    (tmp_path / "other").write_bytes(whole)
    try:
        manifest = verified(tmp_path / "other")
    except BadBackup:
        return
    # What was hit means nothing to us: the time of a file, for instance.
    assert manifest == verified(good)
    with Backup(tmp_path / "other") as backup:
        assert b"".join(backup.lines("rows/people.jsonl")) == ROWS
