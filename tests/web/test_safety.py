"""What every request must pass and every answer must carry."""

from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Settings
from app.web.safety import local_path
from tests.making import Maker
from tests.visiting import Visitor

OURS, THEIRS = "http://localhost", "https://evil.example"
# Sec-Fetch-Site, Origin, and whether a change passes. What a browser says of itself decides;
# where it says nothing, its Origin does; without either it was no browser.
PASSES = [
    ("same-origin", OURS, True),
    ("same-origin", None, True),
    ("none", None, True),
    (None, OURS, True),
    (None, None, True),
    ("cross-site", THEIRS, False),
    ("cross-site", OURS, False),
    ("cross-site", None, False),
    ("same-site", "http://other.localhost", False),
    ("same-site", OURS, False),
    ("", OURS, False),
    ("something new", OURS, False),
    (None, THEIRS, False),
    (None, "null", False),
    (None, "http://localhost.evil.example", False),
    (None, "http://evil.example/localhost", False),
    (None, "http://localhost:8001", False),
    (None, "http://localhost@evil.example", False),
    (None, "https://localhost", False),
    (None, "http://[broken", False),
    (None, "", False),
]


def said(site: str | None, origin: str | None) -> dict[str, str]:
    named = {"Sec-Fetch-Site": site, "Origin": origin}
    return {name: value for name, value in named.items() if value is not None}


@pytest.mark.parametrize(("site", "origin", "passes"), PASSES)
def test_only_our_own_pages_can_ask_for_a_change(
        editor: Visitor, site: str | None, origin: str | None, passes: bool) -> None:
    answer = editor.client.post("/account/sign-out", headers=said(site, origin))
    assert answer.status_code == (303 if passes else 403)
    if not passes:
        assert "another site" in answer.text
    # Whether anything changed is seen by what is still open.
    assert editor.client.get("/desk/").status_code == (302 if passes else 200)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "SPAM"])
def test_every_method_that_could_change_something_is_guarded(visitor: Visitor, method: str) -> None:
    answer = visitor.client.open("/account/sign-in", method=method,
                                 headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code in {403, 405}
    assert method != "POST" or answer.status_code == 403


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_link_from_another_site_is_welcome(visitor: Visitor, method: str) -> None:
    answer = visitor.client.open("/", method=method, headers={"Sec-Fetch-Site": "cross-site",
                                                              "Origin": THEIRS})
    assert answer.status_code == 200


def test_the_public_address_is_ours_too(settings: Settings, app: Flask) -> None:
    app.config["BASE_URL"] = "https://blog.example"
    client = app.test_client()
    assert client.post("/account/sign-out", headers={"Origin": "https://blog.example"},
                       ).status_code == 303
    assert client.post("/account/sign-out", headers={"Origin": "http://blog.example"},
                       ).status_code == 403
    assert client.post("/account/sign-out", headers={"Origin": OURS},
                       ).status_code == 303, "the address that was asked is"


@pytest.fixture
def shelf(make: Maker) -> dict[str, str]:
    """One address of every sort of answer."""
    return {"post": make.post("A post").path, "episode": make.episode("An episode").path}


EVERY_SORT = ["/", "{post}", "{episode}", "/nothing", "/desk/", "/account/sign-in", "/feed.xml",
              "/feed.json", "/robots.txt", "/healthz", "/assets/old/css/site.css",
              "/assets/old/img/favicon.svg", "/posts/?page=x", "{post}/comments"]


@pytest.mark.parametrize("path", EVERY_SORT)
def test_every_answer_carries_what_keeps_it_safe(
        visitor: Visitor, shelf: dict[str, str], path: str) -> None:
    with visitor.client.get(path.format(**shelf)) as answer:
        headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy.replace("https:", ""), "no other site"


def test_a_refused_change_carries_it_too(visitor: Visitor) -> None:
    answer = visitor.client.post("/account/sign-in", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_only_the_small_player_may_stand_in_a_frame(
        visitor: Visitor, shelf: dict[str, str]) -> None:
    answer = visitor.client.get(shelf["episode"] + "/embed")
    assert answer.status_code == 200
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers


def test_a_browser_on_a_public_address_is_told_to_stay_with_https(settings: Settings) -> None:
    public = create_app(replace(settings, base_url="https://blog.example"))
    answer = public.test_client().get("/healthz")
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert public.config["SESSION_COOKIE_SECURE"]


def test_on_loopback_nobody_is(visitor: Visitor) -> None:
    assert "Strict-Transport-Security" not in visitor.client.get("/healthz").headers


def test_a_strangers_page_may_be_kept_and_is_asked_for_anew(visitor: Visitor) -> None:
    first = visitor.client.get("/")
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in first.headers
    again = visitor.client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["/", "/desk/", "/account/", "/nothing"])
def test_nobody_keeps_what_somebody_signed_in_has_seen(editor: Visitor, path: str) -> None:
    assert "no-store" in editor.client.get(path).headers["Cache-Control"]


@pytest.mark.parametrize("target", [
    "/", "/desk/", "/posts/one?page=2#comments", "/write/12", "/search?q=a%20b", "/a//b", "/é"])
def test_a_path_of_ours_may_follow_a_sign_in(target: str) -> None:
    assert local_path(target) == target


@pytest.mark.parametrize("target", [
    None, "", "desk/", "https://evil.example", "//evil.example", "///evil.example",
    "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example",
    "\t//evil.example", " //evil.example", "/a\\..\\..\\evil", "javascript:alert(1)", "/\x00",
    "/\x7f", "/ a", "http:/evil.example", "?next=/", "#", ".", "..", "@evil.example",
    "/" + "a" * 500])
def test_nothing_else_may(target: str | None) -> None:
    assert local_path(target) is None
