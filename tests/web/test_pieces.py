"""Pieces: drawn once, and never out of date."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from jinja2 import DictLoader, Environment
from markupsafe import Markup

from app.accounts.models import Role
from app.comments.models import CommentState
from app.entries import filing
from app.entries.models import Discussion, Entry, Origin, Part
from app.web.pieces import BESIDE, Pieces
from tests.conftest import NOON
from tests.making import Maker
from tests.visiting import Visitor


@pytest.fixture
def pieces() -> Pieces:
    loader = DictLoader({"says": "<b>{{ what }}</b>", "names": "{{ who.name }}",
                         "first": "{{ who[0].name }}", "pair": "{{ one }}, {{ two }}"})
    return Pieces(Environment(loader=loader, autoescape=True))


@pytest.fixture
def drawn(app: Flask) -> Pieces:
    """What the application has drawn: nothing yet."""
    found: Pieces = app.extensions["pieces"]
    found.forget()
    return found


def test_the_same_values_are_drawn_once(pieces: Pieces) -> None:
    for value in ("one", "two", "one", ("a", (1, None)), ("a", (1, None)), NOON, NOON,
                  Role.EDITOR, Role.EDITOR):
        assert pieces.piece("says", what=value) == Markup("<b>{}</b>").format(value)
    assert pieces.drawn == 5


def test_the_same_values_under_other_names_are_another_piece(pieces: Pieces) -> None:
    assert pieces.piece("pair", one=1, two=2) == "1, 2"
    assert pieces.piece("pair", two=1, one=2) == "2, 1"


def test_a_row_that_can_be_changed_is_drawn_each_time(pieces: Pieces, make: Maker) -> None:
    person = make.person("Ada Penn")
    assert pieces.piece("names", who=person) == "Ada Penn"
    assert pieces.piece("first", who=(person, 1)) == "Ada Penn"
    person.name = "Ada Quill"
    assert pieces.piece("names", who=person) == "Ada Quill"
    assert pieces.piece("first", who=(person, 1)) == "Ada Quill"
    words = ["one"]
    pieces.piece("says", what=words)
    words.append("two")
    assert "two" in pieces.piece("says", what=words)


def test_markup_is_not_taken_for_the_text_that_it_equals(pieces: Pieces) -> None:
    for value in (Markup("<i>"), "<i>", Markup("<i>")):
        assert pieces.piece("says", what="<i>") == "<b>&lt;i&gt;</b>"
        pieces.piece("says", what=value)
    assert Pieces(pieces._environment).piece("says", what=Markup("<i>")) == "<b><i></b>"


def test_pieces_stay_within_their_bound_and_what_is_wanted_stays(pieces: Pieces) -> None:
    pieces.most = 40 * BESIDE
    for number in range(200):
        pieces.piece("says", what=number)
        pieces.piece("says", what="wanted")
    assert len(pieces._newer) + len(pieces._older) <= 40
    assert pieces.drawn == 201


CHANGES: dict[str, Callable[[Entry, Maker], object]] = {
    "title": lambda post, make: setattr(post, "title", "Another"),
    "standfirst": lambda post, make: setattr(post, "standfirst", "Another."),
    "text": lambda post, make: setattr(
        post, "html", '<p><a href="https://another.example/">Another.</a></p>'),
    "minutes": lambda post, make: setattr(post, "minutes", 77),
    "language": lambda post, make: setattr(post, "language", "fr"),
    "origin": lambda post, make: setattr(post, "origin", Origin.GUEST),
    "source": lambda post, make: setattr(post, "source_name", "Elsewhere"),
    "day": lambda post, make: setattr(post, "published_at", NOON - timedelta(days=40)),
    "closed": lambda post, make: (setattr(post, "comments_open", False),
                                  setattr(post, "discussion", Discussion.CLOSED)),
    "hidden": lambda post, make: setattr(post, "noindex", True),
    "address": lambda post, make: setattr(post, "canonical_url", "https://elsewhere.example/"),
    "topic": lambda post, make: setattr(post.topics[0], "name", "Another"),
    "series": lambda post, make: setattr(post.series, "title", "Another"),
    "number": lambda post, make: setattr(post, "series_number", 9),
    "name": lambda post, make: setattr(post.byline[0], "name", "Bo Quay"),
    "bio": lambda post, make: setattr(post.byline[0], "bio_html", "<p>Another.</p>"),
    "links": lambda post, make: setattr(post.byline[0], "links", []),
    "standing": lambda post, make: setattr(post.contributions[0], "role", "Another"),
    "another author": lambda post, make: filing.credit(
        make.session, post, Part.AUTHOR, [(make.person("Bo Quay"), "", "")]),
    "what is read next": lambda post, make: make.post(
        "Another", topics=(post.topics[0].name,)),
    "neighbour": lambda post, make: make.post("Another", series="Another"),
    "counterpart": lambda post, make: filing.link(
        make.session, post, [make.episode("The interview")]),
}
OF_COMMENTS = {
    "state": CommentState.WITHDRAWN, "author_name": "Another", "author_headline": "Another",
    "author_url": "https://another.example/", "picture": "0123456789abcdef",
    "html": "<p>Another.</p>", "created_at": NOON - timedelta(days=40), "edited_at": NOON,
    "thanks": 3,
}


@pytest.fixture
def post(make: Maker) -> Entry:
    post = make.post("Boats", topics=("Boats",), series="Tips", author=make.person())
    first = make.comment(post, approved=True)
    make.comment(post, parent=first, approved=True)
    return post


def test_whatever_of_a_post_is_changed_its_page_changes(make: Maker, visitor: Visitor, post: Entry,
                                                        drawn: Pieces) -> None:
    for what, change in CHANGES.items():
        before = visitor.get(post.path).text
        change(post, make)
        make.session.commit()
        after = visitor.get(post.path).text
        assert after != before, what
        drawn.forget()
        assert after == visitor.get(post.path).text, what


def test_whatever_of_a_comment_is_changed_its_page_changes(
        make: Maker, visitor: Visitor, post: Entry, drawn: Pieces) -> None:
    comment = make.comment(post, approved=True)
    make.comment(post, parent=comment, approved=True)
    for column, value in reversed(OF_COMMENTS.items()):
        before = visitor.get(post.path).text
        setattr(comment, column, value)
        make.session.commit()
        after = visitor.get(post.path).text
        assert after != before, column
        drawn.forget()
        assert after == visitor.get(post.path).text, column


def test_a_page_asked_for_again_draws_nothing_anew(make: Maker, visitor: Visitor, post: Entry,
                                                   drawn: Pieces) -> None:
    pages = [post.path, "/", "/posts/", "/topics/boats", "/series/tips", post.byline[0].path,
             make.episode().path]
    for path in pages:
        visitor.get(path)
    before = drawn.drawn
    for path in pages:
        visitor.get(path)
    assert drawn.drawn == before


def test_a_new_comment_draws_itself_and_what_counts_it(make: Maker, visitor: Visitor, post: Entry,
                                                       drawn: Pieces) -> None:
    for _ in range(5):
        make.comment(post, approved=True)
    visitor.get(post.path)
    before = drawn.drawn
    make.comment(post, approved=True)
    visitor.get(post.path)
    # The comment, its thread, the head of the post.
    assert drawn.drawn - before == 3


def test_what_an_editor_sees_is_kept_from_strangers(visitor: Visitor, editor: Visitor,
                                                    post: Entry, drawn: Pieces) -> None:
    assert "Desk" in editor.get(post.path).words
    assert "Desk" not in visitor.get(post.path).words
    assert "Desk" in editor.get(post.path).words
