"""Stylesheets as one file; every static file under an address that changes with it."""

import gzip
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from flask import Flask

from app.web.assets import Assets
from tests.visiting import Visitor

STATIC = Path(__file__).resolve().parents[2] / "static"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A static folder of its own."""
    for name, content in {"css/order.txt": "", "order.txt": "css/a.css css/b.css",
                          "css/a.css": "a{src:url(/static/vendor/f.woff2)}", "css/b.css": "b{}",
                          "js/x.js": "1", "vendor/deep/y.js": "2", "img/z.svg": "3"}.items():
        path = tmp_path / "static" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    order = tmp_path / "static" / "order.txt"
    (tmp_path / "static" / "css" / "order.txt").write_text(order.read_text().replace("css/", ""))
    return tmp_path / "static"


def test_every_stylesheet_is_in_the_order() -> None:
    lists = [STATIC / "order.txt", STATIC / "css" / "order.txt"]
    order = next(path for path in lists if path.exists()).read_text().split()
    assert len(order) == len(set(order))
    assert {Path(name).name for name in order} == {path.name for path in STATIC.glob("css/*.css")}


def test_a_page_asks_for_one_stylesheet_and_gets_all_of_it(visitor: Visitor) -> None:
    [sheet] = [link["href"] for link in visitor.get("/").all("link") if link["rel"] == "stylesheet"]
    answer = visitor.client.get(sheet)
    assert answer.mimetype == "text/css"
    assert len(answer.data) >= sum(path.stat().st_size for path in STATIC.glob("css/*.css")) * 0.9
    assert "/static/" not in answer.text


def test_what_a_page_asks_for_is_there_and_kept_for_ever(visitor: Visitor) -> None:
    page = visitor.get("/")
    found = [each.get("href") or each["src"] for each in (*page.all("link"), *page.all("script"))]
    asked = [path for path in found if path.startswith("/assets/")]
    assert len(asked) >= 3
    for path in asked:
        with visitor.client.get(path) as answer:
            assert answer.status_code == 200, path
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", path


def test_an_old_address_still_answers_but_is_not_kept(visitor: Visitor) -> None:
    for name in ("css/site.css", "js/times.js"):
        with visitor.client.get(f"/assets/0123456789ab/{name}") as answer:
            assert answer.status_code == 200
            assert "max-age=0" in answer.headers["Cache-Control"]
            assert "immutable" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["css/a.css", "css/b.css", "js/x.js", "img/z.svg",
                                  "vendor/deep/y.js"])
def test_whatever_changes_changes_the_address(folder: Path, name: str) -> None:
    before = Assets(folder).version
    assert Assets(folder).version == before
    (folder / name).write_text("something else")
    assert Assets(folder).version != before


def test_a_font_is_found_from_the_stylesheets_address(folder: Path) -> None:
    assert b"url(../vendor/f.woff2)" in Assets(folder).stylesheet


@pytest.mark.parametrize("name", [
    "css/tokens.css", "css/order.txt", "../app/config.py", "..%2fapp/config.py", "js/../../wsgi.py",
    ".gitignore", "vendor/.complete", "js/nothing.js", "js", "", "js/%00.js", "/etc/passwd"])
def test_nothing_else_of_the_disk_is_shown(visitor: Visitor, app: Flask, name: str) -> None:
    version = app.extensions["assets"].version
    with visitor.client.get(f"/assets/{version}/{name}") as answer:
        assert answer.status_code in {404, 308}


@pytest.fixture
def sheet(app: Flask) -> str:
    """The address of the stylesheet."""
    return str(app.extensions["assets"].path("css/site.css"))


@pytest.mark.parametrize(("accepted", "unpack"), [
    ("gzip", gzip.decompress), ("gzip, br", brotli.decompress), ("", bytes)])
def test_a_text_comes_as_small_as_its_reader_can_unpack(
        visitor: Visitor, app: Flask, sheet: str, accepted: str,
        unpack: Callable[[bytes], bytes]) -> None:
    answer = visitor.client.get(sheet, headers={"Accept-Encoding": accepted})
    assert unpack(answer.data) == app.extensions["assets"].stylesheet
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    head = visitor.client.head(sheet, headers={"Accept-Encoding": accepted})
    assert (head.data, head.content_length) == (b"", len(answer.data))
    again = visitor.client.get(sheet, headers={
        "Accept-Encoding": accepted, "If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == answer.headers["Cache-Control"]


def test_a_font_comes_as_it_is(visitor: Visitor, app: Flask) -> None:
    font = next(path for path in STATIC.glob("vendor/fonts/*"))
    path = app.extensions["assets"].path(f"vendor/fonts/{font.name}")
    answer = visitor.client.get(path, headers={"Accept-Encoding": "br, gzip"})
    assert answer.data == font.read_bytes()
    assert "Content-Encoding" not in answer.headers


def test_a_file_is_sent_without_waking_the_application(editor: Visitor, app: Flask,
                                                       sheet: str) -> None:
    def wake() -> None:
        raise AssertionError("somebody woke it")

    app.extensions["assets_ahead"].prepare()
    app.before_request_funcs[None].insert(0, wake)
    assert editor.client.get(sheet).status_code == 200
