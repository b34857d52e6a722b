"""A stranger's page is everybody's page; a page for somebody is nobody else's."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.accounts.models import Role
from tests.making import Maker
from tests.visiting import Visitor

PUBLIC = ["/", "/posts/", "/posts/open", "/episodes/", "/episodes/heard", "/topics/",
          "/topics/trust", "/series/", "/series/tips", "/people/", "/people/ada-penn", "/feed.xml",
          "/feed.atom", "/feed.json", "/episodes/feed.xml", "/topics/trust/feed.xml",
          "/series/tips/feed.xml", "/sitemap.xml", "/robots.txt", "/episodes/heard/embed",
          "/oembed?url=/episodes/heard"]


@pytest.fixture(autouse=True)
def something_to_read(make: Maker) -> None:
    post = make.post("Open", author=make.person("Ada Penn"), topics=("Trust",), series="Tips")
    make.comment(post, "A remark.", approved=True)
    make.episode("Heard")


def ask(app: Flask, path: str, **headers: str) -> TestResponse:
    return app.test_client().get(path, headers=headers)


def test_two_strangers_get_the_same_bytes_and_no_cookie(app: Flask) -> None:
    for path in PUBLIC:
        first = ask(app, path, **{"User-Agent": "One", "Accept-Language": "de"})
        second = ask(app, path, **{"User-Agent": "Two", "HX-Request": "true", "Cookie": "a=1"})
        assert (first.status_code, second.status_code) == (200, 200), path
        assert first.data == second.data, path
        for answer in (first, second):
            assert "Set-Cookie" not in answer.headers, path
            assert "Cookie" not in answer.headers.get("Vary", ""), path
            assert answer.headers["Cache-Control"] == "public, no-cache", path


def test_whoever_has_the_page_already_is_told_so(app: Flask) -> None:
    for path in PUBLIC:
        etag = ask(app, path).headers["ETag"]
        again = ask(app, path, **{"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b""), path
        assert again.headers["ETag"] == etag
        assert ask(app, path, **{"If-None-Match": '"older"'}).status_code == 200


def test_a_change_changes_the_etag(app: Flask, make: Maker) -> None:
    before = {path: ask(app, path).headers["ETag"] for path in ("/", "/posts/", "/feed.xml")}
    make.post("One more")
    for path, etag in before.items():
        assert ask(app, path, **{"If-None-Match": etag}).status_code == 200


def test_a_page_for_somebody_signed_in_is_kept_by_nobody(make: Maker, app: Flask) -> None:
    reader = Visitor(app)
    reader.sign_in(make.session, make.account(Role.READER))
    for path in PUBLIC:
        answer = reader.client.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["Cache-Control"] == "private, no-store", path
        assert "ETag" not in answer.headers, path


def test_a_reader_sees_their_name_and_a_stranger_does_not(make: Maker, app: Flask,
                                                          visitor: Visitor) -> None:
    reader = Visitor(app)
    reader.sign_in(make.session, make.account(Role.READER))
    assert "Reader Quill" in reader.get("/posts/open").words
    assert "Reader Quill" not in visitor.get("/posts/open").words


def test_an_error_is_not_kept(app: Flask) -> None:
    for path in ("/posts/none", "/posts/?page=77", "/nowhere"):
        answer = ask(app, path)
        assert answer.status_code == 404
        assert "no-store" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers


def test_every_page_says_that_it_runs_nobody_elses_script(app: Flask) -> None:
    for path in (*PUBLIC, "/nowhere"):
        headers = ask(app, path).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert ("frame-ancestors *" in policy) == path.endswith("/embed")
        assert ("X-Frame-Options" in headers) != path.endswith("/embed")
