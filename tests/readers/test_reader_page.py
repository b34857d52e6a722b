"""A reader's own page: what they sent, what mail they get, and how they leave."""

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.comments import actions as comments
from app.comments.models import Comment, CommentState
from app.database import Model
from app.desk import notes
from app.desk.models import Verb
from app.entries.models import Entry
from app.mail import OutgoingMail
from app.readers import routes
from app.readers.models import MagicLink, Reader, ReaderSignIn, forgotten_key
from app.rules.models import Sanction, Sanctioned
from tests.conftest import NOON, FakeClock
from tests.counting import queries, statements
from tests.making import Maker
from tests.readers.conftest import COOKIE, EMAIL, FORM, Inbox, Say, confirm
from tests.visiting import Visitor


def is_in(visitor: Visitor) -> bool:
    return EMAIL in visitor.get("/reader/").words


def test_a_stranger_finds_the_way_to_a_link(visitor: Visitor) -> None:
    page = visitor.get("/reader/")
    assert {"/reader/links"} == {each["action"] for each in page.all("form")}
    assert "/reader/" in {each["href"] for each in visitor.get("/").all("a")}


def test_it_says_where_each_comment_stands_and_leads_there(
        reader: Visitor, say: Say, make: Maker) -> None:
    waiting, approved, rejected = (say(reader, f"My {word} one.")
                                   for word in ("first", "second", "third"))
    make.decision(make.item(comments.KIND, approved.id), Verb.APPROVE)
    make.decision(make.item(comments.KIND, rejected.id), Verb.REJECT)
    page = reader.get("/reader/")
    for word in ("Waiting", "Published", "Not published", "My second one."):
        assert word in page.words
    links = [each["href"] for each in page.all("a")]
    assert {waiting.follow_path, rejected.follow_path, approved.path} <= set(links)


def test_a_long_list_has_pages_and_costs_the_same(
        reader: Visitor, make: Maker, entry: Entry, session: Session, time: FakeClock) -> None:
    def add(number: int) -> None:
        for _ in range(number):
            time.forward(minutes=1)
            make.comment(entry).reader_id = 1
        session.commit()

    add(1)
    few = len(queries(reader, "/reader/"))
    add(routes.PAGE)
    assert len(queries(reader, "/reader/")) == few
    first = reader.get("/reader/")
    [older] = [each["href"] for each in first.all("a") if each.get("rel") == "next"]
    assert "Remark 1." in reader.get(older).words
    assert "Remark 1." not in first.words
    reader.get("/reader/?page=3", status=404)


def test_it_is_nobody_elses(app: Flask, reader: Visitor) -> None:
    answer = reader.client.get("/reader/")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert not is_in(Visitor(app))


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
        visitor: Visitor, inbox: Inbox) -> None:
    visitor.post("/reader/links", {"email": EMAIL})
    [cookie] = visitor.post(inbox.link()).headers.getlist("Set-Cookie")
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={180 * 86400}"} <= set(
        cookie.split("; "))


def test_the_cookie_is_secure_where_the_site_is(app: Flask, visitor: Visitor,
                                                inbox: Inbox) -> None:
    app.config["SESSION_COOKIE_SECURE"] = True
    visitor.post("/reader/links", {"email": EMAIL})
    [cookie] = visitor.post(inbox.link()).headers.getlist("Set-Cookie")
    assert "Secure" in cookie.split("; ")


def test_a_page_for_all_is_the_same_with_the_cookie_and_never_looks_it_up(
        app: Flask, reader: Visitor, entry: Entry) -> None:
    for path in ("/", entry.path):
        mine, theirs = reader.client.get(path), app.test_client().get(path)
        assert mine.text == theirs.text
        assert mine.headers["Cache-Control"] == "public, no-cache"
        assert "Set-Cookie" not in mine.headers
        with statements(app) as asked:
            reader.get(path)
        assert not [each for each in asked if "reader_sign_ins" in each]


def test_half_a_year_later_a_new_link_is_needed(reader: Visitor, time: FakeClock) -> None:
    time.forward(days=179)
    assert is_in(reader)
    time.forward(days=1)
    assert not is_in(reader)


def test_signing_out_ends_this_browser_and_a_copy_of_its_cookie(
        app: Flask, reader: Visitor, inbox: Inbox) -> None:
    phone, thief = Visitor(app), Visitor(app)
    confirm(phone, inbox)
    cookie = reader.client.get_cookie(COOKIE)
    assert cookie
    thief.client.set_cookie(COOKIE, cookie.value)
    assert is_in(thief)
    reader.post("/reader/sign-out")
    assert reader.client.get_cookie(COOKIE) is None
    assert not is_in(thief)
    assert is_in(phone)


def test_signing_out_everywhere_ends_every_browser_and_every_link_on_its_way(
        app: Flask, reader: Visitor, inbox: Inbox) -> None:
    phone = Visitor(app)
    confirm(phone, inbox)
    phone.post("/reader/links", {"email": EMAIL})
    path = inbox.link()
    reader.post("/reader/sign-out", {"everywhere": "1"})
    assert not is_in(reader)
    assert not is_in(phone)
    phone.post(path, status=404)


def test_a_new_confirmation_ends_the_sign_in_that_this_browser_had(
        reader: Visitor, inbox: Inbox, session: Session) -> None:
    confirm(reader, inbox, "bo@reader.example")
    assert "bo@reader.example" in reader.get("/reader/").words
    assert len(session.scalars(sa.select(ReaderSignIn)).all()) == 1


def test_forgetting_says_what_it_does_and_does_it(
        app: Flask, reader: Visitor, say: Say, make: Maker, inbox: Inbox,
        session: Session) -> None:
    comment = say(reader, "This stays.")
    phone = Visitor(app)
    confirm(phone, inbox)
    item = make.item(comments.KIND, comment.id)
    make.decision(item, Verb.APPROVE)
    inbox.later(seconds=31)
    phone.post("/reader/links", {"email": EMAIL})
    words = reader.get("/reader/").words
    assert "Deleted at once: your confirmed address and name" in words
    assert "Kept: your comments" in words
    answer = reader.post("/reader/removal")
    assert "You are forgotten" in reader.follow(answer).words
    session.expire_all()
    assert not is_in(reader)
    assert not is_in(phone)
    for table in (Reader, ReaderSignIn, MagicLink):
        assert session.scalars(sa.select(table)).all() == []
    assert set(session.scalars(sa.select(OutgoingMail.recipient))) == {""}
    assert inbox.later(minutes=5) == []
    assert "This stays." in reader.get(comment.entry.path).words
    assert "Your comment is published" in reader.get(comment.follow_path).words
    session.refresh(item)
    assert (comment.reader_id, item.person_key) == (None, forgotten_key(EMAIL))


def test_nobody_escapes_a_ban_by_being_forgotten_and_nobody_inherits_it(
        reader: Visitor, inbox: Inbox, say: Say, session: Session) -> None:
    old = session.scalars(sa.select(Reader)).one()
    number = old.id
    session.add(Sanction(target=old.key, effect=Sanctioned.BAN, made_by="Ed", made_at=NOON))
    session.commit()
    reader.post("/reader/removal")
    stranger = say(Visitor(reader.app), "Me again.")
    assert stranger.state is CommentState.SPAM, "the ban holds for whoever types the address"
    confirm(reader, inbox, "bo@reader.example")
    assert session.scalars(sa.select(Reader)).one().id != number


def test_nothing_keeps_the_address_of_whoever_was_forgotten_and_notes_find_them_all_the_same(
        app: Flask, reader: Visitor, editor: Visitor, say: Say, make: Maker, inbox: Inbox,
        session: Session) -> None:
    old = say(reader, "As myself.")
    typed = say(Visitor(app), "Typed elsewhere.")
    notes.write(session, make.item(comments.KIND, old.id), "Kind to others.", make.account(),
                now=NOON)
    session.add(Sanction(target=f"email:{EMAIL}", effect=Sanctioned.HOLD, made_by="Ed",
                         made_at=NOON))
    session.commit()
    reader.post("/reader/removal")
    session.rollback()
    left = repr([tuple(row) for table in Model.metadata.sorted_tables
                 for row in session.execute(sa.select(table))])
    assert EMAIL not in left
    for each in (old, typed):
        card = editor.get(f"/desk/items/{make.item(comments.KIND, each.id).id}").words
        assert "Kind to others." in card
        assert "no address any more" in card
        assert "Confirm my address" not in reader.get(each.follow_path).words
        reader.post(f"{each.follow_path}/confirmation", status=409)
    item = make.item(comments.KIND, old.id).id
    assert "whoever types the address that we have forgotten" in editor.get(
        f"/desk/rules/sanctions/new?item={item}").words
    assert "Somebody who was forgotten" in editor.get("/desk/rules/sanctions").words
    later = say(Visitor(app), "Typed once more.")
    assert "Kind to others." in editor.get(
        f"/desk/items/{make.item(comments.KIND, later.id).id}").words
    assert make.item(comments.KIND, later.id).rule == "always-hold"
    confirm(reader, inbox)
    assert "Kind to others." in editor.get(f"/desk/items/{item}").words
    assert f"{EMAIL}, as typed" in editor.get("/desk/rules/sanctions").words


def test_whoever_was_forgotten_can_come_back(reader: Visitor, say: Say, inbox: Inbox) -> None:
    say(reader, "I was here.")
    reader.post("/reader/removal")
    assert "I was here." not in reader.get("/reader/").words
    confirm(reader, inbox)
    assert "I was here." in reader.get("/reader/").words


def test_without_the_cookie_nothing_can_be_changed(
        app: Flask, reader: Visitor, session: Session) -> None:
    stranger = Visitor(app)
    for path in ("mail", "sign-out", "removal"):
        assert stranger.post(f"/reader/{path}").headers["Location"] == "/reader/"
    assert session.scalars(sa.select(Reader)).one().wants_mail
    assert is_in(reader)


def test_another_site_cannot_press_the_buttons(reader: Visitor, entry: Entry) -> None:
    for path in ("mail", "sign-out", "removal", "links"):
        reader.post(f"/reader/{path}", FORM, status=403,
                    headers={"Sec-Fetch-Site": "cross-site"})
    assert is_in(reader)


def test_what_was_withdrawn_says_so(reader: Visitor, say: Say, session: Session) -> None:
    comment = say(reader, "Never mind.")
    reader.post(f"{comment.follow_path}/withdrawal")
    assert "Withdrawn" in reader.get("/reader/").words
    assert session.get_one(Comment, comment.id).reader_id is not None
