"""Uploads: known by what they are, and nothing of them but sound or pixels is kept."""

import io
import struct
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import media
from app.media import Media, Unreadable, recognising
from tests.conftest import NOON
from tests.visiting import Visitor

AUDIO = Path(__file__).resolve().parents[1] / "app" / "demo" / "content" / "audio"
MP3 = next(iter(sorted(AUDIO.glob("*.mp3")))).read_bytes()


def box(name: bytes, content: bytes) -> bytes:
    """A box of an MP4 file (ISO 14496-12)."""
    return struct.pack(">I", len(content) + 8) + name + content


def m4a(seconds: int) -> bytes:
    clock = struct.pack(">4xIIII", 0, 0, 1000, seconds * 1000)
    return box(b"ftyp", b"M4A \0\0\0\0M4A ") + box(b"moov", box(b"mvhd", clock.ljust(100, b"\0")))


def ogg(seconds: int) -> bytes:
    """An Opus head and a last page that says how many samples there were (RFC 7845)."""
    def page(kind: int, samples: int, number: int, content: bytes) -> bytes:
        head = struct.pack("<4sBBqIII", b"OggS", 0, kind, samples, 7, number, 0)
        return head + bytes([1, len(content)]) + content

    opus = struct.pack("<8sBBHIhB", b"OpusHead", 1, 1, 0, 48000, 0, 0)
    tags = b"OpusTags" + struct.pack("<II", 0, 0)
    return (page(2, 0, 0, opus) + page(0, 0, 1, tags)
            + page(4, seconds * 48000, 2, b"\xfc\xff\xfe".ljust(200, b"\0")))


@pytest.fixture
def keep(session: Session, app: Flask) -> Callable[..., Media]:
    """Reads bytes as an upload of the given sort, and keeps them."""
    def store(read: Callable[..., media.Upload], data: bytes) -> Media:
        kept = media.keep(session, app.config["MEDIA"], read(io.BytesIO(data)), now=NOON)
        session.commit()
        return kept
    return store


def picture(form: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB",
            **more: Any) -> bytes:
    out = io.BytesIO()
    drawn = Image.new(mode, size, 200)
    if mode == "RGB":
        drawn.paste((250, 0, 0), (0, 0, size[0] // 2, size[1] // 2))
    drawn.save(out, form, **more)
    return out.getvalue()


def shown(app: Flask, kept: Media) -> Image.Image:
    return Image.open(io.BytesIO((app.config["MEDIA"].path / kept.name).read_bytes()))


@pytest.mark.parametrize(("data", "suffix", "content_type", "seconds"), [
    (MP3, ".mp3", "audio/mpeg", None),
    (m4a(7), ".m4a", "audio/mp4", 7),
    (ogg(9), ".ogg", "audio/ogg", 9),
], ids=["mp3", "m4a", "ogg"])
def test_a_recording_is_known_by_its_bytes_and_kept_as_it_is(
        app: Flask, keep: Callable[..., Media], data: bytes, suffix: str, content_type: str,
        seconds: float | None) -> None:
    kept = keep(media.read_audio, data)
    assert (Path(kept.name).suffix, kept.content_type) == (suffix, content_type)
    assert kept.seconds == pytest.approx(seconds, abs=0.1) if seconds else kept.seconds > 10
    assert (app.config["MEDIA"].path / kept.name).read_bytes() == data
    assert kept.size == len(data)


@pytest.mark.parametrize("data", [
    b"", b"ID3", b"OggS", b"<html>not a recording at all</html>", b"RIFF\0\0\0\0WAVEfmt ",
    b"%PDF-1.7 not a recording", picture(), b"MZ" + b"\0" * 100, b"\0" * 5000,
    b"ID3\4\0\0\0\0\0\0" + b"\0" * 200, b"\xff\xfb" + b"\0" * 400, b"OggS" + b"\0" * 200,
    b"\0\0\0\x18ftypM4A " + b"\xff" * 200, m4a(0), "ÿþ<script>".encode("utf-16"),
    MP3[:40]])
def test_what_is_no_recording_is_refused_with_a_sentence(
        app: Flask, keep: Callable[..., Media], data: bytes) -> None:
    with pytest.raises(Unreadable, match=r"^This .*\.$|please\.$"):
        keep(media.read_audio, data)
    assert not list(app.config["MEDIA"].names())


def test_a_recording_that_was_cut_off_is_kept_or_told_but_never_breaks(
        keep: Callable[..., Media]) -> None:
    for whole in (MP3, m4a(7), ogg(9)):
        for length in (12, 50, 100, 150, 200, 300, 1000, len(whole) // 2):
            with suppress(Unreadable):
                assert keep(media.read_audio, whole[:length]).seconds > 0


@hypothesis_settings(max_examples=150, deadline=None,
                     suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.sampled_from([b"ID3\4\0\0", b"\xff\xfb\x90", b"\0\0\0\x20ftypM4A ", b"OggS\0\2",
                              MP3[:400], m4a(7)[:60], ogg(9)[:70]]), rest=st.binary(max_size=300))
def test_random_bytes_behind_a_true_beginning_never_break(start: bytes, rest: bytes) -> None:
    data = start + rest
    with suppress(Unreadable):
        suffix, _type = recognising._recognise(data)
        assert 0 < recognising._duration(data, suffix) < 1e9


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_is_drawn_anew(app: Flask, keep: Callable[..., Media], form: str) -> None:
    kept = keep(media.read_picture, picture(form))
    assert (kept.content_type, Path(kept.name).suffix) == ("image/webp", ".webp")
    assert (kept.width, kept.height) == shown(app, kept).size == (60, 40)
    assert shown(app, kept).format == "WEBP"


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1"])
def test_a_picture_may_have_any_kind_of_colour(keep: Callable[..., Media], mode: str) -> None:
    form = "JPEG" if mode in {"L", "CMYK"} else "PNG"
    assert keep(media.read_picture, picture(form, mode=mode)).width == 60


def test_what_shows_through_a_picture_still_does(app: Flask, keep: Callable[..., Media]) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (250, 0, 0, 0)).save(out, "PNG")
    assert shown(app, keep(media.read_picture, out.getvalue())).getpixel((5, 5))[3] == 0


def test_a_large_picture_is_made_as_wide_as_a_page_needs(keep: Callable[..., Media]) -> None:
    kept = keep(media.read_picture, picture(size=(4000, 1000)))
    assert (kept.width, kept.height) == (1600, 400)


@pytest.mark.parametrize("tail", [
    b"<script>alert(1)</script><html>", b"PK\3\4 a whole archive", b"*/=1;alert(1)//"])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF"])
def test_nothing_hidden_behind_a_picture_is_kept(
        app: Flask, keep: Callable[..., Media], form: str, tail: bytes) -> None:
    kept = keep(media.read_picture, picture(form) + tail)
    assert tail not in (app.config["MEDIA"].path / kept.name).read_bytes()


def test_where_and_with_what_a_picture_was_taken_is_not_kept(
        app: Flask, keep: Callable[..., Media]) -> None:
    taken = Image.Exif()
    taken[0x010F] = "A camera of mine"
    taken.get_ifd(0x8825)[1] = "N"
    kept = keep(media.read_picture, picture(exif=taken, comment=b"my house",
                                             xmp=b"<x:xmpmeta>mine</x:xmpmeta>"))
    stored = (app.config["MEDIA"].path / kept.name).read_bytes()
    assert not dict(shown(app, kept).getexif())
    assert not any(word in stored for word in (b"camera", b"my house", b"xmpmeta", b"EXIF"))


@pytest.mark.parametrize(("orientation", "red"), [
    (1, (5, 5)), (3, (55, 35)), (6, (35, 5)), (8, (5, 55))])
def test_a_picture_taken_sideways_stands_upright(
        app: Flask, keep: Callable[..., Media], orientation: int, red: tuple[int, int]) -> None:
    turned = Image.Exif()
    turned[0x0112] = orientation
    kept = keep(media.read_picture, picture(exif=turned))
    upright = shown(app, kept)
    assert upright.size == ((40, 60) if orientation in {6, 8} else (60, 40))
    colour = upright.convert("RGB").getpixel(red)
    assert colour[0] > 200
    assert colour[1] < 80, "the red corner is where the camera saw it"


@pytest.mark.parametrize("data", [
    b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    b"GIF89a", b"\xff\xd8\xff", picture()[:200], picture("PNG")[:60], picture("TIFF"),
    picture("BMP"), picture("PPM"), b"%!PS-Adobe-3.0 EPSF-3.0", MP3[:2000]])
def test_what_is_no_picture_is_refused_with_a_sentence(
        app: Flask, keep: Callable[..., Media], data: bytes) -> None:
    with pytest.raises(Unreadable, match="not a picture we can read"):
        keep(media.read_picture, data)
    assert not list(app.config["MEDIA"].names())


def test_a_small_file_that_unfolds_into_endless_pixels_is_refused(
        keep: Callable[..., Media]) -> None:
    bomb = picture("PNG", (9000, 6000), "1")
    assert len(bomb) < 100_000
    with pytest.raises(Unreadable, match="50 million pixels"):
        keep(media.read_picture, bomb)


@pytest.mark.parametrize("side", [12_000, 60_000])
def test_a_header_that_promises_even_more_is_refused_before_a_pixel_is_read(
        keep: Callable[..., Media], side: int) -> None:
    promise = bytearray(picture("GIF"))
    promise[6:10] = struct.pack("<HH", side, side)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with pytest.raises(Unreadable):
            keep(media.read_picture, bytes(promise))


@hypothesis_settings(max_examples=150, deadline=None)
@given(whole=st.sampled_from([picture(form) for form in ("JPEG", "PNG", "WEBP", "GIF")]),
       place=st.integers(0, 10_000), bytes_=st.binary(min_size=1, max_size=8))
def test_a_damaged_picture_never_breaks(whole: bytes, place: int, bytes_: bytes) -> None:
    at = place % len(whole)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with suppress(Unreadable):
            assert recognising._decode(whole[:at] + bytes_ + whole[at + len(bytes_):]).width


def test_an_upload_over_the_limit_is_refused(
        keep: Callable[..., Media], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognising, "PICTURE_BYTES", 100)
    monkeypatch.setattr(recognising, "AUDIO_BYTES", 100)
    with pytest.raises(Unreadable, match="15 MB"):
        keep(media.read_picture, picture())
    with pytest.raises(Unreadable, match="300 MB"):
        keep(media.read_audio, MP3)


def test_the_same_file_sent_twice_is_kept_once(app: Flask, keep: Callable[..., Media]) -> None:
    assert keep(media.read_audio, ogg(9)).id == keep(media.read_audio, ogg(9)).id
    assert len(list(app.config["MEDIA"].names())) == 1


def test_a_file_that_was_lost_comes_back_with_the_same_upload(
        app: Flask, keep: Callable[..., Media]) -> None:
    kept = keep(media.read_audio, ogg(9))
    (app.config["MEDIA"].path / kept.name).unlink()
    keep(media.read_audio, ogg(9))
    assert (app.config["MEDIA"].path / kept.name).read_bytes() == ogg(9)


def ask(visitor: Visitor, path: str, method: str = "GET", **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with visitor.client.open(path, method=method, headers=named) as answer:
        assert answer.data is not None, "read while the file is open"
        return answer


@pytest.fixture
def recording(keep: Callable[..., Media]) -> Media:
    return keep(media.read_audio, ogg(9))


def test_a_recording_is_sent_with_its_own_type_and_kept_for_ever(
        visitor: Visitor, recording: Media) -> None:
    answer = ask(visitor, recording.path)
    assert answer.data == ogg(9)
    assert answer.headers["Content-Type"] == "audio/ogg"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(("wanted", "status", "start", "stop"), [
    ("bytes=0-", 206, 0, None),
    ("bytes=0-0", 206, 0, 1),
    ("bytes=10-19", 206, 10, 20),
    ("bytes=100-", 206, 100, None),
    ("bytes=-20", 206, -20, None),
    ("bytes=10-99999999", 206, 10, None),
    ("bytes=99999999-", 416, 0, 0),
])
def test_a_player_can_ask_for_a_part(visitor: Visitor, recording: Media, wanted: str, status: int,
                                     start: int, stop: int | None) -> None:
    answer = ask(visitor, recording.path, Range=wanted)
    whole = ogg(9)
    assert answer.status_code == status
    if status == 416:
        assert answer.headers["Content-Range"] == f"bytes */{len(whole)}"
        return
    assert answer.data == whole[start:stop]
    assert answer.headers["Accept-Ranges"] == "bytes"
    if status == 206:
        first = start if start >= 0 else len(whole) + start
        last = first + len(answer.data) - 1
        assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"


def test_a_head_request_tells_the_length_and_sends_nothing(
        visitor: Visitor, recording: Media) -> None:
    answer = ask(visitor, recording.path, "HEAD")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(ogg(9)))
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_what_a_browser_has_already_is_not_sent_again(visitor: Visitor, recording: Media) -> None:
    tag = ask(visitor, recording.path).headers["ETag"]
    again = ask(visitor, recording.path, If_None_Match=tag)
    assert (again.status_code, again.data) == (304, b"")


def test_a_part_of_a_file_that_changed_is_the_whole_of_it(
        visitor: Visitor, recording: Media) -> None:
    answer = ask(visitor, recording.path, Range="bytes=0-9", If_Range='"another"')
    assert (answer.status_code, len(answer.data)) == (200, len(ogg(9)))


@pytest.mark.parametrize("name", [
    "nothing.mp3", "..%2flectern.sqlite", "../secret_key", "%2e%2e/secret_key", "..", ".",
    "%00.mp3", "a%00.mp3", "..\\secret_key", "sub/one.mp3", "~root", "con.mp3%0d%0aX: y"])
def test_no_name_leads_out_of_the_media_store(
        visitor: Visitor, recording: Media, name: str) -> None:
    assert ask(visitor, f"/media/{name}").status_code == 404
