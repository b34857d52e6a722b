"""When to ask a feed again, and why then, in words. Pure: no database, no network, no chance.

- What goes well is asked at a quarter of the time that usually lies between two of its items: of
  four visits one finds something, and nothing waits longer than a quarter of its usual distance.
- What feed or server say of how long asking is of no use counts if it is longer than that.
- Never sooner than 15 minutes, because nobody waits for a guest post by the minute, and never
  later than a day, because a feed that fell silent may speak again.
- What fails is asked after an hour, then half as often each time, and never given up.
- All of it is up to a tenth later, a different tenth for each feed, so that what was added
  together is not asked together for ever.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

SHORTEST = timedelta(minutes=15)
USUAL = timedelta(hours=1)
LONGEST = timedelta(days=1)
AFTER_FAILURE = timedelta(hours=1)
LONGEST_AFTER_FAILURE = timedelta(days=7)
RETIRED = timedelta(days=30)
VISITS_AN_ITEM = 4
RECENT = 20
SPREAD = 0.1
# The same post may go out twice in a minute; that is no rhythm.
SAME_MOMENT = timedelta(minutes=5)


@dataclass(frozen=True)
class Signs:
    """All that speaks for one moment or another.

    `ttl` is the feed's own word (RSS ttl, sy:update…), `fresh` its server's (Cache-Control,
    Expires), `retry` is Retry-After. `rhythm` is the usual time between items, `newest` the date
    of the last one. `skip_hours` (0-23) and `skip_days` (0 is Monday) are in UTC. `hub` means that
    a hub tells us of news and has done so. `key` tells feeds apart.
    """

    key: str
    ttl: timedelta | None = None
    fresh: timedelta | None = None
    retry: timedelta | None = None
    rhythm: timedelta | None = None
    newest: datetime | None = None
    skip_hours: Collection[int] = ()
    skip_days: Collection[int] = ()
    failures: int = 0
    retired: bool = False
    hub: bool = False


@dataclass(frozen=True)
class Plan:
    """The next visit, and why then: a sentence."""

    at: datetime
    why: str


def rhythm(dates: Sequence[datetime], now: datetime) -> timedelta | None:
    """The median distance between the dates of the 20 newest items; None of fewer than three."""
    moments = sorted((date for date in dates if date <= now), reverse=True)[:RECENT]
    distances = [(after - before).total_seconds() for after, before in pairwise(moments)
                 if after - before > SAME_MOMENT]
    return timedelta(seconds=median(distances)) if len(distances) > 1 else None


def plan(signs: Signs, now: datetime) -> Plan:
    """The next visit of a feed that was asked just now."""
    pause, why = _pause(signs, now)
    at = now + pause * (1 + SPREAD * _fraction(signs.key))
    later = _outside_skipped(at, signs)
    if later != at:
        why += " Not at the hours when it wants to be left alone."
    return Plan(later, why)


def spell(pause: timedelta) -> str:
    """A span of time as people say it: “15 minutes”, “6 hours”, “2 days”."""
    seconds = pause.total_seconds()
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * size or (seconds >= size and seconds % size == 0):
            count = round(seconds / size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{round(seconds)} seconds" if seconds < 60 else f"{round(seconds / 60)} minutes"


def _pause(signs: Signs, now: datetime) -> tuple[timedelta, str]:
    if signs.retired:
        return RETIRED, ("Its server says that it is gone for good, so we look once a month"
                         " whether it is back.")
    if signs.failures:
        return _after_failure(signs)
    if signs.hub:
        return LONGEST, "Its hub tells us when there is something new, so we look once a day only."
    return _clamped(*max(_reasons(signs, now), key=lambda reason: reason[0]))


def _after_failure(signs: Signs) -> tuple[timedelta, str]:
    pause = min(AFTER_FAILURE * 2 ** min(signs.failures - 1, 10), LONGEST_AFTER_FAILURE)
    if signs.retry and signs.retry > pause:
        pause = min(signs.retry, LONGEST_AFTER_FAILURE)
        return pause, f"Its server asks us to wait for {spell(pause)}."
    if signs.failures == 1:
        return pause, f"It failed, so we try again in {spell(pause)}."
    return pause, (f"It failed {signs.failures} times in a row, so we wait for {spell(pause)}"
                   f"{', the longest we do' if pause == LONGEST_AFTER_FAILURE else ''}.")


def _reasons(signs: Signs, now: datetime) -> list[tuple[timedelta, str]]:
    reasons = [_by_rhythm(signs, now)]
    if signs.ttl:
        reasons.append((signs.ttl, f"The feed asks for {spell(signs.ttl)} between visits."))
    if signs.fresh:
        reasons.append((signs.fresh, "Its server says that there is nothing new for"
                                     f" {spell(signs.fresh)}."))
    if signs.retry:
        reasons.append((signs.retry, f"Its server asks us to wait for {spell(signs.retry)}."))
    return reasons


def _by_rhythm(signs: Signs, now: datetime) -> tuple[timedelta, str]:
    if signs.rhythm is None:
        return USUAL, "We look every hour, until we know how often something new comes."
    silence = now - signs.newest if signs.newest else timedelta()
    if silence > 2 * signs.rhythm:
        return silence / VISITS_AN_ITEM, f"Nothing new has come for {spell(silence)}."
    return (signs.rhythm / VISITS_AN_ITEM,
            f"Something new usually comes every {spell(signs.rhythm).removeprefix('1 ')}.")


def _clamped(pause: timedelta, why: str) -> tuple[timedelta, str]:
    if pause < SHORTEST:
        return SHORTEST, f"{why} We never ask more often than every {spell(SHORTEST)}."
    if pause > LONGEST:
        return LONGEST, f"{why} We look once a day all the same."
    return pause, why


def _outside_skipped(at: datetime, signs: Signs) -> datetime:
    at = at.astimezone(UTC)
    for ahead in range(8 * 24):
        hour = at if not ahead else _start_of_hour(at) + timedelta(hours=ahead)
        if hour.hour not in signs.skip_hours and hour.weekday() not in signs.skip_days:
            # Not on the stroke, when all who were left alone come at once.
            return hour if not ahead else hour + timedelta(minutes=15) * _fraction(signs.key)
    # Who wants to be left alone at all hours has made a mistake.
    return at


def _start_of_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _fraction(key: str) -> float:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) / 2**32
