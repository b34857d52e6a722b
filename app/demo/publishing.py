"""What the demo has published: its episodes, and its posts."""

from datetime import datetime

from sqlalchemy.orm import Session

from app import media
from app.demo import content
from app.demo.content import Piece
from app.demo.staff import Staff
from app.entries import actions, filing, queries, wording
from app.entries.models import Entry, Part
from app.entries.shelves import Series, Topic
from app.episodes import actions as episodes
from app.episodes.models import Episode

SERIES = "perspectives-on-leadership"


def load(session: Session, store: media.Store, staff: Staff, now: datetime) -> None:
    """Every episode and every post at its time, under its topics and in its series."""
    _load_shelves(session)
    for piece in content.pieces("episodes"):
        then = now - content.age(piece.facts)
        episode = Episode(number=piece.facts["number"], created_at=then, updated_at=then)
        _fill(session, store, episode, piece, staff.editor.name)
        _record(session, store, episode, piece, staff)
        actions.publish(session, episode, now=then)
    for piece in content.pieces("posts"):
        then = now - content.age(piece.facts)
        post = Entry(created_at=then, updated_at=then)
        _fill(session, store, post, piece, staff.editor.name)
        _place(session, post, piece, staff)
        actions.publish(session, post, now=then)


def _load_shelves(session: Session) -> None:
    session.add_all(Topic(slug=row["slug"], name=row["name"],
                          description=row["description"].strip())
                    for row in content.table("topics"))
    session.add_all(Series(slug=row["slug"], title=row["title"],
                           description=row["description"].strip())
                    for row in content.table("series"))
    session.flush()


def _fill(session: Session, store: media.Store, entry: Entry, piece: Piece, by: str) -> None:
    facts, then = piece.facts, entry.created_at
    wording.write(session, entry, words_of(piece), by=by, now=then)
    session.add(entry)
    session.flush()
    filing.address(session, entry, facts["slug"])
    filing.file_under(session, entry, facts["topics"])
    if "cover" in facts:
        with (content.FOLDER / facts["cover"]).open("rb") as file:
            entry.cover = media.keep(session, store, media.read_picture(file), now=then)
        entry.cover_alt = facts["cover_alt"]


def words_of(piece: Piece) -> wording.Words:
    """The words of a piece."""
    return wording.Words(piece.facts["title"], piece.facts["standfirst"], piece.body)


def _record(session: Session, store: media.Store, episode: Episode, piece: Piece,
            staff: Staff) -> None:
    facts = piece.facts
    with (content.FOLDER / facts["audio"]).open("rb") as file:
        episode.audio = media.keep(session, store, media.read_audio(file), now=episode.created_at)
    episodes.transcribe(session, episode, (content.FOLDER / facts["transcript"]).read_text())
    episode.chapters = [dict(chapter) for chapter in facts["chapters"]]
    filing.credit(session, episode, Part.HOST, [(staff.people[facts["host"]], "", "")])
    filing.credit(session, episode, Part.GUEST, [
        (staff.people[guest["person"]], guest["role"], guest["organisation"])
        for guest in facts["guests"]])
    filing.number(session, episode, SERIES, facts["number"])


def _place(session: Session, post: Entry, piece: Piece, staff: Staff) -> None:
    facts = piece.facts
    filing.credit(session, post, Part.AUTHOR, [
        (staff.people[slug], "", "") for slug in facts["authors"]])
    filing.number(session, post, facts.get("series", ""), facts.get("number"))
    if slug := facts.get("episode"):
        interview = queries.public(session, "episodes", slug)
        filing.link(session, post, [interview] if interview else [])
