"""Changes to entries: words, addresses, topics, series, people, links."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.entries import actions, filing, queries, wording
from app.entries.around import around
from app.entries.models import Entry, Part, Revision
from app.entries.shelves import Contribution, Topic
from app.entries.wording import Words
from app.web.templating import dom_id
from tests.conftest import NOON, FakeClock
from tests.making import Maker


def revisions(session: Session) -> list[tuple[int, str, str]]:
    rows = session.scalars(sa.select(Revision).order_by(Revision.version))
    return [(each.version, each.title, each.saved_by) for each in rows]


def test_words_that_change_leave_the_old_ones_as_a_revision(make: Maker, session: Session) -> None:
    post = make.post("First")
    assert wording.write(session, post, Words("Second", "", "B."), by="Ada", now=NOON)
    assert wording.write(session, post, Words("Third", "", "C."), by="Ben", now=NOON)
    session.commit()
    assert revisions(session) == [(1, "First", "Ada"), (2, "Second", "Ben")]
    assert (post.version, post.title, post.html) == (3, "Third", "<p>C.</p>\n")


def test_the_same_words_make_no_revision(make: Maker, session: Session) -> None:
    post = make.post()
    words = Words(post.title, post.standfirst, post.source)
    assert not wording.write(session, post, words, by="Ada", now=NOON)
    assert (revisions(session), post.version) == ([], 1)


def test_whoever_began_from_an_older_version_is_told_and_nothing_is_overwritten(
    make: Maker, session: Session,
) -> None:
    post = make.post("Mine")
    wording.write(session, post, Words("Theirs", "", "B."), by="Ben", now=NOON, version=1)
    session.commit()
    with pytest.raises(wording.Stale, match="saved by somebody else"):
        wording.write(session, post, Words("Late", "", "C."), by="Ada", now=NOON, version=1)
    session.rollback()
    session.refresh(post)
    assert post.title == "Theirs"


def test_the_same_words_are_never_a_conflict(make: Maker, session: Session) -> None:
    post = make.post()
    wording.write(session, post, Words("New", "", "B."), by="Ada", now=NOON, version=1)
    session.commit()
    assert not wording.write(session, post, Words("New", "", "B."), by="Ada", now=NOON, version=1)


def test_a_second_entry_with_the_same_title_gets_the_next_free_address(make: Maker) -> None:
    slugs = [make.post("Ask why").slug for _ in range(3)]
    assert slugs == ["ask-why", "ask-why-2", "ask-why-3"]
    assert make.episode("Ask why").slug == "ask-why", "episodes have addresses of their own"


def test_an_address_that_was_wished_for_is_never_changed_silently(make: Maker,
                                                                  session: Session) -> None:
    make.post("Ask why")
    other = make.post("Something else")
    with pytest.raises(filing.SlugTaken, match="/posts/ask-why"):
        filing.address(session, other, "ask-why")
    assert other.slug == "something-else"


@pytest.mark.parametrize(("title", "slug"), [
    ("Ask “why?” on Tuesdays", "ask-why-on-tuesdays"),
    ("Где правда?", "gde-pravda"),
    ("!!!", "post"),
])
def test_an_address_is_made_from_any_title(title: str, slug: str, make: Maker) -> None:
    assert make.post(title).slug == slug


def test_a_published_address_survives_a_new_title(make: Maker, session: Session) -> None:
    post = make.post("Old title")
    wording.write(session, post, Words("New title", "", "B."), by="Ada", now=NOON)
    actions.publish(session, post, now=NOON)
    assert post.slug == "old-title"


def test_entries_of_a_series_are_numbered_on_from_the_last(make: Maker, session: Session) -> None:
    first, second = make.post(series="Tips"), make.post(series="tips")
    assert (first.series_number, second.series_number) == (1, 2)
    assert first.series is second.series
    filing.number(session, first, "Tips", 7)
    session.flush()
    assert make.post(series="Tips").series_number == 8


def test_a_number_of_a_series_is_given_once(make: Maker, session: Session) -> None:
    make.post(series="Tips")
    second = make.post(series="Tips")
    with pytest.raises(filing.NumberTaken, match="1 already"):
        filing.number(session, second, "Tips", 1)
    filing.number(session, second, "Tips", 2)
    assert second.series_number == 2, "its own number is no conflict"


def test_the_database_itself_refuses_a_number_twice(make: Maker, session: Session) -> None:
    first, second = make.post(series="Tips"), make.post(series="Tips")
    second.series_number = first.series_number
    with pytest.raises(IntegrityError):
        session.flush()


def test_an_entry_can_leave_its_series(make: Maker, session: Session) -> None:
    post = make.post(series="Tips")
    filing.number(session, post, "", None)
    session.commit()
    assert (post.series, post.series_number) == (None, None)


def test_the_byline_can_be_put_into_another_order(make: Maker, session: Session) -> None:
    post = make.post()
    ada, ben, cleo = (make.person(name) for name in ("Ada", "Ben", "Cleo"))
    for order in ([ada, ben, cleo], [cleo, ada, ben], [ben, cleo], [ada, ben]):
        filing.credit(session, post, Part.AUTHOR, [(each, "", "") for each in order])
        session.commit()
        session.refresh(post)
        assert post.byline == order


def test_somebody_named_twice_stands_in_the_byline_once(make: Maker, session: Session) -> None:
    post, ada = make.post(), make.person("Ada")
    filing.credit(session, post, Part.AUTHOR, [(ada, "", ""), (ada, "", "")])
    session.commit()
    assert post.byline == [ada]


def test_a_person_can_have_two_parts_and_one_bio(make: Maker, session: Session) -> None:
    post, ada = make.episode(), make.person("Ada")
    filing.credit(session, post, Part.AUTHOR, [(ada, "", "")])
    filing.credit(session, post, Part.GUEST, [(ada, "Captain", "The Ferry")])
    session.commit()
    assert len(post.contributions) == 2
    assert [each.person for each in post.bios] == [ada]


def test_who_is_taken_off_the_byline_leaves_no_row_behind(make: Maker, session: Session) -> None:
    post = make.post(author=make.person())
    filing.credit(session, post, Part.AUTHOR, [])
    session.commit()
    assert session.scalar(sa.select(sa.func.count()).select_from(Contribution)) == 0


@pytest.mark.parametrize("name", ["Trust", "Éthique", "Ünder öl", "Доверие"])
def test_a_topic_is_made_once_whatever_the_case(name: str, make: Maker, session: Session) -> None:
    for typed in (name, name.upper(), name.lower(), name):
        make.post(topics=(typed,))
    assert session.scalars(sa.select(Topic.name)).all() == [name]
    assert len(session.scalars(queries.about(session.scalars(sa.select(Topic)).one())).all()) == 4


def test_a_topic_named_twice_is_filed_once(make: Maker) -> None:
    assert [each.name for each in make.post(topics=("Trust", "trust", "Trust")).topics] == ["Trust"]


def test_a_series_is_found_whatever_the_case(make: Maker) -> None:
    assert make.post(series="Über Führung").series is make.post(series="über führung").series


def test_topics_whose_names_look_alike_keep_addresses_apart(make: Maker) -> None:
    topics = make.post(topics=("C", "C++")).topics
    assert sorted(each.slug for each in topics) == ["c", "c-2"]


def linked(session: Session, entry: Entry) -> list[str]:
    return [each.title for each in around(session, entry).linked]


def test_a_link_between_entries_is_seen_from_both(make: Maker, session: Session) -> None:
    post, episode, other = make.post(), make.episode(), make.post()
    filing.link(session, post, [episode])
    session.commit()
    assert linked(session, post) == [episode.title]
    assert linked(session, episode) == [post.title]
    assert dom_id(around(session, post).linked[0]) == dom_id(episode)
    assert linked(session, other) == []
    assert queries.named_links(session, episode) == []


def test_two_entries_that_name_each_other_are_linked_once(make: Maker, session: Session) -> None:
    post, episode = make.post(), make.episode()
    filing.link(session, post, [episode, episode])
    filing.link(session, episode, [post])
    session.commit()
    assert linked(session, post) == [episode.title]


def test_an_entry_does_not_belong_with_itself(make: Maker, session: Session) -> None:
    post = make.post()
    filing.link(session, post, [post])
    session.commit()
    assert linked(session, post) == []


def test_a_counterpart_that_is_not_public_is_not_shown(make: Maker, session: Session,
                                                       time: FakeClock) -> None:
    post, episode = make.post(), make.episode()
    filing.link(session, post, [episode])
    actions.remove(episode, now=time.now() + timedelta(hours=1))
    session.commit()
    assert linked(session, post) == []
