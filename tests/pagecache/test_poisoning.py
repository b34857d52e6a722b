"""Nothing that one visitor sends gets into what others are shown, and nobody's own page is kept."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.accounts.models import Role
from app.pagecache.answering import is_for_keeping
from tests.making import Maker
from tests.pagecache.conftest import Kept
from tests.visiting import Visitor

EVIL = "evil.example"
HEADERS = [
    {"Host": EVIL}, {"X-Forwarded-Host": EVIL}, {"X-Forwarded-Proto": EVIL},
    {"X-Forwarded-Prefix": "/evil.example"}, {"Forwarded": f"host={EVIL}"}, {"X-Host": EVIL},
    {"X-Original-URL": "/desk/evil.example"}, {"X-Rewrite-URL": "/evil.example"},
    {"X-HTTP-Method-Override": "POST"}, {"X-Forwarded-For": EVIL}, {"Origin": f"http://{EVIL}"},
    {"Referer": f"http://{EVIL}/"}, {"User-Agent": EVIL}, {"Accept-Language": EVIL},
    {"Accept": "application/json"}, {"Cookie": f"name={EVIL}"}, {"Range": "bytes=0-5"},
    {"If-Modified-Since": "Mon, 04 May 2099 12:00:00 GMT"}, {"If-Match": '"x"'},
    {"Accept-Encoding": EVIL}, {"HX-Request": "true", "HX-Target": EVIL},
]
QUERIES = ["utm_source=evil.example", "evil.example", "evil=1&evil=2", "evil%3dpage",
           "x" * 400, "fbclid=%0d%0aSet-Cookie:evil=1", "=evil.example", "&&&"]
UNSHARED = ["reply=0123456789", "page=1", "%70age=1", "page=02", "page=2&page=3",
            "page=evil.example",
            "comments=oldest", "comments=evil.example", "page=", "page[]=2&page=%00", "y" * 600]


@pytest.fixture
def path(make: Maker, kept: Kept) -> str:
    post = make.post("Boats")
    make.comment(post, approved=True)
    return post.path


def ask(app: Flask, path: str, method: str = "GET", **headers: str) -> TestResponse:
    return app.test_client(use_cookies=False).open(path, method=method, headers=headers)


@pytest.mark.parametrize("first", ["/posts/boats", "/", "/feed.xml"])
def test_whoever_asks_first_leaves_nothing_for_the_next(
        app: Flask, path: str, kept: Kept, first: str) -> None:
    clean = ask(app, first)
    for headers in HEADERS:
        kept.begin()
        ask(app, first, **headers)
        after = ask(app, first)
        assert after.data == clean.data, headers
        assert dict(after.headers) == dict(clean.headers), headers


def test_a_page_for_everyone_is_made_from_nothing_that_its_first_visitor_sent(
        app: Flask, path: str, kept: Kept) -> None:
    asked, application = [], kept.cache.application

    def listen(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        asked.append(dict(environ))
        return application(environ, start)

    kept.cache.application = listen
    try:
        for headers in HEADERS[:-1]:
            kept.begin()
            ask(app, f"{path}?evil", **headers)
    finally:
        kept.cache.application = application
    assert len(asked) == len(HEADERS) - 1
    for each in asked:
        assert {name for name in each if name.startswith("HTTP_")} == {"HTTP_HOST"}
        assert (each["HTTP_HOST"], each["PATH_INFO"], each["QUERY_STRING"]) == (
            "localhost", path, "")
        assert "REMOTE_ADDR" not in each


def test_what_a_page_does_not_look_at_makes_no_other_page(
        app: Flask, path: str, kept: Kept) -> None:
    clean = ask(app, "/posts/")
    for query in QUERIES:
        kept.begin()
        answer = ask(app, f"/posts/?{query}")
        assert answer.data == clean.data, query
        assert len(kept.cache.pages) == 1, query
        assert ask(app, "/posts/").data == clean.data, query


def test_an_odd_argument_gets_a_page_that_nobody_keeps(app: Flask, path: str, kept: Kept) -> None:
    for query in UNSHARED:
        assert ask(app, f"{path}?{query}").status_code in {200, 404}, query
        assert len(kept.cache.pages) == 0, query


SPELLINGS = [
    "/posts/BOATS", "/Posts/boats", "/posts/boats/", "/posts//boats",
    "/posts/./boats", "/posts/x/../boats", "/posts/boats;x=1", "/posts/boats.css",
    "/posts/boats/evil.css", "/posts/boats%2f..%2fevil.css", "/posts/boats%00.css",
    "/posts/boats%3fpage=2", "/posts/boats%23", "/posts/boats%20", "/posts/boats%0a",
    "/posts\\boats", "/posts/" + "b" * 400]


def test_another_spelling_of_an_address_is_another_address(
        app: Flask, path: str, kept: Kept) -> None:
    clean = ask(app, path)
    for spelling in SPELLINGS:
        kept.begin()
        answer = ask(app, spelling)
        assert answer.status_code in {301, 308, 404}, (spelling, answer.text[:200])
        assert not kept.there(spelling), spelling
        assert ask(app, path).data == clean.data, spelling


def test_more_slashes_before_an_address_make_no_other_page(
        app: Flask, path: str, kept: Kept) -> None:
    clean = ask(app, path)
    for slashes in ("/", "//", "/" * 40):
        answer = app.test_client().get("/", environ_overrides={"PATH_INFO": slashes + path})
        assert (answer.data, answer.headers["ETag"]) == (clean.data, clean.headers["ETag"])
    assert len(kept.cache.pages) == 1


@pytest.mark.parametrize("role", list(Role))
def test_whoever_is_signed_in_gets_their_own_page_and_leaves_none(
        app: Flask, path: str, kept: Kept, signed_in: Callable[..., Visitor], role: Role) -> None:
    somebody = signed_in(role)
    name = f"{role.value.capitalize()} Quill"
    for _turn in ("cold", "warm"):
        own = somebody.client.get(path)
        assert name in own.text
        assert own.headers["Cache-Control"] == "private, no-store"
        assert "Surrogate-Key" not in own.headers
        assert name not in ask(app, path).text
        assert kept.there(path)


@pytest.mark.parametrize("headers", [
    {"Cookie": "lectern_session=forged"}, {"Cookie": "a=1; lectern_session=x"},
    {"Cookie": "lectern_reader=x"}, {"Cookie": 'a="1; lectern_session=x"'},
    {"Cookie": "lectern_session"}, {"Authorization": "Basic eDp5"}], ids=str)
def test_whoever_may_be_somebody_is_not_answered_from_what_is_kept(
        app: Flask, path: str, kept: Kept, headers: dict[str, str]) -> None:
    ask(app, path, **headers)
    assert not kept.there(path)
    kept.warm(path)
    assert "Surrogate-Key" not in ask(app, path, **headers).headers


@pytest.mark.parametrize("private", [
    "/desk/", "/desk/posts/boats.css", "/account/", "/account/sign-in", "/write/", "/reader/",
    "/_/challenge", "/follow/x.css", "/healthz", "/comments/x/thanks", "/nowhere", "/desk/log.csv",
    "/oembed?url=/episodes/x"])
def test_what_is_not_declared_is_not_kept(app: Flask, path: str, kept: Kept,
                                          signed_in: Callable[..., Visitor], private: str) -> None:
    for client in (app.test_client(), signed_in(Role.ADMIN).client):
        client.get(private)
        client.head(private)
    assert len(kept.cache.pages) == 0


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get", "TRACE"])
def test_only_reading_is_answered_from_what_is_kept(app: Flask, path: str, kept: Kept,
                                                    method: str) -> None:
    kept.warm(path)
    assert "Surrogate-Key" not in ask(app, path, method).headers
    assert kept.there(path)


KEPT = [("Cache-Control", "public, no-cache")]


@pytest.mark.parametrize(("status", "headers"), [
    ("200 OK", [*KEPT, ("Set-Cookie", "a=1")]), ("200 OK", [*KEPT, ("set-cookie", "a=1")]),
    ("200 OK", [*KEPT, ("Vary", "Cookie")]), ("200 OK", [*KEPT, ("Vary", "*")]),
    ("200 OK", [*KEPT, ("Vary", "Accept-Encoding, Cookie")]), ("404 NOT FOUND", KEPT),
    ("206 PARTIAL CONTENT", KEPT), ("301 MOVED", KEPT), ("200 OK", []),
    ("200 OK", [("Cache-Control", "private")]), ("200 OK", [("Cache-Control", "no-store")]),
    ("200 OK", [("Cache-Control", "public, no-store")]), ("500 X", KEPT), ("302 FOUND", KEPT)])
def test_what_may_be_somebodys_is_never_kept(status: str, headers: list[tuple[str, str]]) -> None:
    assert not is_for_keeping(status, headers)
    assert is_for_keeping("200 OK", [*KEPT, ("Vary", "Accept-Encoding")])


def test_an_error_in_a_fragment_is_a_sentence_and_a_page_elsewhere(app: Flask, kept: Kept) -> None:
    fragment = ask(app, "/posts/none", **{"HX-Request": "true", "HX-Request-Type": "partial"})
    page = ask(app, "/posts/none")
    assert (fragment.status_code, page.status_code) == (404, 404)
    assert "<html" not in fragment.text
    assert "<html" in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert ask(app, "/posts/none", "HEAD").data == b""
