"""The demo shows what the site is: enough of everything, and no link that leads nowhere."""

import re
from collections import Counter
from itertools import combinations
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.config import Settings
from app.demo import loading, staff
from app.desk.models import ItemState, ReviewItem
from app.entries.models import EntryState
from app.entries.queries import published
from app.episodes.models import Episode
from app.mail import OutgoingMail
from tests.demo.site import database, sign_in
from tests.rules.filling import filled
from tests.visiting import Page, Visitor

__all__ = ["database"]


def test_there_is_enough_to_read_to_hear_and_to_decide(session: Session) -> None:
    assert len(session.scalars(published("posts")).all()) >= 12
    episodes = session.scalars(sa.select(Episode).where(Episode.state == "published")).all()
    assert len(episodes) >= 4
    for episode in episodes:
        assert episode.audio is not None
        assert episode.audio.size < 400_000
        assert episode.guests
        assert episode.chapters
        assert episode.cues[-1].end <= (episode.audio.seconds or 0) + 1
    waiting = Counter(session.scalars(sa.select(ReviewItem.kind).where(
        ReviewItem.state == ItemState.WAITING)))
    assert waiting.total() >= 12
    assert set(waiting) == {"comment", "submission", "feed-item", "feed-change", "report",
                            "appeal"}
    assert min(waiting["comment"], waiting["submission"], waiting["feed-item"]) >= 2


def test_the_feeds_show_what_can_happen_to_one(app: Flask, session: Session) -> None:
    editor = sign_in(app, session)
    feeds = Page(editor.get("/desk/feeds/").text).words
    for words in ("Claimed by its author.", "The server answered 503", "1 name without a person"):
        assert words in feeds, words
    waiting = Page(editor.get("/desk/?kind=feed-item").text).words
    assert waiting.count("Make this repair") == 3
    change = Page(editor.get("/desk/?kind=feed-change").text).words
    assert "1 place changed on both sides" in change


def test_a_rehearsal_has_something_to_say(app: Flask, session: Session) -> None:
    editor = sign_in(app, session)
    rules = filled(editor.get("/desk/rules").text)
    words = Page(editor.post("/desk/rules/rehearsal", rules, 200).text).words
    assert re.search(r"Over the \d{2,} comments of the last 90 days\.", words)
    assert re.search(r"Would have held \d{2,}, of which you approved \d{2,}\.", words)
    del rules["first-on"]
    words = Page(editor.post("/desk/rules/rehearsal", rules, 200).text).words
    assert re.search(r"at once, of which you rejected or called spam [1-9]", words)
    assert re.search(r"Would have held \d{2}, of which you approved [1-9]\.", words)


def test_nobody_is_written_to_about_the_demo(app: Flask, session: Session,
                                             settings: Settings) -> None:
    app.extensions["jobs"].run_all()
    left = session.scalars(sa.select(OutgoingMail).where(OutgoingMail.dropped_at.is_(None))).all()
    assert left == []
    assert not list(settings.outbox.glob("*.eml"))


def test_the_newest_entries_take_comments_and_nothing_is_from_the_future(
    session: Session, time: object,
) -> None:
    newest = session.scalars(published().limit(5)).all()
    assert all(entry.comments_open for entry in newest)
    assert all(entry.state is EntryState.PUBLISHED for entry in newest)
    assert max(str(entry.published_at) for entry in newest) < "2026-05-04 12:00:01"


@pytest.mark.parametrize("email", [staff.EDITOR, staff.GUEST, staff.ADMIN])
def test_everybody_it_names_can_sign_in_with_the_password_it_says(email: str,
                                                                  visitor: Visitor) -> None:
    visitor.post("/account/sign-in", {"email": email, "password": staff.PASSWORD})
    visitor.get("/account/")
    visitor.get("/write/")


ADDRESS = {"a": "href", "link": "href", "img": "src", "audio": "src", "script": "src",
           "source": "src"}


def questions(address: str, pairs: bool = True) -> set[tuple[object, ...]]:
    """What an address asks for: each value of a filter, and each two filters together.

    Those of the desk make thousands of addresses out of one another; what holds in pairs holds
    all together.
    """
    parts = urlsplit(address)
    asked = sorted(parse_qsl(parts.query, keep_blank_values=True))
    found: set[tuple[object, ...]] = {(parts.path,), *((parts.path, *each) for each in asked)}
    if pairs:
        names = sorted({name for name, _value in asked})
        found |= {(parts.path, "both", *two) for two in combinations(names, 2)}
    return found


def crawl(visitor: Visitor, start: str, only: tuple[str, ...] = ("/",),
          pairs: bool = True) -> dict[str, set[str]]:
    """Every address of ours that can be reached and asks for something new.

    Each answers 200; with the ids of its page.
    """
    seen: dict[str, set[str]] = {}
    asked: set[tuple[object, ...]] = set()
    fragments: list[tuple[str, str, str]] = []
    waiting = [(start, "nowhere")]
    while waiting:
        path, origin = waiting.pop()
        if path in seen or questions(path, pairs) <= asked:
            continue
        asked |= questions(path, pairs)
        with visitor.client.get(path, follow_redirects=True) as answer:
            assert answer.status_code == 200, f"{path}, linked from {origin}"
            seen[path] = set()
            if answer.mimetype != "text/html":
                continue
            landed = answer.request.path == path.partition("?")[0]
            page = visitor.checked(answer) if landed else None
        for tag, attributes in page.elements if page else ():
            target = attributes.get(ADDRESS.get(tag, ""), "").replace("http://localhost", "")
            target, _, fragment = target.partition("#")
            if target.startswith(only) and not target.startswith("//"):
                waiting.append((target, path))
            if fragment and "=" not in fragment and tag == "a":
                fragments.append((path, target or path, fragment))
        seen[path] = set(page.ids) if page else set()
    missing = {(origin, target, fragment) for origin, target, fragment in fragments
               if target in seen and seen[target] and fragment not in seen[target]}
    assert not missing
    return seen


def test_every_link_a_stranger_can_follow_leads_somewhere(visitor: Visitor) -> None:
    seen = crawl(visitor, "/")
    assert len(seen) > 60
    for pattern in (r"/posts/.+", r"/episodes/[^/]+/transcript", r"/episodes/[^/]+/embed",
                    r"/media/.+\.mp3", r"/people/.+", r"/topics/[^/]+/feed\.xml", r"/comments/.+"):
        assert any(re.fullmatch(pattern, path) for path in seen), pattern


def test_every_link_an_editor_can_follow_at_the_desk_leads_somewhere(
        app: Flask, session: Session, engine_name: str) -> None:
    seen = crawl(sign_in(app, session), "/desk/", ("/desk", "/write", "/account"),
                 pairs=engine_name == "sqlite")
    assert len(seen) > 60
    for pattern in (r"/desk/items/\d+", r"/desk/posts/\d+", r"/desk/episodes/\d+",
                    r"/desk/people/\d+", r"/desk/log"):
        assert any(re.fullmatch(pattern, path) for path in seen), pattern


def test_every_link_of_a_guest_and_of_an_admin_leads_somewhere(app: Flask,
                                                               session: Session) -> None:
    crawl(sign_in(app, session, staff.GUEST), "/write/", ("/write", "/account"))
    crawl(sign_in(app, session, staff.ADMIN), "/desk/accounts", ("/desk/accounts",))


def test_nothing_of_it_is_a_placeholder() -> None:
    content = Path(loading.__file__).parent / "content"
    texts = [path.read_text("utf-8") for path in content.rglob("*")
             if path.suffix in {".md", ".toml", ".vtt", ".xml"}]
    assert len(texts) > 25
    assert not [text[:80] for text in texts if re.search(r"(?i)lorem|TODO|FIXME|XXX", text)]
