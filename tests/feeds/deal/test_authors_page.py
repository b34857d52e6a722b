"""What the author of a feed decides: how it is shown, their bio, and that all of it goes."""

import pytest
import sqlalchemy as sa

from app.accounts.models import Role
from app.desk.models import ItemState, Verb
from app.entries.models import Discussion, EntryState
from app.feeds.deal import names
from app.feeds.deal.models import ClaimState, FeedClaim
from app.feeds.models import Indexing, Show
from app.people.models import Person
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
