"""Asking for a feed: validators, moves, and what a refusal tells."""

from datetime import UTC, datetime

import pytest

from app.feeds.polling.fetching import Answer, Failed, FetchOutcome, NotModified, fetch
from app.fetch import Limits
from tests.feeds.feed_server import FeedServer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DATE = "Mon, 02 Feb 2026 03:04:05 GMT"


def ask(
    server: FeedServer, url: str, etag: str | None = None, last_modified: str | None = None
) -> FetchOutcome:
    return fetch(url, etag=etag, last_modified=last_modified, agent="Lectern/1 (+https://us)",
                 allow=server.allow, limits=Limits(total=5), now=NOW)


def test_a_first_visit_asks_without_conditions_and_keeps_both_validators(
    feed_server: FeedServer,
) -> None:
    url = feed_server.serve("<rss/>", headers={"ETag": 'W/"a"', "Last-Modified": DATE})
    answer = ask(feed_server, url)
    assert isinstance(answer, Answer)
    assert (answer.body, answer.content_type) == (b"<rss/>", "application/rss+xml")
    assert (answer.etag, answer.last_modified) == ('W/"a"', DATE)
    assert (answer.final_url, answer.moved_to) == (url, None)
    sent = feed_server.requests["/feed.xml"][0]
    assert not {"if-none-match", "if-modified-since"} & sent.keys()
    assert sent["user-agent"] == "Lectern/1 (+https://us)"
    assert "rss" in sent["accept"]


def test_a_later_visit_sends_both_validators(feed_server: FeedServer) -> None:
    ask(feed_server, feed_server.serve("x"), '"a"', DATE)
    sent = feed_server.requests["/feed.xml"][0]
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('"a"', DATE)


@pytest.mark.parametrize("headers", [
    {"ETag": '"same"', "Last-Modified": "Tue, 03 Feb 2026 00:00:00 GMT"},
    {"ETag": '"other"', "Last-Modified": DATE},
    {},
])
def test_one_changed_validator_makes_a_new_pair(
    feed_server: FeedServer, headers: dict[str, str]
) -> None:
    answer = ask(feed_server, feed_server.serve("x", headers=headers), '"same"', DATE)
    assert isinstance(answer, Answer)
    assert (answer.etag, answer.last_modified) == (
        headers.get("ETag"), headers.get("Last-Modified")
    )


@pytest.mark.parametrize(("headers", "kept"), [
    ({}, ('"a"', DATE)),
    ({"ETag": '"b"'}, ('"b"', DATE)),
    ({"ETag": '"b"', "Last-Modified": "Tue, 03 Feb 2026 00:00:00 GMT"},
     ('"b"', "Tue, 03 Feb 2026 00:00:00 GMT")),
])
def test_a_304_refreshes_what_it_names_and_keeps_the_rest(
    feed_server: FeedServer, headers: dict[str, str], kept: tuple[str, str]
) -> None:
    url = feed_server.serve("", status=304, headers=headers)
    assert ask(feed_server, url, '"a"', DATE) == NotModified(*kept)


def test_a_304_that_nobody_asked_for_is_a_failure(feed_server: FeedServer) -> None:
    assert isinstance(ask(feed_server, feed_server.serve("", status=304)), Failed)


@pytest.mark.parametrize("etag", ['"a"\r\nX-Evil: 1', "\x00", "日本", " ", "a" * 5000])
def test_a_validator_that_cannot_be_sent_is_left_out(feed_server: FeedServer, etag: str) -> None:
    assert isinstance(ask(feed_server, feed_server.serve("x"), etag, "\n"), Answer)
    assert not {"if-none-match", "x-evil"} & feed_server.requests["/feed.xml"][0].keys()


@pytest.mark.parametrize(("statuses", "moved"), [
    ([301], 1), ([308], 1), ([301, 308], 2), ([302], 0), ([307], 0), ([303], 0), ([302, 301], 0),
    ([301, 302], 1), ([301, 302, 301], 1),
])
def test_only_permanent_redirects_from_the_start_move_a_feed(
    feed_server: FeedServer, statuses: list[int], moved: int
) -> None:
    feed_server.serve("x", f"/{len(statuses)}")
    for step, status in enumerate(statuses):
        feed_server.redirect(f"/{step + 1}", f"/{step}", status=status)
    answer = ask(feed_server, feed_server.url("/0"))
    assert isinstance(answer, Answer)
    assert answer.final_url == feed_server.url(f"/{len(statuses)}")
    assert answer.moved_to == (feed_server.url(f"/{moved}") if moved else None)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 418, 429, 500, 502, 503, 204, 206, 300])
def test_any_other_status_is_a_failure_that_names_it(feed_server: FeedServer, status: int) -> None:
    outcome = ask(feed_server, feed_server.serve("", status=status))
    assert isinstance(outcome, Failed)
    assert (outcome.status, outcome.gone, outcome.retry_after) == (status, False, None)
    assert outcome.sentence.endswith(".")


def test_410_means_stop_asking(feed_server: FeedServer) -> None:
    outcome = ask(feed_server, feed_server.serve("", status=410))
    assert isinstance(outcome, Failed)
    assert outcome.gone
    assert outcome.status == 410


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("value", "seconds"), [
    ("120", 120), (" 0 ", 0), ("Sun, 01 Mar 2026 12:10:00 GMT", 600),
    ("Sunday, 01-Mar-26 12:10:00 GMT", 600), ("Sun Mar  1 12:10:00 2026", 600),
    ("Sun, 01 Mar 2026 11:00:00 GMT", 0), ("99999999999", 30 * 86400), ("9999999999", 30 * 86400),
    ("Sun, 01 Mar 9999 12:00:00 GMT", 30 * 86400), ("-5", None), ("soon", None), ("", None),
    ("1e9", None), ("Sun, 99 Mar 2026 12:00:00 GMT", None),
])
def test_retry_after_is_read_as_seconds_or_as_a_date(
    feed_server: FeedServer, status: int, value: str, seconds: int | None
) -> None:
    url = feed_server.serve("", status=status, headers={"Retry-After": value})
    outcome = ask(feed_server, url)
    assert isinstance(outcome, Failed)
    assert outcome.retry_after == seconds


def test_what_the_fetcher_refuses_is_a_failure_without_a_status(feed_server: FeedServer) -> None:
    outcome = ask(feed_server, "http://10.0.0.1/feed")
    assert outcome == Failed("10.0.0.1 does not lead to an address on the public internet.")
