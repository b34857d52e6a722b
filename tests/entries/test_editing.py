"""The form at /desk/posts/<id>: what it stores, what it refuses, and what a refusal keeps."""

import io
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.orm import Session

from app.entries import actions, queries, wording
from app.entries.models import Entry, EntryState
from app.entries.shelves import Series, Topic
from app.entries.wording import Words
from tests.conftest import NOON
from tests.making import Maker
from tests.visiting import Visitor

FORM = {"title": "A title", "standfirst": "In short.", "source": "A *text*.", "discussion": "auto"}


def picture(size: tuple[int, int] = (4, 3)) -> io.BytesIO:
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, "PNG")
    data.seek(0)
    return data


def form(entry: Entry, **changed: Any) -> dict[str, Any]:
    """What the page of this post would send."""
    return {**FORM, "title": entry.title, "source": entry.source, "slug": entry.slug or "",
            "version": str(entry.version), **changed}


def only_post(session: Session) -> Entry:
    session.expire_all()
    post = session.scalars(sa.select(Entry)).one()
    session.commit()
    return post


def counts(session: Session) -> list[int]:
    found = [session.scalar(sa.select(sa.func.count()).select_from(table))
             for table in (Entry, Topic, Series)]
    session.commit()
    return [number or 0 for number in found]


def test_a_new_post_is_stored_as_a_draft(editor: Visitor, session: Session) -> None:
    editor.get("/desk/posts/new")
    page = editor.follow(editor.post("/desk/posts/new", FORM))
    assert "Draft" in page.words
    post = only_post(session)
    assert (post.title, post.html) == ("A title", "<p>A <em>text</em>.</p>\n")
    assert post.state is EntryState.DRAFT


def test_everything_that_was_typed_is_kept(editor: Visitor, visitor: Visitor, make: Maker,
                                           session: Session) -> None:
    make.person("Ada Penn")
    make.person("Ben Quay")
    episode = make.episode("Night shift")
    editor.post("/desk/posts/new", {
        **FORM, "slug": "My Own Address", "topics": "Trust, Handovers", "series": "Tips",
        "series_number": "24", "authors": "ben quay, Ada Penn", "language": "en-GB",
        "linked": "/episodes/night-shift", "cover": (picture(), "boat.png"),
        "cover_alt": "A boat.", "publish": "1"})
    page = visitor.get("/posts/my-own-address")
    assert "By Ben Quay and Ada Penn" in page.words
    assert "Tips, No. 24" in page.words
    assert 'lang="en-GB"' in page.text
    assert {"src", "alt"} <= page.all("img")[0].keys()
    assert page.all("img")[0]["alt"] == "A boat."
    assert "Night shift" in page.words
    post = session.scalars(sa.select(Entry).where(Entry.section == "posts")).one()
    assert [each.name for each in post.topics] == ["Handovers", "Trust"]
    assert queries.named_links(session, post) == [episode]
    session.commit()
    shown = editor.get(f"/desk/posts/{post.id}").text
    for value in ("my-own-address", "Handovers, Trust", "Tips", "24", "Ben Quay, Ada Penn",
                  "en-GB", "/episodes/night-shift", "A boat."):
        assert f'value="{value}"' in shown


def test_publishing_takes_the_text_to_the_site(editor: Visitor, visitor: Visitor) -> None:
    editor.post("/desk/posts/new", {**FORM, "publish": "1"})
    assert "A text." in visitor.get("/posts/a-title").words.replace(" .", ".")


def test_publishing_at_a_time_waits_for_it(app: Any, editor: Visitor, visitor: Visitor,
                                           time: Any) -> None:
    editor.post("/desk/posts/new", {**FORM, "publish": "1", "publish_at": "2026-05-05T09:30"})
    visitor.get("/posts/a-title", status=404)
    time.forward(days=1)
    app.extensions["jobs"].run(actions.JOB)
    visitor.get("/posts/a-title")


@pytest.mark.parametrize(("changed", "sentence"), [
    ({"title": "  "}, "A title, please."),
    ({"title": "x" * 201}, "longer than 200"),
    ({"slug": "taken"}, "Another entry is at /posts/taken"),
    ({"series": "Tips", "series_number": "1"}, "No. 1 already"),
    ({"series": "New", "series_number": "0"}, "A number from 1."),
    ({"series": "New", "series_number": "many"}, "Not a valid integer"),
    ({"authors": "Nobody Known"}, "Nobody here is called “Nobody Known”"),
    ({"linked": "/posts/not-there"}, "not the address of a published entry"),
    ({"linked": "https://elsewhere.example/"}, "not the address of a published entry"),
    ({"publish_at": "tomorrow"}, "Not a valid datetime"),
    ({"source": "", "publish": "1"}, "needs a title and a text"),
    ({"cover": (io.BytesIO(b"GIF89a but not really"), "a.gif")}, "not a picture we can read"),
])
def test_a_mistake_is_told_and_leaves_nothing_half_made(
    changed: dict[str, Any], sentence: str, editor: Visitor, make: Maker, session: Session,
) -> None:
    make.post("Taken", series="Tips")
    before = counts(session)
    typed = {**FORM, "topics": "Brand new", "standfirst": "Kept words.", **changed}
    answer = editor.post("/desk/posts/new", typed, status=422)
    assert sentence in answer.text
    assert "Kept words." in answer.text, "nothing that was typed is lost"
    assert counts(session) == before


def test_a_mistake_leaves_a_stored_post_as_it_was(editor: Visitor, make: Maker,
                                                  session: Session) -> None:
    make.post("Taken")
    post = make.post("Mine")
    editor.post(f"/desk/posts/{post.id}", form(post, title="Changed", slug="taken"), status=422)
    session.refresh(post)
    assert (post.title, post.slug, post.version) == ("Mine", "mine", 1)


def test_an_unreadable_cover_keeps_the_old_one(editor: Visitor, make: Maker,
                                               session: Session) -> None:
    post = make.post("Mine")
    editor.post(f"/desk/posts/{post.id}", form(post, cover=(picture(), "a.png")))
    old = only_post(session).cover_id
    assert old
    editor.post(f"/desk/posts/{post.id}",
                form(post, title="Changed", cover=(io.BytesIO(b"%PDF-1.7"), "a.png")), status=422)
    kept = only_post(session)
    assert (kept.cover_id, kept.title) == (old, "Mine")


def test_a_large_picture_is_taken(editor: Visitor, make: Maker, session: Session) -> None:
    post = make.post("Mine")
    noise = io.BytesIO()
    Image.effect_noise((2200, 2200), 200).save(noise, "PNG")
    assert noise.tell() > 3_000_000
    noise.seek(0)
    editor.post(f"/desk/posts/{post.id}", form(post, cover=(noise, "large.png")))
    cover = only_post(session).cover
    assert cover is not None
    assert (cover.width, cover.height) == (1600, 1600)


def test_of_two_editors_the_later_one_is_told_and_keeps_what_they_typed(
    editor: Visitor, make: Maker, session: Session,
) -> None:
    post = make.post("Mine")
    began = form(post, title="Late title", source="Late text.")
    wording.write(session, post, Words("Early title", "", "Early."), by="Ben", now=NOON)
    session.commit()
    answer = editor.post(f"/desk/posts/{post.id}", began, status=409)
    assert "was saved by somebody else while you were writing" in answer.text
    assert "Late text." in answer.text
    assert only_post(session).title == "Early title"


def test_pressing_save_twice_is_no_conflict_with_oneself(editor: Visitor, make: Maker) -> None:
    post = make.post("Mine")
    sent = form(post, title="Once")
    editor.post(f"/desk/posts/{post.id}", sent)
    editor.post(f"/desk/posts/{post.id}", sent)


def test_the_address_can_be_left_as_it_is(editor: Visitor, make: Maker, session: Session) -> None:
    post = make.post("Mine")
    editor.post(f"/desk/posts/{post.id}", form(post, slug="mine"))
    assert only_post(session).slug == "mine"


def test_what_waits_at_the_desk_is_not_published_past_it(editor: Visitor, make: Maker,
                                                         session: Session) -> None:
    entry = make.submission(title="Waits").entry
    answer = editor.post(f"/desk/posts/{entry.id}", form(entry, title="New", publish="1"),
                         status=409)
    assert "waits at the desk" in answer.text
    session.refresh(entry)
    assert (entry.state, entry.title) == (EntryState.WAITING, "Waits")


def test_comments_are_closed_and_opened_by_the_editor(editor: Visitor, visitor: Visitor,
                                                      make: Maker) -> None:
    post = make.post("Mine")
    editor.post(f"/desk/posts/{post.id}", form(post, discussion="closed"))
    page = visitor.get("/posts/mine")
    assert "The editors have closed the comments" in page.words
    assert "comment-form" not in page.ids
    visitor.post("/posts/mine/comments", {"author_name": "Rita", "author_email": "r@reader.example",
                                          "body": "But!"}, status=422)
    editor.post(f"/desk/posts/{post.id}", form(post, discussion="open"))
    assert "comment-form" in visitor.get("/posts/mine").ids


def test_a_body_that_is_no_utf_8_is_told(editor: Visitor) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\ncaf\xe9\r\n--b--\r\n'
    answer = editor.client.post("/desk/posts/new", data=body,
                                content_type="multipart/form-data; boundary=b",
                                headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 422
    assert "send the text as UTF-8" in answer.text


def test_editing_a_published_post_changes_the_page_and_keeps_its_date(
    editor: Visitor, visitor: Visitor, make: Maker, time: Any,
) -> None:
    post = make.post("Mine")
    time.forward(days=2)
    editor.post(f"/desk/posts/{post.id}", form(post, title="Better"))
    page = visitor.get("/posts/mine")
    assert "Better" in page.words
    assert 'datetime="2026-05-04T12:00:00Z"' in page.text


def test_names_with_letters_beyond_ascii_are_found_whatever_the_case(
    editor: Visitor, make: Maker, visitor: Visitor,
) -> None:
    make.person("Élodie Ångström")
    editor.post("/desk/posts/new", {**FORM, "authors": "élodie ångström", "publish": "1"})
    assert "By Élodie Ångström" in visitor.get("/posts/a-title").words


def test_somebody_typed_twice_stands_in_the_byline_once(editor: Visitor, make: Maker,
                                                        visitor: Visitor) -> None:
    make.person("Ada Penn")
    make.post("Other")
    editor.post("/desk/posts/new", {**FORM, "authors": "Ada Penn, ada penn", "publish": "1",
                                    "linked": "/posts/other, /posts/other/", "topics": "A, a"})
    assert "By Ada Penn <" in visitor.get("/posts/a-title").text.replace(
        '<a href="/people/ada-penn">', "").replace("</a>", " ")
