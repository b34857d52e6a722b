"""The form of an episode: what it stores, what it refuses, and that a refusal changes nothing."""

import io
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.episodes.models import Episode
from app.media import Media
from tests.episodes.recording import AUDIO
from tests.making import Maker
from tests.visiting import Visitor

VTT = ("WEBVTT\n\n00:00:00.500 --> 00:00:03.000\n<v Ada Penn>Welcome.\n\n"
       "00:00:03.500 --> 00:00:06.000\n<v Ben Quay>Thank you.\n")
FORM = {"title": "Night shift", "standfirst": "In short.", "source": "*Notes*.", "number": "7",
        "discussion": "auto", "host": "Ada Penn", "guests": "Ben Quay | Captain | The Ferry",
        "chapters": "0:03 The crossing\n0:00 Hello", "transcript": VTT}


def recording() -> tuple[io.BytesIO, str]:
    return io.BytesIO(AUDIO.read_bytes()), "talk.mp3"


@pytest.fixture(autouse=True)
def people(make: Maker) -> None:
    make.person("Ada Penn")
    make.person("Ben Quay")


@pytest.fixture
def stored(editor: Visitor, session: Session) -> Episode:
    """An episode with everything, as the form made it."""
    editor.post("/desk/episodes/new", {**FORM, "audio": recording(), "publish": "1"})
    return only(session)


def only(session: Session) -> Episode:
    session.expire_all()
    episode = session.scalars(sa.select(Episode)).one()
    _ = episode.cues
    session.commit()
    return episode


def facts(episode: Episode) -> tuple[Any, ...]:
    return (episode.title, episode.slug, episode.number, episode.version, episode.audio_id,
            episode.chapters, [(cue.start, cue.speaker, cue.text) for cue in episode.cues],
            [(each.person.name, each.part, each.standing) for each in episode.contributions])


def test_the_form_of_a_new_episode_offers_the_next_number(editor: Visitor, make: Maker) -> None:
    make.episode()
    make.episode()
    assert 'name="number" required type="number" value="3"' in editor.get("/desk/episodes/new").text


def test_everything_that_was_typed_is_kept(stored: Episode, editor: Visitor) -> None:
    assert (stored.number, stored.slug) == (7, "night-shift")
    assert stored.audio is not None
    assert (stored.audio.content_type, stored.audio.size) == ("audio/mpeg", AUDIO.stat().st_size)
    assert stored.audio.seconds > 60
    assert [each["title"] for each in stored.chapters] == ["Hello", "The crossing"]
    assert [(cue.speaker, cue.text) for cue in stored.cues] == [
        ("Ada Penn", "Welcome."), ("Ben Quay", "Thank you.")]
    shown = editor.get(f"/desk/episodes/{stored.id}").text
    for typed in ("Ben Quay | Captain | The Ferry", "0:03.00 The crossing", "&lt;v Ada Penn&gt;"):
        assert typed in shown


def test_what_the_form_shows_can_be_sent_again_and_changes_nothing(stored: Episode, editor: Visitor,
                                                                   session: Session) -> None:
    before = facts(stored)
    editor.post(f"/desk/episodes/{stored.id}", {
        **FORM, "slug": "night-shift", "version": "1", "audio": (io.BytesIO(), ""),
        "chapters": "0:00.00 Hello\n0:03.00 The crossing"})
    assert facts(only(session)) == before


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"number": "1"}, "There is an episode 1 already."),
    ({"number": "0"}, "A number from 1."),
    ({"number": "-3"}, "A number from 1."),
    ({"number": "99999999999999999999"}, "A number from 1."),
    ({"number": ""}, "A number, please."),
    ({"chapters": "The hardest thing at 12:34"}, "is not of the form: 12:34"),
    ({"chapters": "12:3 Too short"}, "is not of the form: 12:34"),
    ({"guests": "Nobody Known | Captain"}, "Nobody here is called “Nobody Known”"),
    ({"host": "Nobody Known"}, "Nobody here is called “Nobody Known”"),
    ({"transcript": "WEBVTT\n\nnoon --> one\nHello."}, "cannot be read"),
    ({"audio": (io.BytesIO(b"RIFF....WAVEfmt "), "talk.mp3")}, "not a recording we can play"),
    ({"audio": (io.BytesIO(b"ID3" + b"\0" * 200), "talk.mp3")}, "is damaged"),
    ({"audio": (io.BytesIO(b"\xff\xfb\x90\x00" + b"\0" * 5), "talk.mp3")}, "recording"),
    ({"title": ""}, "A title, please."),
    ({"slug": "taken"}, "Another entry is at /episodes/taken"),
]


def test_a_mistake_is_told_and_changes_nothing(
    stored: Episode, editor: Visitor, make: Maker, session: Session,
) -> None:
    make.episode("Taken")
    before = facts(stored)
    for changed, sentence in MISTAKES:
        typed = {**FORM, "title": "Changed", "slug": "night-shift", "version": "1",
                 "source": "Kept words.", **changed}
        answer = editor.post(f"/desk/episodes/{stored.id}", typed, status=422)
        assert sentence in answer.text, changed
        assert "Kept words." in answer.text, changed
        session.expire_all()
        assert facts(session.get_one(Episode, stored.id)) == before


@pytest.mark.parametrize("changed", [{"number": "1"}, {"chapters": "x"}, {"guests": "Nobody"}])
def test_a_mistake_in_a_new_episode_stores_none(changed: dict[str, str], editor: Visitor,
                                                make: Maker, session: Session) -> None:
    first = make.episode()
    editor.post("/desk/episodes/new", {**FORM, "audio": recording(), **changed}, status=422)
    assert only(session).id == first.id
    assert session.scalar(sa.select(sa.func.count()).select_from(Media)) == 0


def test_a_recording_is_larger_than_a_form(stored: Episode, editor: Visitor,
                                           session: Session) -> None:
    # What follows the last frame is ignored by players; it makes the file large enough.
    large = io.BytesIO(AUDIO.read_bytes() + b"\0" * 3_000_000)
    editor.post(f"/desk/episodes/{stored.id}",
                {**FORM, "slug": "night-shift", "version": "1", "audio": (large, "talk.mp3")})
    episode = only(session)
    assert episode.audio is not None
    assert episode.audio.size > 3_000_000


def test_the_same_recording_twice_is_one_file(stored: Episode, editor: Visitor,
                                              session: Session) -> None:
    editor.post("/desk/episodes/new", {**FORM, "number": "8", "audio": recording()})
    assert session.scalar(sa.select(sa.func.count()).select_from(Media)) == 1


def test_a_guest_named_twice_is_one_guest(stored: Episode, editor: Visitor,
                                          session: Session) -> None:
    editor.post(f"/desk/episodes/{stored.id}", {
        **FORM, "slug": "night-shift", "version": "1",
        "guests": "Ben Quay | Captain\n\nben quay | Captain | The Ferry\n"})
    assert [each.standing for each in only(session).guests] == ["Captain, The Ferry"]


def test_a_new_transcript_replaces_the_old_one(stored: Episode, editor: Visitor,
                                               session: Session) -> None:
    editor.post(f"/desk/episodes/{stored.id}", {
        **FORM, "slug": "night-shift", "version": "1", "transcript": "Ada Penn: Only this."})
    assert [(cue.position, cue.text) for cue in only(session).cues] == [(0, "Only this.")]
