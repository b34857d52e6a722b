"""What a change refreshes: its pages, and only those."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.comments import actions as comments
from app.comments import thanking
from app.desk.deciding import actions as desk
from app.desk.models import Verb
from app.entries import actions as entries
from app.entries import filing, wording
from app.entries.models import Discussion
from app.episodes import actions as episodes
from app.feeds import actions as feeds
from app.pagecache.log import Purge
from app.people import actions as people
from app.rules import closing
from app.rules.models import Rulebook
from tests.conftest import FakeClock
from tests.making import Maker
from tests.pagecache.conftest import Kept
from tests.visiting import Visitor

LISTS = ["/", "/posts/", "/feed.xml", "/feed.atom", "/feed.json", "/sitemap.xml"]
ELSEWHERE = ["/episodes/", "/people/", "/topics/", "/series/", "/robots.txt"]


def test_an_approved_comment_refreshes_its_page_and_the_front_page_that_counts_it(
        make: Maker, kept: Kept, visitor: Visitor) -> None:
    post, beside = make.post(), make.post()
    waiting = make.comment(post, "I disagree about the boats.")
    pages = [*LISTS, *ELSEWHERE, post.path, beside.path]
    kept.warm(*pages)
    make.decision(make.item(comments.KIND, waiting.id), Verb.APPROVE)
    assert kept.dropped(*pages) == {post.path, "/"}
    assert "about the boats" in visitor.get(post.path).words


def test_a_comment_that_waits_or_is_rejected_refreshes_nothing(make: Maker, kept: Kept) -> None:
    post = make.post()
    kept.warm("/", post.path)
    waiting = make.comment(post)
    assert kept.dropped("/", post.path) == set()
    make.decision(make.item(comments.KIND, waiting.id), Verb.REJECT)
    assert kept.dropped("/", post.path) == set()


def test_an_undone_approval_is_gone_from_the_page(make: Maker, kept: Kept, visitor: Visitor,
                                                  time: FakeClock) -> None:
    post = make.post()
    waiting = make.comment(post, "About the boats.")
    decision = make.decision(make.item(comments.KIND, waiting.id), Verb.APPROVE)
    assert "About the boats." in visitor.get(post.path).words
    desk.undo(make.session, decision, make.account(), now=time.now())
    assert "About the boats." not in visitor.get(post.path).words


def test_thanks_refresh_a_page_when_they_are_counted(make: Maker, kept: Kept, visitor: Visitor,
                                                     time: FakeClock) -> None:
    post, beside = make.post(), make.post()
    comment = make.comment(post, approved=True)
    make.comment(beside, approved=True)
    pages = ["/", post.path, beside.path]
    kept.warm(*pages)
    for agent in ("one", "two"):
        thanking.give(make.session, comment, thanking.Voter("s", "", agent), now=time.now())
    assert kept.dropped(*pages) == set()
    thanking.count_due(make.session, now=time.forward(minutes=6))
    make.session.commit()
    assert kept.dropped(*pages) == {post.path}
    assert "thanked 2 times" in visitor.get(post.path).words


def test_a_scheduled_post_appears_when_its_time_has_come(
        make: Maker, kept: Kept, visitor: Visitor, time: FakeClock) -> None:
    post = make.post("On time", published=False)
    entries.publish(make.session, post, now=time.now(), at=time.moment.replace(hour=13))
    make.session.commit()
    kept.warm(*LISTS, *ELSEWHERE)
    visitor.get(post.path, status=404)
    entries.publish_due(make.session, now=time.forward(hours=2))
    assert kept.dropped("/robots.txt", *LISTS) == set(LISTS)
    assert "On time" in visitor.get("/").words
    assert "On time" in visitor.get(post.path).words


def test_a_post_on_a_topic_refreshes_that_topic_and_no_other(make: Maker, kept: Kept) -> None:
    make.post(topics=("Boats",))
    make.post(topics=("Trust",))
    pages = ["/topics/boats", "/topics/boats/feed.xml", "/topics/trust", "/topics/trust/feed.xml"]
    kept.warm(*pages)
    make.post(topics=("Boats",))
    assert kept.dropped(*pages) == set(pages[:2])


def test_a_post_that_changes_its_topic_leaves_one_page_and_comes_to_another(
        make: Maker, kept: Kept, visitor: Visitor) -> None:
    post = make.post("Wandering", topics=("Boats",))
    make.post(topics=("Boats", "Trust"))
    make.post(topics=("Other",))
    kept.warm("/topics/boats", "/topics/trust", "/topics/other")
    boats = post.topics[0].id
    filing.file_under(make.session, post, ["Trust"])
    make.session.commit()
    assert kept.dropped("/topics/other") == set()
    newest = make.session.scalars(sa.select(Purge).order_by(Purge.id.desc())).first()
    assert newest is not None
    assert f"topic:{boats}:entries" in newest.tags, "a later page of the list is another too"
    assert "Wandering" not in visitor.get("/topics/boats").words
    assert "Wandering" in visitor.get("/topics/trust").words


def test_a_post_in_a_series_refreshes_its_list_and_its_neighbours(make: Maker, kept: Kept) -> None:
    first, elsewhere = make.post(series="Tips"), make.post(series="Notes")
    pages = [first.path, "/series/tips", "/series/tips/feed.xml", elsewhere.path, "/series/notes"]
    kept.warm(*pages)
    make.post("Second", series="Tips")
    assert kept.dropped(*pages) == set(pages[:3])


def test_new_words_refresh_whatever_shows_them_and_no_other_post(
        make: Maker, kept: Kept, visitor: Visitor, time: FakeClock) -> None:
    post, beside = make.post("Old title"), make.post()
    kept.warm(*LISTS, *ELSEWHERE, post.path, beside.path)
    wording.write(make.session, post, wording.Words("New title", "", "Words."), by="x",
                  now=time.now())
    make.session.commit()
    assert kept.dropped(*LISTS, *ELSEWHERE, post.path, beside.path) == {*LISTS, post.path}
    assert "New title" in visitor.get("/").words


def test_a_draft_refreshes_nothing(make: Maker, kept: Kept, time: FakeClock) -> None:
    make.post()
    kept.warm(*LISTS, *ELSEWHERE)
    draft = make.post("A draft", published=False)
    wording.write(make.session, draft, wording.Words("Still one", "", "W."), by="x", now=time.now())
    make.session.commit()
    assert kept.dropped(*LISTS, *ELSEWHERE) == set()


@pytest.mark.parametrize("leave", [entries.remove, entries.hold_again, entries.take_down])
def test_a_post_taken_back_is_gone_at_once(make: Maker, kept: Kept, visitor: Visitor,
                                           time: FakeClock, leave: object) -> None:
    post = make.post("Taken back", topics=("Boats",))
    pages = [*LISTS, "/topics/boats", post.path]
    kept.warm(*pages)
    leave(post, now=time.now())  # type: ignore[operator]
    make.session.commit()
    visitor.get(post.path, status=404)
    for path in pages[:-1]:
        assert "Taken back" not in visitor.client.get(path).text, path


def test_a_post_learns_of_the_publication_of_what_it_belongs_with(
        make: Maker, kept: Kept, visitor: Visitor, time: FakeClock) -> None:
    post, episode = make.post(), make.episode("The interview", published=False)
    filing.link(make.session, post, [episode])
    make.session.commit()
    assert "The interview" not in visitor.get(post.path).words
    entries.publish(make.session, episode, now=time.now())
    make.session.commit()
    assert "The interview" in visitor.get(post.path).words
    filing.link(make.session, post, [])
    make.session.commit()
    assert "The interview" not in visitor.get(post.path).words


def test_a_person_is_described_anew_everywhere(make: Maker, kept: Kept, visitor: Visitor) -> None:
    ada = make.person("Ada Penn")
    post, beside = make.post(author=ada), make.post()
    pages = [post.path, "/people/", ada.path, beside.path]
    kept.warm(*pages)
    people.describe(ada, headline="Harbour mistress", bio="", links=[])
    make.session.commit()
    assert kept.dropped(*pages) == set(pages[:3])
    assert "Harbour mistress" in visitor.get(post.path).words


def test_a_first_post_brings_its_author_among_the_people(make: Maker, kept: Kept,
                                                         visitor: Visitor) -> None:
    make.post(author=make.person("Ada Penn"))
    kept.warm("/people/", "/people/ada-penn")
    make.post("By both", author=make.person("Bo Quay"))
    assert "Bo Quay" in visitor.get("/people/").words


def test_a_discussion_closed_by_its_age_refreshes_its_page(
        make: Maker, kept: Kept, visitor: Visitor, time: FakeClock) -> None:
    old = make.post()
    make.session.add(Rulebook(id=1, saved_at=time.now(), saved_by="x", rules=[
        {"name": "closed", "on": True, "settings": {"days": 3}}]))
    time.forward(days=4)
    new = make.post()
    kept.warm(old.path, new.path)
    assert closing.close_by_age(make.session, now=time.now()) == 1
    assert kept.dropped(old.path, new.path) == {old.path}
    assert visitor.get(old.path).all("form") == []


def test_new_rules_say_something_else_under_a_closed_discussion(
        make: Maker, kept: Kept, time: FakeClock) -> None:
    closed, open_ = make.post(), make.post()
    filing.discuss(closed, Discussion.CLOSED)
    make.session.commit()
    kept.warm(closed.path, open_.path)
    make.session.add(Rulebook(id=1, rules=[], saved_at=time.now(), saved_by="x"))
    make.session.commit()
    assert kept.dropped(closed.path, open_.path) == {closed.path}


def test_a_badge_follows_the_role(make: Maker, kept: Kept, visitor: Visitor) -> None:
    post, account = make.post(), make.account(Role.EDITOR)
    comment = make.comment(post, approved=True)
    comment.account = account
    make.session.commit()
    assert "Editor" in visitor.get(post.path).words
    account.role = Role.READER
    make.session.commit()
    assert "Editor" not in visitor.get(post.path).words


def test_a_transcript_refreshes_its_episode(make: Maker, kept: Kept, visitor: Visitor) -> None:
    episode, beside = make.episode(), make.episode()
    kept.warm(episode.path, beside.path, "/episodes/")
    episodes.transcribe(make.session, episode, "WEBVTT\n\n00:00.000 --> 00:02.000\nBoats.\n")
    make.session.commit()
    assert kept.dropped(beside.path) == set()
    assert "Boats." in visitor.get(episode.path).words
    assert "Boats." in visitor.client.get(f"{episode.path}/transcript.vtt").text


def test_a_feeds_first_visit_disturbs_no_page(make: Maker, kept: Kept, time: FakeClock) -> None:
    make.post()
    kept.warm(*LISTS)
    feeds.add(make.session, "http://127.0.0.1:1/feed.xml", now=time.now())
    assert kept.dropped(*LISTS) == set()


def test_what_is_rolled_back_disturbs_nothing(make: Maker, kept: Kept, session: Session) -> None:
    post = make.post()
    kept.warm(post.path)
    post.title = "Never"
    session.flush()
    session.rollback()
    make.account(Role.ADMIN)
    assert kept.dropped(post.path) == set()
