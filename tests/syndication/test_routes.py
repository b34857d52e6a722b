"""What goes out to feed readers, podcast players, crawlers and other sites."""

import json
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.desk.models import Verb
from app.entries import actions, filing, wording
from app.entries.models import Entry, EntryState, Origin, Part
from app.entries.wording import Words
from app.episodes.models import Episode
from app.syndication.sitemaps import CHUNK
from tests.conftest import NOON
from tests.episodes.recording import AUDIO, record
from tests.making import Maker
from tests.visiting import Visitor

XML_FEEDS = {"/feed.xml": "rss20", "/feed.atom": "atom10", "/topics/trust/feed.xml": "rss20",
             "/series/tips/feed.xml": "rss20", "/episodes/feed.xml": "rss20"}


@pytest.fixture
def published(app: Flask, make: Maker, session: Session, time: Any) -> list[Entry]:
    """A post by two people and an episode with a recording, both on a topic and in a series."""
    post = make.post("Ask & tell", author=make.person("Ada Penn"), topics=("Trust",),
                     series="Tips", text="A [page of ours](/people/ada-penn) and *words*.")
    time.forward(hours=1)
    episode = make.episode("Hear <this>")
    filing.file_under(session, episode, ["Trust"])
    filing.number(session, episode, "Tips", None)
    assert isinstance(episode, Episode)
    record(make, episode, app.config["MEDIA"])
    return [post, episode]


def parsed(visitor: Visitor, path: str) -> Any:
    answer = visitor.client.get(path)
    assert answer.status_code == 200
    found = feedparser.parse(answer.data, response_headers={"content-type": answer.content_type})
    assert not found.bozo, found.get("bozo_exception")
    return found


@pytest.mark.parametrize(("path", "version"), XML_FEEDS.items())
def test_a_feed_can_be_read_and_holds_the_entries(path: str, version: str, visitor: Visitor,
                                                  published: list[Entry]) -> None:
    found = parsed(visitor, path)
    assert found.version == version
    wanted = published[::-1] if path != "/episodes/feed.xml" else published[1:]
    assert [each.id for each in found.entries] == [entry.guid for entry in wanted]
    titles = [node.text for node in ET.fromstring(visitor.client.get(path).data).iter()
              if node.tag.endswith("title")]
    assert titles[1:] == [entry.title for entry in wanted], "as text, whatever is in it"
    assert found.entries[0].link == "http://localhost/episodes/hear-this"
    assert found.entries[0].published_parsed[:5] == (2026, 5, 4, 13, 0)


def test_the_text_in_a_feed_is_whole_and_its_links_lead_here(visitor: Visitor,
                                                             published: list[Entry]) -> None:
    for path in ("/feed.xml", "/feed.atom"):
        content = parsed(visitor, path).entries[1].content[0].value
        assert 'href="http://localhost/people/ada-penn"' in content
        assert "<em>words</em>" in content


def test_the_author_and_the_topics_are_in_the_feed(visitor: Visitor,
                                                   published: list[Entry]) -> None:
    entry = parsed(visitor, "/feed.xml").entries[1]
    assert entry.author == "Ada Penn"
    assert [tag.term for tag in entry.tags] == ["Trust"]
    assert parsed(visitor, "/feed.atom").entries[1].author == "Ada Penn"


def test_the_json_feed_says_the_same(visitor: Visitor, published: list[Entry]) -> None:
    answer = visitor.client.get("/feed.json")
    assert answer.mimetype == "application/feed+json"
    document = json.loads(answer.data)
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["feed_url"] == "http://localhost/feed.json"
    assert [each["id"] for each in document["items"]] == [each.guid for each in published[::-1]]
    post = document["items"][1]
    assert post["title"] == "Ask & tell"
    assert post["url"] == "http://localhost/posts/ask-tell"
    assert post["date_published"] == "2026-05-04T12:00:00Z"
    assert post["authors"] == [{"name": "Ada Penn", "url": "http://localhost/people/ada-penn"}]
    assert post["tags"] == ["Trust"]


def test_a_post_from_elsewhere_says_where_its_home_is(make: Maker, session: Session,
                                                      visitor: Visitor) -> None:
    post = make.post("Theirs")
    post.origin, post.canonical_url = Origin.FEED, "https://second.example/a?b=1&c=2"
    session.commit()
    item = visitor.client.get("/feed.json").json["items"][0]
    assert item["external_url"] == "https://second.example/a?b=1&c=2"
    assert item["url"] == "http://localhost/posts/theirs"


def test_an_empty_feed_is_a_feed(visitor: Visitor) -> None:
    for path in ("/feed.xml", "/feed.atom", "/episodes/feed.xml"):
        assert parsed(visitor, path).entries == []
    assert visitor.client.get("/feed.json").json["items"] == []
    ET.fromstring(visitor.client.get("/sitemap.xml").data)


def test_signs_that_xml_cannot_hold_do_not_break_a_feed(make: Maker, session: Session,
                                                        visitor: Visitor) -> None:
    person = make.person("Ada \x0bPenn\x1f")
    post = make.post("Bad", author=person, topics=("Top\x02ic",))
    post.title = "A\x01\x08\x0c\x1f\x7f\ufffe\uffff ]]> & <b>\U0001f600 title"
    post.standfirst = "Under\x0b it"
    post.html = "<p>In\x0c it</p>"
    session.commit()
    for path in ("/feed.xml", "/feed.atom", "/topics/top-ic/feed.xml"):
        entry = parsed(visitor, path).entries[0]
        assert "\U0001f600 title" in entry.title
        ET.fromstring(visitor.client.get(path).data)
    assert "title" in visitor.client.get("/feed.json").json["items"][0]["title"]


@pytest.mark.parametrize("path", ["/feed.xml", "/feed.atom", "/feed.json"])
def test_an_entry_is_the_same_to_readers_whatever_becomes_of_it(
    path: str, make: Maker, session: Session, visitor: Visitor, editor: Visitor, time: Any,
) -> None:
    submission = make.submission(title="Kept")
    item = make.item("submission", submission.id)
    decision = make.decision(item, Verb.APPROVE)
    guid = submission.entry.guid
    assert guid in visitor.client.get(path).text
    editor.post(f"/desk/decisions/{decision.id}/undo")
    assert guid not in visitor.client.get(path).text
    time.forward(days=1)
    editor.post(f"/desk/items/{item.id}/approval")
    assert guid in visitor.client.get(path).text
    session.refresh(submission.entry)
    wording.write(session, submission.entry, Words("New title", "", "New text."), by="Ada",
                  now=NOON)
    filing.address(session, submission.entry, "another-address")
    session.commit()
    text = visitor.client.get(path).text
    assert guid in text
    assert "New title" in text
    assert "http://localhost/posts/another-address" in text


def test_what_is_not_public_is_in_no_feed(make: Maker, session: Session, visitor: Visitor,
                                          time: Any) -> None:
    make.post("Secret", published=False, topics=("Trust",))
    make.submission(title="Secret piece")
    make.post("Open", topics=("Trust",))
    gone = make.post("Secret once", topics=("Trust",))
    actions.remove(gone, now=time.now())
    later = make.post("Secret until May", published=False)
    actions.publish(session, later, now=time.now(), at=time.now().replace(day=20))
    session.commit()
    for path in ("/feed.xml", "/feed.atom", "/feed.json", "/topics/trust/feed.xml",
                 "/sitemap.xml"):
        text = visitor.client.get(path).text
        assert "ecret" not in text
        assert "open" in text.lower()


def test_a_feed_holds_the_newest_thirty(make: Maker, visitor: Visitor, time: Any) -> None:
    for number in range(32):
        make.post(f"Post {number:02}")
        time.forward(minutes=1)
    titles = [each.title for each in parsed(visitor, "/feed.xml").entries]
    assert titles == [f"Post {number:02}" for number in range(31, 1, -1)]


def test_a_feed_names_its_own_address_and_its_page(visitor: Visitor,
                                                   published: list[Entry]) -> None:
    for path in XML_FEEDS:
        links = {each.rel: each.href for each in parsed(visitor, path).feed.links}
        assert links["self"] == f"http://localhost{path}"
        page = links["alternate"].removeprefix("http://localhost")
        visitor.get(page)


def test_the_sitemap_lists_every_public_address(visitor: Visitor,
                                                published: list[Entry]) -> None:
    answer = visitor.client.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    name = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    rows = ET.fromstring(answer.data).findall(f"{name}url")
    found = [(row.findtext(f"{name}loc"), row.findtext(f"{name}lastmod")) for row in rows]
    assert found == [("http://localhost/episodes/hear-this", "2026-05-04T13:00:00Z"),
                     ("http://localhost/posts/ask-tell", "2026-05-04T12:00:00Z")]


def addresses(visitor: Visitor, path: str) -> list[str]:
    root = ET.fromstring(visitor.client.get(path).data)
    return [each.text or "" for each in root.iter(
        "{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


def test_a_long_sitemap_comes_in_parts_that_keep_what_they_have(
        visitor: Visitor, session: Session, published: list[Entry]) -> None:
    # In the third part nothing is public.
    for number, slug in ((CHUNK, "last-of-one"), (CHUNK + 1, "first-of-two"), (3 * CHUNK, None),
                         (3 * CHUNK + 7, "new")):
        session.add(Entry(id=number, slug=slug, title="x", html="<p>x</p>", created_at=NOON,
                          updated_at=NOON, published_at=NOON if slug else None,
                          state=EntryState.PUBLISHED if slug else EntryState.DRAFT))
    session.commit()
    assert addresses(visitor, "/sitemap.xml") == [
        f"http://localhost/sitemap-{part}.xml" for part in (1, 2, 4)]
    first = addresses(visitor, "/sitemap-1.xml")
    assert first[0] == "http://localhost/posts/last-of-one"
    assert {"http://localhost/episodes/hear-this", "http://localhost/posts/ask-tell"} < set(first)
    assert addresses(visitor, "/sitemap-2.xml") == ["http://localhost/posts/first-of-two"]
    assert addresses(visitor, "/sitemap-4.xml") == ["http://localhost/posts/new"]
    for part in ("0", "3", "5", "99999999999999999999"):
        assert visitor.client.get(f"/sitemap-{part}.xml").status_code == 404


def test_crawlers_are_kept_from_what_is_private_and_shown_the_map(visitor: Visitor) -> None:
    answer = visitor.client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    lines = answer.text.splitlines()
    for folder in ("/desk/", "/write/", "/account/", "/follow/", "/_/"):
        assert f"Disallow: {folder}" in lines
    assert "Sitemap: http://localhost/sitemap.xml" in lines
    assert "Disallow: /" not in lines


@pytest.mark.parametrize("url", ["http://localhost/episodes/hear-this", "/episodes/hear-this",
                                 "http://localhost/episodes/hear-this?a=1#t=3"])
def test_another_site_is_told_how_to_embed_an_episode(url: str, visitor: Visitor,
                                                      published: list[Entry]) -> None:
    answer = visitor.client.get("/oembed", query_string={"url": url, "format": "json"})
    assert answer.status_code == 200
    told = answer.json
    assert (told["type"], told["version"], told["title"]) == ("rich", "1.0", "Hear <this>")
    assert 'src="http://localhost/episodes/hear-this/embed"' in told["html"]
    assert 'title="Hear &lt;this&gt;"' in told["html"]
    visitor.get("/episodes/hear-this/embed")


@pytest.mark.parametrize(("query", "status"), [
    ({}, 404), ({"url": "http://localhost/posts/ask-tell"}, 404),
    ({"url": "https://evil.example/episodes/hear-this"}, 404),
    ({"url": "http://localhost/episodes/none"}, 404), ({"url": "http://localhost/episodes/"}, 404),
    ({"url": "http://localhost/episodes/hear-this", "format": "xml"}, 501),
])
def test_what_cannot_be_embedded_is_not_found(query: dict[str, str], status: int,
                                              visitor: Visitor, published: list[Entry]) -> None:
    assert visitor.client.get("/oembed", query_string=query).status_code == status


def test_the_podcast_is_for_players(visitor: Visitor, published: list[Entry], make: Maker,
                                    session: Session) -> None:
    episode = published[1]
    assert isinstance(episode, Episode)
    filing.credit(session, episode, Part.GUEST, [(make.person("Ben <Quay>"), "", "")])
    session.commit()
    found = parsed(visitor, "/episodes/feed.xml")
    assert found.feed.itunes_explicit is False or found.feed.itunes_explicit is None
    enclosure = found.entries[0].enclosures[0]
    assert (enclosure.type, enclosure.length) == ("audio/mpeg", str(AUDIO.stat().st_size))
    assert enclosure.href.startswith("http://localhost/media/")
    assert found.entries[0].itunes_episode == str(episode.number)
