"""Feeds that move: what is believed after how many sightings, and what is only proposed."""

from datetime import timedelta

import pytest

from app.feeds import actions
from app.feeds.polling import moving
from app.feeds.polling.moving import Move
from tests.conftest import NOON
from tests.feeds.asking import Source, source_at
from tests.feeds.documents import Item, rss

ONE = Item("one")
NEW, OTHER = "https://new.example/feed", "https://other.example/feed"

# What each visit saw, a visit every eleven hours, and whether the last one is believed.
SIGHTINGS = [
    ([NEW], False),
    ([NEW, NEW], False),
    ([NEW, NEW, NEW], False),
    ([NEW, NEW, NEW, NEW], True),
    ([NEW, NEW, OTHER, NEW, NEW], False),
    ([NEW, NEW, None, NEW, NEW], False),
    ([NEW, NEW, NEW, None], False),
    ([OTHER, NEW, NEW, NEW, NEW], True),
]


@pytest.mark.parametrize(("visits", "believed"), SIGHTINGS)
def test_a_move_is_believed_after_three_sightings_a_day_apart_in_all(
        visits: list[str | None], believed: bool) -> None:
    move, now = Move(), NOON
    for place in visits:
        now += timedelta(hours=11)
        move = move.seen(place, now)
    assert move.is_settled(now) is believed


def test_two_sightings_are_not_enough_however_far_apart() -> None:
    move = Move().seen(NEW, NOON).seen(NEW, NOON + timedelta(days=30))
    assert not move.is_settled(NOON + timedelta(days=30))


def days(source: Source, *statuses: int, place: str = "/new.xml") -> None:
    """A visit a day, sent on with each of these statuses."""
    for status in statuses:
        source.server.redirect(source.server.url(place), "/feed.xml", status=status)
        source.time.forward(hours=12)
        assert source.visit().endswith(" unchanged")


@pytest.mark.parametrize(("statuses", "moved"), [
    ((301, 301, 301), True), ((308, 301, 308), True), ((301, 301), False),
    ((302, 302, 302, 302), False), ((303, 303, 303), False), ((307, 307, 307), False),
    ((301, 301, 302, 301), False),
])
def test_only_permanent_redirects_change_the_address(statuses: tuple[int, ...], moved: bool,
                                                     source: Source) -> None:
    new = source.server.serve(rss(ONE), "/new.xml")
    old = source.feed.url
    days(source, *statuses)
    assert source.feed.url == (new if moved else old)
    assert ("from now on" in source.feed.health) is moved
    if moved:
        before = source.server.count("/feed.xml")
        source.visit()
        assert source.server.count("/feed.xml") == before


def test_a_chain_is_permanent_only_as_far_as_all_its_hops_are(source: Source) -> None:
    source.server.serve(rss(ONE), "/last.xml")
    source.server.redirect("/last.xml", "/middle.xml", status=302)
    days(source, 301, 301, 301, place="/middle.xml")
    assert source.feed.url == source.server.url("/middle.xml")


def test_a_move_is_also_seen_when_nothing_is_new_there(source: Source) -> None:
    new = source.server.serve(rss(ONE), "/new.xml", headers={"ETag": '"a"'})
    days(source, 301)
    source.server.serve("", "/new.xml", status=304)
    days(source, 301, 301)
    assert source.feed.url == new


def test_a_failure_on_the_way_does_not_begin_the_count_anew(source: Source) -> None:
    new = source.server.serve(rss(ONE), "/new.xml")
    days(source, 301, 301)
    source.server.serve("", status=500)
    source.visit()
    days(source, 301)
    assert source.feed.url == new


def test_an_address_that_another_feed_has_is_not_taken(source: Source) -> None:
    new = source.server.serve(rss(ONE, title="Theirs"), "/new.xml")
    actions.add(source.session, new, now=NOON)
    old = source.feed.url
    days(source, 301, 301, 301, 301)
    assert source.feed.url == old
    assert source.feed.health.endswith(
        f"It says that it moved to {new}, which is another feed here: {new}.")


def test_an_address_that_gives_up_https_is_not_taken(source: Source) -> None:
    feed = source.feed
    feed.url = "https://blog.example/feed"
    for day in range(4):
        told = moving.sighted(source.session, feed, "http://blog.example/feed",
                              NOON + timedelta(days=day))
    assert feed.url == "https://blog.example/feed"
    assert told.endswith("which is not taken: it gives up https.")


def test_410_retires_a_feed_which_is_still_looked_at_and_can_come_back(source: Source) -> None:
    source.server.serve("", status=410)
    source.visit()
    assert source.feed.retired_at
    assert source.feed.next_visit_why.endswith("we look once a month whether it is back.")
    assert source.says(ONE) == "1 new, 0 updated, 0 unchanged"
    assert source.feed.retired_at is None


def test_a_404_looks_for_a_new_feed_on_the_site_and_proposes_it(source: Source) -> None:
    source.says(ONE, site=source.server.url("/"))
    new = source.server.serve(rss(ONE), "/blog/rss")
    source.server.serve("<link rel=alternate type=application/rss+xml href=/blog/rss>", "/",
                        content_type="text/html")
    source.server.serve("", status=404)
    sentence = f"There is nothing at this address. Its site has another feed, at {new}."
    assert source.visit() == f"failed: {sentence}"
    assert (source.feed.proposed_url, source.feed.health) == (new, sentence)
    assert source.feed.url == source.server.url()
    source.visit()
    assert source.server.count("/") == 1, "what is proposed is not looked for again"


@pytest.mark.parametrize("place", ["/a/b/feed/", "/feed"])
def test_without_a_site_the_directory_and_the_root_of_the_host_are_looked_at(
        place: str, source: Source) -> None:
    feed = source_at(source.app, source.session, source.server, source.time, "/a/b/old.xml")
    new = source.server.serve(rss(ONE), place)
    feed.visit()
    assert feed.feed.proposed_url == new


def test_a_feed_of_comments_and_a_feed_we_have_are_not_proposed(source: Source) -> None:
    source.server.serve("", status=404)
    source.server.serve(rss(ONE, title="Comments on it"), "/feed/")
    source.visit()
    assert source.feed.proposed_url is None
    ours = source.server.serve(rss(Item("two")), "/feed/")
    actions.add(source.session, ours, now=NOON)
    for _ in range(2):
        source.visit()
    assert source.feed.proposed_url is None
    assert source.feed.health.endswith(f"which is another feed here: {ours}.")


def test_a_feed_that_is_back_needs_no_other_address(source: Source) -> None:
    source.server.serve("", status=404)
    source.server.serve(rss(ONE), "/feed/")
    source.visit()
    assert source.feed.proposed_url
    source.says(ONE)
    assert source.feed.proposed_url is None


def test_adopting_gives_the_feed_its_new_address_and_asks_there_anew(source: Source) -> None:
    source.server.serve(rss(ONE), headers={"ETag": '"old"'})
    source.visit()
    new = source.server.serve(rss(ONE), "/new.xml")
    source.server.serve("", status=404)
    source.visit()
    moving.adopt(source.session, source.feed, new, source.time.now())
    assert source.feed.next_visit_at == source.time.now()
    assert source.visit() == "0 new, 0 updated, 1 unchanged"
    assert "if-none-match" not in source.server.requests["/new.xml"][0]


def test_what_another_feed_has_cannot_be_adopted(source: Source) -> None:
    actions.add(source.session, NEW, now=NOON)
    with pytest.raises(moving.Taken, match=r"is another feed here already"):
        moving.adopt(source.session, source.feed, NEW, NOON)
    with pytest.raises(actions.BadAddress):
        moving.adopt(source.session, source.feed, "javascript:alert(1)", NOON)
