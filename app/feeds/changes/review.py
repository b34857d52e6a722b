"""How the desk handles a change at the source, and an item that is gone there."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.desk import changing
from app.desk.kinds import Effect, Kind, NotPossible
from app.desk.models import Decision, Verb
from app.entries import actions as entries
from app.entries import wording
from app.entries.models import Entry, EntryState, Revision
from app.feeds import queries
from app.feeds.changes import spamming, versions
from app.feeds.changes.leaving import OUT
from app.feeds.changes.spamming import GONE
from app.feeds.changes.updating import CHANGE
from app.feeds.changes.versions import Change
from app.feeds.models import FeedItem
from app.text import plain


def _take(session: Session, change: Change, decision: Decision, now: datetime) -> None:
    entry = change.entry
    if entry is None or entry.state is EntryState.REMOVED:
        raise NotPossible("The text is not here any more, so there is nothing to change.")
    words = change.wanted or change.words({})
    if not words.title or not words.source:
        raise NotPossible("A piece needs a title and a text. Choose some of each.")
    try:
        wording.write(session, entry, words, by=decision.account_name, now=now,
                      version=change.version)
    except wording.Stale as error:
        raise NotPossible(str(error)) from error
    _tell(session, entry)


def _give_back(session: Session, change: Change, decision: Decision, now: datetime) -> None:
    entry = change.entry
    before = entry and session.scalars(sa.select(Revision).where(
        Revision.entry_id == entry.id, Revision.saved_at == decision.decided_at,
        Revision.saved_by == decision.account_name).order_by(Revision.version.desc())).first()
    if not entry or not before:
        return
    if entry.version != before.version + 1:
        raise NotPossible("The text was changed again since then, and nothing is overwritten.")
    wording.write(session, entry, wording.Words(before.title, before.standfirst, before.source),
                  by=decision.account_name, now=now)
    _tell(session, entry)


def _tell(session: Session, entry: Entry) -> None:
    changing.reword(session, entry.id, entry.title, plain(entry.html))


def _keep(session: Session, subject: object, decision: Decision, now: datetime) -> None:
    """What stays as it is needs nothing done, and nothing taken back."""


def _take_down(session: Session, item: FeedItem, decision: Decision, now: datetime) -> None:
    entry = item.entry
    if entry is None or entry.state not in OUT:
        raise NotPossible("Our copy is not public, so there is nothing to take down.")
    # What undoing needs to know: a page that comes back keeps its date and its place.
    decision.item.facts = {"state": entry.state.value}
    entries.take_down(entry, now=now)


def _put_back(session: Session, item: FeedItem, decision: Decision, now: datetime) -> None:
    if item.feed.withdrawn_at:
        raise NotPossible("All posts of this feed are taken down. Put the feed back first.")
    entry, before = item.entry, decision.item.facts.get("state")
    if entry is None or entry.state is not EntryState.REMOVED or before is None:
        raise NotPossible("Our copy was changed again since then; decide about it there.")
    entries.put_back(entry, EntryState(before), now=now)


def _is_spam(session: Session, subject: Change | FeedItem, decision: Decision,
             now: datetime) -> None:
    spamming.take_down(session, _item(subject), decision)


def _is_no_spam(session: Session, subject: Change | FeedItem, decision: Decision,
                now: datetime) -> None:
    spamming.put_back(session, _item(subject), decision, now=now)


def _item(subject: Change | FeedItem) -> FeedItem:
    return subject.item if isinstance(subject, Change) else subject


SPAM = Effect(_is_spam, _is_no_spam)
changed = Kind(
    name=CHANGE, label="Changed source", card="feeds/_change.html", load=versions.loaded,
    effects={Verb.APPROVE: Effect(_take, _give_back), Verb.REJECT: Effect(_keep, _keep),
             Verb.SPAM: SPAM},
    labels={Verb.APPROVE: "Take theirs", Verb.REJECT: "Keep ours"},
    outcomes={Verb.APPROVE: "Theirs taken", Verb.REJECT: "Ours kept",
              Verb.SPAM: "Spam, taken down"},
)
gone = Kind(
    name=GONE, label="Gone source", card="feeds/_gone.html", load=queries.loaded,
    show=queries.shown,
    effects={Verb.APPROVE: Effect(_take_down, _put_back), Verb.REJECT: Effect(_keep, _keep),
             Verb.SPAM: SPAM},
    labels={Verb.APPROVE: "Take it down", Verb.REJECT: "Keep it"},
    outcomes={Verb.APPROVE: "Taken down", Verb.REJECT: "Kept",
              Verb.SPAM: "Spam, taken down"},
)
