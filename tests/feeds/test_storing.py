"""What a visit leaves behind: items, entries, cards on the desk, and what it never touches."""

import threading
from contextvars import copy_context
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.database import db, for_writing
from app.desk.models import ItemState, ReviewItem, Verb
from app.entries import queries as entries_queries
from app.entries import wording
from app.entries.models import Discussion, Entry, EntryState, Origin
from app.entries.wording import Words
from app.feeds.models import Feed, Indexing, Policy, Show, Trust
from app.feeds.parsing import parse
from app.feeds.staging import stage
from app.feeds.storing import take
from app.people.models import Person
from tests.counting import statements
from tests.feeds.asking import Source, source_at
from tests.feeds.documents import Item, rss
from tests.feeds.feed_server import FeedServer
from tests.making import Maker
from tests.visiting import Visitor

ONE, TWO = Item("one"), Item("two", date="Sun, 03 May 2026 09:00:00 GMT")


def test_new_items_wait_at_the_desk_oldest_first(source: Source, editor: Visitor) -> None:
    assert source.says(TWO, ONE) == "2 new, 0 updated, 0 unchanged"
    assert [each.title for each in source.entries()] == ["One", "Two"]
    assert {each.state for each in source.entries()} == {EntryState.WAITING}
    words = editor.get("/desk/").words
    for told in ("One", "Two", "The text of one.", "New in the feed of The Second Shelf.",
                 "dated 2 May 2026", "https://second.example/one"):
        assert told in words


def test_a_second_visit_with_the_same_items_changes_nothing(source: Source) -> None:
    source.says(ONE, TWO)
    assert source.visit() == "0 new, 0 updated, 2 unchanged"
    assert len(source.entries()) == 2


def test_an_entry_carries_its_source(source: Source, make: Maker) -> None:
    source.says(Item("one", author="Ida Shelf"))
    assert source.card().person == "Ida Shelf"
    make.decision(source.card(), Verb.APPROVE)
    entry = source.entries()[0]
    assert entry.origin is Origin.FEED
    assert entry.canonical_url == "https://second.example/one"
    assert entry.source_name == "The Second Shelf"
    assert str(entry.source_published_at) == "2026-05-02 09:00:00+00:00"
    assert [each.name for each in entry.byline] == ["Ida Shelf"]
    assert [link["url"] for link in entry.byline[0].links] == ["https://second.example/"]


def test_a_change_at_the_source_reaches_what_nobody_has_touched(source: Source,
                                                                editor: Visitor) -> None:
    source.says(ONE)
    assert source.says(Item("one", title="Better", text="<p>Rewritten.</p>")) == (
        "0 new, 1 updated, 0 unchanged")
    entry = source.entries()[0]
    assert (entry.title, entry.html.strip(), entry.version) == ("Better", "<p>Rewritten.</p>", 2)
    assert "Rewritten." in editor.get("/desk/?q=rewritten").words


def test_a_change_at_the_source_never_overwrites_an_editors_work(source: Source,
                                                                 editor: Visitor) -> None:
    source.says(ONE)
    entry = source.entries()[0]
    editor.post(f"/desk/posts/{entry.id}", {"title": "Edited", "source": "<p>Ours.</p>",
                                            "version": "1", "discussion": "auto"})
    source.says(Item("one", title="Better", text="<p>Rewritten.</p>"))
    entry = source.entries()[0]
    assert (entry.title, entry.html.strip()) == ("Edited", "<p>Ours.</p>")
    assert "Rewritten." in source.stored()[0].original, "kept as it is now at the source"


def test_a_published_copy_that_nobody_has_touched_follows_its_source_and_keeps_the_old_words(
    source: Source, make: Maker, session: Session, visitor: Visitor,
) -> None:
    source.says(ONE)
    make.decision(source.card(), Verb.APPROVE)
    published_at = source.entries()[0].published_at
    source.says(Item("one", text="<p>Rewritten.</p>"))
    entry = source.entries()[0]
    assert (entry.published_at, entry.updated_at) == (published_at, source.time.now())
    assert "Rewritten." in visitor.get("/posts/one").words
    before = session.scalars(entries_queries.revisions(entry)).one()
    assert "The text of one." in before.source
    assert before.saved_by == "the feed of The Second Shelf"


@pytest.mark.parametrize("verb", [Verb.REJECT, Verb.SPAM])
def test_what_was_refused_stays_refused_whatever_its_source_does(
    verb: Verb, source: Source, make: Maker, session: Session,
) -> None:
    source.says(ONE)
    make.decision(source.card(), verb)
    for text in ("<p>Rewritten.</p>", "<p>And again.</p>"):
        source.says(Item("one", text=text))
    assert [(each.title, each.state) for each in source.entries()] == [("One", EntryState.REMOVED)]
    assert source.card().state is ItemState.DECIDED
    assert session.scalar(sa.select(sa.func.count()).select_from(ReviewItem)) == 1


def test_a_refusal_taken_back_offers_the_words_of_today(source: Source, make: Maker,
                                                        editor: Visitor) -> None:
    source.says(ONE)
    refused = make.decision(source.card(), Verb.REJECT)
    source.says(Item("one", title="Better", text="<p>Rewritten.</p>"))
    editor.post(f"/desk/decisions/{refused.id}/undo")
    assert [(each.title, each.state) for each in source.entries()] == [
        ("Better", EntryState.WAITING)]
    assert "Rewritten." in editor.get("/desk/").words


def test_who_has_the_old_words_before_them_cannot_approve_the_new_ones_unseen(
    source: Source, editor: Visitor,
) -> None:
    source.says(ONE)
    card, seen = source.card(), source.card().waiting_since
    source.says(Item("one", text="<p>Something else entirely.</p>"))
    editor.post(f"/desk/items/{card.id}/approval", {"seen": seen.isoformat()}, 409)
    assert source.entries()[0].state is EntryState.WAITING
    editor.post(f"/desk/items/{card.id}/approval",
                {"seen": source.card().waiting_since.isoformat()})


def test_an_item_with_another_address_published_and_polled_again_makes_no_second_draft(
    source: Source, editor: Visitor, visitor: Visitor, make: Maker,
) -> None:
    source.says(ONE, TWO)
    entry = source.entries()[0]
    editor.post(f"/desk/posts/{entry.id}", {
        "title": "Our title", "source": "<p>Ours.</p>", "slug": "our-own-address", "version": "1",
        "discussion": "auto"})
    editor.post(f"/desk/items/{source.card().id}/approval")
    for text in ("<p>The text of one.</p><p>And more.</p>", "<p>Changed there.</p>"):
        source.says(Item("one", text=text), TWO)
    assert [each.title for each in source.entries()] == ["Our title", "Two"]
    assert "Ours." in visitor.get("/posts/our-own-address").words
    visitor.get("/posts/one", status=404)


def test_a_permalink_that_moved_and_then_a_guid_that_changed_is_still_one_item(
    source: Source,
) -> None:
    moved = "https://second.example/2026/one"
    source.says(Item("one", guid="a"))
    source.says(Item("one", guid="a", link=moved))
    assert source.says(Item("one", guid="b", link=moved)) == "0 new, 0 updated, 1 unchanged"
    assert [(each.guid, each.link) for each in source.stored()] == [("a", moved)]
    assert len(source.entries()) == 1


def test_a_permalink_moves_with_a_changed_text_too(source: Source) -> None:
    source.says(Item("one", guid="a"))
    source.says(Item("one", guid="a", link="https://second.example/new", text="<p>New.</p>"))
    assert [(each.guid, each.link) for each in source.stored()] == [
        ("a", "https://second.example/new")]


def test_ten_items_with_one_guid_are_ten_entries_once(source: Source) -> None:
    items = [Item(f"item{number}", guid="same") for number in range(10)]
    assert source.says(*items) == "10 new, 0 updated, 0 unchanged"
    assert source.says(*items) == "0 new, 0 updated, 10 unchanged"
    assert source.says(items[3]) == "0 new, 0 updated, 1 unchanged"
    assert len(source.entries()) == 10


@pytest.mark.parametrize("date", ["", "Fri, 01 Jan 2100 00:00:00 GMT", "yesterday",
                                  "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_date_that_cannot_be_is_the_day_it_was_seen(date: str, source: Source,
                                                      make: Maker, visitor: Visitor) -> None:
    source.says(Item("one", date=date))
    assert str(source.entries()[0].source_published_at)[:10] == "2026-05-04"
    make.decision(source.card(), Verb.APPROVE)
    source.says(Item("one", date="Sun, 03 May 2026 09:00:00 GMT"))
    make.post("Later post")
    words = visitor.get("/posts/").words
    assert words.index("Later post") < words.index("One"), "nothing jumps to the top twice"


def test_a_feed_that_publishes_at_once_does(app: Flask, session: Session, time: Any,
                                            feed_server: FeedServer, visitor: Visitor,
                                            editor: Visitor) -> None:
    source = source_at(app, session, feed_server, time, policy=Policy.PUBLISH)
    source.says(ONE)
    assert "The text of one." in visitor.get("/posts/one").words
    assert source.entries()[0].published_at == time.now(), "the moment it went public here"
    assert session.scalar(sa.select(sa.func.count()).select_from(ReviewItem)) == 0
    session.commit()
    source.says(Item("one", text="<p>Changed there.</p>"))
    assert "Changed there." in visitor.get("/posts/one").words


SHOWN = [
    (Show.FULL, ["The text of one.", "And more."], []),
    (Show.EXCERPT, ["The text of one. And more."], ["<p>And more.</p>"]),
    (Show.LINK, ["Read it where it was first published."], ["The text of one."]),
]


@pytest.mark.parametrize(("show", "there", "missing"), SHOWN)
def test_readers_get_as_much_as_was_agreed(
    show: Show, there: list[str], missing: list[str], app: Flask, session: Session, time: Any,
    feed_server: FeedServer, visitor: Visitor,
) -> None:
    source = source_at(app, session, feed_server, time, policy=Policy.PUBLISH, show=show)
    source.says(ONE)
    page = visitor.get("/posts/one")
    body = page.text.split('class="entry-body')[1].split("</div>")[0]
    assert all(each in " ".join(body.split()) for each in there)
    assert not any(each in body for each in missing)
    assert "First published at The Second Shelf" in page.words


def test_an_excerpt_is_short_and_ends_at_a_word(app: Flask, session: Session, time: Any,
                                                feed_server: FeedServer) -> None:
    source = source_at(app, session, feed_server, time, show=Show.EXCERPT)
    source.says(Item("one", text=f"<p>{'wordy ' * 500}</p>"))
    html = source.entries()[0].html
    assert len(html) < 750
    assert html.strip().endswith("wordy…</p>")


def test_a_feed_with_an_author_is_all_theirs(app: Flask, session: Session, time: Any, make: Maker,
                                             feed_server: FeedServer) -> None:
    ada = make.person("Ada Penn")
    source = source_at(app, session, feed_server, time, author=ada)
    source.says(Item("one", author="admin"), Item("two", author=""))
    assert [each.byline for each in source.entries()] == [[ada], [ada]]


def test_a_namesake_never_gets_the_byline_of_somebody_of_the_house(
    source: Source, make: Maker, session: Session, visitor: Visitor,
) -> None:
    ada = make.person("Ada Penn")
    make.post("Ours", author=ada)
    source.says(Item("one", author="Ada Penn"), Item("two", author="Ada Penn"))
    for number in range(2):
        make.decision(source.card(number), Verb.APPROVE)
    writers = {each.byline[0].id for each in source.entries() if each.origin is Origin.FEED}
    assert len(writers) == 1, "but in one feed one name is one person"
    assert ada.id not in writers
    assert "One" not in visitor.get("/people/ada-penn").words
    assert "One" in visitor.get("/people/ada-penn-2").words
    assert "ada.example" not in visitor.get("/posts/one").text


def test_a_namesake_in_another_feed_is_another_person(source: Source, session: Session,
                                                      make: Maker) -> None:
    other = source_at(source.app, session, source.server, source.time, "/other.xml")
    source.says(Item("one", author="Ida"))
    source.server.serve(rss(Item("two", author="Ida"), title="Another"), "/other.xml")
    other.visit()
    for number in range(2):
        make.decision(source.card(number), Verb.APPROVE)
    assert session.scalar(sa.select(sa.func.count()).select_from(Person)
                          .where(Person.name == "Ida")) == 2


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def test_nothing_hostile_in_a_feed_reaches_any_page(source: Source, editor: Visitor,
                                                    visitor: Visitor, make: Maker) -> None:
    source.says(
        Item("one", title=f"A {HOSTILE} & <b data-hx-get='/x'>title</b>", author=f"Eve {HOSTILE}",
             link="https://second.example/?a=<script>&b='\"",
             text=f"<p onclick='x'>Words{HOSTILE}</p><iframe src='https://evil.example'></iframe>"
                  "<a href='javascript:alert(3)'>x</a><div data-hx-get='/desk/' hx-get='/desk/'"
                  " class='toast' id='main' style='position:fixed'>y</div><svg onload=alert(4)>"),
        title=f"Shelf {HOSTILE}", description=f"All of it {HOSTILE}",
        site="javascript:alert(5)")
    pages = [editor.get("/desk/"), editor.get("/desk/feeds/"),
             editor.get(f"/desk/items/{source.card().id}")]
    make.decision(source.card(), Verb.APPROVE)
    entry = source.entries()[0]
    pages += [visitor.get(path) for path in (entry.path, "/", "/posts/", "/people/",
                                             entry.byline[0].path)]
    pages += [editor.get("/desk/log"), editor.get(f"/desk/posts/{entry.id}")]
    for page in pages:
        for tag, attributes in page.elements:
            assert tag not in {"iframe", "svg", "style"}
            assert tag != "script" or "src" in attributes
            assert not {"onerror", "onclick", "onload", "data-hx-get"} & attributes.keys()
            assert attributes.get("hx-get", "") == ""
            assert not attributes.get("href", "").startswith("javascript:")
    body = pages[3].text.split('class="entry-body')[1].split("</div>")[0]
    assert "class=" not in body.split(">", 1)[1]
    for path in ("/feed.xml", "/feed.atom", "/feed.json"):
        assert "alert(1)</script>" not in visitor.client.get(path).text.replace(
            "&lt;script&gt;", "")


def test_an_item_without_title_or_text_still_has_both_words_and_a_page(
    source: Source, make: Maker, visitor: Visitor,
) -> None:
    source.serve()
    source.server.serve("<rss version='2.0'><channel><title>Bare</title>"
                        "<item><description>Only these words stand here.</description></item>"
                        "<item><link>https://second.example/naked</link></item>"
                        "</channel></rss>")
    assert source.visit() == "2 new, 0 updated, 0 unchanged"
    titles = sorted(each.title for each in source.entries())
    assert titles == ["Only these words stand here.", "Untitled"]
    for number in (0, 1):
        make.decision(source.card(number), Verb.APPROVE)
    for entry in source.entries():
        visitor.get(entry.path)


def test_a_feed_without_a_name_is_called_by_its_address(source: Source, editor: Visitor) -> None:
    source.says(ONE, title="")
    assert source.feed.url in editor.get("/desk/feeds/").words
    assert source.card().person == source.feed.url


def test_the_summary_is_not_shown_twice(source: Source) -> None:
    source.says(ONE)
    assert source.entries()[0].standfirst == ""


def test_an_undone_approval_waits_under_the_same_item_and_is_not_drafted_again(
    source: Source, make: Maker, session: Session, editor: Visitor, visitor: Visitor,
) -> None:
    source.says(ONE)
    card = source.card()
    decision = make.decision(card, Verb.APPROVE)
    guid = source.entries()[0].guid
    editor.post(f"/desk/decisions/{decision.id}/undo")
    visitor.get("/posts/one", status=404)
    source.visit()
    assert (source.card().id, source.card().state) == (card.id, ItemState.WAITING)
    editor.post(f"/desk/items/{card.id}/approval")
    visitor.get("/posts/one")
    assert [each.guid for each in source.entries()] == [guid]


def test_a_copy_that_was_given_its_imported_words_back_counts_as_untouched(
    source: Source, session: Session,
) -> None:
    source.says(ONE)
    entry = source.entries()[0]
    first = Words(entry.title, entry.standfirst, entry.source)
    wording.write(session, entry, Words("Edited", "", "<p>x</p>"), by="Ada", now=source.time.now())
    wording.write(session, entry, first, by="Ada", now=source.time.now())
    session.commit()
    source.says(Item("one", text="<p>Changed there.</p>"))
    assert "Changed there." in source.entries()[0].html


COSMETIC = [
    "<p class='x93af'>The text of one.</p>\n\n<p>And more.</p>",
    "<!-- made 12:31:07 --><p>The text of one.</p><p>And more.</p><p>17 shares</p>",
    "<p>The text  of one.</p><p>And more.</p><img src='https://p.example/9' width='1' height='1'>",
]


@pytest.mark.parametrize("text", COSMETIC)
def test_a_change_that_nobody_can_read_is_no_change(text: str, source: Source) -> None:
    source.says(ONE)
    before = source.entries()[0]
    assert source.says(Item("one", text=text)) == "0 new, 0 updated, 1 unchanged"
    assert (source.entries()[0].version, source.entries()[0].updated_at) == (1, before.updated_at)


def test_what_only_follows_visitors_is_no_part_of_a_link(source: Source) -> None:
    source.says(Item("one", link="https://second.example/one?utm_source=rss&id=3"))
    assert source.entries()[0].canonical_url == "https://second.example/one?id=3"
    assert source.says(Item("one", link="https://second.example/one?utm_source=x&id=3")) == (
        "0 new, 0 updated, 1 unchanged")


def test_guids_that_change_at_every_visit_import_nothing_twice_and_are_told(
    source: Source,
) -> None:
    for visit in range(3):
        source.says(*(Item(f"item{number}", guid=f"{visit}-{number}") for number in range(4)))
    assert len(source.entries()) == 4
    source.session.refresh(source.feed)
    assert source.feed.trust is Trust.LINK
    assert source.feed.trust_why.startswith("It gives its items new guids")


def test_a_post_that_another_feed_has_brought_is_not_offered_again_and_that_is_told(
    source: Source, make: Maker, editor: Visitor,
) -> None:
    source.says(ONE)
    other = source_at(source.app, source.session, source.server, source.time, "/planet.xml")
    copy = Item("one", guid="planet:1", link="http://second.example/one/?utm_source=planet")
    source.server.serve(rss(copy, Item("two"), title="The Planet"), "/planet.xml")
    assert other.visit() == "1 new, 0 updated, 0 unchanged, 1 here already from another feed"
    assert [each.title for each in source.entries()] == ["One", "Two"]
    assert "It also came in the feed of The Planet." in editor.get("/desk/").words
    make.decision(source.card(), Verb.REJECT)
    for text in ("", "<p>Changed on the planet.</p>"):
        source.server.serve(rss(replace(copy, text=text), title="The Planet"), "/planet.xml")
        other.visit()
    assert [each.state for each in source.entries()] == [EntryState.REMOVED, EntryState.WAITING]


def test_the_deal_decides_what_an_entry_is_made_of(source: Source, session: Session, make: Maker,
                                                   editor: Visitor, visitor: Visitor) -> None:
    topic = make.post("Ours", topics=("Running things",)).topics[0]
    source.feed.topics, source.feed.discussion = [topic], Discussion.CLOSED
    source.feed.indexing = Indexing.NOINDEX
    session.commit()
    source.says(ONE)
    make.decision(source.card(), Verb.APPROVE)
    entry = source.entries()[1]
    assert (entry.topics, entry.comments_open) == ([topic], False)
    page = visitor.get(entry.path)
    assert {"name": "robots", "content": "noindex"} in page.all("meta")
    assert {"rel": "canonical", "href": "https://second.example/one"} in page.all("link")
    for path in ("/feed.xml", "/feed.atom", "/feed.json", "/sitemap.xml",
                 "/topics/running-things/feed.xml"):
        text = visitor.client.get(path).text
        assert entry.path not in text
        assert "/posts/ours" in text
    assert "One" in visitor.get("/posts/").words
    assert not [each for each in visitor.get("/posts/ours").all("meta")
                if each.get("name") == "robots"]


@pytest.mark.parametrize("show", [Show.EXCERPT, Show.LINK])
def test_what_is_shown_in_part_is_kept_in_full(show: Show, app: Flask, session: Session, time: Any,
                                               feed_server: FeedServer) -> None:
    source = source_at(app, session, feed_server, time, show=show)
    source.says(ONE)
    item = source.stored()[0]
    assert item.imported_html == "<p>The text of one.</p><p>And more.</p>"
    assert item.imported_html != source.entries()[0].html


def test_a_name_that_nobody_knows_waits_even_where_all_is_published(
    app: Flask, session: Session, time: Any, feed_server: FeedServer, editor: Visitor,
    visitor: Visitor,
) -> None:
    source = source_at(app, session, feed_server, time, policy=Policy.PUBLISH)
    source.says(Item("two", author="Somebody Known"))
    source.says(Item("one", author="Ida"), Item("two", author="Somebody Known"))
    assert [each.state for each in source.entries()] == [EntryState.PUBLISHED, EntryState.WAITING]
    page = editor.get("/desk/")
    assert "Nobody here has said who “Ida” is." in page.words
    editor.post(f"/desk/items/{source.card(1).id}/approval")
    assert "By Ida" in visitor.get("/posts/one").words


def test_addresses_stay_apart_however_many_come_at_once(app: Flask, session: Session, time: Any,
                                                        feed_server: FeedServer, make: Maker,
                                                        visitor: Visitor) -> None:
    make.post("Notes")
    source = source_at(app, session, feed_server, time, policy=Policy.PUBLISH)
    source.says(*(Item(f"item{number}", title="Notes") for number in range(3)))
    assert [each.slug for each in source.entries()] == ["notes", "notes-2", "notes-3", "notes-4"]
    source.says(Item("late", title="Notes"))
    assert source.entries()[-1].slug == "notes-5"


@pytest.mark.parametrize("policy", list(Policy))
def test_a_visit_costs_as_many_statements_for_forty_items_as_for_two(
    policy: Policy, app: Flask, session: Session, time: Any, feed_server: FeedServer,
) -> None:
    costs: dict[int, list[list[str]]] = {2: [], 40: []}
    for number, cost in costs.items():
        path = f"/{number}.xml"
        source = source_at(app, session, feed_server, time, path, policy=policy)
        for text in ("", "<p>Changed.</p>"):
            items = [Item(f"n{number}-{each}", author=f"Ida {number}",
                          text=text and f"{text}{each}")
                     for each in range(number)]
            for visit in range(2):
                # The very same document would not be read at all.
                feed_server.serve(rss(*items, description=f"{text}{visit}"), path)
                session.expire_all()
                with statements(app) as seen:
                    source.visit()
                cost.append(seen)
    two, forty = ([sorted(kind(each) for each in seen) for seen in cost]
                  for cost in costs.values())
    assert two == forty
    unchanged = " ".join(costs[40][1])
    assert unchanged.count("content_hash") == 2, "names of all, and more of those that are sought"
    for text in ("feed_items.original", "html", "INSERT INTO feed_items", "UPDATE feed_items"):
        assert text not in unchanged


def kind(statement: str) -> str:
    """A statement without its values, of which there are as many as items."""
    return " ".join(statement.split())[:60]


def test_two_visits_at_once_that_both_saw_the_feed_as_new_make_no_entry_twice(
    source: Source, session: Session,
) -> None:
    parsed = parse(rss(ONE, TWO).encode(), content_type="text/xml", url=source.feed.url)
    for _ in range(2):
        take(session, source.feed, parsed, now=source.time.now())
    session.commit()
    assert len(source.entries()) == 2


def test_what_was_staged_counts_only_while_nothing_has_changed(source: Source) -> None:
    first, second = (parse(rss(*items).encode(), content_type="", url="") for items in (
        [ONE], [replace(ONE, title="Other"), TWO]))
    now = source.time.now()
    staged = stage(source.session, source.feed, second, now=now)
    take(source.session, source.feed, first, now=now)
    source.session.commit()
    tally = take(source.session, source.feed, second, now=now, staged=staged)
    source.session.commit()
    assert str(tally) == "1 new, 1 updated, 0 unchanged"
    staged = stage(source.session, source.feed, first, now=now)
    assert str(take(source.session, source.feed, first, now=now, staged=staged)) == (
        "0 new, 1 updated, 0 unchanged")
    source.session.commit()
    assert [each.title for each in source.entries()] == ["One", "Two"]


def test_a_large_feed_is_cleaned_before_anybody_has_to_wait_for_it(source: Source,
                                                                   app: Flask) -> None:
    long = "<p>" + "A sentence with several words. " * 1000 + "</p>"
    items = [Item(f"i{number}", text=f"{long}{number}") for number in range(12)]
    with statements(app) as seen:
        assert source.says(*items) == "12 new, 0 updated, 0 unchanged"
    reading = next(number for number, each in enumerate(seen) if "content_hash" in each)
    # Only SQLite says by its BEGIN whether a transaction will write.
    assert [each for each in seen[:reading] if each.startswith("BEGIN")][-1:] in ([], ["BEGIN"])
    assert len(source.entries()) == 12


def test_of_two_feeds_that_bring_one_post_at_the_same_moment_one_is_offered(
    app: Flask, session: Session, feed_server: FeedServer, time: Any,
) -> None:
    first, second = (source_at(app, session, feed_server, time, path).feed.id
                     for path in ("/a.xml", "/b.xml"))
    parsed = parse(rss(ONE).encode(), content_type="text/xml", url="")

    def bring() -> None:
        with app.app_context(), for_writing(db.sessionmaker()) as other:
            take(other, other.get_one(Feed, second), parsed, now=time.now())
            other.commit()

    take(session, session.get_one(Feed, first), parsed, now=time.now())
    meanwhile = threading.Thread(target=copy_context().run, args=(bring,))
    meanwhile.start()
    meanwhile.join(0.2)
    session.commit()
    meanwhile.join()
    assert session.scalar(sa.select(sa.func.count()).select_from(Entry)) == 1
