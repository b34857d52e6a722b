"""The page of one feed at the desk, and what can be done there."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.desk.models import Verb
from app.entries import filing, wording
from app.entries.models import Discussion, Entry
from app.feeds import actions
from app.feeds.deal import terms
from app.feeds.deal.models import ClaimState, FeedClaim, FeedName, Proof
from app.feeds.models import Feed, Indexing, Show
from app.feeds.polling.models import (
    FeedSubscription,
    FeedVisit,
    Occasion,
    Outcome,
    SubscriptionState,
)
from tests.conftest import NOON
from tests.counting import queries
from tests.feeds.asking import Source
from tests.feeds.documents import Item, rss
from tests.making import Maker
from tests.visiting import Visitor

LONG = "<p>" + "A sentence with several words. " * 60 + "The very end.</p>"
SETTINGS = {"policy": "hold", "show": "excerpt", "indexing": "canonical", "discussion": "auto",
            "topics": "", "author": ""}


def path(source: Source, rest: str = "") -> str:
    return f"/desk/feeds/{source.feed.id}{rest}"


def keep(source: Source, entry: Entry, **words: str) -> None:
    """What an editor's own hand does to an entry."""
    wording.write(source.session, entry, wording.Words(
        words.get("title", entry.title), entry.standfirst, words.get("text", entry.source)),
        by="Helen", now=source.time.now())
    source.session.commit()


def with_imports(source: Source) -> list[Entry]:
    """The entries, with their words kept as they were taken over."""
    for item in source.stored():
        assert item.entry
        item.imported_title, item.imported_standfirst = item.entry.title, item.entry.standfirst
        item.imported_html = LONG
    source.session.commit()
    return source.entries()


def test_a_visit_is_told_with_what_was_asked_what_came_and_when_we_come_again(
    source: Source, editor: Visitor, session: Session,
) -> None:
    source.says(Item("one"))
    session.add(FeedVisit(feed_id=source.feed.id, at=NOON, occasion=Occasion.HAND, status=200,
                          asked="The whole feed.", outcome=Outcome.READ, sentence="1 new.",
                          milliseconds=1234, size=20480, next_visit_at=NOON, next_visit_why="x"))
    source.feed.next_visit_why = "It writes about daily."
    source.feed.trust_why = "Two items had one id."
    session.commit()
    page = editor.get(path(source))
    for words in ("The Second Shelf", "The whole feed.", "By hand.", "Read 200", "1 new.", "20 kB",
                  "1,234 ms", "It writes about daily.", "The ids it gives them",
                  "Two items had one id.", "It has no hub, so we ask by ourselves."):
        assert words in page.words, words


@pytest.mark.parametrize(("facts", "words"), [
    ({"moved_to": "https://new.example/f", "moved_sightings": 2},
     "To https://new.example/f , seen 2 times."),
    ({"failures": 4, "broken_since": NOON}, "4 times in a row, since"),
    ({"retired_at": NOON, "failures": 1}, "Ask its author where they write now"),
    ({"claimed_at": NOON}, "Its author has claimed this feed"),
    ({"withdrawn_at": NOON, "paused_at": NOON}, "Taken down by its author"),
    ({"hub_url": "https://hub.example/"}, "we have not subscribed there"),
])
def test_what_is_unusual_about_a_feed_is_told(facts: dict[str, object], words: str, source: Source,
                                              editor: Visitor) -> None:
    for name, value in facts.items():
        setattr(source.feed, name, value)
    source.session.commit()
    assert words in editor.get(path(source)).words


@pytest.mark.parametrize(("state", "words"), [
    (SubscriptionState.ACTIVE, "Its hub tells us of news at once, until 11 May 2026"),
    (SubscriptionState.ASKED, "it has not confirmed that"),
    (SubscriptionState.REFUSED, "Its hub refused"), (SubscriptionState.ENDING, "We are ending"),
])
def test_the_state_of_a_subscription_is_told(state: SubscriptionState, words: str, source: Source,
                                             editor: Visitor, session: Session) -> None:
    session.add(FeedSubscription(
        feed_id=source.feed.id, hub_url="https://hub.example/", topic_url=source.feed.url,
        token="t", secret="s", state=state, asked_at=NOON, next_try_at=NOON,
        lease_until=NOON + timedelta(days=7)))
    session.commit()
    assert words in editor.get(path(source)).words


def test_the_items_say_what_became_of_them(source: Source, editor: Visitor, make: Maker) -> None:
    source.says(*(Item(name) for name in ("one", "two", "three", "four")))
    for number, verb in ((0, Verb.APPROVE), (1, Verb.REJECT)):
        make.decision(source.card(number), verb)
    stored = source.stored()
    stored[2].double_of_id, stored[3].missing_since = stored[0].id, NOON
    source.session.commit()
    page = editor.get(path(source))
    assert "So far 1 published or scheduled, 2 waiting, 1 taken down or refused." in page.words
    for words in ("Double The same as “One” in The Second Shelf.", "Gone at the source",
                  "Published", "Removed"):
        assert words in page.words, words


def test_the_page_costs_the_same_for_one_item_and_for_twenty(source: Source,
                                                             editor: Visitor) -> None:
    source.says(Item("one"))
    one = queries(editor, path(source))
    source.says(*(Item(f"item{number}", author=f"Name {number}") for number in range(20)))
    assert len(queries(editor, path(source))) == len(one)


def test_many_items_stand_on_several_pages(source: Source, editor: Visitor) -> None:
    source.says(*(Item(f"item{number}") for number in range(35)))
    first = editor.get(path(source))
    [following] = [each for each in first.all("a") if each.get("rel") == "next"]
    assert following["href"] == path(source, "?page=2")
    assert editor.get(following["href"]).text.count('id="feed-item-') == 5


def test_markup_from_a_feed_stays_text(source: Source, editor: Visitor) -> None:
    evil = "<img src=x onerror=alert(1)><b hx-get='/desk/'>x</b>"
    source.says(Item("one", title=evil, author=evil), title=evil)
    for where in ("/desk/feeds/", path(source)):
        page = editor.get(where)
        assert "<img src=x" not in page.text
        assert not [each for each in page.all("b") if "hx-get" in each]


def test_a_setting_holds_for_what_comes_and_leaves_what_is_here(source: Source,
                                                                editor: Visitor) -> None:
    source.says(Item("one", text=LONG))
    with_imports(source)
    page = editor.follow(editor.post(path(source, "/settings"), {
        **SETTINGS, "show": "full", "indexing": "noindex", "topics": "Ropes"}))
    assert "Saved. It holds for what comes from now on." in page.words
    [entry] = source.entries()
    assert "The very end." not in entry.html
    assert (entry.noindex, entry.topics) == (False, [])
    source.says(Item("two", text=LONG))
    assert "The very end." in source.entries()[1].html


def test_the_second_button_brings_settings_to_what_is_here(source: Source, editor: Visitor,
                                                           make: Maker) -> None:
    source.says(Item("one", text=LONG), Item("two", text=LONG))
    with_imports(source)
    make.decision(source.card(), Verb.APPROVE)
    page = editor.follow(editor.post(path(source, "/settings"), {
        **SETTINGS, "show": "full", "indexing": "noindex", "discussion": "closed",
        "topics": "Ropes", "reach": "all"}))
    assert "Saved. 2 posts follow." in page.words
    for entry in source.entries():
        assert "The very end." in entry.html
        assert (entry.noindex, entry.comments_open) == (True, False)
        assert [topic.name for topic in entry.topics] == ["Ropes"]
    assert "The very end." in source.card(1).text
    editor.post(path(source, "/settings"), {**SETTINGS, "reach": "all"})
    for entry in source.entries():
        assert "The very end." not in entry.html
        assert (entry.noindex, entry.discussion) == (False, Discussion.AUTO)


def test_a_text_that_was_edited_here_keeps_its_words_and_is_counted(source: Source,
                                                                    editor: Visitor) -> None:
    source.says(Item("one", text=LONG), Item("two", text=LONG))
    with_imports(source)
    keep(source, source.entries()[0], text="<p>In our words.</p>")
    page = editor.follow(editor.post(path(source, "/settings"), {
        **SETTINGS, "show": "full", "indexing": "noindex", "reach": "all"}))
    assert "2 posts follow; 1 of them, edited here, kept their own text." in page.words
    ours, theirs = source.entries()
    assert ours.html == "<p>In our words.</p>"
    assert ours.noindex
    assert "The very end." in theirs.html


def test_what_an_editor_edited_and_put_back_follows_again(source: Source, editor: Visitor) -> None:
    source.says(Item("one", text=LONG))
    [entry] = with_imports(source)
    before = entry.source
    keep(source, entry, text="<p>In our words.</p>")
    [item] = source.stored()
    assert item.entry
    item.imported_html = "<p>Short.</p>"
    keep(source, item.entry, text="<p>Short.</p>")
    assert before != "<p>Short.</p>"
    editor.post(path(source, "/settings"), {**SETTINGS, "show": "link", "reach": "all"})
    assert "Read it where it was first published" in source.entries()[0].html


def test_a_topic_that_an_editor_gave_stays(source: Source, editor: Visitor) -> None:
    source.says(Item("one"))
    [entry] = source.entries()
    filing.file_under(source.session, entry, ["Harbours"])
    source.session.commit()
    editor.post(path(source, "/settings"), {**SETTINGS, "topics": "Ropes", "reach": "all"})
    assert [topic.name for topic in source.entries()[0].topics] == ["Harbours", "Ropes"]


@pytest.mark.parametrize(("changed", "sentence"), [
    ({"show": "all of it"}, "Not a valid choice"), ({"author": "Nobody"}, "Nobody here is called"),
    ({"topics": "x" * 301}, "longer than 300"),
])
def test_a_setting_that_is_none_is_told_and_nothing_changes(
    changed: dict[str, str], sentence: str, source: Source, editor: Visitor, session: Session,
) -> None:
    answer = editor.post(path(source, "/settings"), {**SETTINGS, "indexing": "noindex", **changed},
                         status=422)
    assert sentence in answer.text
    session.expire_all()
    feed = session.get_one(Feed, source.feed.id)
    assert (feed.indexing, feed.show) == (Indexing.CANONICAL, Show.EXCERPT)


def test_a_paused_feed_is_not_asked_until_it_is_asked_again(source: Source, editor: Visitor,
                                                            session: Session) -> None:
    for _ in range(2):
        page = editor.follow(editor.post(path(source, "/pause")))
        assert "Not asked since 4 May 2026" in page.words
    source.serve(Item("one"))
    source.app.extensions["jobs"].run("visit-feeds")
    assert source.server.count() == 0
    editor.post(path(source, "/resumption"))
    source.app.extensions["jobs"].run("visit-feeds")
    assert source.server.count() == 1


def test_a_removed_feed_leaves_the_list_keeps_its_posts_and_can_come_back(
    source: Source, editor: Visitor, make: Maker, visitor: Visitor,
) -> None:
    source.says(Item("one"))
    make.decision(source.card(), Verb.APPROVE)
    page = editor.follow(editor.post(path(source, "/removal")))
    assert "is removed. What came from it stays." in page.words
    assert "The Second Shelf" not in editor.get("/desk/feeds/").words
    assert "The Second Shelf" in editor.get("/desk/feeds/?state=removed").words
    visitor.get("/posts/one")
    editor.follow(editor.post(path(source, "/return")))
    assert "The Second Shelf" in editor.get("/desk/feeds/").words
    editor.post(path(source, "/return"), status=409)


def test_adding_a_removed_feed_again_brings_it_back(source: Source, editor: Visitor,
                                                    session: Session) -> None:
    source.says(Item("one"))
    editor.post(path(source, "/removal"))
    editor.post("/desk/feeds/", {"url": source.feed.url})
    session.expire_all()
    feed = session.scalars(sa.select(Feed)).one()
    assert (feed.removed_at, feed.paused_at) == (None, None)


def test_adding_a_feed_that_is_here_keeps_the_settings_it_has(source: Source, editor: Visitor,
                                                               session: Session) -> None:
    source.serve(Item("one"))
    editor.post(path(source, "/settings"), {**SETTINGS, "show": "link", "topics": "Ropes"})
    editor.post("/desk/feeds/", {"url": source.feed.url, "indexing": "noindex", "author": ""})
    session.expire_all()
    feed = session.scalars(sa.select(Feed)).one()
    assert (feed.show, feed.indexing) == (Show.LINK, Indexing.NOINDEX)
    assert [topic.name for topic in feed.topics] == ["Ropes"]


def test_a_name_without_a_person_and_a_claim_are_told_in_the_list(
    source: Source, editor: Visitor, session: Session,
) -> None:
    session.add_all([
        FeedName(feed_id=source.feed.id, name="Jo", first_seen_at=NOON),
        FeedClaim(feed_id=source.feed.id, state=ClaimState.PROVEN, proof=Proof.PAGE, token="t",
                  key_hash="k", asked_at=NOON, proven_at=NOON)])
    source.feed.claimed_at = NOON
    session.commit()
    page = editor.get("/desk/feeds/")
    assert "Claimed by its author." in page.words
    assert "1 name without a person" in page.words


def test_asking_under_htmx_answers_with_the_line_of_the_feed(source: Source,
                                                             editor: Visitor) -> None:
    source.serve(Item("one"))
    answer = editor.swap(path(source, "/visit"), {"from": "/desk/feeds/"})
    assert "<html" not in answer.text
    assert answer.text.count("<li ") == 1
    assert "Well: 1 new" in answer.text
    assert 'hx-target="#status"' in answer.text


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", ""])
def test_nobody_is_led_away_from_the_site(back: str, source: Source, editor: Visitor) -> None:
    answer = editor.post(path(source, "/pause"), {"from": back})
    assert answer.location == path(source)


def test_what_is_not_there_is_not_found(editor: Visitor) -> None:
    editor.get("/desk/feeds/999", status=404)
    for noun in ("visit", "pause", "resumption", "settings", "removal", "return"):
        editor.post(f"/desk/feeds/999/{noun}", status=404)


def test_what_goes_down_with_a_feed_comes_back_with_it(
    source: Source, editor: Visitor, make: Maker, visitor: Visitor,
) -> None:
    source.says(Item("one"), Item("two"))
    make.decision(source.card(), Verb.APPROVE)
    published = source.entries()[0].published_at
    page = editor.follow(editor.post(path(source, "/removal"), {"posts": "down"}))
    assert "2 of its posts are taken down." in page.words
    visitor.get("/posts/one", status=404)
    assert "Two" not in editor.get("/desk/").words
    source.time.forward(hours=1)
    editor.post(path(source, "/removal"), {"posts": "down"})
    editor.post(path(source, "/return"))
    visitor.get("/posts/one")
    assert source.entries()[0].published_at == published
    assert "An editor put it back." in editor.get("/desk/").words


def test_what_an_author_took_down_stays_down_when_the_feed_comes_back(
    source: Source, editor: Visitor, make: Maker, visitor: Visitor,
) -> None:
    source.says(Item("one"))
    make.decision(source.card(), Verb.APPROVE)
    terms.take_down(source.session, source.feed, now=source.time.now())
    source.time.forward(hours=1)
    editor.post(path(source, "/removal"), {"posts": "down"})
    page = editor.follow(editor.post(path(source, "/return")))
    assert "Taken down by its author" in page.words
    visitor.get("/posts/one", status=404)


def test_a_proposed_address_is_used_with_one_press(source: Source, editor: Visitor,
                                                   session: Session) -> None:
    source.server.serve("", status=404)
    source.visit()
    there = source.server.serve(rss(Item("one")), "/new.xml")
    source.feed.proposed_url = there
    session.commit()
    page = editor.get(path(source))
    assert "It may have moved to" in page.words
    [proposed] = [each["value"] for each in page.all("input") if each.get("name") == "url"]
    page = editor.follow(editor.post(path(source, "/address"), {"url": proposed}))
    assert f"is asked at {there} from now on." in page.words
    assert "It may have moved" not in page.words
    assert "1 new" in editor.follow(editor.post(path(source, "/visit"))).words


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "{taken}"])
def test_an_address_that_cannot_be_used_is_refused(address: str, source: Source, editor: Visitor,
                                                   session: Session) -> None:
    other, _new = actions.add(session, "https://other.example/feed", now=NOON)
    before = source.feed.url
    editor.post(path(source, "/address"), {"url": address.format(taken=other.url)}, status=422)
    session.expire_all()
    assert session.get_one(Feed, source.feed.id).url == before
