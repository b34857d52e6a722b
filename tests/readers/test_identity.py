"""A confirmed address is somebody; an address that was only typed is nobody."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.comments import actions as comments
from app.comments.models import CommentState
from app.desk.models import Verb
from app.entries.models import Entry
from tests.making import Maker
from tests.readers.conftest import EMAIL, FORM, Inbox, Say, confirm
from tests.visiting import Visitor

pytestmark = pytest.mark.usefixtures("no_sums")


def shown(visitor: Visitor, entry: Entry, words: str) -> bool:
    return words in visitor.get(entry.path).words


def approve_three(visitor: Visitor, say: Say, make: Maker) -> None:
    for number in range(3):
        comment = say(visitor, f"Well said, {number}.")
        make.decision(make.item(comments.KIND, comment.id), Verb.APPROVE)


def test_after_three_approvals_the_fourth_appears_at_once_and_an_impostor_waits(
        app: Flask, reader: Visitor, say: Say, make: Maker, entry: Entry) -> None:
    approve_three(reader, say, make)
    fourth = say(reader, "The fourth of mine.")
    assert shown(reader, entry, "The fourth of mine.")
    assert "Your comment is published" in reader.get(fourth.follow_path).words
    impostor = Visitor(app)
    say(impostor, "I am Rita, believe me.")
    assert not shown(impostor, entry, "I am Rita")


def test_three_approvals_of_an_unconfirmed_address_publish_nothing(
        visitor: Visitor, say: Say, make: Maker, entry: Entry) -> None:
    approve_three(visitor, say, make)
    say(visitor, "Surely now?")
    assert not shown(visitor, entry, "Surely now?")


def test_approvals_from_before_the_confirmation_count_after_it(
        visitor: Visitor, say: Say, make: Maker, entry: Entry, inbox: Inbox) -> None:
    approve_three(visitor, say, make)
    confirm(visitor, inbox)
    say(visitor, "Now it is proven.")
    assert shown(visitor, entry, "Now it is proven.")


def test_refusals_from_before_the_confirmation_are_nobodys_fault_and_later_ones_count(
        visitor: Visitor, say: Say, make: Maker, entry: Entry, inbox: Inbox) -> None:
    refused = [say(visitor, f"Buy {number} pills.") for number in range(2)]
    approve_three(visitor, say, make)
    for comment in refused:
        make.decision(make.item(comments.KIND, comment.id), Verb.REJECT)
    confirm(visitor, inbox)
    own = [say(visitor, f"It was not me, {number}.") for number in range(2)]
    assert all(shown(visitor, entry, comment.body) for comment in own)
    for comment in own:
        comment.state = CommentState.REJECTED
    make.session.commit()
    assert make.item(comments.KIND, say(visitor, "And now?").id).rule == "refusals"


def test_another_address_typed_in_the_same_browser_is_not_theirs(
        reader: Visitor, say: Say, make: Maker, entry: Entry, session: Session) -> None:
    approve_three(reader, say, make)
    other = say(reader, "As my sister.", author_email="sister@reader.example")
    assert other.reader_id is None
    assert not shown(reader, entry, "As my sister.")
    own = say(reader, "As myself.", author_email=f" {EMAIL.upper()} ")
    assert own.reader_id is not None
    assert shown(reader, entry, "As myself.")


def test_a_browser_that_signed_out_is_a_strangers(
        reader: Visitor, say: Say, make: Maker, entry: Entry) -> None:
    approve_three(reader, say, make)
    reader.post("/reader/sign-out")
    say(reader, "After I left.")
    assert not shown(reader, entry, "After I left.")


def test_a_made_up_cookie_is_nobodys(reader: Visitor, say: Say, make: Maker, app: Flask,
                                     entry: Entry) -> None:
    approve_three(reader, say, make)
    thief = Visitor(app)
    thief.client.set_cookie("lectern_reader", "x" * 43)
    say(thief, "With a made-up cookie.")
    assert not shown(thief, entry, "made-up")


def test_a_refused_comment_leaves_the_reader_signed_in(reader: Visitor, entry: Entry) -> None:
    reader.post(f"{entry.path}/comments", {**FORM, "body": ""}, status=422)
    reader.post(f"{entry.path}/comments", {**FORM, "body": "Once."})
    reader.post(f"{entry.path}/comments", {**FORM, "body": "Once."}, status=422)
    assert EMAIL in reader.get("/reader/").words
