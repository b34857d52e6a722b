"""`lectern feed`, as whoever runs the site types it."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.feeds.models import Feed, Policy, Show
from tests.commanding import Run
from tests.feeds.documents import Item, rss
from tests.feeds.feed_server import FeedServer
from tests.making import Maker

ONE, TWO = Item("one"), Item("two")


def feed(session: Session) -> Feed:
    session.expire_all()
    found = session.scalars(sa.select(Feed)).one()
    session.commit()
    return found


def test_adding_stores_and_asks(run: Run, feed_server: FeedServer, session: Session) -> None:
    address = feed_server.serve(rss(ONE, TWO))
    result = run("feed", "add", address)
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        f"{address} is stored.", f"{address} 2 new, 0 updated, 0 unchanged"]


def test_a_feed_that_cannot_be_read_now_is_stored_and_the_failure_told(
    run: Run, feed_server: FeedServer, session: Session,
) -> None:
    address = feed_server.url("/not-there")
    result = run("feed", "add", address)
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        f"{address} is stored.", f"{address} failed: There is nothing at this address."]
    assert feed(session).url == address


def test_the_same_address_twice_is_one_feed(run: Run, feed_server: FeedServer,
                                            session: Session) -> None:
    address = feed_server.serve(rss(ONE))
    run("feed", "add", address)
    again = run("feed", "add", address, "--show", "link")
    assert again.output.splitlines()[0] == f"{address} is stored already."
    assert (feed(session).show, feed(session).policy) == (Show.LINK, Policy.HOLD)


def test_the_settings_are_kept(run: Run, feed_server: FeedServer, session: Session,
                               make: Maker) -> None:
    person = make.account(Role.GUEST, "ida@lectern.example").person
    run("feed", "add", feed_server.serve(rss(ONE)), "--policy", "publish", "--show", "excerpt",
        "--author", "Ida@Lectern.example")
    stored = feed(session)
    assert (stored.policy, stored.show, stored.author) == (Policy.PUBLISH, Show.EXCERPT, person)


def test_an_author_can_be_named_by_their_slug(run: Run, feed_server: FeedServer, session: Session,
                                              make: Maker) -> None:
    ada = make.person("Ada Penn")
    run("feed", "add", feed_server.serve(rss(ONE)), "--author", "ada-penn")
    assert feed(session).author is ada


@pytest.mark.parametrize("words", [
    ("feed", "add", "https://blog.example/", "--author", "nobody"),
    ("feed", "add", "https://blog.example/", "--author", "nobody@lectern.example"),
    ("feed", "add", "ftp://blog.example/"),
    ("feed", "add", "https://user:pw@blog.example/"),
    ("feed", "fetch"),
    ("feed", "fetch", "https://blog.example/", "--all"),
    ("feed", "fetch", "https://blog.example/"),
    ("feed", "fetch", "not an address"),
])
def test_a_mistake_is_one_sentence_and_exit_1(words: tuple[str, ...], run: Run,
                                              session: Session) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.strip().endswith(".")
    assert session.scalars(sa.select(Feed)).all() == []


@pytest.mark.parametrize("option", ["--policy", "--show"])
def test_a_setting_that_is_not_there_is_refused(option: str, run: Run) -> None:
    result = run("feed", "add", "https://blog.example/", option, "whatever")
    assert result.exit_code == 2
    assert "whatever" in result.stderr


def test_the_list_is_a_line_a_feed_with_its_whole_address_first(run: Run,
                                                                feed_server: FeedServer) -> None:
    good = feed_server.serve(rss(ONE), "/good.xml")
    bad = feed_server.url("/bad.xml?" + "x" * 300)
    run("feed", "add", good)
    run("feed", "add", bad)
    lines = run("feed", "list").output.splitlines()
    assert sorted(lines) == sorted([
        f"{good} The Second Shelf: Well: 1 new, 0 updated, 0 unchanged at the last visit.",
        f"{bad} (untitled): There is nothing at this address."])


def test_an_empty_list_is_no_error(run: Run) -> None:
    result = run("feed", "list")
    assert (result.exit_code, result.output) == (0, "")


def test_fetching_one_asks_whatever_the_next_visit_says(run: Run, feed_server: FeedServer) -> None:
    address = feed_server.serve(rss(ONE))
    run("feed", "add", address)
    feed_server.serve(rss(ONE, TWO))
    result = run("feed", "fetch", address)
    assert (result.exit_code, result.output) == (0, f"{address} 1 new, 0 updated, 1 unchanged\n")
    feed_server.serve(rss(Item("one", text="<p>Changed.</p>"), TWO))
    assert run("feed", "fetch", address).output == f"{address} 0 new, 1 updated, 1 unchanged\n"


def test_fetching_all_tells_each_and_a_failure_is_an_answer(run: Run,
                                                            feed_server: FeedServer) -> None:
    good = feed_server.serve(rss(ONE), "/good.xml")
    bad = feed_server.serve("<html><h1>Gone</h1></html>", "/bad.xml", content_type="text/html")
    run("feed", "add", good)
    run("feed", "add", bad)
    result = run("feed", "fetch", "--all")
    assert result.exit_code == 0
    assert sorted(result.output.splitlines()) == sorted([
        f"{good} 0 new, 0 updated, 1 unchanged",
        f"{bad} failed: This address answers with a web page, not a feed."])


def test_a_title_that_plays_with_the_terminal_is_one_plain_line(run: Run,
                                                                feed_server: FeedServer) -> None:
    address = feed_server.serve(rss(ONE, title="Red \x1b[31m\nand\u202e more"))
    run("feed", "add", address)
    lines = run("feed", "list").output.splitlines()
    assert len(lines) == 1
    assert "\x1b" not in lines[0]
    assert "\u202e" not in lines[0]
