"""The page of a post, and what stands around it."""

import re
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.entries import filing
from app.entries.models import Entry, Markup, Origin, Part
from app.people import actions as people
from app.people.models import Person
from tests.conftest import NOON
from tests.counting import queries
from tests.making import Maker
from tests.visiting import Page, Visitor


def person(session: Session, name: str) -> Person:
    site = name.lower().replace(" ", "-")
    made = people.add(session, name, now=NOON, headline=f"Head of {name}", bio=f"Bio of *{name}*.",
                      links=[{"label": f"{name}'s site", "url": f"https://{site}.example/"}])
    session.commit()
    return made


def sign(session: Session, post: Entry, *authors: Person) -> None:
    filing.credit(session, post, Part.AUTHOR, [(each, "", "") for each in authors])
    session.commit()


def box(page: Page, somebody: Person) -> str:
    """The bio box of one person."""
    found = re.search(rf'<section[^>]*id="person-{somebody.id}-bio".*?</section>', page.text, re.S)
    assert found, f"no bio box for {somebody.name}"
    return found.group()


@pytest.mark.parametrize(("names", "byline"), [
    (["Ada Penn"], "By Ada Penn"),
    (["Ben Quay", "Ada Penn"], "By Ben Quay and Ada Penn"),
    (["Cleo", "Ada", "Ben"], "By Cleo, Ada and Ben"),
])
def test_the_byline_names_every_author_in_their_order(
    names: list[str], byline: str, make: Maker, session: Session, visitor: Visitor,
) -> None:
    sign(session, make.post("Signed"), *(person(session, name) for name in names))
    words = visitor.get("/posts/signed").words.replace(" ,", ",")
    assert byline in words


def test_each_author_has_their_own_bio_and_their_own_links_only(
    make: Maker, session: Session, visitor: Visitor,
) -> None:
    ada, ben = person(session, "Ada Penn"), person(session, "Ben Quay")
    sign(session, make.post("Shared"), ada, ben)
    page = visitor.get("/posts/shared")
    assert "https://ada-penn.example/" in box(page, ada)
    assert "https://ben-quay.example/" in box(page, ben)
    assert "ben-quay" not in box(page, ada)
    assert "ada-penn" not in box(page, ben)
    assert "Bio of <em>Ben Quay</em>" in box(page, ben)
    assert "Head of Ada Penn" in box(page, ada)


def test_a_post_without_an_author_has_no_dangling_by(make: Maker, visitor: Visitor) -> None:
    make.post("Unsigned")
    assert " By " not in visitor.get("/posts/unsigned").words


def test_a_quote_stands_in_a_figure_with_its_speaker(make: Maker, visitor: Visitor) -> None:
    make.post("Quoted", text="Before.\n\n> Nobody asked the night shift.\n>\n> — Ada Penn\n")
    body = re.sub(r"\s+", "", visitor.get("/posts/quoted").text)
    assert ("<figure><blockquote><p>Nobodyaskedthenightshift.</p></blockquote>"
            "<figcaption>AdaPenn</figcaption></figure>") in body


def test_the_text_is_one_element_that_outside_markup_cannot_leave(make: Maker, visitor: Visitor,
                                                                  ) -> None:
    make.post("Outside", text='<script>alert(1)</script>\n\n</div></main><h1>Two</h1>\n\n'
                              '[x](javascript:alert(1)) <b data-hx-get="/x" onclick="y">z</b>')
    text = visitor.get("/posts/outside").text
    assert text.count('class="entry-body') == 1
    body = text.split('class="entry-body')[1].split("</div>")[0]
    assert "<script" not in body
    assert not re.search(r"<[^>]*(?:data-hx|onclick|javascript:)", body)


def test_it_can_be_passed_on_to_networks_that_are_still_there(make: Maker,
                                                              visitor: Visitor) -> None:
    make.post("Ask & tell")
    text = visitor.get("/posts/ask-tell").text
    share = text.split('id="share"')[1].split("</nav>")[0]
    assert re.findall(r">([^<]+)</a>", share) == ["LinkedIn", "Mastodon", "Bluesky", "E-mail"]
    assert "url=http%3A%2F%2Flocalhost%2Fposts%2Fask-tell" in share
    assert "Ask%20%26%20tell" in share
    assert not re.search(r"Google|StumbleUpon|<img|<script", share)


def test_no_page_asks_a_third_party_for_anything(make: Maker, visitor: Visitor) -> None:
    make.post("Pure", text="![](https://tracker.example/p.gif) Text.")
    page = visitor.get("/posts/pure")
    asked = [each.get("src", "") for tag in ("img", "script", "audio") for each in page.all(tag)]
    asked += [each["href"] for each in page.all("link")
              if each["rel"] not in {"canonical", "alternate"}]
    assert asked
    assert all(address.startswith("/") for address in asked)


def test_a_post_of_the_house_is_its_own_canonical_page(make: Maker, visitor: Visitor) -> None:
    make.post("Ours")
    page = visitor.get("/posts/ours")
    assert {"rel": "canonical", "href": "http://localhost/posts/ours"} in page.all("link")
    assert "source-line" not in page.text


def test_a_post_from_elsewhere_names_its_source_and_is_not_canonical_here(
    make: Maker, session: Session, visitor: Visitor,
) -> None:
    post = make.post("Theirs", text="A [link](https://elsewhere.example/).")
    post.origin, post.markup = Origin.FEED, Markup.MARKDOWN
    post.canonical_url, post.source_name = "https://second.example/a?b=1&c=2", "The Second Shelf"
    post.source_published_at = NOON.replace(day=1)
    session.commit()
    page = visitor.get("/posts/theirs")
    assert {"rel": "canonical", "href": "https://second.example/a?b=1&c=2"} in page.all("link")
    assert "First published at The Second Shelf on 1 May 2026" in page.words.replace(" .", ".")
    leaving = [each for each in page.all("a") if "elsewhere.example" in each["href"]]
    assert [each["rel"] for each in leaving] == ["ugc nofollow noopener noreferrer"]


def test_the_neighbours_in_a_series_are_the_published_ones(make: Maker, session: Session,
                                                           visitor: Visitor) -> None:
    for title in ("One", "Two", "Three", "Four"):
        make.post(title, series="Tips", published=title != "Two")
    page = visitor.get("/posts/three")
    turns = {each["rel"]: each["href"] for each in page.all("a") if each.get("rel") in
             {"prev", "next"}}
    assert turns == {"prev": "/posts/one", "next": "/posts/four"}
    assert "neighbours" in page.ids
    make.post("Alone")
    assert "neighbours" not in visitor.get("/posts/alone").ids


def test_what_to_read_next_shares_a_topic_and_is_not_the_post_itself(
    make: Maker, visitor: Visitor,
) -> None:
    make.post("Mine", topics=("Trust",))
    make.post("Akin", topics=("Trust", "Other"))
    make.post("Stranger", topics=("Other",))
    make.post("Hidden", topics=("Trust",), published=False)
    related = visitor.get("/posts/mine").text.split('id="related"')[1].split("</section>")[0]
    assert re.findall(r'<h3[^>]*><a href="([^"]+)"', related) == ["/posts/akin"]


def test_a_post_and_its_episode_lead_to_each_other(make: Maker, session: Session,
                                                   visitor: Visitor) -> None:
    post, episode = make.post("Read"), make.episode("Hear")
    filing.link(session, post, [episode])
    session.commit()
    assert f"entry-{episode.id}-counterpart" in "".join(visitor.get("/posts/read").ids) or (
        'href="/episodes/hear"' in visitor.get("/posts/read").text)
    assert 'href="/posts/read"' in visitor.get("/episodes/hear").text


def test_an_address_without_a_post_is_not_found(make: Maker, visitor: Visitor) -> None:
    make.post("Mine")
    for path in ("/posts/never", "/posts/Mine", "/posts/mine/", "/posts/%00", "/episodes/mine",
                 "/posts/mine%0d%0aX-A:b", "/posts/" + "a" * 3000):
        visitor.get(path, status=404)


def test_a_long_word_and_a_strange_title_stay_text(make: Maker, visitor: Visitor) -> None:
    make.post('"><script>alert(1)</script> & <b>' + "x" * 150)
    post = visitor.get("/posts/").text
    assert "<script>alert" not in post
    assert "&lt;script&gt;" in post


def test_a_post_costs_the_same_with_one_comment_and_with_twenty(
    make: Maker, session: Session, visitor: Visitor,
) -> None:
    post = make.post("Discussed", author=make.person(), topics=("Trust",), series="Tips")
    make.post("Another", author=make.person("Ben"), topics=("Trust",), series="Tips")
    first = make.comment(post, approved=True)
    one = queries(visitor, "/posts/discussed")
    for _ in range(19):
        make.comment(post, approved=True, parent=first)
    assert len(queries(visitor, "/posts/discussed")) == len(one)


def test_the_list_is_newest_first_and_leads_on_while_there_is_more(
    make: Maker, visitor: Visitor, time: Any,
) -> None:
    for number in range(1, 26):
        make.post(f"Number {number:02}")
        time.forward(minutes=1)
    seen: list[str] = []
    path: str | None = "/posts/"
    while path:
        page = visitor.get(path)
        seen += re.findall(r">(Number \d\d)</a>", page.text)
        path = next((each["href"] for each in page.all("a") if each.get("rel") == "next"), None)
    assert seen == [f"Number {number:02}" for number in range(25, 0, -1)]
