"""Makes what a test needs to be there already, through the actions that the site uses."""

import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.accounts import actions as accounts
from app.accounts.models import Account, Role
from app.comments import actions as comments
from app.comments.models import Comment
from app.desk import queries as desk_queries
from app.desk.deciding import actions as desk
from app.desk.models import Decision, ReviewItem, Verb
from app.entries import actions as entries
from app.entries import filing, wording
from app.entries.models import Entry, Part
from app.episodes.models import Episode
from app.people import actions as people
from app.people.models import Person
from app.trigrams import indexing
from app.worker import CORPORA
from app.writing import actions as writing
from app.writing import queries as writing_queries
from app.writing.models import Draft, Submission

TEXT = "A first paragraph with some words.\n\nA second one, to be sure."


class Maker:
    """Each method makes one thing, commits, and returns it."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self.session, self.now = session, now
        self._numbers = itertools.count(1)

    def account(self, role: Role = Role.EDITOR, email: str | None = None,
                password: str | None = None) -> Account:
        """An account; the same one for the same address."""
        account, _new = accounts.put(
            self.session, email or f"{role.value}@lectern.example", password=password,
            name=f"{role.value.capitalize()} Quill", role=role, now=self.now())
        return account

    def person(self, name: str = "Ada Penn", **facts: Any) -> Person:
        """Somebody with a bio and a link."""
        person = people.add(self.session, name, now=self.now(), headline="Harbour master",
                            bio="Ada keeps *boats* apart.",
                            links=[{"label": "Website", "url": "https://ada.example/"}], **facts)
        self.session.commit()
        return person

    def post(self, title: str | None = None, *, author: Person | None = None, text: str = TEXT,
             topics: tuple[str, ...] = (), series: str = "", published: bool = True) -> Entry:
        """A post, published now unless said otherwise."""
        entry = Entry(created_at=self.now(), updated_at=self.now())
        return self._entry(entry, title or f"Post {next(self._numbers)}", author, text, topics,
                           series, published)

    def episode(self, title: str | None = None, *, author: Person | None = None,
                text: str = TEXT, published: bool = True) -> Episode:
        """An episode without a recording."""
        number = next(self._numbers)
        episode = Episode(number=number, created_at=self.now(), updated_at=self.now())
        self._entry(episode, title or f"Episode title {number}", author, text, (), "", published)
        return episode

    def _entry(self, entry: Entry, title: str, author: Person | None, text: str,
               topics: tuple[str, ...], series: str, published: bool) -> Entry:
        wording.write(self.session, entry, wording.Words(title, f"About {title}.", text),
                      by="a test", now=self.now())
        self.session.add(entry)
        self.session.flush()
        filing.file_under(self.session, entry, list(topics))
        filing.number(self.session, entry, series, None)
        if author:
            filing.credit(self.session, entry, Part.AUTHOR, [(author, "", "")])
        if published:
            entries.publish(self.session, entry, now=self.now())
        self.session.commit()
        return entry

    def comment(self, entry: Entry, body: str | None = None, *, approved: bool = False,
                parent: Comment | None = None, name: str = "Rita Reader") -> Comment:
        """A comment, waiting unless approved."""
        remark = comments.Remark(name, f"{name.split()[0].lower()}@reader.example", "Baker",
                                 body or f"Remark {next(self._numbers)}.",
                                 parent.public_id if parent else "")
        sent = comments.submit(self.session, entry, remark, now=self.now())
        comment = self.session.get_one(Comment, sent.id)
        # Nobody waits until the maker is done with it.
        self.session.commit()
        if approved:
            self.decision(self.item(comments.KIND, comment.id), Verb.APPROVE)
        return comment

    def item(self, kind: str, subject_id: int) -> ReviewItem:
        """The desk's item of a subject."""
        item = desk_queries.item_of(self.session, kind, subject_id)
        assert item is not None
        return item

    def decision(self, item: ReviewItem, verb: Verb, **kwargs: Any) -> Decision:
        """A decision by an editor."""
        return desk.decide(self.session, item, verb, self.account(), now=self.now(), **kwargs)

    def index(self) -> None:
        """Lets the words of everything at the desk be found as the worker does, however few."""
        for corpus in CORPORA:
            indexing.catch_up(self.session, corpus, 1_000, worth=1)
        self.session.commit()

    def draft(self, account: Account | None = None, title: str | None = None) -> Draft:
        """A guest's piece, not sent in."""
        account = account or self.account(Role.GUEST)
        entry = writing.begin(self.session, account, now=self.now())
        draft = writing_queries.piece(self.session, account, entry.id)
        assert draft is not None
        words = wording.Words(title or f"Piece {next(self._numbers)}", "", TEXT)
        writing.save(self.session, draft, words, [], version=None, now=self.now())
        return draft

    def submission(self, account: Account | None = None, title: str | None = None) -> Submission:
        """A guest's piece, sent in."""
        return writing.send_in(self.session, self.draft(account, title), note="Please read.",
                               wanted_at=None, now=self.now())
