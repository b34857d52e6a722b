"""Addresses are put together as Werkzeug does it, only later."""

import pytest
from flask import Flask, url_for
from werkzeug.routing import BuildError

from app.web import routing


@pytest.fixture
def app() -> Flask:
    made = Flask("a")
    routing.init_app(made)
    made.add_url_rule("/posts/<slug>", "post", defaults={"page": 1})
    made.add_url_rule("/posts/<slug>/<int:page>", "post")
    return made


def test_an_address_is_what_it_would_be(app: Flask) -> None:
    with app.test_request_context():
        for _again in range(2):
            assert url_for("post", slug="a b", page=1) == "/posts/a%20b"
            assert url_for("post", slug="é", page=2, more="x") == "/posts/%C3%A9/2?more=x"


def test_an_address_that_lacks_something_is_refused(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(BuildError):
        url_for("post", page=2)
