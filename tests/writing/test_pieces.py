"""A guest's piece from the first word to the page: what the guest sees at each step, what the
desk does with it, and which mail waits for whom."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app import mail
from app.accounts.models import Account, Role
from app.desk.models import Decision, ItemState, ReviewItem
from app.entries.models import Entry
from app.mail import OutgoingMail
from app.writing.models import Submission, SubmissionState
from tests.counting import queries
from tests.making import Maker
from tests.visiting import Page, Visitor

TEXT = "The pen was good.\n\nIt was *very* good."


@dataclass
class Piece:
    """A piece, the two browsers that work on it, and what the database says of it."""

    session: Session
    guest: Visitor
    editor: Visitor
    path: str

    @property
    def id(self) -> int:
        return int(self.path.rsplit("/", 1)[1])

    def page(self) -> Page:
        return self.guest.get(self.path)

    def version(self) -> str:
        found = re.search(r'name="version" value="(\d+)"', self.page().text)
        assert found
        return found.group(1)

    def save(self, status: int = 303, **fields: str) -> str:
        typed = {"title": "The good pen", "standfirst": "", "topics": "Tools", "source": TEXT,
                 **fields}
        typed.setdefault("version", self.version() if status == 303 else "")
        return self.guest.post(self.path, typed, status=status).text

    def send(self, **fields: str) -> None:
        self.save(send="1", note="Please read.", **fields)

    def item(self) -> ReviewItem:
        """The item that waits, or was decided last."""
        self.session.expire_all()
        item = self.session.scalars(sa.select(ReviewItem).where(ReviewItem.entry_id == self.id)
                                    .order_by(ReviewItem.id.desc()).limit(1)).one()
        self.session.commit()
        return item

    def decide(self, noun: str, status: int = 303, **fields: str) -> Any:
        return self.editor.post(f"/desk/items/{self.item().id}/{noun}", fields, status=status)

    def undo(self, status: int = 303) -> Any:
        last = self.session.scalars(sa.select(Decision).order_by(Decision.id.desc())).first()
        self.session.commit()
        assert last
        return self.editor.post(f"/desk/decisions/{last.id}/undo", status=status)

    def mails(self) -> list[tuple[str, str, bool]]:
        """Recipient, subject, and whether it still will leave or has left."""
        self.session.expire_all()
        rows = self.session.scalars(sa.select(OutgoingMail).order_by(OutgoingMail.id))
        found = [(each.recipient, each.subject, each.dropped_at is None) for each in rows]
        self.session.commit()
        return found


@pytest.fixture
def piece(guest: Visitor, editor: Visitor, session: Session) -> Piece:
    """A new piece, begun and empty."""
    return Piece(session, guest, editor, guest.post("/write/").location)


GUEST = "guest@lectern.example"


def test_beginning_twice_is_one_piece(piece: Piece, session: Session) -> None:
    assert piece.guest.post("/write/").location == piece.path
    assert session.scalar(sa.select(sa.func.count()).select_from(Entry)) == 1
    session.commit()
    piece.save()
    assert piece.guest.post("/write/").location != piece.path


def test_a_saved_piece_is_there_word_for_word(piece: Piece) -> None:
    piece.save(standfirst="Of tools & trust.", topics="Tools, Trust, Rotas, Fourth")
    page = piece.page()
    assert "Draft" in page.words
    assert "The pen was good." in page.words
    assert "<em>very</em>" in page.text
    assert 'value="The good pen"' in page.text
    assert 'value="Rotas, Tools, Trust"' in page.text
    assert "The good pen" in piece.guest.get("/write/").words


def test_a_piece_sent_in_waits_and_is_on_the_desk(piece: Piece) -> None:
    piece.send(wanted_at="2026-06-01T09:00")
    page = piece.page()
    assert "With the editors" in page.words
    assert "Sent in 4 May 2026, 12:00 UTC" in page.words
    assert "piece-form" not in page.ids
    assert "Waiting" in piece.guest.get("/write/").words
    card = piece.editor.get("/desk/").words
    for words in ("Guest Quill", "The good pen", "The pen was good.", "Please read.",
                  "1 June 2026", "A guest blogger sent this in."):
        assert words in card
    assert piece.mails() == []


def test_a_piece_that_waits_is_not_changed_behind_the_editors_backs(piece: Piece) -> None:
    piece.send()
    answer = piece.save(status=409, title="Sneaky", source="Other text.")
    assert "Take it back first" in answer
    assert "Sneaky" not in piece.page().words


def test_sending_in_twice_is_one_item_and_told(piece: Piece, session: Session) -> None:
    piece.send()
    piece.save(status=409, send="1")
    assert session.scalar(sa.select(sa.func.count()).select_from(ReviewItem)) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(Submission)) == 1


def test_a_piece_can_be_taken_back_changed_and_sent_in_again(piece: Piece,
                                                             session: Session) -> None:
    piece.send()
    first = piece.item()
    assert "It is yours again" in piece.guest.follow(
        piece.guest.post(f"{piece.path}/withdrawal")).words
    assert "The good pen" not in piece.editor.get("/desk/").words
    assert "piece-form" in piece.page().ids
    piece.send(title="The better pen")
    second = piece.item()
    assert first.id != second.id
    assert second.title == "The better pen"
    states = session.scalars(sa.select(Submission.state).order_by(Submission.id)).all()
    assert states == [SubmissionState.WITHDRAWN, SubmissionState.SENT]


def test_what_was_taken_back_cannot_be_decided(piece: Piece) -> None:
    piece.send()
    piece.guest.post(f"{piece.path}/withdrawal")
    assert "withdrawn it" in piece.decide("approval", status=409).text
    piece.guest.post(f"{piece.path}/withdrawal", status=409)


def test_a_piece_sent_back_says_why_and_can_be_sent_in_again(piece: Piece) -> None:
    piece.send()
    piece.decide("return", reason="Facts that need a source", message="Who made the pen?")
    page = piece.page()
    assert "Sent back with a wish" in page.words
    assert "Who made the pen?" in page.words
    assert "Facts that need a source" in page.words
    assert "piece-form" in page.ids
    assert "Sent back to you" in piece.guest.get("/write/").words
    assert piece.mails() == [(GUEST, "“The good pen” comes back to you", True)]
    piece.send(source="With a source.")
    assert "With a source." in piece.editor.get("/desk/").words


def test_a_rejected_piece_stays_its_writers(piece: Piece, visitor: Visitor) -> None:
    piece.send()
    piece.decide("rejection", reason="9", message="Sorry.")
    page = piece.page()
    assert "Not accepted this time" in page.words
    assert "Not right for this site" in page.words
    assert "The pen was good." in page.words
    assert "Not accepted" in piece.guest.get("/write/").words
    assert piece.mails() == [(GUEST, "“The good pen” was not accepted", True)]
    visitor.get("/posts/the-good-pen", status=404)


def test_an_approved_piece_is_published_under_its_writers_name(piece: Piece, visitor: Visitor,
                                                               ) -> None:
    piece.send()
    piece.decide("approval", message="A fine piece.")
    page = visitor.get("/posts/the-good-pen")
    assert "By Guest Quill" in page.words
    assert "The pen was good." in visitor.client.get("/feed.xml").text
    assert "The good pen" in visitor.get("/people/guest-quill").words
    assert "Published" in piece.guest.get("/write/").words
    assert "See it on its page" in piece.page().words
    assert piece.mails() == [(GUEST, "“The good pen” is accepted", True)]
    body = piece.session.scalars(sa.select(OutgoingMail.body)).one()
    assert "It is published now." in body
    assert "A fine piece." in body


def test_a_piece_can_be_approved_for_a_time(piece: Piece, visitor: Visitor, app: Flask,
                                            time: Any) -> None:
    piece.send()
    piece.decide("approval", publish_at="2026-05-06T08:00")
    assert "It goes out on 6 May 2026, 08:00 UTC" in piece.page().words
    assert "Scheduled" in piece.guest.get("/write/").words
    visitor.get("/posts/the-good-pen", status=404)
    body = piece.session.scalars(sa.select(OutgoingMail.body)).one()
    piece.session.commit()
    assert "published on 06 May 2026 at 08:00 UTC" in body
    time.forward(days=2)
    app.extensions["jobs"].run_all()
    visitor.get("/posts/the-good-pen")
    assert "Published" in piece.page().words


def test_spam_gets_no_answer(piece: Piece) -> None:
    piece.send()
    piece.decide("spam")
    assert piece.mails() == []
    assert "Taken down" in piece.page().words


@pytest.mark.parametrize("noun", ["approval", "rejection", "return", "spam"])
def test_every_decision_can_be_taken_back_unseen(noun: str, piece: Piece,
                                                 visitor: Visitor, time: Any) -> None:
    piece.send()
    item = piece.item()
    piece.decide(noun, message="A message.")
    time.forward(seconds=20)
    piece.undo()
    assert all(not leaves for _to, _subject, leaves in piece.mails())
    again = piece.item()
    assert (again.id, again.state) == (item.id, ItemState.WAITING)
    page = piece.page()
    assert "With the editors" in page.words
    assert "A message." not in page.words
    visitor.get("/posts/the-good-pen", status=404)
    piece.decide("approval")
    visitor.get("/posts/the-good-pen")


def test_mail_that_has_left_is_followed_by_a_second(piece: Piece, app: Flask, time: Any) -> None:
    piece.send()
    piece.decide("rejection")
    time.forward(seconds=31)
    app.extensions["jobs"].run(mail.JOB)
    piece.undo()
    assert piece.mails() == [
        (GUEST, "“The good pen” was not accepted", True),
        (GUEST, "Taken back: “The good pen” was not accepted", True)]


def test_address_and_guid_outlive_an_undo(piece: Piece, session: Session, visitor: Visitor) -> None:
    piece.send()
    piece.decide("approval")
    guid = re.findall(r"<guid[^>]*>([^<]+)", visitor.client.get("/feed.xml").text)
    piece.undo()
    # Its address stays reserved: somebody else's piece of the same title goes elsewhere.
    Maker(session, lambda: piece.item().waiting_since + timedelta(hours=1)).post("The good pen")
    visitor.get("/posts/the-good-pen", status=404)
    visitor.get("/posts/the-good-pen-2")
    piece.decide("approval")
    visitor.get("/posts/the-good-pen")
    assert guid[0] in visitor.client.get("/feed.xml").text


@pytest.mark.parametrize("noun", ["return", "rejection"])
def test_an_undo_after_the_piece_came_in_again_is_refused_in_words(noun: str,
                                                                   piece: Piece) -> None:
    piece.send()
    piece.decide(noun)
    old = piece.item()
    piece.send(title="The better pen")
    answer = piece.undo(status=409)
    assert "has sent this piece in again" in answer.text
    piece.session.expire_all()
    assert piece.session.get_one(ReviewItem, old.id).state is ItemState.DECIDED
    decision = piece.session.scalars(sa.select(Decision)).one()
    assert decision.undone_at is None
    piece.session.commit()
    assert [leaves for _to, _subject, leaves in piece.mails()] == [True]
    assert "The better pen" in piece.editor.get("/desk/").words


def test_what_the_writer_changed_meanwhile_is_what_the_desk_shows_after_an_undo(
    piece: Piece,
) -> None:
    piece.send()
    piece.decide("return")
    piece.save(title="The better pen", source="Rewritten words.")
    piece.undo()
    card = piece.editor.get("/desk/?q=rewritten").words
    assert "The better pen" in card
    assert "Rewritten words." in card


def test_what_the_writer_changes_after_it_came_back_is_nobody_elses_business(piece: Piece) -> None:
    piece.send()
    piece.decide("return")
    piece.save(title="Private title", standfirst="Private line.", source="Private words.")
    page = piece.editor.get(f"/desk/items/{piece.item().id}")
    assert "The pen was good." in page.words, "as it was sent in"
    assert "Private" not in page.words
    assert "Open it in the editor" not in page.words
    piece.editor.get(f"/desk/posts/{piece.id}", status=404)


def test_of_two_decisions_the_first_one_counts(piece: Piece) -> None:
    piece.send()
    piece.decide("return", message="A wish.")
    assert "has decided it already: sent back" in piece.decide("approval", status=409).text
    assert len(piece.mails()) == 1


@pytest.mark.parametrize("role", [Role.GUEST, Role.EDITOR, Role.ADMIN])
def test_nobody_opens_somebody_elses_piece(role: Role, piece: Piece, make: Maker,
                                           app: Flask) -> None:
    piece.save()
    other = Visitor(app)
    other.sign_in(make.session, make.account(role, email="other@lectern.example"))
    other.get(piece.path, status=404)
    other.post(piece.path, {"title": "Mine now", "source": "x"}, status=404)
    other.post(f"{piece.path}/withdrawal", status=404)
    assert "The good pen" not in other.get("/write/").words
    assert "Mine now" not in piece.page().words


@pytest.mark.parametrize("path", ["/write/999", "/write/0", "/write/99999999999999999999"])
def test_a_piece_that_never_was_is_not_found(path: str, guest: Visitor) -> None:
    guest.get(path, status=404)


def test_a_stale_save_shows_both_texts_and_either_can_be_kept(piece: Piece) -> None:
    piece.save()
    began = piece.version()
    piece.save(source="Saved on the phone.", title="Phone")
    answer = piece.save(status=409, version=began, source="Typed on the desktop.", title="Desktop")
    assert "two versions" in answer
    for words in ("Saved on the phone.", "Typed on the desktop."):
        assert words in answer
    assert "Phone" in piece.page().words
    current = re.findall(r'name="version" value="(\d+)"', answer)
    piece.guest.post(piece.path, {"title": "Desktop", "source": "Typed on the desktop.",
                                  "topics": "", "version": current[0]})
    assert "Typed on the desktop." in piece.page().words


def test_of_two_windows_on_an_empty_piece_the_second_is_shown_both_texts(piece: Piece) -> None:
    began = piece.version()
    piece.save(version=began, source="Saved on the phone.")
    answer = piece.save(status=409, version=began, source="Typed on the desktop.")
    for words in ("Saved on the phone.", "Typed on the desktop."):
        assert words in answer
    page = piece.page()
    assert "Saved on the phone." in page.words
    assert "Earlier versions" not in page.words, "nothing stood there before"
    refused = piece.save(status=422, send="1", version=began, title="")
    assert 'name="version" value="0"' in refused, "a form that comes back begins where it began"


def test_the_same_save_twice_is_no_conflict_with_oneself(piece: Piece) -> None:
    piece.save()
    began = piece.version()
    for _ in range(2):
        piece.save(source="Once.", version=began)


@pytest.mark.parametrize("missing", [
    {"title": ""}, {"source": ""}, {"source": "[only]: https://a.example/ 'a link nobody uses'"},
])
def test_being_told_what_is_missing_is_no_conflict_with_oneself(missing: dict[str, str],
                                                                piece: Piece) -> None:
    piece.save()
    refused = piece.save(status=422, send="1", version=piece.version(), **missing)
    assert "needs a title and a text" in refused
    shown = re.findall(r'name="version" value="(\d+)"', refused)
    piece.save(send="1", source="Much better.", version=shown[0])
    assert "With the editors" in piece.page().words


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"source": "a" * 200_001}, "at most 200,000 characters"),
    ({"title": "b" * 201}, "longer than 200"),
    ({"standfirst": "c" * 501}, "longer than 500"),
    ({"send": "1", "note": "d" * 2001}, "longer than 2000"),
    ({"send": "1", "wanted_at": "soon"}, "Not a valid datetime"),
    ({"send": "1", "title": ""}, "needs a title and a text"),
    ({"send": "1", "source": ""}, "needs a title and a text"),
])
def test_what_cannot_be_taken_is_told_and_no_word_is_lost(fields: dict[str, str], sentence: str,
                                                          piece: Piece) -> None:
    typed = {"source": "Kept: this very text.", **fields}
    answer = piece.save(status=422, **typed)
    assert sentence in answer
    for words in (typed["source"], fields.get("title", ""), fields.get("standfirst", "")):
        assert words in answer
    assert "The good pen" not in piece.editor.get("/desk/").words


@pytest.mark.parametrize("source", [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
    "![x](https://tracker.example/pixel.gif)", "<b data-hx-get=/desk/ hx-get=/desk/>x</b>",
    "<style>*{display:none}</style>", "<iframe src=https://evil.example></iframe>",
    "<form action=/account/sign-out method=post>", "</div></main><h1>Mine</h1>",
])
def test_nothing_active_in_a_piece_reaches_any_page(source: str, piece: Piece,
                                                    visitor: Visitor) -> None:
    piece.send(source=f"Before.\n\n{source}\n\nAfter.", title="Quiet", standfirst=source[:400])
    pages = [piece.page().text, piece.editor.get("/desk/").text]
    piece.decide("approval")
    pages += [visitor.get(path).text for path in ("/posts/quiet", "/", "/posts/")]
    pages.append(visitor.client.get("/feed.json").json["items"][0]["content_html"])
    for tag, attributes in (each for text in pages for each in Page(text).elements):
        assert tag not in {"iframe", "style"}
        assert not {"onerror", "data-hx-get", "hx-get"} & attributes.keys()
        assert not attributes.get("href", "").startswith("javascript:")
        assert "tracker.example" not in attributes.get("src", "")
        assert attributes.get("action") != "/account/sign-out"
        assert tag != "script" or "src" in attributes


def test_the_list_of_pieces_costs_the_same_for_one_and_for_twenty(make: Maker,
                                                                  guest: Visitor) -> None:
    make.submission()
    one = queries(guest, "/write/")
    for number in range(19):
        make.submission() if number % 2 else make.draft()
    assert len(queries(guest, "/write/")) == len(one)


def test_the_desk_costs_the_same_for_one_piece_and_for_twenty(make: Maker,
                                                              editor: Visitor) -> None:
    make.submission()
    one = queries(editor, "/desk/")
    for number in range(19):
        make.submission(make.account(Role.GUEST, f"guest{number}@lectern.example"))
    assert len(queries(editor, "/desk/")) == len(one)


def test_a_list_longer_than_a_page_leads_on(make: Maker, guest: Visitor) -> None:
    for _ in range(21):
        make.draft()
    page = guest.get("/write/")
    assert [each["href"] for each in page.all("a") if each.get("rel") == "next"] == [
        "/write/?page=2"]
    guest.get("/write/?page=2")
    guest.get("/write/?page=3", status=404)


def test_an_editor_writes_for_the_house_and_a_guest_does_not(make: Maker) -> None:
    house: Account = make.account(Role.EDITOR)
    assert make.draft(house).entry.origin.value == "house"
    assert make.draft().entry.origin.value == "guest"


def test_a_reader_has_no_place_to_write_at(app: Flask, make: Maker, visitor: Visitor) -> None:
    reader = Visitor(app)
    reader.sign_in(make.session, make.account(Role.READER))
    reader.get("/write/", status=403)
    reader.post("/write/", status=403)
    assert visitor.client.get("/write/").location == "/account/sign-in?next=/write/"
    visitor.post("/write/", status=403)
