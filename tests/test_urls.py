"""The public addresses that other programs rely on, on the site with its demo content.

The list is part of what we promise: an address here is changed with an issue, not in passing.
"""

import re

from flask import Flask
from sqlalchemy.orm import Session

from app.demo import staff
from tests.demo.site import database, demo_template, sign_in
from tests.visiting import Visitor

__all__ = ["database", "demo_template"]

HTML, XML, RSS = "text/html", "application/xml", "application/rss+xml"
POST, EPISODE = "/posts/the-rota-is-a-moral-document", "/episodes/both-sides-of-the-slipway"

PUBLIC = {
    "/": HTML,
    "/posts/": HTML,
    POST: HTML,
    "/episodes/": HTML,
    EPISODE: HTML,
    f"{EPISODE}/transcript": HTML,
    f"{EPISODE}/transcript.vtt": "text/vtt",
    f"{EPISODE}/embed": HTML,
    "/topics/": HTML,
    "/series/": HTML,
    "/series/perspectives-on-leadership": HTML,
    "/people/": HTML,
    "/feed.xml": RSS,
    "/feed.atom": "application/atom+xml",
    "/feed.json": "application/feed+json",
    "/episodes/feed.xml": RSS,
    "/series/perspectives-on-leadership/feed.xml": RSS,
    "/sitemap.xml": XML,
    "/robots.txt": "text/plain",
    "/bot": HTML,
    f"/oembed?url=http://localhost{EPISODE}": "application/json",
    "/account/sign-in": HTML,
    "/reader/": HTML,
    "/healthz": "text/plain",
    "/readyz": "text/plain",
    "/metrics": "text/plain",
}
STAFF = ["/desk/", "/desk/feeds/", "/desk/entries/", "/desk/people/", "/desk/log", "/write/",
         "/account/", "/desk/posts/new", "/desk/episodes/new", "/desk/people/new",
         "/desk/rules", "/desk/rules/history", "/desk/rules/sanctions"]
LISTED = {"/topics/": r"/topics/[\w-]+", "/people/": r"/people/[\w-]+",
          "/series/": r"/series/[\w-]+"}


def test_every_public_address_answers_with_what_it_is(app: Flask) -> None:
    answers = {}
    for path in PUBLIC:
        answer = app.test_client().get(path)
        answers[path] = (answer.status_code, answer.mimetype)
    assert answers == {path: (200, kind) for path, kind in PUBLIC.items()}


def test_every_listing_leads_to_pages_and_feeds(visitor: Visitor) -> None:
    for path, pattern in LISTED.items():
        found = {each["href"] for each in visitor.get(path).all("a")
                 if re.fullmatch(pattern, each["href"])}
        assert found, path
        for address in found:
            visitor.get(address)
            if path != "/people/":
                assert visitor.client.get(f"{address}/feed.xml").mimetype == RSS


def test_the_desk_is_open_to_editors_and_accounts_to_admins(app: Flask, session: Session,
                                                            visitor: Visitor) -> None:
    editor, admin = sign_in(app, session), sign_in(app, session, staff.ADMIN)
    for path in STAFF:
        editor.get(path)
        assert visitor.client.get(path).location == f"/account/sign-in?next={path}"
    editor.get("/desk/accounts", status=403)
    admin.get("/desk/accounts")


def test_machines_find_what_they_look_for_on_the_pages(visitor: Visitor) -> None:
    post, episode = visitor.get(POST), visitor.get(EPISODE)
    for page in (post, episode):
        assert sum(1 for _tag, each in page.elements
                   if "entry-body" in each.get("class", "").split()) == 1
        assert page.all("time")
        assert all(re.search(r"(Z|S)$", each["datetime"]) for each in page.all("time"))
    comments = [each for tag, each in post.elements
                if tag == "article" and "comment" in each.get("class", "").split()]
    for comment in comments:
        assert re.fullmatch(r"comment-\w+", comment["id"])
        where = visitor.client.get(f"/comments/{comment['id'].removeprefix('comment-')}")
        assert where.location == f"{POST}#{comment['id']}"
    form = next(each for each in post.all("form") if each["action"] == f"{POST}/comments")
    assert form["method"] == "post"
    names = {each.get("name") for tag, each in post.elements if tag in {"input", "textarea"}}
    assert {"author_name", "author_email", "author_headline", "body"} <= names


def test_the_desk_is_what_its_callers_expect(app: Flask, session: Session) -> None:
    page = sign_in(app, session).get("/desk/")
    cards = [each for tag, each in page.elements
             if tag == "article" and "desk-item" in each.get("class", "").split()]
    assert len(cards) >= 12
    assert [each.get("aria-current") for each in cards] == ["true"] + [None] * (len(cards) - 1)
    numbers = [each["id"].removeprefix("item-") for each in cards]
    posts = {each.get("hx-post") for each in page.all("button")}
    for number in numbers:
        assert {f"/desk/items/{number}/{noun}" for noun in
                ("approval", "rejection", "spam", "claim")} <= posts


def test_media_can_be_sought_in(visitor: Visitor) -> None:
    path = visitor.get(EPISODE).all("audio")[0]["src"]
    with visitor.client.head(path) as head:
        size = head.content_length or 0
        assert (head.status_code, size > 100_000) == (200, True)
    for wanted, status, length in (("bytes=0-", 206, size), ("bytes=100-199", 206, 100),
                                   (f"bytes={size}-", 416, None)):
        with visitor.client.get(path, headers={"Range": wanted}) as answer:
            assert answer.status_code == status, wanted
            assert length in {None, answer.content_length}
