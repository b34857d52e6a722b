"""A site whose files are in a bucket: pictures come through it, recordings from there."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import media
from app.accounts.models import Role
from app.config import Settings
from app.media import Media, open_store
from tests.browser.running import free_port
from tests.conftest import NOON
from tests.making import Maker
from tests.media.bucket_server import BucketServer, bucket_server
from tests.test_media import ogg
from tests.visiting import Visitor

__all__ = ["bucket_server"]
numbers = iter(range(1, 1_000))


@pytest.fixture
def settings(settings: Settings, bucket_server: BucketServer) -> Settings:
    """With its media in a bucket."""
    return replace(settings, media_url=bucket_server.make(f"site-{next(numbers)}"))


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), 90).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def kept(app: Flask, session: Session) -> Callable[[Any, bytes], Media]:
    """Keeps bytes that somebody sent before."""
    def keep(read: Any, data: bytes) -> Media:
        found = media.keep(session, app.config["MEDIA"], read(io.BytesIO(data)), now=NOON)
        session.commit()
        return found
    return keep


def ask(visitor: Visitor, path: str, method: str = "GET", **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return visitor.client.open(path, method=method, headers=named)


def send_photo(guest: Visitor, status: int) -> str:
    return guest.post("/account/profile", {
        "name": "Ada Quill", "headline": "", "bio": "", "links": "",
        "picture": (io.BytesIO(png()), "me.png")}, status,
        content_type="multipart/form-data").text


def test_a_picture_that_is_sent_to_the_site_is_shown_by_it(
        app: Flask, make: Maker, guest: Visitor, visitor: Visitor) -> None:
    person = make.account(Role.GUEST).person
    assert person is not None
    make.post(author=person)
    send_photo(guest, 303)
    [name] = app.config["MEDIA"].names()
    assert f"/media/{name}" in visitor.get(person.path).text
    answer = ask(visitor, f"/media/{name}")
    assert Image.open(io.BytesIO(answer.data)).size == (30, 20)
    assert answer.headers["Content-Type"] == "image/webp"
    assert "immutable" in answer.headers["Cache-Control"]
    known = ask(visitor, f"/media/{name}", If_None_Match=answer.headers["ETag"])
    assert (known.status_code, known.data) == (304, b"")
    part = ask(visitor, f"/media/{name}", Range="bytes=8-11")
    assert (part.status_code, part.data) == (206, b"WEBP")


def test_a_recording_is_fetched_from_the_bucket_in_parts(
        visitor: Visitor, kept: Callable[..., Media], bucket_server: BucketServer) -> None:
    path = kept(media.read_audio, ogg(9)).path
    answer = ask(visitor, path)
    assert answer.status_code == 302
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    there = bucket_server.get(answer.headers["Location"], Range="bytes=10-19")
    assert (there.status, there.data) == (206, ogg(9)[10:20])
    assert there.headers["Content-Type"] == "audio/ogg"
    assert "immutable" in there.headers["Cache-Control"]


def test_the_length_of_a_recording_is_told_here(visitor: Visitor,
                                                kept: Callable[..., Media]) -> None:
    answer = ask(visitor, kept(media.read_audio, ogg(9)).path, "HEAD")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(ogg(9)))
    assert (answer.headers["Accept-Ranges"], answer.mimetype) == ("bytes", "audio/ogg")


def test_a_page_lets_the_player_fetch_from_the_bucket_and_nothing_else_there(
        visitor: Visitor, bucket_server: BucketServer) -> None:
    policy = ask(visitor, "/posts/").headers["Content-Security-Policy"]
    assert f"media-src 'self' {bucket_server.base};" in policy
    assert policy.count(bucket_server.base) == 1


def test_what_is_not_in_the_bucket_is_not_found(visitor: Visitor) -> None:
    visitor.get("/media/nothing.webp", 404)
    visitor.get("/media/..%2fnothing.webp", 404)


def test_whoever_may_read_the_bucket_gets_an_address_that_stays(
        app: Flask, visitor: Visitor, kept: Callable[..., Media], settings: Settings) -> None:
    name = kept(media.read_audio, ogg(9)).name
    app.config["MEDIA"] = open_store(
        replace(settings, media_url=f"{settings.media_url}&public=https://files.example/m/"), {})
    answer = ask(visitor, f"/media/{name}")
    assert answer.headers["Location"] == f"https://files.example/m/{name}"
    assert "media-src 'self' https://files.example;" in answer.headers["Content-Security-Policy"]


def test_while_the_bucket_is_away_nothing_is_half_done(
        app: Flask, session: Session, make: Maker, guest: Visitor, visitor: Visitor,
        settings: Settings) -> None:
    person = make.account(Role.GUEST).person
    assert person is not None
    app.config["MEDIA"] = open_store(replace(
        settings, media_url=f"s3://away?endpoint=http://127.0.0.1:{free_port()}"), {})
    page = send_photo(guest, 422)
    assert "nothing was saved" in page
    assert session.scalar(sa.select(sa.func.count()).select_from(Media)) == 0
    assert person.name != "Ada Quill"
    assert "cannot be fetched just now" in visitor.get("/media/a.webp", 503).words
