"""Loads the demo through the actions that people use, so that its log and its desk are real."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import mail, media
from app.accounts import actions as accounts
from app.accounts import queries as accounts_queries
from app.accounts.models import Account, Role
from app.comments import actions as comments
from app.comments.gathering import Sender
from app.comments.models import Comment, CommentState
from app.demo import cases, content, pulling, rulebook
from app.desk import queries as desk_queries
from app.desk import reasons
from app.desk.deciding import actions as desk
from app.desk.models import Decision, Verb
from app.entries import actions as entries
from app.entries import filing, wording
from app.entries import queries as entries_queries
from app.entries.models import Entry, Part
from app.entries.shelves import Series, Topic
from app.episodes import actions as episodes
from app.episodes.models import Episode
from app.feeds import storing
from app.feeds.models import FeedItem
from app.people import actions as people
from app.people.models import Person
from app.readers.models import Reader
from app.writing import actions as writing
from app.writing import queries as writing_queries

PASSWORD = "lectern-demo"  # noqa: S105 - printed by `make run`; nobody else's
PICTURES = "the demo"  # addresses that are made up need no secret
ADMIN, EDITOR, GUEST = "admin@lectern.example", "editor@lectern.example", "guest@lectern.example"
EDITORS = {EDITOR, "tomasz@lectern.example"}
VERBS = {"approved": Verb.APPROVE, "rejected": Verb.REJECT, "spam": Verb.SPAM}


@dataclass
class Load:
    """One loading of the demo: where to, as of when, and what was made so far."""

    session: Session
    store: media.Store
    now: datetime
    people: dict[str, Person] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    readers: dict[str, Reader] = field(default_factory=dict)
    password_hash: str = field(default_factory=lambda: accounts.hash_password(
        PASSWORD, email=EDITOR, name="Editor"))

    @property
    def editor(self) -> Account:
        """Whoever decided things in the demo's past."""
        return self.accounts[EDITOR]


def is_loaded(session: Session) -> bool:
    """Whether the demo is there; it is loaded as a whole or not at all."""
    return accounts_queries.by_email(session, EDITOR) is not None


def load(session: Session, store: media.Store, now: datetime) -> None:
    """Loads all of it. The caller's transaction makes it one step."""
    work = Load(session, store, now)
    _load_people(work)
    _load_listings(work)
    for piece in content.pieces("episodes"):
        _load_episode(work, piece)
    for piece in content.pieces("posts"):
        _load_post(work, piece)
    _load_comments(work)
    for piece in content.pieces("submissions"):
        _load_submission(work, piece)
    for row in content.table("feeds"):
        _load_feed(work, row)
    session.commit()


def _load_people(work: Load) -> None:
    long_ago = work.now - timedelta(days=400)
    for row in content.table("people"):
        work.people[row["slug"]] = people.add(
            work.session, row["name"], slug=row["slug"], headline=row["headline"], now=long_ago,
            bio=row["bio"].strip(), links=[dict(link) for link in row.get("links", [])])
        if email := row.get("email"):
            _make_account(work, email, row["name"], Role.EDITOR if email in EDITORS else Role.GUEST,
                          work.people[row["slug"]])
    _make_account(work, ADMIN, "Site admin", Role.ADMIN, None)


def _make_account(work: Load, email: str, name: str, role: Role, person: Person | None) -> None:
    account = Account(email=email, name=name, role=role, person=person,
                      created_at=work.now - timedelta(days=400))
    work.session.add(account)
    work.session.flush()
    if email in {ADMIN, EDITOR, GUEST}:
        accounts.set_password(work.session, account, work.password_hash)
    work.accounts[email] = account


def _load_listings(work: Load) -> None:
    work.session.add_all(Topic(slug=row["slug"], name=row["name"],
                               description=row["description"].strip())
                         for row in content.table("topics"))
    work.session.add_all(Series(slug=row["slug"], title=row["title"],
                                description=row["description"].strip())
                         for row in content.table("series"))
    work.session.flush()


def _load_post(work: Load, piece: content.Piece) -> None:
    then = work.now - content.age(piece.facts)
    entry = Entry(created_at=then, updated_at=then)
    _fill(work, entry, piece, then)
    _credit(work, entry, piece)
    filing.number(work.session, entry, piece.facts.get("series", ""), piece.facts.get("number"))
    if slug := piece.facts.get("episode"):
        interview = entries_queries.public(work.session, "episodes", slug)
        filing.link(work.session, entry, [interview] if interview else [])
    entries.publish(work.session, entry, now=then)


def _fill(work: Load, entry: Entry, piece: content.Piece, then: datetime) -> None:
    facts = piece.facts
    words = wording.Words(facts["title"], facts["standfirst"], piece.body)
    wording.write(work.session, entry, words, by=work.editor.name, now=then)
    work.session.add(entry)
    work.session.flush()
    filing.address(work.session, entry, facts["slug"])
    filing.file_under(work.session, entry, facts["topics"])
    if "cover" in facts:
        with (content.FOLDER / facts["cover"]).open("rb") as file:
            entry.cover = media.keep(work.session, work.store, media.read_picture(file), now=then)
        entry.cover_alt = facts["cover_alt"]


def _credit(work: Load, entry: Entry, piece: content.Piece) -> None:
    authors = [(work.people[slug], "", "") for slug in piece.facts["authors"]]
    filing.credit(work.session, entry, Part.AUTHOR, authors)


def _load_episode(work: Load, piece: content.Piece) -> None:
    facts, then = piece.facts, work.now - content.age(piece.facts)
    episode = Episode(number=facts["number"], created_at=then, updated_at=then)
    _fill(work, episode, piece, then)
    with (content.FOLDER / facts["audio"]).open("rb") as file:
        episode.audio = media.keep(work.session, work.store, media.read_audio(file), now=then)
    episodes.transcribe(work.session, episode, (content.FOLDER / facts["transcript"]).read_text())
    episode.chapters = [dict(chapter) for chapter in facts["chapters"]]
    filing.credit(work.session, episode, Part.HOST, [(work.people[facts["host"]], "", "")])
    filing.credit(work.session, episode, Part.GUEST, [
        (work.people[guest["person"]], guest["role"], guest["organisation"])
        for guest in facts["guests"]])
    filing.number(work.session, episode, "perspectives-on-leadership", facts["number"])
    entries.publish(work.session, episode, now=then)


def _load_comments(work: Load) -> None:
    rulebook.load(work.session, work.editor.name, work.now)
    work.readers = rulebook.readers(work.session, work.now)
    rows = [*content.table("comments"), *content.table("past")]
    found = {path: _entry(work, path) for path in {row["entry"] for row in rows}}
    # As they came in, so that the rules knew of each sender what they could know then.
    due = [(_published(found[row["entry"]]) + timedelta(hours=row["hours_after"]), row)
           for row in rows]
    for then, row in sorted(due, key=lambda each: each[0]):
        _load_comment(work, found[row["entry"]], row, then)


def _entry(work: Load, path: str) -> Entry:
    entry = entries_queries.public(work.session, *path.split("/"))
    assert entry is not None
    return entry


def _published(entry: Entry) -> datetime:
    assert entry.published_at is not None
    return entry.published_at


def _load_comment(work: Load, entry: Entry, row: dict[str, Any], then: datetime) -> None:
    parent = work.comments[row["parent"]].public_id if "parent" in row else ""
    remark = comments.Remark(row["author_name"], row["author_email"],
                             row.get("author_headline", ""), row["body"].strip(), parent,
                             row.get("author_url", ""))
    sender = Sender(account=work.accounts.get(row["author_email"]),
                    reader=work.readers.get(row["author_email"]),
                    proof=f"demo-{len(work.comments)}" if row.get("proof", True) else None)
    sent = comments.submit(work.session, entry, remark, sender, now=then, secret=PICTURES)
    comment = work.session.get_one(Comment, sent.id)
    comment.thanks = row.get("thanks", 0)
    work.comments[row.get("key", comment.public_id)] = comment
    # What the rules published, or set aside, is decided already.
    if (verb := VERBS.get(row["state"])) and comment.state is CommentState.WAITING:
        reason = row.get("reason", "")
        minutes = 20 if "key" in row else 9 + 47 * len(work.comments) % 600
        _decide(work, comments.KIND, comment.id, verb, then + timedelta(minutes=minutes),
                row.get("message") or reasons.message_for(reasons.USUAL, verb, reason, ""), reason)
    cases.load(work.session, comment, row, then)


def _decide(work: Load, kind: str, subject_id: int, verb: Verb, now: datetime,
            message: str = "", reason: str = "") -> Decision:
    item = desk_queries.item_of(work.session, kind, subject_id)
    assert item is not None
    decision = desk.decide(work.session, item, verb, work.editor, now=min(now, work.now),
                           reason=reason, message=message)
    # Nobody is written to about a past that never was.
    mail.retract(work.session, decision.about, now=now)
    return decision


def _load_submission(work: Load, piece: content.Piece) -> None:
    facts, then = piece.facts, work.now - content.age(piece.facts)
    person = work.people[facts["authors"][0]]
    account = next(each for each in work.accounts.values() if each.person is person)
    entry = writing.begin(work.session, account, now=then)
    draft = writing_queries.piece(work.session, account, entry.id)
    assert draft is not None
    words = wording.Words(facts["title"], facts["standfirst"], piece.body)
    writing.save(work.session, draft, words, facts["topics"], version=None, now=then)
    if facts["state"] != "draft":
        sent = writing.send_in(work.session, draft, note=facts.get("note", ""), wanted_at=None,
                               now=then)
        if facts["state"] == "returned":
            _decide(work, writing.KIND, sent.id, Verb.RETURN, then + timedelta(hours=20),
                    facts["message"].strip())


def _load_feed(work: Load, row: dict[str, Any]) -> None:
    def approve(item: FeedItem, then: datetime) -> None:
        _decide(work, storing.KIND, item.id, Verb.APPROVE, then)

    pulling.load(work.session, row, work.people, approve, work.now)
