"""Who may go where: every address of the site, for everybody, in one table."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app import media
from app.accounts.models import Role
from app.accounts.queries import digest
from app.comments import actions as comments
from app.desk import notes
from app.desk.models import StaffNote, Verb
from app.episodes import actions as episodes
from app.feeds import actions as feeds
from app.feeds.deal.models import FeedClaim, FeedName
from app.readers.models import MagicLink, Reader
from app.rules.models import Rulebook, Sanctioned
from app.rules.sanctioning import actions as sanctions
from tests.conftest import NOON
from tests.making import Maker
from tests.visiting import Visitor

ROLES = ["stranger", *Role]
# What an address answers to a stranger, a reader, a guest blogger, an editor, an admin. Posts are
# sent empty: where something must be filled in, whoever may send it is told so with 422. The rows
# are walked from top to bottom, so what comes later finds what was done before.
TABLE = """
GET  /                                              200 200 200 200 200
GET  /posts/                                        200 200 200 200 200
GET  /posts/<slug>                                  200 200 200 200 200
GET  /episodes/                                     200 200 200 200 200
GET  /episodes/<slug>                               200 200 200 200 200
GET  /episodes/<slug>/transcript                    200 200 200 200 200
GET  /episodes/<slug>/transcript.vtt                200 200 200 200 200
GET  /episodes/<slug>/embed                         200 200 200 200 200
GET  /topics/                                       200 200 200 200 200
GET  /topics/<slug>                                 200 200 200 200 200
GET  /series/                                       200 200 200 200 200
GET  /series/<slug>                                 200 200 200 200 200
GET  /people/                                       200 200 200 200 200
GET  /people/<slug>                                 200 200 200 200 200
GET  /media/<name>                                  200 200 200 200 200
GET  /assets/<version>/<path:name>                  200 200 200 200 200
GET  /feed.xml                                      200 200 200 200 200
GET  /feed.atom                                     200 200 200 200 200
GET  /feed.json                                     200 200 200 200 200
GET  /episodes/feed.xml                             200 200 200 200 200
GET  /topics/<slug>/feed.xml                        200 200 200 200 200
GET  /series/<slug>/feed.xml                        200 200 200 200 200
GET  /sitemap.xml                                   200 200 200 200 200
GET  /sitemap-<int:part>.xml                        200 200 200 200 200
GET  /robots.txt                                    200 200 200 200 200
GET  /metrics                                       200 200 200 200 200
GET  /bot                                           200 200 200 200 200
GET  /feeds/push/<token>                            404 404 404 404 404
POST /feeds/push/<token>                            410 410 410 410 410
GET  /oembed                                        404 404 404 404 404
GET  /healthz                                       200 200 200 200 200
GET  /readyz                                        200 200 200 200 200

GET  /<any(posts, episodes):section>/<slug>/comments 302 302 302 302 302
POST /<any(posts, episodes):section>/<slug>/comments 422 422 422 422 422
GET  /_/challenge                                   200 200 200 200 200
GET  /comments/<public_id>                          302 302 302 302 302
GET  /comments/<public_id>/thanks                   200 200 200 200 200
GET  /comments/<public_id>/thanks/withdrawal        200 200 200 200 200
POST /comments/<public_id>/thanks                   303 303 303 303 303
POST /comments/<public_id>/thanks/withdrawal        303 303 303 303 303
GET  /pictures/<seed>.svg                           200 200 200 200 200
GET  /follow/<token>                                200 200 200 200 200
POST /follow/<token>/text                           422 422 422 422 422
POST /follow/<token>/appeal                         409 409 409 409 409
POST /follow/<token>/withdrawal                     303 303 303 303 303
GET  /comments/<public_id>/report                   200 200 200 200 200
POST /comments/<public_id>/report                   422 422 422 422 422
POST /follow/<token>/confirmation                   303 303 303 303 303

GET  /reader/                                       200 200 200 200 200
POST /reader/links                                  422 422 422 422 422
GET  /reader/<any(asked, forgotten):news>           200 200 200 200 200
GET  /reader/confirm/<token>                        200 200 200 200 200
POST /reader/confirm/<token>                        303 303 303 303 303
POST /reader/mail                                   303 303 303 303 303
POST /reader/sign-out                               303 303 303 303 303
GET  /reader/stop/<token>                           200 200 200 200 200
POST /reader/stop/<token>                           200 200 200 200 200
POST /reader/removal                                303 303 303 303 303

GET  /feeds/of/<section>/<slug>                     404 404 404 404 404
GET  /feeds/<public_id>                             200 200 200 200 200
POST /feeds/<public_id>/claims                      303 303 303 303 303
GET  /feeds/claims/<key>                            200 200 200 200 200
POST /feeds/claims/<key>/mail                       422 422 422 422 422
POST /feeds/claims/<key>/look                       303 303 303 303 303
POST /feeds/claims/<key>/terms                      409 409 409 409 409
POST /feeds/claims/<key>/people/<slug>              409 409 409 409 409
POST /feeds/claims/<key>/names/<int:name_id>        409 409 409 409 409
POST /feeds/claims/<key>/removal                    409 409 409 409 409
POST /feeds/claims/<key>/return                     409 409 409 409 409
GET  /feeds/claims/mail/<code>                      200 200 200 200 200
POST /feeds/claims/mail/<code>                      303 303 303 303 303

GET  /account/sign-in                               200 302 302 302 302
POST /account/sign-in                               422 422 422 422 422
GET  /account/                                      302 200 200 200 200
POST /account/profile                               403 422 422 422 422
POST /account/password                              403 422 422 422 422

GET  /write/                                        302 403 200 200 200
POST /write/                                        403 403 303 303 303
GET  /write/<int:entry_id>                          302 403 200 404 404
POST /write/<int:entry_id>                          403 403 303 404 404
GET  /write/<int:entry_id>/versions/                302 403 200 404 404
POST /write/<int:entry_id>/versions/<int:version>   403 403 303 404 404
POST /write/<int:entry_id>/withdrawal               403 403 409 404 404

GET  /desk/                                         302 403 403 200 200
GET  /desk/zen                                      302 403 403 200 200
GET  /_/desk/news                                   403 403 403 404 404
GET  /_/desk/arrivals                               403 403 403 404 404
GET  /desk/log                                      302 403 403 200 200
GET  /desk/log.csv                                  302 403 403 200 200
GET  /desk/reasons                                  302 403 403 200 200
POST /desk/reasons                                  403 403 403 422 422
POST /desk/items/<int:item_id>/notes                403 403 403 422 422
POST /desk/notes/<int:note_id>/removal              403 403 403 303 403
GET  /desk/items/<int:item_id>                      302 403 403 200 200
POST /desk/items/<int:item_id>/claim                403 403 403 303 303
POST /desk/items/<int:item_id>/<any(approval, rejection, spam, return):noun> \
                                                    403 403 403 303 303
POST /desk/decisions/<int:decision_id>/undo         403 403 403 303 303
POST /desk/decisions                                403 403 403 422 422
POST /desk/batches/<batch>/undo                     403 403 403 303 303

GET  /desk/entries/                                 302 403 403 200 200
GET  /desk/entries/<int:entry_id>                   302 403 403 302 302
GET  /desk/posts/new                                302 403 403 200 200
POST /desk/posts/new                                403 403 403 422 422
GET  /desk/posts/<int:entry_id>                     302 403 403 200 200
POST /desk/posts/<int:entry_id>                     403 403 403 422 422
GET  /desk/episodes/new                             302 403 403 200 200
POST /desk/episodes/new                             403 403 403 422 422
GET  /desk/episodes/<int:entry_id>                  302 403 403 200 200
POST /desk/episodes/<int:entry_id>                  403 403 403 422 422
POST /desk/entries/<int:entry_id>/removal           403 403 403 303 303
GET  /desk/people/                                  302 403 403 200 200
GET  /desk/people/new                               302 403 403 200 200
POST /desk/people/new                               403 403 403 422 422
GET  /desk/people/<int:person_id>                   302 403 403 200 200
POST /desk/people/<int:person_id>                   403 403 403 422 422
GET  /desk/feeds/                                   302 403 403 200 200
POST /desk/feeds/                                   403 403 403 422 422
GET  /desk/feeds/changes/<int:item_id>              302 403 403 404 404
POST /desk/feeds/changes/<int:item_id>/merge        403 403 403 404 404
POST /desk/feeds/previews                           403 403 403 422 422
POST /desk/feeds/visits                             403 403 403 303 303
GET  /desk/feeds/opml                               302 403 403 200 200
GET  /desk/feeds/export.opml                        302 403 403 200 200
POST /desk/feeds/imports                            403 403 403 422 422
GET  /desk/feeds/<int:feed_id>                      302 403 403 200 200
POST /desk/feeds/<int:feed_id>/visit                403 403 403 303 303
POST /desk/feeds/<int:feed_id>/pause                403 403 403 303 303
POST /desk/feeds/items/<int:item_id>/repairs        403 403 403 404 404
POST /desk/feeds/<int:feed_id>/resumption           403 403 403 303 303
POST /desk/feeds/<int:feed_id>/settings             403 403 403 303 303
POST /desk/feeds/<int:feed_id>/removal              403 403 403 303 303
POST /desk/feeds/<int:feed_id>/return               403 403 403 303 303
POST /desk/feeds/<int:feed_id>/address              403 403 403 422 422
POST /desk/feeds/names/<int:name_id>                403 403 403 303 303
POST /desk/feeds/claims/<int:claim_id>/end          403 403 403 303 303
GET  /desk/rules                                    302 403 403 200 200
POST /desk/rules                                    403 403 403 422 422
POST /desk/rules/rehearsal                          403 403 403 422 422
GET  /desk/rules/history                            302 403 403 200 200
POST /desk/rules/history/<int:book_id>/revival      403 403 403 303 303
GET  /desk/rules/entries/<int:entry_id>             302 403 403 200 200
POST /desk/rules/entries/<int:entry_id>             403 403 403 303 303
POST /desk/rules/entries/<int:entry_id>/rehearsal   403 403 403 200 200
GET  /desk/rules/sanctions                          302 403 403 200 200
GET  /desk/rules/sanctions/new                      302 403 403 302 302
POST /desk/rules/sanctions                          403 403 403 404 404
POST /desk/rules/sanctions/<int:sanction_id>/lifting 403 403 403 303 303

GET  /desk/accounts                                 302 403 403 403 200
POST /desk/accounts                                 403 403 403 403 422
POST /desk/accounts/<int:account_id>/closure        403 403 403 403 303
POST /desk/accounts/<int:account_id>/opening        403 403 403 403 303

POST /account/sign-out                              303 303 303 303 303
"""


def rows() -> list[tuple[str, str, list[int]]]:
    lines = TABLE.replace("\\\n", " ").split("\n")
    words = [line.split() for line in lines if line.strip()]
    return [(line[0], " ".join(line[1:-5]), [int(code) for code in line[-5:]]) for line in words]


def guarded(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


@pytest.fixture
def world(app: Flask, session: Session, make: Maker) -> dict[str, dict[str, Any]]:
    """One of everything, so that every address leads somewhere: values by section of the site."""
    ada = make.person()
    post = make.post("A post", author=ada, topics=("Harbours",), series="Tips")
    episode = make.episode("An episode", author=ada)
    episodes.transcribe(session, episode, "WEBVTT\n\n00:00.000 --> 00:02.000\nHello.\n")
    seen = make.comment(post, approved=True)
    waiting, decided = make.comment(post), make.comment(post)
    decision = make.decision(make.item(comments.KIND, decided.id), Verb.REJECT)
    recording = Path(app.root_path, "app/demo/content/audio/both-sides-of-the-slipway.mp3")
    with recording.open("rb") as file:
        kept = media.keep(session, app.config["MEDIA"], media.read_audio(file), now=NOON)
    feed, _new = feeds.add(session, "http://127.0.0.1:1/feed.xml", now=NOON)
    row = FeedName(feed_id=feed.id, name="Somebody", first_seen_at=NOON)
    claim = FeedClaim(feed_id=feed.id, asked_at=NOON, token="a-word", key_hash=digest("a-key"),
                      mail_hash=digest("a-code"))
    session.add_all([row, claim])
    piece = make.draft()
    somebody = make.account(Role.READER, "somebody@lectern.example")
    item = make.item(comments.KIND, waiting.id)
    session.add_all([
        Reader(email="rita@reader.example", confirmed_at=NOON, stop_token="a-key"),
        MagicLink(token_hash=digest("a-key"), email="rita@reader.example", created_at=NOON)])
    book = Rulebook(id=1, rules=[], saved_at=NOON, saved_by="Helen")
    sanction = sanctions.impose(session, "email:x@x.example", Sanctioned.BAN, until=None, note="",
                                by="Helen", now=NOON)
    session.add(book)
    notes.write(session, item, "Kind.", make.account(), now=NOON)
    note = session.scalars(sa.select(StaffNote)).one()
    session.commit()
    return {
        "": {"section": "posts", "slug": post.slug, "name": kept.name, "noun": "approval",
             "public_id": seen.public_id, "token": make.comment(post).follow_token,
             "item_id": item.id, "note_id": note.id, "decision_id": decision.id,
             "batch": "b1",
             "person_id": ada.id, "feed_id": feed.id, "account_id": somebody.id,
             "entry_id": post.id, "book_id": book.id, "sanction_id": sanction.id, "part": 1},
        "feeds": {"public_id": feed.public_id, "key": "a-key", "code": "a-code",
                  "name_id": row.id, "claim_id": claim.id},
        "pictures": {"seed": "0123456789abcdef"},
        "assets": {"version": "x", "name": "js/times.js"},
        "episodes": {"slug": episode.slug, "entry_id": episode.id},
        "topics": {"slug": "harbours"}, "series": {"slug": "tips"}, "people": {"slug": ada.slug},
        "reader": {"token": "a-key", "news": "asked"},
        "write": {"entry_id": piece.entry_id, "version": 1},
    }


def path_of(rule: Rule, world: dict[str, dict[str, Any]]) -> str:
    """The address of a rule in this world."""
    parts = [part for part in rule.rule.split("/") if part]
    section = parts[1] if parts[:1] == ["desk"] and len(parts) > 1 else parts[0] if parts else ""
    values = world[""] | world.get(section, {})
    built = rule.build({name: values[name] for name in
                        rule.arguments - set(rule.defaults or ())}, append_unknown=False)
    assert built is not None, rule.rule
    return str(built[1])


@pytest.mark.parametrize("role", ROLES)
def test_everybody_gets_in_where_the_table_says_and_nowhere_else(
        app: Flask, visitor: Visitor, signed_in: Callable[..., Visitor],
        world: dict[str, dict[str, Any]], role: str) -> None:
    client = (signed_in(role) if role in list(Role) else visitor).client
    rules = {(method, rule.rule): rule for rule in app.url_map.iter_rules()
             for method in guarded(rule)}
    wrong = []
    for method, rule, codes in rows():
        path = path_of(rules[method, rule], world)
        with client.open(path, method=method, headers={"Sec-Fetch-Site": "same-origin"}) as answer:
            expected = codes[ROLES.index(role)]
            if answer.status_code != expected:
                wrong.append(f"{method} {path}: {answer.status_code} instead of {expected}")
            if expected == 302 and role == "stranger" and "/comments" not in path:
                assert answer.headers["Location"].startswith("/account/sign-in?next=")
    assert not wrong, "\n".join(wrong)


def test_the_table_has_every_address_of_the_site(app: Flask) -> None:
    there = {(method, rule.rule) for rule in app.url_map.iter_rules() for method in guarded(rule)}
    listed = {(method, rule) for method, rule, _codes in rows()}
    assert there - listed == set(), "not in the table"
    assert listed - there == set(), "in the table, but not on the site"


@pytest.mark.parametrize("role", ROLES[:3])
def test_whatever_stands_under_the_desk_is_closed_to_all_but_staff(
        app: Flask, visitor: Visitor, signed_in: Callable[..., Visitor],
        world: dict[str, dict[str, Any]], role: str) -> None:
    client = (signed_in(role) if role in list(Role) else visitor).client
    below = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/desk")]
    assert len(below) > 25
    for rule in below:
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            path = path_of(rule, world)
            answer = client.open(path, method=method, headers={"Sec-Fetch-Site": "same-origin"})
            if role == "stranger" and method == "GET":
                assert answer.status_code == 302, path
                assert answer.headers["Location"].startswith("/account/sign-in?next=/desk/"), path
            else:
                assert answer.status_code == 403, (method, path)


def test_a_stranger_who_signs_in_arrives_where_they_wanted_to_go(visitor: Visitor) -> None:
    answer = visitor.client.get("/desk/?q=boats&kind=comment")
    page = visitor.get(answer.headers["Location"])
    [hidden] = [each for each in page.all("input") if each.get("name") == "next"]
    assert hidden["value"] == "/desk/?q=boats&kind=comment"


def test_a_part_of_a_page_gets_a_bare_refusal_instead_of_a_sign_in_page(visitor: Visitor) -> None:
    answer = visitor.client.get("/desk/", headers={"HX-Request": "true",
                                                   "HX-Request-Type": "partial"})
    assert answer.status_code == 403
    assert "<html" not in answer.text
