"""Visiting a feed: what is asked, when again, and what it costs everybody else."""

import threading
from contextvars import copy_context
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.database import db, for_writing
from app.feeds import actions
from app.feeds.actions import Asking, BadAddress, normal
from app.feeds.models import Feed, Policy, Show
from app.feeds.polling.models import FeedVisit, Outcome
from app.feeds.polling.scheduling import SPREAD, spell
from app.fetch import Allow, Limits
from tests.conftest import NOON, FakeClock
from tests.feeds.asking import Source
from tests.feeds.documents import Item, rss
from tests.feeds.feed_server import FeedServer
from tests.making import Maker
from tests.visiting import Visitor

ONE = Item("one")


@pytest.mark.parametrize(("typed", "kept"), [
    ("https://Blog.Example/Feed", "https://blog.example/Feed"),
    ("blog.example", "https://blog.example/"),
    (" http://blog.example:8080/f?a=1#top ", "http://blog.example:8080/f?a=1"),
    ("HTTPS://blog.example/a b".replace(" ", "%20"), "https://blog.example/a%20b"),
    ("https://blog.example:443/f", "https://blog.example/f"),
    ("http://blog.example:443/f", "http://blog.example:443/f"),
    ("http://[2001:DB8::1]/f", "http://[2001:db8::1]/f"),
])
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert normal(typed) == kept
    assert normal(kept) == kept


@pytest.mark.parametrize("typed", [
    "", "  ", "ftp://blog.example/", "file:///etc/passwd", "javascript:alert(1)", "https://",
    "https://user:secret@blog.example/", "https://blog.example:port/", "https://blog.example/a b",
    "https://[::1", "https://blog.example/\r\nX: y", "https://" + "a" * 2000,
])
def test_what_is_no_address_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(BadAddress, match=r"is not a web address\.$"):
        normal(typed)


def test_the_same_address_twice_is_one_feed_with_the_newer_settings(session: Session) -> None:
    first, new = actions.add(session, "blog.example/feed", now=NOON, show=Show.EXCERPT)
    second, again = actions.add(session, "https://BLOG.example/feed", now=NOON,
                                policy=Policy.PUBLISH)
    assert (new, again, first.id) == (True, False, second.id)
    assert (second.policy, second.show) == (Policy.PUBLISH, Show.EXCERPT)


def test_both_validators_are_sent_and_a_304_refreshes_them(source: Source) -> None:
    source.server.serve(rss(ONE), headers={"ETag": '"a"', "Last-Modified": "Mon, 04 May 2026"
                                           " 00:00:00 GMT"})
    source.visit()
    source.server.serve(b"", status=304, headers={"ETag": '"b"'})
    assert source.visit() == "0 new, 0 updated, 1 unchanged"
    source.visit()
    sent = [(each.get("if-none-match"), each.get("if-modified-since"))
            for each in source.server.requests["/feed.xml"]]
    date = "Mon, 04 May 2026 00:00:00 GMT"
    assert sent == [(None, None), ('"a"', date), ('"b"', date)]


def test_a_broken_document_is_asked_for_again_in_full(source: Source) -> None:
    source.server.serve("<html><body>Soon</body></html>", headers={"ETag": '"a"'})
    assert source.visit() == "failed: This address answers with a web page, not a feed."
    source.serve(ONE)
    source.visit()
    assert "if-none-match" not in source.server.requests["/feed.xml"][1]
    assert len(source.entries()) == 1


def test_the_same_document_sent_again_is_not_read_again(source: Source) -> None:
    source.says(ONE)
    assert source.visit() == "0 new, 0 updated, 1 unchanged"
    visit = source.session.scalars(sa.select(FeedVisit).order_by(FeedVisit.id.desc())).first()
    assert (visit.status, visit.outcome, visit.size > 100) == (200, Outcome.UNCHANGED, True)
    assert source.says(ONE, Item("two")) == "1 new, 0 updated, 1 unchanged"


def test_the_same_bytes_under_another_type_are_read_again(source: Source) -> None:
    source.server.serve(rss(Item("one", title="Caf\u00e9")).encode("cp1252"),
                        content_type="application/rss+xml; charset=cp1253")
    source.visit()
    source.server.serve(rss(Item("one", title="Caf\u00e9")).encode("cp1252"),
                        content_type="application/rss+xml; charset=cp1252")
    assert source.visit() == "0 new, 1 updated, 0 unchanged"


FAILURES = [
    (404, "There is nothing at this address."),
    (401, "The feed wants a password."),
    (500, "The server answers with the error 500."),
    (410, "The feed has been given up for good, says its server."),
]


@pytest.mark.parametrize(("status", "sentence"), FAILURES)
def test_a_failure_is_told_at_the_desk(status: int, sentence: str, source: Source,
                                       editor: Visitor) -> None:
    source.server.serve("", status=status)
    assert source.visit() == f"failed: {sentence}"
    assert sentence in editor.get("/desk/feeds/").words


def test_a_failing_feed_is_asked_less_and_less_and_never_forgotten(source: Source) -> None:
    source.server.serve("", status=500)
    pauses = []
    for _ in range(12):
        source.visit()
        pauses.append(source.feed.next_visit_at - source.time.now())
    assert [about(pause) for pause in pauses[:3]] == ["1 hour", "2 hours", "4 hours"]
    assert pauses == sorted(pauses)
    assert about(pauses[-1]) == "7 days"
    source.says(ONE)
    assert about(source.feed.next_visit_at - source.time.now()) == "1 hour"
    assert source.feed.health == "Well: 1 new, 0 updated, 0 unchanged at the last visit."


@pytest.mark.parametrize(("headers", "status", "pause"), [
    ({"Retry-After": "86400"}, 429, "1 day"),
    ({"Retry-After": "60"}, 503, "1 hour"),
    ({"Retry-After": "99999999"}, 503, "7 days"),
    ({}, 410, "30 days"),
])
def test_a_feed_is_left_alone_for_as_long_as_it_asks(headers: dict[str, str], status: int,
                                                     pause: str, source: Source) -> None:
    source.server.serve("", status=status, headers=headers)
    source.visit()
    assert about(source.feed.next_visit_at - source.time.now()) == pause


def about(pause: timedelta) -> str:
    """The pause that was planned: what really follows is up to a tenth longer."""
    for planned in (timedelta(minutes=15), *(timedelta(hours=2**number) for number in range(5)),
                    timedelta(days=1), timedelta(days=7), timedelta(days=30)):
        if planned <= pause <= planned * (1 + SPREAD):
            return spell(planned)
    return str(pause)


def test_a_failure_keeps_what_was_known(source: Source) -> None:
    source.says(ONE)
    source.server.serve("", status=500)
    source.visit()
    assert (source.feed.title, len(source.entries())) == ("The Second Shelf", 1)


@pytest.mark.parametrize("place", ["http://127.0.0.2/", "http://localhost./", "http://[::1]/",
                                   "http://169.254.169.254/latest/meta-data/", "http://0/",
                                   "http://2130706434/", "http://10.0.0.1/", "file:///etc/passwd"])
def test_a_redirect_into_our_own_network_is_refused(place: str, source: Source) -> None:
    source.server.redirect(place, "/feed.xml", status=301)
    told = source.visit()
    assert told.startswith("failed: ")
    assert told.endswith(".")
    assert source.feed.url.endswith("/feed.xml")


def test_a_feed_on_loopback_that_nobody_allowed_is_refused(
    session: Session, feed_server: FeedServer, time: FakeClock,
) -> None:
    feed_server.serve(rss(ONE))
    feed, _new = actions.add(session, feed_server.url(), now=NOON)
    visit = actions.visit(session, feed, Asking("Us", Allow.parse("")), now=NOON)
    assert visit.failure
    assert feed_server.count() == 0


def test_a_redirect_that_holds_is_followed_but_the_address_stays(source: Source) -> None:
    there = source.server.serve(rss(ONE), "/new.xml")
    for status in (301, 302, 308):
        source.server.redirect(there, "/feed.xml", status=status)
        assert "1 new" in source.visit() or "1 unchanged" in source.visit()
    assert source.feed.url.endswith("/feed.xml")


def test_only_feeds_whose_time_has_come_are_visited_by_the_worker(
    app: Flask, source: Source, session: Session,
) -> None:
    source.serve(ONE)
    work = app.extensions["jobs"]
    work.run(actions.JOB)
    work.run(actions.JOB)
    assert source.server.count() == 1
    source.time.forward(hours=1.1)
    work.run(actions.JOB)
    assert source.server.count() == 2
    assert len(source.entries()) == 1


def test_a_feed_that_fails_keeps_no_other_from_its_visit(
    app: Flask, source: Source, session: Session, make: Maker,
) -> None:
    actions.add(session, source.server.redirect("http://10.0.0.1/", "/bad.xml"), now=NOON)
    actions.add(session, source.server.serve("\x00\x01", "/worse.xml"), now=NOON)
    source.serve(ONE)
    app.extensions["jobs"].run(actions.JOB)
    assert len(source.entries()) == 1


def slowly(app: Flask, address: str) -> tuple[threading.Thread, Session, list[Any]]:
    """A visit in a thread of its own, its session, and where its outcome will be."""
    outcome: list[Any] = []
    with app.app_context():
        session = for_writing(db.sessionmaker())

    def run() -> None:
        asking = Asking("Us", Allow.parse("127.0.0.1"), Limits(total=60))
        with session:
            feed, _new = actions.add(session, address, now=NOON)
            outcome.append(actions.visit(session, feed, asking, now=NOON))

    thread = threading.Thread(target=copy_context().run, args=(run,))
    thread.start()
    return thread, session, outcome


@pytest.mark.parametrize("verb", ["hang", "drip"])
def test_a_slow_server_keeps_nobody_from_writing(verb: str, app: Flask, feed_server: FeedServer,
                                                 make: Maker, visitor: Visitor) -> None:
    address = getattr(feed_server, verb)(f"/{verb}")
    thread, session, outcome = slowly(app, address)
    try:
        while not feed_server.count(f"/{verb}"):
            thread.join(0.01)
            assert thread.is_alive()
        assert not session.in_transaction()
        post = make.post("Meanwhile")
        visitor.get("/posts/meanwhile")
        make.session.delete(make.session.get_one(type(post), post.id))
        make.session.commit()
        assert outcome == [], "all of this happened while the server was still at it"
    finally:
        feed_server.finished.set()
        thread.join()
    assert outcome[0].tally is None


def test_a_server_without_end_is_given_up_in_a_sentence(session: Session,
                                                        feed_server: FeedServer) -> None:
    feed, _new = actions.add(session, feed_server.hang(), now=NOON)
    asking = Asking("Us", feed_server.allow, Limits(total=0.2))
    visit = actions.visit(session, feed, asking, now=NOON)
    assert visit.tally is None
    assert visit.failure.endswith(".")
    assert session.get_one(Feed, feed.id).failures == 1


def test_two_visits_at_once_make_no_entry_twice(app: Flask, source: Source) -> None:
    source.serve(*(Item(f"item{number}") for number in range(5)))
    source.session.commit()
    threads = [slowly(app, source.feed.url) for _ in range(3)]
    for thread, _session, _outcome in threads:
        thread.join()
    assert sorted(outcome[0].tally.new for _t, _s, outcome in threads) == [0, 0, 5]
    assert len(source.entries()) == 5


def test_a_feed_that_breaks_off_in_an_item_brings_the_others_and_is_told_as_broken(
        source: Source) -> None:
    whole = rss(Item("one"), Item("two"))
    source.server.serve(whole[:whole.index("The text of two") - 60], headers={"ETag": '"half"'})
    said = source.visit()
    assert said.startswith("1 new, 0 updated, 0 unchanged. The feed is cut off or broken:")
    assert [each.title for each in source.entries()] == ["One"]
    feed = source.feed
    assert (feed.failures, feed.etag, feed.health.split(":")[0]) == (
        1, None, "The feed is cut off or broken")
    source.server.serve(whole)
    assert source.visit() == "1 new, 0 updated, 1 unchanged"
    assert (feed.failures, feed.health[:5]) == (0, "Well:")
