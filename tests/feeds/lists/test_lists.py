"""Lists of feeds in and out."""

import io
from pathlib import Path
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.entries.models import Discussion
from app.entries.shelves import Topic
from app.feeds import actions, settings
from app.feeds.deal.models import FeedName
from app.feeds.lists import opml
from app.feeds.lists.opml import BadOpml, Outline, read, write
from app.feeds.lists.planning import plan
from app.feeds.models import Feed, Indexing, Policy, Show
from app.feeds.settings import Settings
from tests.commanding import Run
from tests.conftest import NOON
from tests.counting import statements
from tests.making import Maker
from tests.visiting import Page, Visitor

TWO = """<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Harbours"><outline text="Deep"><outline type="rss" text="A &amp; B"
 xmlUrl="https://a.example/feed?x=1&amp;y=2" htmlUrl="https://a.example/" frss:odd="1"/></outline>
</outline><outline text="Not a feed"/><outline title="B" xmlurl="https://b.example/feed"/>
</body></opml>"""
OURS = Settings(Policy.PUBLISH, Show.FULL, Indexing.NOINDEX, Discussion.CLOSED, ("Ropes", "Été"),
                None, True)


def feeds(session: Session) -> dict[str, Feed]:
    session.expire_all()
    found = {feed.url: feed for feed in session.scalars(sa.select(Feed))}
    session.commit()
    return found


def sent(document: str | bytes) -> dict[str, object]:
    data = document.encode() if isinstance(document, str) else document
    return {"file": (io.BytesIO(data), "feeds.opml")}


def take_over(editor: Visitor, document: str) -> None:
    page = Page(editor.post("/desk/feeds/imports", sent(document), 200).text)
    [hidden] = [each for each in page.all("input") if each.get("name") == "document"]
    editor.post("/desk/feeds/imports", {"document": hidden["value"]})


def test_feeds_are_found_in_folders_and_whatever_else_stands_there_is_passed_over() -> None:
    first, second = read(TWO.encode())
    assert first == Outline("https://a.example/feed?x=1&y=2", "A & B", "https://a.example/",
                            ("Harbours", "Deep"))
    assert second == Outline("https://b.example/feed", "B")


@pytest.mark.parametrize(("document", "words"), [
    (b"", "no OPML"), (b"\x00\x01", "no OPML"), (b"just words", "no OPML"),
    (b"<opml><body>", "no OPML"), (b"<rss/>", "does not begin with an opml element"),
    (b"<opml>&nbsp;</opml>", "no OPML"),
    (b"<?xml version='1.0' encoding='klingon'?><opml/>", "no OPML"),
    (b"<!DOCTYPE opml [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><opml>&b;</opml>", "entities"),
    (b"<!DOCTYPE opml [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><opml>&x;</opml>", "entities"),
    (b"<opml>" + b"<outline text='x'>" * 30, "folders in folders"),
    (b"<opml>" + b"<outline xmlUrl='https://a.example/'/>" * 5001, "more than 5,000 feeds"),
    (b"<opml>" + b" " * opml.LONGEST, "larger than 1 MB"),
])
def test_what_is_no_list_is_refused_in_one_sentence(document: bytes, words: str) -> None:
    with pytest.raises(BadOpml, match=words) as refused:
        read(document)
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "iso-8859-1"])
def test_a_list_may_be_written_in_any_usual_charset(charset: str) -> None:
    document = (f"<?xml version='1.0' encoding='{charset}'?><opml><body>"
                "<outline text='Été' xmlUrl='https://a.example/'/></body></opml>")
    assert read(document.encode(charset))[0].title == "Été"


def test_titles_full_of_markup_and_control_signs_come_out_as_sound_xml() -> None:
    odd = Outline("https://a.example/?a=1&b=\"<'", "Tom & \"Jerry\" <b>\x08\n\u202eend", "",
                  (), {"topics": "A & B"})
    document = write([odd], title="<&>", now=NOON)
    root = ElementTree.fromstring(document)
    assert root.attrib["version"] == "2.0"
    assert read(document.encode()) == (
        Outline(odd.url, "Tom & \"Jerry\" <b> end", "", (), odd.settings),)


def test_an_export_comes_back_in_without_loss(editor: Visitor, session: Session,
                                              make: Maker) -> None:
    ada = make.person("Ada Penn")
    first, _new = actions.add(session, "https://a.example/feed?x=1&y=2", now=NOON)
    settings.agree(session, first, OURS)
    first.title = "Ropes & <more>"
    second, _new = actions.add(session, "https://b.example/", now=NOON, author=ada)
    actions.pause(session, second, now=NOON)
    document = editor.client.get("/desk/feeds/export.opml")
    assert "attachment" in document.headers["Content-Disposition"]
    for feed in (first, second):
        session.delete(feed)
    session.commit()
    take_over(editor, document.text)
    back = feeds(session)
    one, two = back["https://a.example/feed?x=1&y=2"], back["https://b.example/"]
    assert settings.of(one) == OURS
    assert one.title == "Ropes & <more>"
    assert (two.author_id, two.paused_at is not None) == (ada.id, True)
    assert editor.client.get("/desk/feeds/export.opml").text == document.text


def test_a_list_says_what_it_would_do_and_does_nothing_before_it_is_told_to(
    editor: Visitor, session: Session, make: Maker,
) -> None:
    make.post(topics=("Harbours",))
    page = Page(editor.post("/desk/feeds/imports", sent(TWO), 200).text)
    assert "2 new. Nothing is stored yet." in page.words
    assert "The folder “Deep” is no topic here, so it is left out." in page.words
    assert "as an excerpt, under Harbours" in page.words
    assert feeds(session) == {}
    take_over(editor, TWO)
    assert [topic.name for topic in feeds(session)["https://a.example/feed?x=1&y=2"].topics] == [
        "Harbours"]
    assert len(session.scalars(sa.select(Topic)).all()) == 1


def test_a_second_import_changes_nothing(editor: Visitor, session: Session) -> None:
    take_over(editor, TWO)
    before = feeds(session)
    page = Page(editor.post("/desk/feeds/imports", sent(TWO), 200).text)
    assert "2 as they are" in page.words
    take_over(editor, TWO)
    assert {url: feed.id for url, feed in feeds(session).items()} == {
        url: feed.id for url, feed in before.items()}


def test_settings_in_a_list_change_a_feed_and_are_told_first(editor: Visitor,
                                                             session: Session) -> None:
    actions.add(session, "https://a.example/", now=NOON)
    document = write([Outline("https://a.example/", "A", "", (), {
        "policy": "publish", "show": "everything", "author": "nobody"})], title="T", now=NOON)
    page = Page(editor.post("/desk/feeds/imports", sent(document), 200).text)
    for words in ("1 changed", "New items: hold becomes publish.",
                  "“everything” is no setting of “Readers get”", "Nobody here is “nobody”"):
        assert words in page.words, words
    take_over(editor, document)
    [feed] = feeds(session).values()
    assert (feed.policy, feed.show) == (Policy.PUBLISH, Show.EXCERPT)


def test_what_an_author_chose_is_not_changed_by_a_list(editor: Visitor,
                                                       session: Session) -> None:
    feed, _new = actions.add(session, "https://a.example/", now=NOON)
    feed.claimed_at, feed.show = NOON, Show.LINK
    session.commit()
    document = write([Outline("https://a.example/", "A", "", (), {
        "policy": "hold", "show": "full", "indexing": "canonical", "discussion": "auto"})],
        title="T", now=NOON)
    page = Page(editor.post("/desk/feeds/imports", sent(document), 200).text)
    assert "Its author chose how it is shown here; that stays." in page.words
    take_over(editor, document)
    assert feeds(session)["https://a.example/"].show is Show.LINK


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://u:p@a.example/", "ftp://a/"])
def test_an_address_that_is_none_is_left_out_and_told(address: str, editor: Visitor,
                                                      session: Session) -> None:
    document = write([Outline(address, "<b>Bad</b>")], title="T", now=NOON)
    page = Page(editor.post("/desk/feeds/imports", sent(document), 200).text)
    assert "1 left out" in page.words
    assert "is not a web address." in page.words
    take_over(editor, document)
    assert feeds(session) == {}


@pytest.mark.parametrize("form", [{}, {"document": "%%%"}, {"document": "é"}])
def test_no_file_and_a_damaged_one_are_told(form: dict[str, str], editor: Visitor) -> None:
    page = Page(editor.post("/desk/feeds/imports", form, 422).text)
    assert "That file cannot be taken over" in page.words


def test_a_long_list_asks_no_more_than_a_short_one(editor: Visitor) -> None:
    def cost(number: int) -> int:
        document = write([Outline(f"https://b{each}.example/") for each in range(number)],
                         title="T", now=NOON)
        with statements(editor.app) as seen:
            editor.post("/desk/feeds/imports", sent(document), 200)
        return len(seen)
    assert cost(1) == cost(40)


def test_the_command_line_brings_a_list_in_and_takes_it_out(run: Run, session: Session,
                                                            tmp_path: Path) -> None:
    path = tmp_path / "mine.opml"
    path.write_text(TWO)
    first = run("feed", "import", str(path))
    assert first.exit_code == 0
    assert first.output.splitlines()[0].startswith("https://a.example/feed?x=1&y=2 new ")
    assert first.output.splitlines()[-1] == "Taken over: 2 new."
    assert run("feed", "import", str(path)).output.splitlines()[-1] == "Taken over: 2 as they are."
    exported = run("feed", "export")
    assert [each.url for each in read(exported.stdout.encode())] == [
        "https://a.example/feed?x=1&y=2", "https://b.example/feed"]
    path.write_text("<html/>")
    bad = run("feed", "import", str(path))
    assert (bad.exit_code, len(bad.stderr.splitlines())) == (1, 1)
    assert len(feeds(session)) == 2


def test_a_file_that_is_not_there_is_one_sentence(run: Run, tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.opml", tmp_path):
        result = run("feed", "import", str(path))
        assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
        assert "cannot be read" in result.stderr


def test_who_the_names_of_a_feed_are_comes_along(editor: Visitor, session: Session,
                                                 make: Maker) -> None:
    ada, kim = make.person("Ada Penn"), make.person("Kim Ray")
    feed, _new = actions.add(session, "https://a.example/", now=NOON)
    for name, person in (("Ada & Co. \"A\"", ada), ("kim", kim), ("nobody", None)):
        session.add(FeedName(feed_id=feed.id, name=name, person=person, first_seen_at=NOON))
    session.commit()
    document = editor.client.get("/desk/feeds/export.opml").text
    same = Page(editor.post("/desk/feeds/imports", sent(document), 200).text)
    assert "1 as they are" in same.words
    session.execute(sa.delete(FeedName))
    session.commit()
    page = Page(editor.post("/desk/feeds/imports", sent(document), 200).text)
    assert "“kim” is Kim Ray." in page.words
    take_over(editor, document)
    found = {row.name: row.person_id for row in session.scalars(sa.select(FeedName))}
    assert found == {"Ada & Co. \"A\"": ada.id, "kim": kim.id}


def test_no_list_makes_topics_without_end(session: Session) -> None:
    topics = ", ".join([*map(str, range(5000)), "x" * 5000])
    document = write([Outline("https://a.example/", "A", "", (), {"policy": "hold",
                                                                "topics": topics})],
                     title="T", now=NOON).encode()
    planned = plan(session, read(document))
    assert len(planned[0].settings.topics) == 100


@pytest.mark.parametrize("names", ["{", "[]", "17", '{"Jo": 5, "": "x"}', '{"Jo": "nobody-here"}',
                                   "[" * 100_000, '{"\\ud800": "jo"}'])
def test_names_that_cannot_be_used_change_nothing(names: str, editor: Visitor,
                                                  session: Session) -> None:
    document = write([Outline("https://a.example/", "A", "", (), {"names": names})], title="T",
                     now=NOON)
    take_over(editor, document)
    assert len(feeds(session)) == 1
    assert session.scalars(sa.select(FeedName)).all() == []
