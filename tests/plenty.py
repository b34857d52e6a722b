"""A site with so many of everything that any page lists."""

import dataclasses
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Account, Role
from app.accounts.queries import digest
from app.comments import actions as comments
from app.comments.cases import appealing, reporting
from app.comments.gathering import Sender
from app.comments.models import Comment, Thanks
from app.desk import bulk, notes
from app.desk import queries as desk_queries
from app.desk.deciding import actions as desk
from app.desk.models import Decision, Verb
from app.entries import wording
from app.entries.models import Entry, EntryLink, Part
from app.entries.shelves import Contribution
from app.episodes import actions as episodes
from app.feeds import actions as feeds
from app.feeds import storing
from app.feeds.deal.models import ClaimState, FeedClaim
from app.feeds.models import Feed, FeedItem, Policy, Show
from app.feeds.parsing import ParsedFeed, ParsedItem
from app.feeds.polling.models import FeedVisit, Occasion, Outcome
from app.media import Media, MediaKind
from app.readers.models import MagicLink, Notice, Reader, ReaderSignIn
from app.rules.models import EntryRules, Rulebook, Sanctioned
from app.rules.sanctioning import actions as sanctions
from app.writing import actions as writing
from tests.conftest import NOON
from tests.making import Maker

VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\nHello.\n"
BEFORE, EDITED, AFTER = "<p>One.</p><p>Two.</p>", "<p>One.</p><p>2.</p>", "<p>1.</p><p>Two.</p>"


class Plenty:
    """Makes one of everything each time that `more` is called, all of it about the first ones."""

    def __init__(self, make: Maker) -> None:
        self.make, self.session, self.number = make, make.session, 0
        self.accounts = {role: make.account(role) for role in Role}
        self.admin, self.editor, self.guest = (
            self.accounts[role] for role in (Role.ADMIN, Role.EDITOR, Role.GUEST))
        self.ada = make.person()
        self.ada.picture = self._media("ada")
        self.post = make.post("The post", author=self.ada, topics=("Harbours",), series="Tips")
        self.episode = make.episode("The episode", author=self.ada)
        self.feed = self._feed("http://127.0.0.1:1/feed.xml")
        self.closed = make.account(Role.READER, "closed@lectern.example")
        self.rita = Reader(email="rita@reader.example", confirmed_at=NOON, stop_token="a-key")
        self.session.add_all([self.rita, MagicLink(
            token_hash=digest("a-key"), email="rita@reader.example", created_at=NOON)])
        self.session.flush()
        self.session.add(ReaderSignIn(token_hash=digest("rita"), reader_id=self.rita.id,
                                      created_at=NOON))
        self.session.add(FeedClaim(feed_id=self.feed.id, asked_at=NOON, token="word",
                                   state=ClaimState.PROVEN, key_hash=digest("proven")))
        self.piece, self.changed = make.draft(self.guest, "The piece"), make.draft(self.guest)
        self.sent = make.submission(self.guest, "The piece sent")
        self.session.commit()

    def more(self, times: int = 1) -> None:
        """One more of everything, so many times."""
        for _ in range(times):
            self.number += 1
            for part in (self._entries, self._talk, self._cases, self._writing, self._feeds,
                         self._house):
                part(f"{self.number}")
            self.session.commit()

    def _media(self, name: str, kind: MediaKind = MediaKind.PICTURE) -> Media:
        media = Media(name=f"{name}.webp", kind=kind, content_type="image/webp", size=9, width=8,
                      height=8, seconds=60.0, created_at=NOON)
        self.session.add(media)
        return media

    def _feed(self, url: str, **settings: Any) -> Feed:
        feed, _new = feeds.add(self.session, url, now=NOON, **settings)
        feed.next_visit_at = NOON + timedelta(days=1)
        return feed

    def _entries(self, each: str) -> None:
        self.person = self.make.person(f"Person {each}")
        self.person.picture = self._media(f"face-{each}")
        entry = self.make.post(f"Post {each}", author=self.person, series="Tips",
                               topics=("Harbours", f"Topic {each}"))
        entry.cover = self._media(f"cover-{each}")
        self.session.add(EntryLink(from_id=self.post.id, to_id=entry.id))
        other = self.make.episode(f"Episode {each}", author=self.person)
        other.audio = self._media(f"sound-{each}", MediaKind.AUDIO)
        self.make.post(f"Lone {each}", series=f"Series {each}", author=self.ada)
        self.make.post(f"Unseen {each}", published=False)
        for entry in (self.post, self.episode):
            self.session.add(Contribution(
                entry_id=entry.id, person_id=self.person.id, part=Part.GUEST, role="Pilot",
                position=self.number, shown_at=entry.published_at))
        self.session.flush()
        episodes.transcribe(self.session, self.episode, VTT + "".join(
            f"\n00:{2 * cue:02}.000 --> 00:{2 * cue + 2:02}.000\n<v Person {cue}>Yes.\n"
            for cue in range(1, self.number + 1)))
        wording.write(self.session, self.post, wording.Words(
            "The post", "", f"Text {each}."), by="Helen", now=NOON)

    def _say(self, who: str, body: str, *, reader: Reader | None = None,
             account: Account | None = None, parent: Comment | None = None,
             entry: Entry | None = None) -> Comment:
        remark = comments.Remark(who, f"{who.replace(' ', '.').lower()}@reader.example", "Baker",
                                 body, parent.public_id if parent else "")
        sender = Sender(reader=reader, account=account, network=f"198.51.{self.number}.0/24")
        sent = comments.submit(self.session, entry or self.post, remark, sender, now=NOON,
                               secret="a secret")
        return self.session.get_one(Comment, sent.id)

    def _decide(self, kind: str, subject_id: int, verb: Verb = Verb.APPROVE) -> Decision:
        item = self.make.item(kind, subject_id)
        # Some the rules have let through.
        return desk_queries.standing_decision(self.session, item) or desk.decide(
            self.session, item, verb, self.editor, now=NOON)

    def _talk(self, each: str) -> None:
        reader = Reader(email=f"reader{each}@reader.example", confirmed_at=NOON,
                        stop_token=f"stop-{each}")
        self.session.add(reader)
        self.session.flush()
        for entry in (self.post, self.episode):
            seen = self._say(f"Reader {each}", f"Seen {each}.", reader=reader, entry=entry)
            self._decide(comments.KIND, seen.id)
            answer = self._say("Guest Quill", f"Answer {each}.", parent=seen, entry=entry,
                               account=self.guest)
            self._decide(comments.KIND, answer.id)
        own = self._say("Rita", f"Own {each}.", reader=self.rita)
        self._decide(comments.KIND, own.id)
        self.session.add(Thanks(comment_id=seen.id, voter=f"v{each}", created_at=NOON))
        old = self._say(f"Typed {each}", f"Refused {each}.")
        self._decide(comments.KIND, old.id, Verb.REJECT)
        self.alone = self._say(f"Alone {each}", f"Alone {each}.")
        self.refused = self._decide(comments.KIND, self.alone.id, Verb.REJECT)
        self.seen, self.old = seen, old
        self.waiting = self._say(f"Typed {each}", f"Waiting {each}.")
        self.item = self.make.item(comments.KIND, self.waiting.id)
        self.item.claimed_by_id, self.item.claimed_at = self.admin.id, NOON
        notes.write(self.session, self.item, "Kind.", self.editor, now=NOON)
        together = [self._say(f"Batch {each}", f"Together {word} {each}.").id for word in "ab"]
        self.batch = bulk.decide(
            self.session, [self.make.item(comments.KIND, one).id for one in together],
            bulk.Answer(Verb.APPROVE, self.editor), now=NOON).batch

    def _cases(self, each: str) -> None:
        for number in range(2):
            reporting.report(self.session, self.seen, f"reader-{each}-{number}",
                             reporting.Reason.RUDE, "", now=NOON)
        appealing.send(self.session, self.old, "Please.", now=NOON)
        self.session.add(Notice(reader_id=self.rita.id, about=f"x:{each}", subject="News",
                                body="News.", send_after=NOON))

    def _writing(self, each: str) -> None:
        self.make.draft(self.guest, f"Piece {each}")
        self.make.submission(self.guest, f"Sent {each}")
        writing.save(self.session, self.piece, wording.Words(f"The piece {each}", "", "Words."),
                     ["Harbours"], version=None, now=NOON)
        # And one that was sent in, answered and sent in again.
        self.submitted = writing.send_in(self.session, self.changed, note="", wanted_at=None,
                                         now=NOON)
        self._decide("submission", self.submitted.id, Verb.RETURN)

    def _feeds(self, each: str) -> None:
        self._feed(f"https://{each}.example/feed.xml", author=self.person)
        held = ParsedItem(title=f"Held {each}", guid=each, content_html=BEFORE,
                          author=f"Somebody {each}", link=f"https://f.example/{each}")
        storing.take(self.session, self.feed, self._document(held), now=NOON)
        self.session.add_all([
            FeedVisit(feed_id=self.feed.id, at=NOON, occasion=Occasion.SCHEDULE, status=200,
                      asked=self.feed.url, outcome=Outcome.UNCHANGED, sentence="",
                      next_visit_at=NOON, next_visit_why=""),
            FeedClaim(feed_id=self.feed.id, asked_at=NOON, token=f"word-{each}",
                      key_hash=digest(f"key-{each}"), mail_hash=digest(f"code-{each}"))])
        source = self._feed(f"https://changing{each}.example/feed.xml", policy=Policy.PUBLISH,
                            show=Show.FULL, author=self.ada)
        items = [ParsedItem(title=f"Item {each}{name}", guid=name, content_html=BEFORE,
                            author="Ada", link=f"https://c{each}.example/{name}",
                            published=NOON - timedelta(days=day))
                 for day, name in enumerate("abc")]
        storing.take(self.session, source, self._document(*items), now=NOON)
        self.session.flush()
        for item in self.session.scalars(sa.select(FeedItem).where(
                FeedItem.feed_id == source.id)):
            wording.write(self.session, item.entry, wording.Words(item.title, "", EDITED), by="Ada",
                          now=NOON)
        self.session.flush()
        first, _left, last = items
        storing.take(self.session, source, self._document(
            dataclasses.replace(first, content_html=AFTER), last), now=NOON)

    def _document(self, *items: ParsedItem) -> ParsedFeed:
        return ParsedFeed("The feed", items=items)

    def _house(self, each: str) -> None:
        self.session.add(Rulebook(
            id=self.number, saved_at=NOON, saved_by="Helen",
            rules=[{"name": "proof", "on": not self.number % 2, "verdict": "hold",
                    "settings": {}}]))
        lone = self.session.scalars(sa.select(Entry.id).where(
            Entry.title == f"Lone {each}")).one()
        self.session.add(EntryRules(entry_id=lone, changes={"first": {"on": False}}, saved_at=NOON,
                                    saved_by="Helen"))
        for target in (f"email:x{each}@x.example", f"reader:{self.rita.id}"):
            self.sanction = sanctions.impose(self.session, target, Sanctioned.HOLD, until=None,
                                             note="", by="Helen", now=NOON)
        self.make.account(Role.EDITOR, f"editor{each}@lectern.example")
