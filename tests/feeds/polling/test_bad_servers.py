"""What servers do to us, all in one round: each is told in a sentence, none stops another."""

import gzip
import socket
import time
import tracemalloc
from urllib.parse import urlsplit

import brotli
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.feeds import actions
from app.feeds.models import Feed
from app.feeds.polling.asking import Asking
from app.feeds.polling.models import FeedVisit
from app.fetch import Allow, Limits
from tests.conftest import NOON, FakeClock
from tests.feeds.asking import Source, source_at
from tests.feeds.documents import Item, rss
from tests.feeds.feed_server import FeedServer

BODY = rss(Item("one")).encode()
LIMITS = Limits(connect=5, total=2, size=1_000_000)
HEAD = b"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n"

TOO_LARGE = "What 127.0.0.1 sends is larger than 1 MB."
TOO_SLOW = "The server at 127.0.0.1 did not answer within 2 seconds."
NO_END = "127.0.0.1 sends us on without end."
NO_PUBLIC = "{host} does not lead to an address on the public internet."
ODD = "{host} is no usual way to write an address."
NOWHERE = "The server sends us on to no web address."
BROKEN_OFF = "The connection to 127.0.0.1 broke off."


with socket.create_server(("127.0.0.1", 0)) as _closed:
    NOBODY = _closed.getsockname()[1]


def bad_servers(server: FeedServer, other: FeedServer) -> dict[str, str]:
    """Addresses of all kinds of bad servers, and what is said of each."""
    server.redirect("/loop-b", "/loop-a")
    for number in range(7):
        server.redirect(f"/chain-{number + 1}", f"/chain-{number}")
    return {
        server.bomb(gzip.compress(bytes(30_000_000)), "gzip", "/gzip-bomb"): TOO_LARGE,
        server.bomb(brotli.compress(bytes(30_000_000), quality=1), "br", "/br-bomb"): TOO_LARGE,
        server.bomb(gzip.compress(gzip.compress(BODY)), "gzip, gzip", "/twice-packed"):
            "What 127.0.0.1 sends cannot be unpacked.",
        server.bomb(b"no gzip at all", "gzip", "/no-gzip"):
            "What 127.0.0.1 sends cannot be unpacked.",
        server.flood(): TOO_LARGE,
        server.drip("/drip-body"): TOO_SLOW,
        server.drip("/drip-headers", headers_only=True): TOO_SLOW,
        server.hang(): TOO_SLOW,
        server.redirect("/loop-a", "/loop-b"): NO_END,
        server.redirect("/itself", "/itself"): NO_END,
        server.redirect("/chain-0", "/chain"): NO_END,
        server.redirect("", "/no-place", status=301):
            "The server sends us on (status 301), but does not say where.",
        server.serve("", "/410", status=410):
            "The feed has been given up for good, says its server.",
        server.serve("", "/304", status=304):
            "The server says that nothing changed, though it was not asked that.",
        server.serve("", "/204", status=204): "The server answers with the status 204 and no feed.",
        server.serve("", "/429", status=429, headers={"Retry-After": "3600"}):
            "The server asks us to come less often.",
        server.serve("", "/503", status=503, headers={"Retry-After": "3600"}):
            "The server is not available at the moment.",
        server.serve("", "/500", status=500): "The server answers with the error 500.",
        server.break_off(BODY[:200], "/cut"): BROKEN_OFF,
        server.raw(HEAD + b"Content-Length: 120\r\n\r\n" + BODY, "/length-too-short"):
            "The feed is cut off or broken: it cannot be read past line 1.",
        server.raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n" + BODY, "/cut-chunk"):
            BROKEN_OFF,
        server.raw(b"", "/slammed"): BROKEN_OFF,
        server.raw(b"SSH-2.0-OpenSSH_9.2\r\n", "/ssh"): BROKEN_OFF,
        server.raw(b"HTTP/1.0 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", "/long-header"):
            BROKEN_OFF,
        server.raw(HEAD + b"X: y\r\n" * 200 + b"\r\n" + BODY, "/many-headers"): BROKEN_OFF,
        server.raw(HEAD + b"\r\n", "/nothing"): "This address answers with nothing at all.",
        server.url("/secure").replace("http:", "https:"):
            "No secure connection to 127.0.0.1 came about.",
        f"http://127.0.0.1:{NOBODY}/": "The server at 127.0.0.1 refuses the connection.",
        "http://nowhere.invalid/feed": "There is no server called nowhere.invalid.",
        **{server.redirect(place.format(port=other.port), f"/to-{number}"): sentence
           for number, (place, sentence) in enumerate(PLACES)},
    }


# Only the test's own server is allowed, by its port.
PLACES = [
    ("http://127.0.0.1:{port}/", NO_PUBLIC.format(host="127.0.0.1")),
    ("http://127.0.0.2/", NO_PUBLIC.format(host="127.0.0.2")),
    ("http://localhost:{port}/", NO_PUBLIC.format(host="localhost")),
    ("http://[::1]:{port}/", NO_PUBLIC.format(host="::1")),
    ("http://[::ffff:127.0.0.1]:{port}/", NO_PUBLIC.format(host="::ffff:7f00:1")),
    ("http://[::ffff:7f00:1]:{port}/", NO_PUBLIC.format(host="::ffff:7f00:1")),
    ("http://2130706433:{port}/", ODD.format(host="2130706433")),
    ("http://0x7f000001:{port}/", ODD.format(host="0x7f000001")),
    ("http://0177.0.0.1:{port}/", ODD.format(host="0177.0.0.1")),
    ("http://127.1:{port}/", ODD.format(host="127.1")),
    ("//0.0.0.0:{port}/", NO_PUBLIC.format(host="0.0.0.0")),
    ("http://169.254.169.254/latest/meta-data/", NO_PUBLIC.format(host="169.254.169.254")),
    ("http://[fe80::1]/", NO_PUBLIC.format(host="fe80::1")),
    ("http://[fe80::1%25eth0]/", NOWHERE),
    ("http://10.0.0.1/", NO_PUBLIC.format(host="10.0.0.1")),
    ("http://user@127.0.0.1:{port}/", NOWHERE),
    ("http://127.0.0.1:{port}\\@example.org/", NOWHERE),
    ("ftp://127.0.0.1/feed.xml", NOWHERE),
    ("file:///etc/passwd", NOWHERE),
    ("gopher://127.0.0.1:70/", NOWHERE),
    ("javascript:alert(1)", NOWHERE),
    ("data:text/xml,<rss/>", NOWHERE),
]


def resolve(host: str, port: int) -> list[str]:
    """A name server that knows the tests' own names."""
    if host == "localhost" or host.endswith(".example"):
        return ["127.0.0.1"]
    return []


@pytest.fixture
def other() -> FeedServer:
    """A server on loopback that nobody allowed."""
    server = FeedServer()
    server.serve(BODY, "/")
    return server


def test_each_bad_server_is_told_in_a_sentence_and_none_stops_another(
        session: Session, feed_server: FeedServer, other: FeedServer, time: FakeClock) -> None:
    told = bad_servers(feed_server, other)
    good = [feed_server.serve(BODY, f"/good-{number}") for number in range(3)]
    for url in (*good[:2], *told, good[2]):
        actions.add(session, url, now=NOON)
    asking = Asking("Us", Allow.parse(f"127.0.0.1:{feed_server.port},127.0.0.1:{NOBODY}"), LIMITS,
                    resolve)
    tracemalloc.start()
    try:
        count = actions.visit_due(session, asking, time.now)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        other.close()
    feeds = {feed.url: feed for feed in session.scalars(sa.select(Feed))}
    assert {url: feeds[url].health for url in told} == told
    assert all(feeds[url].health.startswith("Well: ") for url in good)
    assert count == len(told) + len(good)
    assert other.requests == {}
    assert most < 100_000_000, "sixteen at once, a megabyte each, and never what they grow to"
    # Each will be asked again, and it is said why then.
    assert all(feeds[url].next_visit_at > NOON and feeds[url].next_visit_why for url in told)
    session.commit()


def test_a_feed_in_thousands_of_pieces_over_a_slow_line_is_read_if_it_ends_in_time(
        source: Source) -> None:
    pieces = b"".join(b"%x\r\n%b\r\n" % (len(BODY[at:at + 3]), BODY[at:at + 3])
                      for at in range(0, len(BODY), 3))
    source.server.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces
                      + b"0\r\n\r\n", "/feed.xml")
    assert source.visit() == "1 new, 0 updated, 0 unchanged"


def test_a_feed_that_fails_every_other_time_stays_and_is_not_given_up(source: Source) -> None:
    for _ in range(3):
        source.server.serve("", status=500)
        assert source.visit() == "failed: The server answers with the error 500."
        assert source.feed.failures == 1
        source.serve(Item("one"))
        assert source.visit().endswith((" 0 unchanged", " 1 unchanged"))
        assert source.feed.failures == 0
    assert len(source.entries()) == 1


def test_a_302_leads_to_the_feed_and_a_301_to_a_broken_place_is_that_places_sentence(
        source: Source) -> None:
    there = source.server.serve(BODY, "/there.xml")
    source.server.redirect(there, "/feed.xml", status=302)
    assert source.visit() == "1 new, 0 updated, 0 unchanged"
    source.server.redirect("/nothing-here", "/feed.xml", status=301)
    assert source.visit().startswith("failed: There is nothing at this address.")
    assert source.feed.moved_to is None


@pytest.mark.parametrize("status", [429, 503])
def test_a_servers_wish_to_be_left_alone_counts_for_all_its_feeds(
        status: int, session: Session, feed_server: FeedServer, time: FakeClock) -> None:
    feed_server.serve("", "/busy", status=status, headers={"Retry-After": "7200"})
    feed_server.serve(BODY, "/good")
    asking = Asking("Us", Allow.parse("127.0.0.0/8"), LIMITS, resolve)

    def asked(**later: float) -> list[int]:
        time.forward(**later)
        actions.visit_due(session, asking, time.now)
        return [feed_server.count("/busy"), feed_server.count("/good")]

    for path, host in (("/busy", "one.example"), ("/good", "one.example"),
                       ("/good", "two.example")):
        actions.add(session, f"http://{host}:{feed_server.port}{path}", now=NOON)
    assert asked() == [1, 1], "the second of the first host waits for its turn"
    assert asked(minutes=10) == [1, 1], "and is then left alone with its neighbour"
    busy = session.scalars(sa.select(Feed).where(Feed.url.endswith("/busy"))).one()
    assert busy.next_visit_why == "Its server asks us to wait for 2 hours."
    session.commit()
    assert asked(minutes=112)[1] == 3, "two.example's second visit, and the neighbour's first"


def test_feeds_of_one_host_are_asked_one_after_another(
        session: Session, feed_server: FeedServer, time: FakeClock) -> None:
    asking = Asking("Us", Allow.parse("127.0.0.0/8"), LIMITS, resolve)
    for number in range(3):
        feed_server.serve(rss(), f"/{number}")
        actions.add(session, f"http://blog.example:{feed_server.port}/{number}", now=NOON)
    rounds = []
    for _ in range(3):
        actions.visit_due(session, asking, time.now)
        rounds.append([feed_server.count(f"/{number}") for number in range(3)])
        time.forward(seconds=2)
    assert [sum(each) for each in rounds] == [1, 2, 3]


def test_by_hand_every_feed_is_asked_whatever_its_next_visit_says(source: Source) -> None:
    source.server.serve("", status=503, headers={"Retry-After": "86400"})
    source.visit()
    second = source_at(source.app, source.session, source.server, source.time, "/second.xml")
    source.server.serve(BODY, "/second.xml")
    source.serve(Item("one"))
    started = time.monotonic()
    told = [str(each) for each in actions.visit_all(
        source.session, [source.feed, second.feed], source.app.extensions["asking"],
        source.time.now)]
    assert sorted(told)[-1] == "1 new, 0 updated, 0 unchanged"
    assert len(told) == 2
    assert time.monotonic() - started < 5
    hosts = {urlsplit(each.asked).hostname for each in source.session.scalars(
        sa.select(FeedVisit))}
    assert hosts == {"127.0.0.1"}
    source.session.commit()
