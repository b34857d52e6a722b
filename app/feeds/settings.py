"""What was agreed on for a feed: set for what comes, and brought to what is here already."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import text
from app.desk import changing
from app.entries import filing, wording
from app.entries.models import Discussion, Entry
from app.feeds.models import Feed, FeedItem, Indexing, Policy, Show
from app.feeds.showing import Version, is_untouched
from app.people.models import Person


@dataclass(frozen=True)
class Settings:
    """All that editors set of a feed. Topics are names."""

    policy: Policy = Policy.HOLD
    show: Show = Show.EXCERPT
    indexing: Indexing = Indexing.CANONICAL
    discussion: Discussion = Discussion.AUTO
    topics: tuple[str, ...] = ()
    author: Person | None = None
    from_page: bool = False


@dataclass(frozen=True)
class Reach:
    """How many entries followed new settings, and how many kept a text that was edited here."""

    followed: int = 0
    edited: int = 0

    def __str__(self) -> str:
        posts = "1 post follows" if self.followed == 1 else f"{self.followed} posts follow"
        if not self.edited:
            return f"{posts}."
        return f"{posts}; {self.edited} of them, edited here, kept their own text."


def of(feed: Feed) -> Settings:
    """What is set for a feed now."""
    return Settings(feed.policy, feed.show, feed.indexing, feed.discussion,
                    tuple(topic.name for topic in feed.topics), feed.author, feed.from_page)


def agree(session: Session, feed: Feed, wanted: Settings) -> bool:
    """Sets this for what comes from now on; says whether anything changed. The caller commits."""
    before = of(feed)
    feed.policy, feed.show, feed.indexing = wanted.policy, wanted.show, wanted.indexing
    feed.discussion, feed.from_page = wanted.discussion, wanted.from_page
    feed.author = wanted.author
    feed.topics = filing.topics(session, wanted.topics)
    session.flush()
    return of(feed) != before


def here(feed: Feed) -> sa.Select[FeedItem]:
    """The items of a feed that an entry was made of."""
    return sa.select(FeedItem).where(FeedItem.feed_id == feed.id, FeedItem.entry_id.is_not(None))


def bring_here(session: Session, feed: Feed, *, now: datetime) -> Reach:
    """Brings what is here already in line with a feed's settings. The caller commits.

    What readers get of a text, how it is listed, its comments, and the feed's topics, added to
    those it has. A text that an editor has changed keeps its words.
    """
    items = [item for item in session.scalars(here(feed)).all() if item.entry]
    edited = sum(_bring(session, feed, item, item.entry, now) for item in items if item.entry)
    return Reach(len(items), edited)


def _bring(session: Session, feed: Feed, item: FeedItem, entry: Entry, now: datetime) -> bool:
    entry.noindex = feed.indexing is Indexing.NOINDEX
    if entry.discussion is not feed.discussion:
        filing.discuss(entry, feed.discussion)
    missing = [topic for topic in feed.topics if topic not in entry.topics]
    if missing:
        entry.topics = [*entry.topics, *missing]
    if not is_untouched(item, entry):
        return True
    imported = Version.imported(item).repaired(item.findings)
    wanted = imported.words(feed.show, item.link).source
    if wanted and wanted != entry.source:
        wording.write(session, entry, wording.Words(entry.title, entry.standfirst, wanted),
                      by=f"the settings of {feed.name}", now=now)
        changing.reword(session, entry.id, entry.title, text.plain(entry.html))
    return False
