"""What the author of a feed decides: how it is shown, their bio, and that all of it goes."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from app.accounts.models import Role
from app.desk import queries as desk_queries
from app.desk.models import Decision, ItemState, Verb
from app.entries import wording
from app.entries.models import Discussion, EntryState
from app.feeds.changes import leaving
from app.feeds.changes.updating import CHANGE
from app.feeds.deal import names
from app.feeds.deal.models import ClaimState, FeedClaim
from app.feeds.deciding import Absence, Known
from app.feeds.models import Indexing, Policy, Show
from app.people.models import Person
from tests.conftest import NOON
from tests.feeds.asking import Source
from tests.feeds.documents import Item, rss
from tests.making import Maker
from tests.visiting import Visitor

ONE, TWO = Item("one", author="Ida Shelf"), Item("two", author="Ida Shelf")


@pytest.fixture
def mine(source: Source, visitor: Visitor, make: Maker) -> str:
    """The author's own page: one post is published, one waits."""
    source.says(ONE, TWO)
    make.decision(source.card(0), Verb.APPROVE)
    names.settle(source.session, source.feed, "Ida Shelf", now=source.time.now())
    source.session.commit()
    page = visitor.post(f"{source.feed.about_path}/claims").headers["Location"]
    token = source.session.scalars(sa.select(FeedClaim.token)).one()
    source.server.serve(rss(ONE, TWO, description=token))
    visitor.post(f"{page}/look")
    assert source.session.scalars(sa.select(FeedClaim.state)).one() is ClaimState.PROVEN
    return page


def states(source: Source) -> list[EntryState]:
    return [entry.state for entry in source.entries()]


def test_the_terms_are_the_authors(source: Source, visitor: Visitor, mine: str) -> None:
    page = visitor.follow(visitor.post(f"{mine}/terms", {
        "show": "full", "indexing": "noindex", "discussion": "closed"}))
    assert "That is how your posts are shown, those that are here and those to come." in page.words
    source.session.refresh(source.feed)
    assert (source.feed.show, source.feed.indexing, source.feed.discussion) == (
        Show.FULL, Indexing.NOINDEX, Discussion.CLOSED)
    post = source.entries()[0]
    assert "And more." in post.html
    assert (post.noindex, post.comments_open) == (True, False)
    visitor.post(f"{mine}/terms", {"show": "everything"}, 422)


def test_topics_are_those_of_the_site(source: Source, visitor: Visitor, mine: str,
                                      make: Maker) -> None:
    make.post("On trust", topics=["Trust"])
    page = visitor.post(f"{mine}/terms", {"topics": "trust, Gardening"}, 422)
    assert "There is no topic “Gardening” here." in page.text
    visitor.post(f"{mine}/terms", {"topics": "trust"})
    assert [topic.name for topic in source.entries()[0].topics] == ["Trust"]
    source.session.refresh(source.feed)
    assert source.feed.show is Show.EXCERPT, "what was not sent stays as it is"
    visitor.post(f"{mine}/terms", {"topics": ""})
    assert source.feed.topics == []


def test_that_nobody_reads_first_is_the_editors_trust_which_an_author_gives_back(
        source: Source, visitor: Visitor, mine: str) -> None:
    assert "for the editors to offer" in visitor.get(mine).words
    visitor.post(f"{mine}/terms", {"policy": "publish"}, 422)
    source.feed.policy = Policy.PUBLISH
    source.session.commit()
    visitor.post(f"{mine}/terms", {"policy": "hold"})
    source.session.refresh(source.feed)
    assert source.feed.policy is Policy.HOLD


def test_an_author_says_who_a_name_is_but_not_that_it_is_somebody_from_elsewhere(
        source: Source, visitor: Visitor, mine: str, make: Maker) -> None:
    ada = make.person("Ada Penn")
    make.post(author=ada)
    for name in ("I. Shelf", "Ben Page"):
        names.writer(source.session, source.feed, name, now=source.time.now())
    source.session.commit()
    short, other = (next(row.id for row in names.every(source.session, source.feed)
                         if row.name == name) for name in ("I. Shelf", "Ben Page"))
    visitor.post(f"{mine}/names/{other}", {"person": ada.slug}, 422)
    page = visitor.follow(visitor.post(f"{mine}/names/{short}", {"person": "ida-shelf"}))
    assert "The posts have their author." in page.words
    visitor.post(f"{mine}/names/{other}", {"person": ""})
    visitor.post(f"{mine}/names/{other}", {"person": ""}, 409)
    source.session.expire_all()
    assert {row.name: row.person and row.person.name
            for row in names.every(source.session, source.feed)} == {
        "Ida Shelf": "Ida Shelf", "I. Shelf": "Ida Shelf", "Ben Page": "Ben Page"}
    assert "Who is that?" not in visitor.get(mine).words


def test_an_author_writes_their_bio(source: Source, visitor: Visitor, mine: str) -> None:
    visitor.post(f"{mine}/people/ida-shelf", {
        "ida-shelf-headline": "Librarian", "ida-shelf-bio": "Ida keeps *books*.",
        "ida-shelf-links": "Website | https://ida.example"})
    person = source.session.scalars(sa.select(Person).where(Person.slug == "ida-shelf")).one()
    assert (person.headline, person.links) == (
        "Librarian", [{"label": "Website", "url": "https://ida.example"}])
    assert "Librarian" in visitor.get(source.entries()[0].path).words
    visitor.post(f"{mine}/people/ida-shelf", {"ida-shelf-links": "nonsense"}, 422)


def test_a_feed_cannot_put_words_into_somebody_elses_bio(source: Source, visitor: Visitor,
                                                         mine: str, make: Maker) -> None:
    ada, guest = make.person("Ada Penn"), make.person("Guest Quill")
    make.post(author=ada)
    make.account(Role.GUEST).person = guest
    for person in (ada, guest):
        names.writer(source.session, source.feed, person.name, now=source.time.now())
    for row in names.every(source.session, source.feed):
        row.person = {"Ada Penn": ada, "Guest Quill": guest}.get(row.name, row.person)
    source.session.commit()
    assert "Ida Shelf" in visitor.get(mine).words
    assert "Ada Penn" not in visitor.get(mine).words
    visitor.post(f"{mine}/people/{ada.slug}", {}, 404)
    visitor.post(f"{mine}/people/{guest.slug}", {}, 404)


def test_taking_it_down_takes_all_of_it_and_putting_it_back_changes_nothing(
        source: Source, visitor: Visitor, editor: Visitor, mine: str) -> None:
    path, published = source.entries()[0].path, source.entries()[0].published_at
    page = visitor.follow(visitor.post(f"{mine}/removal"))
    assert "You have taken everything down." in page.words
    assert states(source) == [EntryState.REMOVED] * 2
    visitor.get(path, 404)
    assert source.card(1).state is ItemState.WITHDRAWN
    assert "taken its posts back" in visitor.get(source.feed.about_path).words
    visitor.post(f"{mine}/return")
    assert states(source) == [EntryState.PUBLISHED, EntryState.WAITING]
    assert source.entries()[0].published_at == published
    visitor.get(path)
    assert "put it back" in editor.get("/desk/").words


def test_nothing_comes_in_again_while_it_is_taken_down(source: Source, visitor: Visitor,
                                                       mine: str) -> None:
    visitor.post(f"{mine}/removal")
    source.session.refresh(source.feed)
    assert source.feed.paused_at is not None
    source.visit()
    assert states(source) == [EntryState.REMOVED] * 2


def test_what_editors_had_removed_is_not_put_back(source: Source, visitor: Visitor, mine: str,
                                                  make: Maker) -> None:
    make.decision(source.card(1), Verb.REJECT)
    visitor.post(f"{mine}/removal")
    visitor.post(f"{mine}/return")
    assert states(source) == [EntryState.PUBLISHED, EntryState.REMOVED]


def test_what_an_editor_removed_with_the_feed_its_author_does_not_put_back(
        source: Source, visitor: Visitor, editor: Visitor, mine: str) -> None:
    editor.post(f"/desk/feeds/{source.feed.id}/removal", {"posts": "down"})
    assert "Put everything back" not in visitor.get(mine).words
    assert "are no longer shown on this site" in visitor.get(mine).words
    visitor.post(f"{mine}/removal", status=409)
    visitor.post(f"{mine}/return", status=409)
    assert states(source) == [EntryState.REMOVED] * 2
    assert source.feed.paused_at is not None
    editor.post(f"/desk/feeds/{source.feed.id}/return")
    assert states(source) == [EntryState.PUBLISHED, EntryState.WAITING]


def test_a_feed_that_an_editor_paused_is_not_asked_because_its_author_presses_a_button(
        source: Source, visitor: Visitor, editor: Visitor, mine: str) -> None:
    editor.post(f"/desk/feeds/{source.feed.id}/pause")
    visitor.post(f"{mine}/return", status=409)
    source.session.refresh(source.feed)
    assert source.feed.paused_at is not None


def test_taking_it_down_twice_is_taking_it_down_once(source: Source, visitor: Visitor,
                                                     mine: str) -> None:
    visitor.post(f"{mine}/removal")
    visitor.post(f"{mine}/removal", status=409)
    visitor.post(f"{mine}/return")
    assert states(source) == [EntryState.PUBLISHED, EntryState.WAITING]


def test_a_visit_under_way_brings_nothing_into_what_was_taken_down_meanwhile(
        source: Source, visitor: Visitor, mine: str) -> None:
    source.feed.policy = Policy.PUBLISH
    source.session.commit()
    source.server.serve_after(lambda: visitor.post(f"{mine}/removal"),
                              rss(ONE, TWO, Item("three", author="Ida Shelf")))
    assert source.visit() == "failed: Its posts are taken down here, so nothing is taken in."
    assert states(source) == [EntryState.REMOVED] * 2
    source.session.refresh(source.feed)
    assert source.feed.paused_at is not None


@pytest.mark.parametrize("kind", ["feed-item", "feed-gone"])
def test_undoing_a_decision_brings_nothing_back_that_its_author_took_down(
        kind: str, source: Source, visitor: Visitor, editor: Visitor, make: Maker,
        mine: str) -> None:
    if kind == "feed-item":
        decision = source.session.scalars(sa.select(Decision).order_by(Decision.id)).first()
    else:
        leaving.note(source.session, Absence(gone=(Known("", None, "", NOON, id=1),)),
                     now=source.time.now())
        source.session.commit()
        card = desk_queries.item_of(source.session, leaving.GONE, source.stored()[0].id)
        decision = make.decision(card, Verb.APPROVE)
    visitor.post(f"{mine}/removal")
    editor.post(f"/desk/decisions/{decision.id}/undo", status=409)
    assert states(source) == [EntryState.REMOVED] * 2


def test_what_waits_about_a_post_goes_off_the_desk_with_it_and_comes_back_with_it(
        source: Source, visitor: Visitor, mine: str, make: Maker) -> None:
    entry = source.entries()[0]
    wording.write(source.session, entry, wording.Words("One", "", "<p>All ours.</p>"), by="Ada",
                  now=source.time.now())
    source.session.commit()
    source.says(replace(ONE, text="<p>Changed there.</p>"), TWO)

    def change() -> ItemState:
        found = desk_queries.item_of(source.session, CHANGE, source.stored()[0].id)
        assert found
        source.session.refresh(found)
        source.session.commit()
        return found.state

    assert change() is ItemState.WAITING
    visitor.post(f"{mine}/removal")
    assert change() is ItemState.WITHDRAWN
    visitor.post(f"{mine}/return")
    assert change() is ItemState.WAITING
