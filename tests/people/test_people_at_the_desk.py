"""People in the hands of editors."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from app.entries import actions as entries
from app.entries import filing
from app.entries.models import Part
from app.people import actions, queries
from app.people.forms import read_links
from app.people.models import Person
from tests.conftest import NOON
from tests.making import Maker
from tests.visiting import Visitor

ADA = {"name": "Ada Penn", "headline": "Harbour master", "bio": "Ada keeps *boats* apart.",
       "links": "Website | https://ada.example/\nBooks | https://books.example/ada", "slug": ""}


def save(editor: Visitor, where: object = "new", status: int = 303, **more: Any) -> str:
    return editor.post(f"/desk/people/{where}", ADA | more, status,
                       content_type="multipart/form-data").text


@pytest.fixture
def named(session: Session) -> Callable[[str], Person | None]:
    """Who has a name now."""
    def find(name: str) -> Person | None:
        session.expire_all()
        found = queries.named(session, name)
        session.commit()
        return found
    return find


def test_a_person_that_was_added_can_stand_on_an_entry(
        editor: Visitor, visitor: Visitor, make: Maker,
        named: Callable[[str], Person | None]) -> None:
    save(editor)
    ada = named("Ada Penn")
    assert ada is not None
    assert ada.slug == "ada-penn"
    make.post(author=ada)
    page = visitor.get("/people/ada-penn")
    assert "Harbour master" in page.text
    assert "<em>boats</em>" in page.text
    links = [each for each in page.all("a") if each["href"] == "https://books.example/ada"]
    assert links
    assert all("noopener" in each["rel"] for each in links)


def test_nobody_has_a_page_before_something_of_theirs_is_published(
        visitor: Visitor, make: Maker, session: Session) -> None:
    ada = make.person()
    visitor.get(ada.path, 404)
    draft = make.post(author=ada, published=False)
    visitor.get(ada.path, 404)
    assert ada.name not in visitor.get("/people/").text
    entries.publish(session, draft, now=NOON)
    session.commit()
    assert draft.title in visitor.get(ada.path).text
    assert ada.name in visitor.get("/people/").text
    entries.remove(draft, now=NOON)
    session.commit()
    visitor.get(ada.path, 404)


def test_whoever_was_interviewed_has_a_page_with_what_they_were_heard_in(
        visitor: Visitor, make: Maker, session: Session) -> None:
    ada, episode = make.person(), make.episode("Boats do not argue")
    filing.credit(session, episode, Part.GUEST, [(ada, "Harbour master", "Port of Ys")])
    session.commit()
    assert "Boats do not argue" in visitor.get(ada.path).text


@pytest.mark.parametrize("slug", ["ada-penn", "Ada Penn", "/people/ada-penn"])
def test_an_address_that_somebody_has_is_refused_and_nothing_is_made(
        editor: Visitor, make: Maker, named: Callable[[str], Person | None], slug: str) -> None:
    ada = make.person("Ada Penn", slug="people-ada-penn" if "/" in slug else "")
    assert "Somebody else is at /people/" in save(editor, name="Another Ada", slug=slug, status=422)
    assert named("Another Ada") is None
    other = make.person("Bo Buoy")
    save(editor, other.id, 422, name="Bo Changed", slug=slug)
    assert named("Bo Changed") is None
    assert save(editor, ada.id, slug=ada.slug) is not None, "one's own address is no collision"


def test_two_people_with_one_name_have_two_addresses(
        editor: Visitor, session: Session, make: Maker) -> None:
    save(editor)
    save(editor)
    assert queries.by_slug(session, "ada-penn") is not None
    assert queries.by_slug(session, "ada-penn-2") is not None


def test_a_person_can_move_and_is_found_at_the_new_address(
        editor: Visitor, visitor: Visitor, make: Maker) -> None:
    ada = make.person()
    make.post(author=ada)
    save(editor, ada.id, slug="ada-of-the-harbour")
    visitor.get("/people/ada-of-the-harbour")
    visitor.get("/people/ada-penn", 404)


@pytest.mark.parametrize(("name", "slug"), [
    ("领导", "lingdao"), ("Øystein Ås", "oystein-as"), ("Ada", "ada"), ("new", "new")])
def test_an_address_is_made_from_a_name_in_any_script(
        session: Session, name: str, slug: str) -> None:
    assert actions.add(session, name, now=NOON).slug == slug


@pytest.mark.parametrize(("change", "sentence"), [
    ({"name": ""}, "A name, please."),
    ({"name": "…"}, "there must be one"),
    ({"name": "x" * 81}, "80"),
    ({"headline": "x" * 161}, "160"),
    ({"bio": "x" * 2001}, "2000"),
    ({"slug": "x" * 81}, "80"),
    ({"links": "https://ada.example/"}, "is not of the form"),
    ({"picture": (io.BytesIO(b"not a picture"), "me.png")}, "not a picture we can read"),
])
def test_what_cannot_be_is_told_and_what_was_typed_is_kept(
        editor: Visitor, named: Callable[[str], Person | None], change: dict[str, Any],
        sentence: str) -> None:
    answer = save(editor, status=422, **change)
    assert sentence in answer
    assert "https://books.example/ada" in answer or "links" in change
    assert named("Ada Penn") is None


def test_a_photo_is_drawn_anew_and_shown(editor: Visitor, visitor: Visitor, make: Maker) -> None:
    ada, photo = make.person(), io.BytesIO()
    make.post(author=ada)
    Image.new("RGB", (30, 20), 90).save(photo, "JPEG")
    photo.seek(0)
    save(editor, ada.id, picture=(photo, "me.jpg"))
    [src] = {each["src"] for each in visitor.get(ada.path).all("img")}
    with visitor.client.get(src) as answer:
        assert answer.headers["Content-Type"] == "image/webp"


@pytest.mark.parametrize(("lines", "links"), [
    ("", []),
    ("\n \n", []),
    ("Website | https://a.example/", [("Website", "https://a.example/")]),
    ("  A|http://a.example  \n\n B | https://b.example/?a|b ",
     [("A", "http://a.example"), ("B", "https://b.example/?a|b")]),
    (f"{'L' * 70} | https://a.example/", [("L" * 60, "https://a.example/")]),
])
def test_links_are_lines_of_a_label_and_an_address(
        lines: str, links: list[tuple[str, str]]) -> None:
    assert [(each["label"], each["url"]) for each in read_links(lines)] == links


@pytest.mark.parametrize("lines", [
    "Website https://a.example/", "| https://a.example/", "Website |", "Website | a.example",
    "Website | javascript:alert(1)", "Website | //a.example", "Website | https://a.example/ b",
    "Good | https://a.example/\nBad | ftp://a.example/",
    "\n".join(f"L{number} | https://a.example/{number}" for number in range(9))])
def test_a_line_that_is_none_is_named(lines: str) -> None:
    with pytest.raises(ValueError, match=r"not of the form|At most 8"):
        read_links(lines)


@pytest.mark.parametrize(("words", "found"), [
    ("penn", ["Ada Penn"]), ("PENN", ["Ada Penn"]), ("a", ["Ada Penn", "Carl_Keel"]),
    ("_", ["Carl_Keel"]), ("%", []), ("", ["Ada Penn", "Bo Buoy", "Carl_Keel"])])
def test_people_are_found_by_a_part_of_their_name(
        editor: Visitor, make: Maker, words: str, found: list[str]) -> None:
    for name in ("Ada Penn", "Bo Buoy", "Carl_Keel"):
        make.person(name)
    page = editor.get("/desk/people/", query_string={"q": words})
    shown = [name for name in ("Ada Penn", "Bo Buoy", "Carl_Keel") if f">{name}</a>" in page.text]
    assert shown == found
    assert found or "Nobody here has that name." in page.words


def test_somebody_who_is_not_there_cannot_be_changed(editor: Visitor) -> None:
    editor.get("/desk/people/999999", 404)
    save(editor, 999999, 404)
    save(editor, 0, 404)
