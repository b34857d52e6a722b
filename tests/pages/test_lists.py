"""Home and every list that readers page through."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy.orm import Session

from app.entries import filing
from app.entries.models import Part
from app.people.models import Person
from tests.counting import queries
from tests.making import Maker
from tests.visiting import Page, Visitor

Fill = Callable[[Maker, int], object]


def posts(make: Maker, number: int) -> None:
    make.post(author=make.person(f"Author {number}"), topics=("Trust",), series="Tips")


def episodes(make: Maker, number: int) -> None:
    episode = make.episode()
    guest = make.person(f"Guest {number}")
    filing.credit(make.session, episode, Part.GUEST, [(guest, "Captain", "Ferry")])
    filing.file_under(make.session, episode, ["Trust"])
    make.session.commit()


def ada(make: Maker) -> Person:
    found = make.session.query(Person).filter_by(slug="ada-penn").first()
    return found or make.person("Ada Penn")


def by_ada(make: Maker, number: int) -> None:
    make.post(author=ada(make), topics=(f"Topic {number}",))


def with_ada(make: Maker, number: int) -> None:
    filing.credit(make.session, make.episode(), Part.GUEST, [(ada(make), "", "")])
    make.session.commit()


def discussed(make: Maker, number: int) -> None:
    make.comment(make.post(author=make.person(f"Author {number}"), topics=("Trust",)),
                 approved=True)


LISTS: list[tuple[Fill, tuple[str, ...]]] = [
    (posts, ("/", "/posts/", "/topics/", "/topics/trust", "/series/", "/series/tips", "/people/",
             "/feed.xml", "/feed.atom", "/feed.json", "/topics/trust/feed.xml",
             "/series/tips/feed.xml", "/sitemap.xml")),
    (episodes, ("/", "/episodes/", "/topics/trust", "/people/", "/feed.json",
                "/episodes/feed.xml")),
    (discussed, ("/",)), (by_ada, ("/people/ada-penn",)), (with_ada, ("/people/ada-penn",)),
]


@pytest.mark.parametrize(("fill", "paths"), LISTS, ids=[fill.__name__ for fill, _paths in LISTS])
def test_a_list_asks_the_database_no_more_for_twenty_than_for_one(
    fill: Fill, paths: tuple[str, ...], make: Maker, visitor: Visitor,
) -> None:
    fill(make, 1)
    one = {path: queries(visitor, path) for path in paths}
    for number in range(2, 21):
        fill(make, number)
    for path in paths:
        twenty = queries(visitor, path)
        assert len(twenty) == len(one[path]), "\n\n".join((path, *twenty))


PAGED = ["/posts/", "/episodes/", "/topics/trust", "/series/tips", "/people/ada-penn", "/people/"]


def fill_every_list(make: Maker) -> None:
    make.post("Only", author=make.person("Ada Penn"), topics=("Trust",), series="Tips")
    make.episode()


IMPOSSIBLE = ["-1", "0", "2", "1000000000", "9" * 60, "1.5", "x", "²", "1 ", "+1", "0x1", "", "٣"]


@pytest.mark.parametrize("path", PAGED)
def test_a_page_number_that_cannot_be_is_not_found(path: str, make: Maker,
                                                   visitor: Visitor) -> None:
    fill_every_list(make)
    for number in IMPOSSIBLE:
        visitor.get(f"{path}?page={quote(number)}", status=404)


def test_the_last_page_leads_nowhere_further(make: Maker, visitor: Visitor) -> None:
    fill_every_list(make)
    for path in PAGED:
        for address in (path, f"{path}?page=1", f"{path}?utm_source=x"):
            assert rels(visitor.get(address)) == {}


def rels(page: Page) -> dict[str, str]:
    return {each["rel"]: each["href"] for each in page.all("a")
            if each.get("rel") in {"next", "prev"}}


@pytest.mark.parametrize(("path", "fill"), [
    ("/posts/", posts), ("/episodes/", episodes), ("/topics/trust", posts),
    ("/series/tips", posts), ("/people/ada-penn", by_ada),
])
def test_every_list_leads_on_and_back(path: str, fill: Fill, make: Maker, visitor: Visitor,
                                      ) -> None:
    for number in range(13):
        fill(make, number)
    assert rels(visitor.get(path)) == {"next": f"{path}?page=2"}
    assert rels(visitor.get(f"{path}?page=2")) == {"prev": path}


def test_home_says_so_when_there_is_nothing_yet(visitor: Visitor) -> None:
    page = visitor.get("/")
    assert "Nothing has been published yet." in page.words
    for path in ("/posts/", "/episodes/", "/topics/", "/series/", "/people/"):
        visitor.get(path)


def test_home_shows_the_lead_the_latest_the_newest_episode_and_the_series(
    make: Maker, visitor: Visitor, time: Any,
) -> None:
    for number in range(1, 11):
        make.post(f"Post number {number:02}", series="Tips" if number % 2 else "")
        time.forward(hours=1)
    make.episode("Old conversation")
    time.forward(hours=1)
    make.episode("New conversation")
    page = visitor.get("/")
    lead = page.text.split('id="lead"')[1].split("</article>")[0]
    assert "Post number 10" in lead
    titles = re.findall(r">(Post number \d\d)</a></h", page.text)
    assert titles == [f"Post number {number:02}" for number in range(10, 3, -1)]
    assert "New conversation" in page.words
    assert "Old conversation" not in page.words
    assert "Tips" in page.words.split("Series", 1)[1]


def test_home_shows_what_is_discussed_but_not_what_is_hidden(
    make: Maker, visitor: Visitor, session: Session,
) -> None:
    talked, quiet = make.post("Talked about"), make.post("Quiet")
    make.comment(talked, approved=True)
    make.comment(quiet)
    side = visitor.get("/").text.split('id="discussed"')[1].split("</section>")[0]
    assert "Talked about" in side
    assert "1 comment" in side
    assert "Quiet" not in side


def test_a_topic_page_holds_posts_and_episodes_on_it(make: Maker, visitor: Visitor) -> None:
    episodes(make, 1)
    make.post("On trust", topics=("Trust",))
    make.post("On rotas", topics=("Rotas",))
    words = visitor.get("/topics/trust").words
    assert "On trust" in words
    assert "Episode title" in words
    assert "On rotas" not in words


def test_a_series_page_is_in_the_order_of_its_numbers(make: Maker, session: Session,
                                                      visitor: Visitor) -> None:
    for title, number in (("Third", 30), ("First", 10), ("Second", 20)):
        filing.number(session, make.post(title), "Tips", number)
        session.commit()
    words = visitor.get("/series/tips").words
    assert words.index("First") < words.index("Second") < words.index("Third")
    assert "30" in words


def test_a_person_page_tells_what_they_wrote_from_what_they_spoke_in(
    make: Maker, visitor: Visitor,
) -> None:
    by_ada(make, 1)
    with_ada(make, 2)
    page = visitor.get("/people/ada-penn")
    written, heard = page.text.split('id="heard"')
    assert "/posts/" in written.split('id="written"')[1]
    assert "/episodes/" in heard
    assert "Harbour master" in page.words
    assert "Ada keeps <em>boats</em> apart." in page.text
    mine = [each for each in page.all("a") if each["href"] == "https://ada.example/"]
    assert [each["rel"] for each in mine] == ["me ugc nofollow noopener noreferrer"]


def test_somebody_with_nothing_published_has_no_page(make: Maker, visitor: Visitor) -> None:
    make.post("Not yet", author=make.person("Ada Penn"), published=False)
    visitor.get("/people/ada-penn", status=404)
    assert "Ada Penn" not in visitor.get("/people/").words


@pytest.mark.parametrize("path", ["/topics/none", "/series/none", "/people/none",
                                  "/topics/none/feed.xml", "/series/none/feed.xml"])
def test_a_list_of_nothing_known_is_not_found(path: str, visitor: Visitor) -> None:
    visitor.get(path, status=404)


def test_a_topic_or_series_without_anything_public_is_not_offered(make: Maker,
                                                                  visitor: Visitor) -> None:
    make.post(topics=("Secret plans",), series="Unborn", published=False)
    assert "Secret plans" not in visitor.get("/topics/").words
    assert "Unborn" not in visitor.get("/series/").words
