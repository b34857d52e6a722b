"""The webcast as readers and players have it."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.desk.models import Verb
from app.entries import actions as entries
from app.entries import filing, wording
from app.entries.models import Part
from app.entries.wording import Words
from app.episodes import actions
from app.episodes.models import Episode
from app.episodes.transcripts import read
from tests.conftest import NOON
from tests.episodes.recording import AUDIO, record
from tests.making import Maker
from tests.visiting import Visitor

VTT = ("WEBVTT\n\n00:00:00.500 --> 00:00:03.000\n<v Ada Penn>Welcome & hello.\n\n"
       "00:00:03.500 --> 00:00:06.000\n<v Ben Quay>Thank <you>.\n\n"
       "00:00:06.500 --> 00:00:07.000\n<v Ben Quay>Really.\n")
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"


@pytest.fixture
def episode(app: Flask, make: Maker, session: Session) -> Episode:
    """An episode with recording, chapters, transcript, host and guest."""
    made = make.episode("Both sides")
    record(make, made, app.config["MEDIA"])
    actions.transcribe(session, made, VTT.replace("<you>", "&lt;you&gt;"))
    actions.divide(made, "0:03 The crossing\n1:00:00.5 Much later")
    filing.credit(session, made, Part.HOST, [(make.person("Ada Penn"), "", "")])
    filing.credit(session, made, Part.GUEST, [(make.person("Ben Quay"), "Captain", "The Ferry")])
    session.commit()
    return made


def item(visitor: Visitor) -> ET.Element:
    document = ET.fromstring(visitor.client.get("/episodes/feed.xml").data)
    found = document.find("channel/item")
    assert found is not None
    return found


def test_the_page_has_player_chapters_notes_and_transcript(episode: Episode,
                                                           visitor: Visitor) -> None:
    page = visitor.get("/episodes/both-sides")
    assert episode.audio is not None
    assert [each["src"] for each in page.all("audio")] == [episode.audio.path]
    assert {"player", "chapters", "notes", "transcript", "comments"} <= set(page.ids)
    chapters = page.text.split('id="chapters"')[1].split("</nav>")[0]
    assert re.findall(r'data-second="([\d.]+)"', chapters) == ["3.0", "3600.5"]
    assert "1:00:00" in chapters
    assert "Ben Quay Captain, The Ferry" in page.words
    assert "Host: Ada Penn" in page.words


def test_the_transcript_is_turns_of_conversation_with_a_link_a_line(episode: Episode,
                                                                    visitor: Visitor) -> None:
    for path in ("/episodes/both-sides", "/episodes/both-sides/transcript"):
        text = visitor.get(path).text.split('id="transcript"')[1].split("</section>")[0]
        assert re.findall(r'class="speaker">([^<]+)<', text) == ["Ada Penn", "Ben Quay"]
        assert re.findall(r'<p id="(t-\d)"', text) == ["t-0", "t-1", "t-2"]
        assert re.findall(r'#t=([\d.]+)" data-second="([\d.]+)"', text) == [
            ("0.5", "0.5"), ("3.5", "3.5"), ("6.5", "6.5")]
        assert "Welcome &amp; hello." in text
        assert "Thank &lt;you&gt;." in text
        assert 'class="turn host"' in text


def test_an_episode_without_a_recording_says_so(make: Maker, visitor: Visitor) -> None:
    make.episode("Soon")
    page = visitor.get("/episodes/soon")
    assert "The recording is still to come." in page.words
    assert page.all("audio") == []
    visitor.get("/episodes/soon/transcript", status=404)
    visitor.get("/episodes/soon/embed")


def test_players_get_the_transcript_as_webvtt(episode: Episode, visitor: Visitor) -> None:
    answer = visitor.client.get("/episodes/both-sides/transcript.vtt")
    assert answer.mimetype == "text/vtt"
    assert answer.text.startswith("WEBVTT\n\n")
    assert [(line.speaker, line.text) for line in read(answer.text)] == [
        ("Ada Penn", "Welcome & hello."), ("Ben Quay", "Thank <you>."), ("Ben Quay", "Really.")]


def test_a_transcript_without_times_is_not_offered_as_captions(
    episode: Episode, session: Session, visitor: Visitor,
) -> None:
    actions.transcribe(session, episode, "Ada Penn: Welcome.\n\nBen Quay: Thanks.")
    session.commit()
    assert visitor.client.get("/episodes/both-sides/transcript.vtt").status_code == 404
    assert item(visitor).find(f"{PODCAST}transcript") is None
    assert "Welcome." in visitor.get("/episodes/both-sides/transcript").words


def test_other_sites_may_frame_the_small_player_and_nothing_else(episode: Episode,
                                                                 visitor: Visitor) -> None:
    embed = visitor.client.get("/episodes/both-sides/embed")
    assert "frame-ancestors *" in embed.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in embed.headers
    page = visitor.get("/episodes/both-sides/embed")
    assert len(page.all("audio")) == 1
    assert [each["target"] for each in page.all("a")] == ["_top"]
    whole = visitor.client.get("/episodes/both-sides")
    assert "frame-ancestors 'none'" in whole.headers["Content-Security-Policy"]


def test_podcast_players_find_the_recording(episode: Episode, visitor: Visitor) -> None:
    found = item(visitor)
    enclosure = found.find("enclosure")
    assert enclosure is not None
    assert episode.audio is not None
    assert enclosure.attrib == {"url": f"http://localhost{episode.audio.path}",
                                "length": str(AUDIO.stat().st_size), "type": "audio/mpeg"}
    path = enclosure.attrib["url"].removeprefix("http://localhost")
    with visitor.client.head(path) as head:
        assert head.content_length == AUDIO.stat().st_size
    assert found.findtext(f"{ITUNES}duration") == str(round(episode.audio.seconds or 0))
    assert found.findtext(f"{ITUNES}episode") == str(episode.number)
    assert found.find(f"{PODCAST}transcript") is not None
    assert [each.text for each in found.findall(f"{PODCAST}person")] == ["Ben Quay"]


def test_an_episode_keeps_its_guid_whatever_is_edited(episode: Episode, session: Session,
                                                      visitor: Visitor, time: Any) -> None:
    guid = item(visitor).findtext("guid")
    assert guid == episode.guid
    wording.write(session, episode, Words("New title", "", "New notes."), by="Ada", now=NOON)
    actions.renumber(session, episode, 99)
    filing.address(session, episode, "another-address")
    entries.hold_again(episode, now=NOON)
    entries.publish(session, episode, now=time.forward(days=1))
    session.commit()
    assert item(visitor).findtext("guid") == guid
    assert item(visitor).findtext("link") == "http://localhost/episodes/another-address"


def test_an_episode_without_a_recording_is_not_in_the_podcast(make: Maker,
                                                              visitor: Visitor) -> None:
    make.episode("Soon")
    document = ET.fromstring(visitor.client.get("/episodes/feed.xml").data)
    assert document.findall("channel/item") == []


def test_an_episode_takes_comments(episode: Episode, make: Maker, visitor: Visitor) -> None:
    visitor.post("/episodes/both-sides/comments", {
        "author_name": "Rita", "author_email": "rita@reader.example", "body": "I heard that."})
    comment = make.comment(episode, "Me too.")
    make.decision(make.item("comment", comment.id), Verb.APPROVE)
    words = visitor.get("/episodes/both-sides").words
    assert "Me too." in words
    assert "I heard that." not in words


@pytest.mark.parametrize(("lines", "chapters"), [
    ("", []),
    ("0:00 A\n\n  12:34 B  ", [(0, "A"), (754, "B")]),
    ("1:02:03.5 C", [(3723.5, "C")]),
    ("120:00 D", [(7200, "D")]),
])
def test_chapters_are_read_and_shown_again_as_typed(
    lines: str, chapters: list[tuple[float, str]], episode: Episode,
) -> None:
    actions.divide(episode, lines)
    assert [(each["start"], each["title"]) for each in episode.chapters] == chapters
    once = actions.chapter_lines(episode)
    actions.divide(episode, once)
    assert actions.chapter_lines(episode) == once
