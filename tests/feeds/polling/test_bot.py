"""The page that our requests name."""

from flask import Flask

from app.feeds.polling import scheduling
from tests.feeds.asking import Source
from tests.feeds.documents import Item
from tests.visiting import Visitor


def test_our_requests_name_a_page_that_says_who_we_are_and_how_to_stop_us(
        source: Source, visitor: Visitor) -> None:
    source.says(Item("one"))
    agent = source.server.requests["/feed.xml"][0]["user-agent"]
    assert agent == "Lectern (+http://localhost/bot)"
    words = visitor.get("/bot").words
    for said in (agent, "15 minutes", "7 days", "410 Gone", "Retry-After", "robots.txt",
                 "5 redirects", "30 seconds", "10 MB"):
        assert said in words, said
    assert scheduling.spell(scheduling.SHORTEST) in words


def test_the_page_is_the_same_for_everyone_and_can_be_kept(app: Flask) -> None:
    answer = app.test_client().get("/bot")
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert "Cookie" not in answer.headers.get("Vary", "")
