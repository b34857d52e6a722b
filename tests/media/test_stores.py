"""Both stores keep the same promises; a bucket is asked on a real server."""

import io
import itertools
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.config import BadSetting, Settings
from app.media import Missing, Store, StoreFailed, open_store
from app.media.bucket import Bucket
from app.media.folder import Folder
from tests.browser.running import free_port
from tests.media.bucket_server import KEYS, BucketServer, bucket_server

__all__ = ["bucket_server"]
numbers = itertools.count(1)
LONG = b"0123456789" * 1_100_000


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return Folder(tmp_path / "media")
    server: BucketServer = request.getfixturevalue("bucket_server")
    return open_at(server.make(f"store-{next(numbers)}"))


def open_at(url: str, **environ: str) -> Store:
    return open_store(Settings.read({"LECTERN_MEDIA_URL": url}), environ)


def test_what_is_put_is_there_whole(store: Store) -> None:
    assert (store.size("a.mp3"), list(store.names())) == (None, [])
    for data in (b"first", LONG, b""):
        store.put("a.mp3", io.BytesIO(data))
        with store.open("a.mp3") as file:
            assert file.read() == data
        assert store.size("a.mp3") == len(data)
    assert list(store.names()) == ["a.mp3"]


def test_a_file_is_read_from_any_point(store: Store) -> None:
    store.put("a.mp3", io.BytesIO(LONG))
    with store.open("a.mp3") as file:
        file.seek(1_048_570)
        assert file.read(12) == LONG[1_048_570:1_048_582]
        file.seek(-3, io.SEEK_END)
        assert (file.read(), file.read()) == (b"789", b"")


def test_what_is_not_there_is_missing(store: Store) -> None:
    with pytest.raises(Missing):
        store.open("nothing.mp3")
    store.delete("nothing.mp3")


def test_what_is_deleted_is_gone(store: Store) -> None:
    for name in ("a.mp3", "b.webp"):
        store.put(name, io.BytesIO(b"data"))
    store.delete("a.mp3")
    assert (store.size("a.mp3"), list(store.names())) == (None, ["b.webp"])


@pytest.mark.parametrize("name", ["", "..", ".hidden", "a/b", "../a", "a\0b", "a\nb", "é.mp3"])
def test_no_name_leads_out_of_a_store(store: Store, name: str) -> None:
    with pytest.raises(Missing):
        store.put(name, io.BytesIO(b"data"))
    with pytest.raises(Missing):
        store.open(name)


class Breaking(io.BytesIO):
    """A stream that ends in the middle, with an error."""

    def read(self, size: int | None = -1) -> bytes:
        if data := super().read(size):
            return data
        raise ConnectionResetError("Whoever sent it is gone.")


def test_what_was_not_put_to_its_end_is_not_there(store: Store) -> None:
    with pytest.raises((OSError, StoreFailed)):
        store.put("a.mp3", Breaking(LONG))
    assert (store.size("a.mp3"), list(store.names())) == (None, [])


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file is in the way")
    with pytest.raises(StoreFailed, match=r"media directory .* cannot be used"):
        Folder(tmp_path / "media").put("a.mp3", io.BytesIO(b"data"))


def test_a_bucket_that_is_not_there_is_told(bucket_server: BucketServer) -> None:
    store = open_at(f"s3://nobody-made-it?endpoint={bucket_server.base}")
    with pytest.raises(StoreFailed, match=r"“nobody-made-it” at .* does not exist"):
        store.put("a.mp3", io.BytesIO(b"data"))


def test_a_key_that_is_refused_is_told(bucket_server: BucketServer) -> None:
    store = open_at(bucket_server.make("locked"))
    bucket_server.check_keys(True)
    try:
        for ask in (store.size, store.open, lambda name: store.put(name, io.BytesIO(b"data"))):
            with pytest.raises(StoreFailed, match=r"“locked” .* refuses our key"):
                ask("a.mp3")
    finally:
        bucket_server.check_keys(False)


def test_a_key_that_nobody_set_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", f"http://127.0.0.1:{free_port()}")
    store = open_at("s3://bucket?endpoint=http://127.0.0.1:1")
    with pytest.raises(StoreFailed, match=r"needs a key: set AWS_ACCESS_KEY_ID"):
        store.size("a.mp3")


def test_a_server_that_is_away_is_told_and_soon() -> None:
    store = open_at(f"s3://bucket?endpoint=http://127.0.0.1:{free_port()}")
    for ask in (store.size, store.open, store.delete, lambda _name: list(store.names())):
        with pytest.raises(StoreFailed, match=r"“bucket” at .* does not answer"):
            ask("a.mp3")


def test_the_url_may_leave_to_the_environment_what_all_who_speak_s3_know(tmp_path: Path) -> None:
    known = {"AWS_ENDPOINT_URL": "https://store.example/", "AWS_DEFAULT_REGION": "eu-west-3"}
    by_variables = open_at("s3://bucket", **known)
    assert isinstance(by_variables, Bucket)
    assert (by_variables.place.endpoint, by_variables.place.region) == (
        "https://store.example", "eu-west-3")
    by_url = open_at("s3://bucket?endpoint=https://other.example", **known)
    assert by_url.origin == "https://other.example"
    assert open_at("s3://bucket", AWS_REGION="eu-west-3").origin == (
        "https://s3.eu-west-3.amazonaws.com")
    with pytest.raises(BadSetting, match="AWS_ENDPOINT_URL"):
        open_at("s3://bucket", AWS_ENDPOINT_URL="store.example")
    default = open_store(replace(Settings(), data=tmp_path), KEYS)
    assert isinstance(default, Folder)
    assert default.path == tmp_path / "media"


def test_what_is_old_and_not_kept_is_forgotten(store: Store) -> None:
    for name in ("a.mp3", "b.webp"):
        store.put(name, io.BytesIO(b"data"))
    now = datetime.now(UTC)
    assert store.forget({"a.mp3"}, now - timedelta(hours=1)) == 0
    assert store.forget({"a.mp3"}, now + timedelta(hours=1)) == 1
    assert list(store.names()) == ["a.mp3"]


def test_a_file_that_is_put_again_is_there_already(store: Store) -> None:
    assert not store.renew("a.mp3", 4)
    store.put("a.mp3", io.BytesIO(b"data"))
    assert store.renew("a.mp3", 4)
    assert not store.renew("a.mp3", 5)


def test_an_old_file_that_is_put_again_is_young_and_drafts_of_the_dead_are_forgotten(
        tmp_path: Path) -> None:
    store, long_ago = Folder(tmp_path), datetime.now(UTC) - timedelta(days=9)
    store.put("a.mp3", io.BytesIO(b"data"))
    (tmp_path / ".b.mp3.0123456789ab.part").write_bytes(b"da")
    for path in tmp_path.iterdir():
        os.utime(path, (long_ago.timestamp(),) * 2)
    assert store.renew("a.mp3", 4)
    assert store.forget(set(), long_ago + timedelta(days=1)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp3"]
