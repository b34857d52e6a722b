"""One's own account: the person that readers see, and what cannot be."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from app import media
from app.accounts.models import Role
from app.people import queries as people
from app.people.models import Person
from tests.making import Maker
from tests.visiting import Visitor

PROFILE = {"name": "Ada Quill", "headline": "Night supervisor, Bilbao",
           "bio": "Ada *leads* at night.", "links": "Website | https://ada.example/"}


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), 90).save(out, "PNG")
    return out.getvalue()


def profile(guest: Visitor, status: int = 303, photo: bytes | None = None, **more: Any) -> str:
    data: dict[str, Any] = PROFILE | more
    if photo is not None:
        data["picture"] = (io.BytesIO(photo), "me.png")
    return guest.post("/account/profile", data, status, content_type="multipart/form-data").text


@pytest.fixture
def writer(make: Maker, guest: Visitor) -> Person:
    """The person of the guest who is signed in, with something published."""
    person = make.account(Role.GUEST).person
    assert person is not None
    make.post(author=person)
    return person


def test_what_a_writer_says_of_themselves_stands_on_their_page(
        guest: Visitor, visitor: Visitor, writer: Person) -> None:
    profile(guest, photo=png())
    page = visitor.get(writer.path)
    assert "Ada Quill" in page.text
    assert "Night supervisor, Bilbao" in page.text
    assert "<em>leads</em>" in page.text
    assert 'href="https://ada.example/"' in page.text
    assert any(picture["src"].startswith("/media/") for picture in page.all("img"))
    assert "Saved." in guest.get("/account/").text


def test_the_form_shows_what_was_said_before(guest: Visitor, writer: Person) -> None:
    profile(guest)
    page = guest.get("/account/")
    values = {each["name"]: each.get("value") for each in page.all("input") if "name" in each}
    assert values["name"] == "Ada Quill"
    assert "Website | https://ada.example/" in page.text


def test_a_photo_stays_when_the_next_change_brings_none(
        guest: Visitor, visitor: Visitor, writer: Person) -> None:
    profile(guest, photo=png())
    profile(guest, headline="Day supervisor")
    assert "/media/" in visitor.get(writer.path).text


@pytest.mark.parametrize(("change", "sentence"), [
    ({"name": ""}, "A name, please."),
    ({"name": "…"}, "there must be one"),
    ({"name": "x" * 81}, "80"),
    ({"headline": "x" * 161}, "160"),
    ({"bio": "x" * 2001}, "2000"),
    ({"links": "Website: https://ada.example"}, "is not of the form"),
    ({"links": "Website | javascript:alert(1)"}, "is not of the form"),
    ({"links": "\n".join(f"L{number} | https://a.example/{number}" for number in range(9))},
     "At most 8 links"),
    ({"photo": b"<svg onload='alert(1)'/>"}, "not a picture we can read"),
    ({"photo": png()[:50]}, "not a picture we can read"),
])
def test_what_cannot_be_is_told_and_nothing_of_it_is_kept(
        guest: Visitor, visitor: Visitor, writer: Person, change: dict[str, Any],
        sentence: str) -> None:
    before = visitor.get(writer.path).text
    assert sentence in profile(guest, 422, **change)
    assert visitor.get(writer.path).text == before


def test_a_photo_may_be_larger_than_any_other_form(guest: Visitor, writer: Person) -> None:
    profile(guest, photo=png() + b"\0" * 5_000_000)
    assert "That is too large" in profile(guest, 413, photo=png() + b"\0" * media.PICTURE_BYTES * 2)


def test_a_stranger_cannot_even_send_one(visitor: Visitor) -> None:
    data = {**PROFILE, "picture": (io.BytesIO(png()), "me.png")}
    visitor.post("/account/profile", data, 403, content_type="multipart/form-data")


def test_a_bio_is_as_untrusted_as_a_strangers_comment(
        guest: Visitor, visitor: Visitor, writer: Person) -> None:
    profile(guest, name="<script>alert(1)</script>", bio="<img src=x onerror=alert(1)>",
            headline="<b onclick=alert(1)>", links='"><script> | https://a.example/"onclick="x')
    text = visitor.get(writer.path).text
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "<b onclick" not in text
    assert 'href="https://a.example/"onclick' not in text


def test_a_reader_has_no_byline_to_change(
        signed_in: Callable[..., Visitor], session: Session) -> None:
    reader = signed_in(Role.READER)
    assert "byline" not in reader.get("/account/").text
    reader.post("/account/profile", PROFILE, 404)
    assert people.named(session, "Ada Quill") is None
