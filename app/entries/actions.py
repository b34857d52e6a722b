"""Changes to the state of entries: storing new ones, publishing, taking back."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import jobs
from app.entries import filing, queries, tagging
from app.entries.models import Entry, EntryState
from app.entries.shelves import entry_topics
from app.pagecache import disturb

JOB = "publish-due"


class NothingToPublish(Exception):
    """An entry without a title or a text cannot go out."""


def add_all(session: Session, made: Sequence[Entry]) -> None:
    """Stores many new entries with their topics, in two statements; each gets its id.

    They stay outside of the session: what else they hold is not stored, nor what comes later.
    """
    if not made:
        return
    columns = [each.key for each in sa.inspect(Entry).column_attrs]
    ids = session.scalars(
        sa.insert(Entry).returning(Entry.id, sort_by_parameter_order=True)
        .execution_options(cache_tags=()),
        [{key: each.__dict__[key] for key in columns if key in each.__dict__} for each in made])
    for entry, new in zip(made, ids, strict=True):
        entry.id = new
    if filed := [{"entry_id": each.id, "topic_id": topic.id, "shown_at": each.shown_at}
                 for each in made for topic in each.topics]:
        session.execute(sa.insert(entry_topics).execution_options(cache_tags=()), filed)
    disturb(session, tagging.of_new(made))


def publish(session: Session, entry: Entry, *, now: datetime, at: datetime | None = None) -> None:
    """Makes an entry public now, or at a later time. Raises NothingToPublish.

    An entry that was public before keeps its first date only if it never left.
    """
    if not entry.is_publishable:
        raise NothingToPublish("A piece needs a title and a text before it can be published.")
    filing.address(session, entry)
    if at is not None and at > now:
        entry.state, entry.publish_at, entry.published_at = EntryState.SCHEDULED, at, None
        jobs.wake(session, JOB, at)
    elif not entry.is_public:
        entry.state, entry.publish_at, entry.published_at = EntryState.PUBLISHED, None, now
    entry.updated_at = now


def publish_all(session: Session, entries: Sequence[Entry], *, now: datetime) -> None:
    """Makes new entries of one section public, in a fixed number of statements.

    Each must be publishable, and have no address yet.
    """
    filing.address_all(session, entries)
    for entry in entries:
        entry.state, entry.publish_at, entry.published_at = EntryState.PUBLISHED, None, now


def remove(entry: Entry, *, now: datetime) -> None:
    """Takes an entry out of sight; its address and guid stay its own."""
    entry.state, entry.published_at, entry.publish_at = EntryState.REMOVED, None, None
    entry.updated_at = now


def take_down(entry: Entry, *, now: datetime) -> None:
    """Takes an entry out of sight for its author's sake; `put_back` finds it under its old date."""
    entry.state, entry.updated_at = EntryState.REMOVED, now


def put_back(entry: Entry, state: EntryState, *, now: datetime) -> None:
    """Puts an entry back that `take_down` took out of sight, into the state it had then."""
    entry.state, entry.updated_at = state, now


def hold_again(entry: Entry, *, now: datetime) -> None:
    """Takes a publication back: the page is gone, and the entry waits under the same address."""
    entry.state, entry.published_at, entry.publish_at = EntryState.WAITING, None, None
    entry.updated_at = now


def publish_due(session: Session, *, now: datetime) -> int:
    """Publishes what is scheduled for now or before; says how much. Run twice, it does it once."""
    due = session.scalars(queries.due(now).with_for_update(skip_locked=True, of=Entry)).all()
    for entry in due:
        # The moment it went public is now, even if the worker was late.
        entry.state, entry.published_at, entry.publish_at = EntryState.PUBLISHED, now, None
    session.commit()
    return len(due)
