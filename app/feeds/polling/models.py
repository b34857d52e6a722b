"""Visits, the hubs that tell us of news, and how soon a host may be asked again."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model, choice
from app.feeds.models import Feed


class Occasion(StrEnum):
    """Why a feed was asked."""

    SCHEDULE = "schedule"
    HAND = "hand"
    PUSH = "push"


class Outcome(StrEnum):
    """How a visit ended."""

    READ = "read"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class FeedVisit(Model):
    """One visit: what we asked, what came, when we come again and why."""

    __tablename__ = "feed_visits"
    __table_args__ = (sa.Index("ix_feed_visits_feed_id", "feed_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    feed_id: Mapped[int] = mapped_column(sa.ForeignKey("feeds.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    occasion: Mapped[Occasion] = choice(Occasion)
    asked: Mapped[str]
    status: Mapped[int | None]
    outcome: Mapped[Outcome] = choice(Outcome)
    sentence: Mapped[str]
    milliseconds: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    next_visit_at: Mapped[datetime]
    next_visit_why: Mapped[str]


class SubscriptionState(StrEnum):
    """Where a subscription at a hub stands."""

    ASKED = "asked"
    ACTIVE = "active"
    REFUSED = "refused"
    ENDING = "ending"


class FeedSubscription(Model):
    """Our subscription at a feed's hub (WebSub)."""

    __tablename__ = "feed_subscriptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    feed_id: Mapped[int] = mapped_column(sa.ForeignKey("feeds.id", ondelete="CASCADE"),
                                         unique=True)
    hub_url: Mapped[str]
    topic_url: Mapped[str]
    token: Mapped[str] = mapped_column(unique=True)
    secret: Mapped[str]
    state: Mapped[SubscriptionState] = choice(SubscriptionState)
    asked_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    pushed_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(index=True)

    feed: Mapped[Feed] = relationship(lazy="joined", innerjoin=True)


class FeedHost(Model):
    """A server that feeds come from, and when it may be asked again."""

    __tablename__ = "feed_hosts"

    host: Mapped[str] = mapped_column(primary_key=True)
    not_before: Mapped[datetime]
