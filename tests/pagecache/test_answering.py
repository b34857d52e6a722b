"""What a reader gets: the right bytes, in the right encoding, or word that they have them."""

import gzip

import brotli
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.pagecache.page import Page
from tests.making import Maker
from tests.pagecache.conftest import Kept

ENCODINGS = {"br, gzip": "br", "gzip, deflate, br;q=0.9": "br", "gzip": "gzip", "GZIP": "gzip",
             "*": "br", "br;q=0, gzip": "gzip", "br;q=0, *": "gzip", "gzip;q=nonsense": None,
             "identity": None, "deflate": None, "": None, "gzip;q=0": None, "brotli": None}
OPENED = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}


@pytest.fixture
def path(make: Maker, kept: Kept) -> str:
    post = make.post("Boats", topics=("Harbours",), author=make.person())
    make.comment(post, approved=True)
    return post.path


def ask(app: Flask, path: str, method: str = "GET", **headers: str) -> TestResponse:
    return app.test_client(use_cookies=False).open(path, method=method, headers={
        name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("accepted", ENCODINGS)
def test_a_page_comes_in_the_smallest_encoding_that_its_reader_takes(
        app: Flask, path: str, accepted: str) -> None:
    plain = ask(app, path).data
    answer = ask(app, path, Accept_Encoding=accepted)
    coding = ENCODINGS[accepted]
    assert answer.headers.get("Content-Encoding") == coding
    assert OPENED[coding](answer.data) == plain
    assert answer.content_length == len(answer.data)
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_each_encoding_has_a_strong_etag_of_its_own(app: Flask, path: str) -> None:
    etags = [ask(app, path, Accept_Encoding=each).headers["ETag"] for each in ("br", "gzip", "")]
    assert len(set(etags)) == 3
    assert all(each.startswith('"') for each in etags)


def test_what_is_written_on_a_page_is_part_of_it() -> None:
    etags = {Page([("Content-Language", each)], b"", [], 0).representation("br").etag
             for each in ("en", "fr", "en")}
    assert len(etags) == 2


def test_whoever_has_the_bytes_gets_none(app: Flask, path: str) -> None:
    etag = ask(app, path, Accept_Encoding="br").headers["ETag"]
    for known in (etag, f"W/{etag}", f'"older", {etag}', "*"):
        again = ask(app, path, Accept_Encoding="br", If_None_Match=known)
        assert (again.status_code, again.data) == (304, b""), known
        assert again.headers["ETag"] == etag
        assert again.headers["Cache-Control"] == "public, no-cache"
        assert again.headers["Vary"] == "Accept-Encoding"
    assert ask(app, path, Accept_Encoding="gzip", If_None_Match=etag).status_code == 200
    assert ask(app, path, Accept_Encoding="br", If_None_Match='"older"').status_code == 200


def test_a_page_made_anew_with_the_same_words_is_the_same_page(app: Flask, path: str,
                                                               kept: Kept) -> None:
    etag = ask(app, path).headers["ETag"]
    kept.begin()
    assert ask(app, path, If_None_Match=etag).status_code == 304


def test_a_head_says_what_a_get_would(app: Flask, path: str, kept: Kept) -> None:
    first = ask(app, path, "HEAD", Accept_Encoding="gzip")
    kept.begin()
    full = ask(app, path, Accept_Encoding="gzip")
    second = ask(app, path, "HEAD", Accept_Encoding="gzip")
    assert first.data == second.data == b""
    assert dict(first.headers) == dict(second.headers) == dict(full.headers)


def test_a_kept_page_says_all_that_a_new_one_says(app: Flask, path: str, kept: Kept) -> None:
    new = ask(app, path, Cookie="lectern_reader=x")
    found = ask(app, path)
    assert new.data == found.data
    assert "ETag" in new.headers
    # The server adds the date.
    changed = {"ETag", "Vary", "Surrogate-Key", "Date"}
    assert ({name: value for name, value in new.headers if name not in changed}
            == {name: value for name, value in found.headers if name not in changed})


def test_a_page_that_is_asked_for_is_kept_before_others(app: Flask, path: str, kept: Kept) -> None:
    kept.warm(path)
    page = kept.cache.pages.get((path, ""))
    assert page is not None
    page.used = 0.0
    ask(app, path)
    assert page.used > 0


def test_a_cdn_learns_what_to_purge_it_by(app: Flask, path: str) -> None:
    assert set(ask(app, path).headers["Surrogate-Key"].split()) == {
        "site", "entry:1", "comments:1", "person:1", "topic:1", "topic:1:entries"}


def test_a_page_of_a_list_is_kept_under_its_number(app: Flask, kept: Kept, make: Maker) -> None:
    for _ in range(13):
        make.post()
    kept.warm("/posts/", "/posts/?page=2")
    assert ask(app, "/posts/").data != ask(app, "/posts/?page=2").data


def test_the_threads_of_a_post_are_kept_in_every_order(app: Flask, path: str, kept: Kept) -> None:
    kept.warm(path, f"{path}?comments=newest", f"{path}?comments=thanked")
    assert b"newest first" in ask(app, f"{path}?comments=newest").data
