"""Every request has an id, a line and a number, and none of them tells who asked for what."""

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from werkzeug.test import Client
from werkzeug.wrappers import Response

from app.accounts.queries import digest
from app.config import Settings
from app.logs.writing import Json
from app.metrics import Numbers, render
from app.readers.models import MagicLink
from app.web import turns
from app.web.observing import Observer, Requests
from tests.conftest import NOON
from tests.making import Maker
from tests.pagecache.conftest import Kept, kept
from tests.visiting import Visitor

__all__ = ["kept"]
SECRETS = ("hush", "Rita", "203.0.113.9", "Oddbrowser")
BROUGHT = ("User-Agent", "Referer", "Authorization", "X-Forwarded-For")
IDENTITY = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"


class Lines(logging.Handler):
    """The log as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(Json())
        self.fields: list[dict[str, Any]] = []
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.fields.append(getattr(record, "fields", {}))
        self.text += self.format(record) + "\n"


@pytest.fixture
def lines() -> Iterator[Lines]:
    """All that is logged from now on."""
    root, requests, lines = logging.getLogger(), logging.getLogger("lectern.requests"), Lines()
    before = requests.level
    root.addHandler(lines)
    requests.setLevel(logging.INFO)
    yield lines
    root.removeHandler(lines)
    requests.setLevel(before)


@pytest.fixture
def settings(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """Each test's own application where one is broken or a proxy stands in front."""
    if "kept" in request.fixturenames:
        return replace(settings, page_cache=1)
    if marker := request.node.get_closest_marker("usefixtures"):
        return replace(settings, data=tmp_path / "data", trusted_proxies=int("proxied" in
                                                                             marker.args))
    return settings


@pytest.fixture
def own() -> None:
    """Asks for an application of the test's own."""


@pytest.fixture
def proxied() -> None:
    """Asks for one behind a proxy."""


def numbers(app: Flask, name: str) -> dict[str, float]:
    """The numbers of this name, by their labels."""
    found = render(app.extensions["numbers"].families())
    return {labels: float(value) for labels, value in
            re.findall(rf"^{name}(\{{.*\}})? (\S+)$", found, re.MULTILINE)}


def test_a_request_is_a_line_and_a_number(app: Flask, make: Maker, lines: Lines) -> None:
    post = make.post()
    labels = '{route="/posts/<slug>",method="GET",status="2xx",cache="none"}'
    before = numbers(app, "lectern_requests_total").get(labels, 0)
    took = '{route="/posts/<slug>",method="GET"}'
    seconds = numbers(app, "lectern_request_duration_seconds_sum").get(took, 0)
    answer = app.test_client().get(post.path)
    [line] = lines.fields
    assert line["ms"] > 0
    assert line == {"method": "GET", "route": "/posts/<slug>", "status": 200, "ms": line["ms"],
                    "bytes": answer.content_length, "cache": "none"}
    assert numbers(app, "lectern_requests_total")[labels] == before + 1
    seconds = numbers(app, "lectern_request_duration_seconds_sum")[took] - seconds
    assert line["ms"] == pytest.approx(1000 * seconds, abs=0.1)


def test_a_request_that_was_counted_leaves_its_place_to_the_next(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PLACES", 1)
    monkeypatch.setattr(turns, "PATIENCE", 0.01)
    client = Client(Observer(turns.Turns(Response()), Requests(Numbers()), proxied=False))
    assert [client.get("/").status_code for _ in range(2)] == [200, 200]


def test_what_is_nowhere_and_what_nobody_asks_for_are_one_number(app: Flask) -> None:
    for path, method in (("/hush", "GET"), ("/hush2", "GET"), ("/hush3", "BREW")):
        app.test_client().open(path, method=method)
    found = numbers(app, "lectern_requests_total")
    assert 'route="none",method="GET",status="4xx"' in str(found)
    assert 'method="other"' in str(found)
    assert "hush" not in str(found)
    assert "BREW" not in str(found)


def test_no_line_tells_who_asked_for_what(app: Flask, make: Maker, lines: Lines,
                                          visitor: Visitor) -> None:
    post = make.post()
    token = make.comment(post, "The hush of Rita.").follow_token
    make.session.add(MagicLink(token_hash=digest("hush-key"), email="rita@hush.example",
                               created_at=NOON))
    make.session.commit()
    client = Client(app)
    client.set_cookie("lectern_session", "hush-hush-hush")
    for path in (f"/follow/{token}", "/reader/confirm/hush-key", "/reader/stop/hush-hush",
                 "/feeds/claims/hush-hush", "/posts/?q=hush&email=rita@hush.example",
                 "/follow/hush-hush-hush", "/hush/rita@hush.example", "/media/hush.webp"):
        client.get(path, environ_base={"REMOTE_ADDR": "203.0.113.9"}, headers={
            "User-Agent": "Oddbrowser/1", "X-Request-Id": "hush-hush-hush-hush-hush",
            "Referer": "http://localhost/reader/confirm/hush"})
    for path, sent in ((f"{post.path}/comments", {
            "author_name": "Rita", "author_email": "rita@hush.example", "body": "hush"}),
            ("/account/sign-in", {"email": "rita@hush.example", "password": "hush-hush"}),
            ("/reader/links", {"email": "rita@hush.example"})):
        client.post(path, data=sent, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert len(lines.fields) == 11
    for secret in (*SECRETS, token):
        assert secret not in lines.text, secret


@pytest.mark.usefixtures("own")
def test_an_error_is_found_by_the_id_that_its_page_tells(
        app: Flask, visitor: Visitor, lines: Lines) -> None:
    def view(token: str) -> str:
        raise RuntimeError(f"{token} of rita@hush.example from 203.0.113.9")

    app.add_url_rule("/broken/<token>", view_func=view, methods=["GET", "POST"])
    answer = visitor.client.get("/broken/hush-hush?q=hushed",
                                environ_base={"REMOTE_ADDR": "203.0.113.9"})
    identity = answer.headers["X-Request-Id"]
    assert f"quote <code>{identity}</code>" in visitor.checked(answer, 500).text
    assert f'"request": "{identity}"' in lines.text
    assert "RuntimeError: … of …@… from …" in lines.text
    for secret in SECRETS:
        assert secret not in lines.text
    fragment = visitor.swap("/broken/hush-hush", status=500)
    assert fragment.headers["X-Request-Id"] in fragment.text


@pytest.mark.usefixtures("own")
def test_an_error_that_quotes_its_request_is_logged_without_it(app: Flask, lines: Lines) -> None:
    def view() -> None:
        headers = [request.headers[name] for name in BROUGHT]
        raise RuntimeError(" and ".join([*request.args.values(), *request.form.values(),
                                         *request.cookies.values(), *headers]))

    app.add_url_rule("/broken", view_func=view, methods=["POST"])
    client = Client(app)
    client.set_cookie("lectern_session", "a%20cookie")
    client.post("/broken?q=an%20argument&more=x", data={"body": "a field"}, headers={
        name: f"in {name}" for name in BROUGHT})
    [told] = re.findall('RuntimeError: ([^"]*)', lines.text)
    assert told == "… and x and … and … and … and … and … and …"


def test_an_error_of_the_sender_has_nothing_to_quote(visitor: Visitor) -> None:
    assert "quote" not in visitor.get("/nothing", 404).text


@pytest.mark.usefixtures("proxied")
@pytest.mark.parametrize(("given", "taken"), [
    (IDENTITY, True), ("8f14e45f-ceea-467f-a9a4-f1d3c1c2b3a4", True), ("short", False),
    ("x" * 65, False), ("rita@reader.example-0000", False), ("a b c d e f g h i j k l", False),
    ("0123456789abcdef\"},{", False)])
def test_a_proxys_id_is_taken_if_it_looks_like_one(
        app: Flask, lines: Lines, given: str, taken: bool) -> None:
    answer = app.test_client().get("/nothing", headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"] == given) is taken
    assert (given in lines.text) is taken


def test_an_id_from_whoever_is_not_trusted_is_not_taken(app: Flask) -> None:
    answer = app.test_client().get("/nothing", headers={"X-Request-Id": IDENTITY})
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"])


def test_a_kept_page_carries_no_id_has_no_line_and_is_counted(
        make: Maker, kept: Kept, lines: Lines) -> None:
    path, client = make.post().path, kept.app.test_client()
    hit = '{route="/posts/<slug>",method="GET",status="%s",cache="%s"}'
    before = numbers(kept.app, "lectern_requests_total")
    first = client.get(path, headers={"X-Request-Id": IDENTITY})
    assert [line["cache"] for line in lines.fields] == ["miss"]
    second = client.get(path)
    client.get(path, headers={"If-None-Match": second.headers["ETag"]})
    assert "X-Request-Id" not in {*first.headers.keys(), *second.headers.keys()}
    assert len(lines.fields) == 1
    after = numbers(kept.app, "lectern_requests_total")
    for status, cache in (("2xx", "miss"), ("2xx", "hit"), ("3xx", "hit")):
        labels = hit % (status, cache)
        assert after[labels] == before.get(labels, 0) + 1, labels
    assert numbers(kept.app, "lectern_page_cache")['{what="pages"}'] == 1
    kept.cache.pages.drop(["*"])
    assert numbers(kept.app, "lectern_page_cache") == {'{what="bytes"}': 0, '{what="pages"}': 0}


def test_whoever_watches_all_day_fills_no_log(app: Flask, lines: Lines) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert app.test_client().get(path).status_code == 200
    assert lines.fields == []
    refused = app.test_client().get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    assert [line["status"] for line in lines.fields] == [refused.status_code]


def test_a_static_file_is_counted_when_it_is_asked_for_and_not_before(
        app: Flask, lines: Lines) -> None:
    labels = '{route="/assets/<version>/<path:name>",method="GET",status="2xx",cache="%s"}'
    before = numbers(app, "lectern_requests_total")
    app.extensions["assets_ahead"].prepare()
    path = app.extensions["assets"].path("js/times.js")
    with app.test_client().get(path) as answer:
        assert "X-Request-Id" not in answer.headers
    after = numbers(app, "lectern_requests_total")
    assert after[labels % "hit"] == before.get(labels % "hit", 0) + 1
    assert after.get(labels % "none", 0) == before.get(labels % "none", 0)
    assert lines.fields == []
