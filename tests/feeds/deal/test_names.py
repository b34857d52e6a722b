"""Whose posts they are: a name of a feed, and the person it stands for."""

import sqlalchemy as sa

from app.entries.models import Part
from app.feeds.deal import names
from app.feeds.deal.models import FeedName
from app.feeds.models import Policy
from app.people.models import Person
from tests.feeds.asking import Source
from tests.feeds.documents import Item
from tests.making import Maker
from tests.visiting import Visitor


def row(source: Source, name: str) -> FeedName:
    return source.session.scalars(sa.select(FeedName).where(FeedName.name == name)).one()


def test_a_name_that_nobody_has_spoken_for_stands_for_nobody(source: Source, make: Maker) -> None:
    make.person("Ida Shelf")
    now = source.time.now()
    assert names.writer(source.session, source.feed, "Ida Shelf", now=now) is None, "a namesake"
    assert [each.name for each in names.every(source.session, source.feed)] == ["Ida Shelf"]


def test_a_feed_of_one_author_asks_nobody(source: Source, make: Maker) -> None:
    source.feed.author = make.person("Ida Shelf")
    found = names.writer(source.session, source.feed, "I. Shelf", now=source.time.now())
    assert found is source.feed.author


def test_an_item_without_a_name_is_signed_by_its_feed(source: Source) -> None:
    source.feed.title = "The Second Shelf"
    names.writer(source.session, source.feed, "", now=source.time.now())
    assert row(source, "The Second Shelf").person is None


def test_the_names_of_the_first_visit_are_known_where_the_feed_is_published(
        source: Source) -> None:
    source.feed.policy = Policy.PUBLISH
    first = names.writers(source.session, source.feed, ["Ida Shelf", "Ben Shelf"],
                          now=source.time.now())
    assert [person and person.name for person in first.values()] == ["Ida Shelf", "Ben Shelf"]
    later = source.time.forward(hours=1)
    again = names.writers(source.session, source.feed, ["Ida Shelf", "A Stranger"], now=later)
    assert again["Ida Shelf"] is first["Ida Shelf"]
    assert again["A Stranger"] is None


def test_a_name_stays_who_an_editor_said_it_is(source: Source, make: Maker) -> None:
    ada = make.person("Ada Penn")
    names.writer(source.session, source.feed, "ap", now=source.time.now())
    names.assign(source.session, row(source, "ap"), ada, now=source.time.now())
    assert names.writer(source.session, source.feed, "ap", now=source.time.now()) is ada


def test_an_approval_makes_a_page_for_a_new_name_once(source: Source) -> None:
    now = source.time.now()
    made = names.settle(source.session, source.feed, "Ida Shelf", now=now)
    assert names.settle(source.session, source.feed, "Ida Shelf", now=now) is made
    assert source.session.scalars(sa.select(Person.name)).all() == ["Ida Shelf"]


def test_an_editor_says_who_a_name_is_and_the_posts_follow(source: Source, make: Maker,
                                                           editor: Visitor) -> None:
    ada = make.person("Ada Penn")
    source.says(Item("one", author="a.penn"), Item("two", author="Somebody else"))
    names.writers(source.session, source.feed, ["a.penn"], now=source.time.now())
    for entry in source.entries():
        source.session.add(entry)
        entry.contributions = []
    source.session.commit()
    editor.post(f"/desk/feeds/names/{row(source, 'a.penn').id}", {"person": "ada penn"})
    assert [[person.id for person in entry.people(Part.AUTHOR)]
            for entry in source.entries()] == [[ada.id], []]


def test_a_name_said_again_gets_a_page_of_its_own(source: Source, editor: Visitor) -> None:
    source.feed.title = "Many hands"
    names.writer(source.session, source.feed, "Ida Shelf", now=source.time.now())
    editor.post(f"/desk/feeds/names/{row(source, 'Ida Shelf').id}", {"person": "Ida Shelf"})
    person = row(source, "Ida Shelf").person
    assert person is not None
    assert person.name == "Ida Shelf"


def test_an_unknown_person_is_told_and_nothing_changes(source: Source, editor: Visitor) -> None:
    names.writer(source.session, source.feed, "a.penn", now=source.time.now())
    answer = editor.post(f"/desk/feeds/names/{row(source, 'a.penn').id}",
                         {"person": "Nobody Known"}, 422)
    assert "Nobody here is called “Nobody Known”." in answer.text
    assert row(source, "a.penn").person is None


def test_somebody_unknown_is_told_beside_the_name_and_nothing_typed_is_lost(
        source: Source, editor: Visitor) -> None:
    source.says(Item("one", author="I. Shelf"))
    name = row(source, "I. Shelf")
    answer = editor.post(f"/desk/feeds/names/{name.id}", {"person": "Nobody Known"}, status=422)
    assert "Nobody here is called “Nobody Known”." in answer.text
    assert 'value="Nobody Known"' in answer.text
    assert row(source, "I. Shelf").person is None
