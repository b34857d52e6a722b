"""A browser without JavaScript that holds every page it gets against the house rules."""

import re
from collections import Counter
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import clock
from app.accounts import actions as accounts
from app.accounts.models import Account

VOID = {"input", "img", "br", "hr", "meta", "link", "source", "option"}
UNLABELLED = {"hidden", "submit", "button", "reset"}


class Page(HTMLParser):
    """What a page is made of, as far as the house rules ask."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.labels: set[str] = set()
        self.feed(text)

    @cached_property
    def words(self) -> str:
        """What is written on it, without the tags; only some tests ask for it."""
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        if tag == "label" and "for" in attributes:
            self.labels.add(attributes["for"])

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every element with this tag."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def ids(self) -> list[str]:
        """All ids, in the order of the page."""
        return [attributes["id"] for _tag, attributes in self.elements if "id" in attributes]

    def problems(self) -> list[str]:
        """Every house rule that the page breaks, in words."""
        return [*self._structure(), *self._forms(), *self._pictures(), *self._inline()]

    def _structure(self) -> list[str]:
        found = []
        if "<html" in self.text and len(self.all("h1")) != 1:
            found.append(f"{len(self.all('h1'))} h1 elements instead of one")
        doubled = [each for each, times in Counter(self.ids).items() if times > 1]
        if doubled:
            found.append(f"ids that stand twice: {sorted(doubled)}")
        return found

    def _forms(self) -> list[str]:
        found = [f"a form without action or method: {form}" for form in self.all("form")
                 if not form.get("action") or form.get("method") not in {"get", "post", "dialog"}]
        for tag in ("input", "select", "textarea"):
            found += [f"a field without a label: {field}" for field in self.all(tag)
                      if field.get("type") not in UNLABELLED
                      and field.get("id") not in self.labels and "aria-label" not in field]
        return found

    def _pictures(self) -> list[str]:
        return [f"a picture without an alt text: {picture}" for picture in self.all("img")
                if "alt" not in picture]

    def _inline(self) -> list[str]:
        found = ["an inline style" for tag, each in self.elements if "style" in each]
        found += [f"an inline handler: {name}" for _tag, each in self.elements for name in each
                  if name.startswith(("on", "hx-on"))]
        if self.all("style"):
            found.append("a style element")
        found += ["an inline script" for script in self.all("script") if "src" not in script]
        return found


class Visitor:
    """Fetches pages and sends forms, as a browser does with JavaScript off."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()

    def sign_in(self, session: Session, account: Account) -> None:
        """Is this account from now on, without the slow hashing of a password."""
        token = accounts.start(session, account, now=clock.now())
        with self.client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True

    def get(self, path: str, status: int = 200, **kwargs: Any) -> Page:
        """The page at a path; fails if its status or any house rule is not met."""
        return self.checked(self.client.get(path, **kwargs), status)

    def post(self, path: str, data: dict[str, Any] | None = None, status: int = 303,
             **kwargs: Any) -> TestResponse:
        """Sends a form as the same site's page would."""
        headers = {"Sec-Fetch-Site": "same-origin", **kwargs.pop("headers", {})}
        response = self.client.post(path, data=data or {}, headers=headers, **kwargs)
        # Werkzeug's client sends a large body from a file and leaves it open.
        response.request.environ["wsgi.input"].close()
        if response.mimetype == "text/html" and response.status_code not in {301, 302, 303}:
            self.checked(response, status)
        assert response.status_code == status, response.text[:2000]
        return response

    def swap(self, path: str, data: dict[str, Any] | None = None, status: int = 200,
             **kwargs: Any) -> TestResponse:
        """Sends a form as htmx 4 does when it swaps a part of the page."""
        headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
        return self.post(path, data, status, headers=headers, **kwargs)

    def follow(self, response: TestResponse) -> Page:
        """The page that an answer leads to."""
        return self.get(response.headers["Location"])

    def checked(self, response: TestResponse, status: int = 200) -> Page:
        """The page in an answer; fails as `get` does."""
        assert response.status_code == status, response.text[:2000]
        page = Page(response.text)
        if response.mimetype == "text/html":
            assert not page.problems(), (response.request.path, page.problems())
        return page
