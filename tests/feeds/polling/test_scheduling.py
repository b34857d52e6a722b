"""When a feed is asked again, and why: as a table, a sentence per row."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.feeds.polling.freshness import freshness
from app.feeds.polling.scheduling import (
    LONGEST,
    LONGEST_AFTER_FAILURE,
    RETIRED,
    SHORTEST,
    SPREAD,
    Signs,
    plan,
    rhythm,
    spell,
)

# A Monday.
NOW = datetime(2026, 5, 4, 12, 20, tzinfo=UTC)
MINUTES, HOURS, DAYS = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DAILY: dict[str, Any] = {"rhythm": DAYS, "newest": NOW - 5 * HOURS}

TABLE = [
    ({}, HOURS, "We look every hour, until we know how often something new comes."),
    (DAILY, 6 * HOURS, "Something new usually comes every day."),
    ({"rhythm": 2 * HOURS, "newest": NOW}, 30 * MINUTES,
     "Something new usually comes every 2 hours."),
    ({"rhythm": 10 * MINUTES, "newest": NOW}, SHORTEST,
     "Something new usually comes every 10 minutes. We never ask more often than every"
     " 15 minutes."),
    ({"rhythm": 7 * DAYS, "newest": NOW}, LONGEST,
     "Something new usually comes every 7 days. We look once a day all the same."),
    ({"rhythm": 2 * HOURS, "newest": NOW - 2 * DAYS}, 12 * HOURS,
     "Nothing new has come for 2 days."),
    ({"rhythm": 2 * HOURS, "newest": NOW - 700 * DAYS}, LONGEST,
     "Nothing new has come for 700 days. We look once a day all the same."),
    ({"ttl": 4 * HOURS}, 4 * HOURS, "The feed asks for 4 hours between visits."),
    ({"ttl": 5 * MINUTES}, HOURS,
     "We look every hour, until we know how often something new comes."),
    (DAILY | {"ttl": HOURS}, 6 * HOURS, "Something new usually comes every day."),
    (DAILY | {"ttl": 12 * HOURS}, 12 * HOURS, "The feed asks for 12 hours between visits."),
    (DAILY | {"ttl": 30 * DAYS}, LONGEST,
     "The feed asks for 30 days between visits. We look once a day all the same."),
    ({"fresh": 90 * MINUTES}, 90 * MINUTES,
     "Its server says that there is nothing new for 90 minutes."),
    ({"fresh": 2 * HOURS, "ttl": 3 * HOURS}, 3 * HOURS,
     "The feed asks for 3 hours between visits."),
    ({"retry": 8 * HOURS}, 8 * HOURS, "Its server asks us to wait for 8 hours."),
    (DAILY | {"hub": True, "ttl": HOURS}, LONGEST,
     "Its hub tells us when there is something new, so we look once a day only."),
    ({"failures": 1}, HOURS, "It failed, so we try again in 1 hour."),
    ({"failures": 2}, 2 * HOURS, "It failed 2 times in a row, so we wait for 2 hours."),
    ({"failures": 5, "hub": True}, 16 * HOURS,
     "It failed 5 times in a row, so we wait for 16 hours."),
    ({"failures": 9}, LONGEST_AFTER_FAILURE,
     "It failed 9 times in a row, so we wait for 7 days, the longest we do."),
    ({"failures": 5000}, LONGEST_AFTER_FAILURE,
     "It failed 5000 times in a row, so we wait for 7 days, the longest we do."),
    ({"failures": 1, "retry": MINUTES}, HOURS, "It failed, so we try again in 1 hour."),
    ({"failures": 1, "retry": DAYS}, DAYS, "Its server asks us to wait for 1 day."),
    ({"failures": 1, "retry": 30 * DAYS}, LONGEST_AFTER_FAILURE,
     "Its server asks us to wait for 7 days."),
    ({"failures": 3, "retired": True}, RETIRED,
     "Its server says that it is gone for good, so we look once a month whether it is back."),
]


@pytest.mark.parametrize(("signs", "pause", "why"), TABLE)
def test_the_next_visit_and_why_it_is_then(signs: dict[str, Any], pause: timedelta,
                                           why: str) -> None:
    planned = plan(Signs("a feed", **signs), NOW)
    assert planned.why == why
    assert pause <= planned.at - NOW <= pause * (1 + SPREAD)


LEFT_ALONE = " Not at the hours when it wants to be left alone."
SKIPPING = [
    # In an hour it is between 13:20 and 13:26 on a Monday.
    ({"skip_hours": (12, 14)}, NOW + HOURS, ""),
    ({"skip_hours": (13,)}, datetime(2026, 5, 4, 14, tzinfo=UTC), LEFT_ALONE),
    ({"skip_hours": range(13, 24)}, datetime(2026, 5, 5, 0, tzinfo=UTC), LEFT_ALONE),
    ({"skip_days": (0,)}, datetime(2026, 5, 5, 0, tzinfo=UTC), LEFT_ALONE),
    ({"skip_days": (0, 1), "skip_hours": (0, 1)}, datetime(2026, 5, 6, 2, tzinfo=UTC), LEFT_ALONE),
    ({"skip_days": range(7)}, NOW + HOURS, ""),
    ({"skip_hours": range(24)}, NOW + HOURS, ""),
]


@pytest.mark.parametrize(("skipped", "at", "why"), SKIPPING)
def test_a_feed_is_left_alone_at_the_hours_and_days_it_names(
        skipped: dict[str, Any], at: datetime, why: str) -> None:
    planned = plan(Signs("a feed", **skipped), NOW)
    assert at <= planned.at <= at + 15 * MINUTES
    assert planned.why.endswith("new comes." + why)


def test_feeds_added_together_are_not_asked_together_and_each_at_its_own_time() -> None:
    times = [plan(Signs(f"feed {number}"), NOW).at for number in range(50)]
    assert len(set(times)) == 50
    assert times == [plan(Signs(f"feed {number}"), NOW).at for number in range(50)]


@given(st.builds(Signs, key=st.text(), ttl=st.none() | st.timedeltas(min_value=timedelta(0)),
                 fresh=st.none() | st.timedeltas(min_value=timedelta(0)),
                 retry=st.none() | st.timedeltas(min_value=timedelta(0)),
                 rhythm=st.none() | st.timedeltas(min_value=timedelta(0)),
                 newest=st.none() | st.datetimes(timezones=st.just(UTC)),
                 skip_hours=st.sets(st.integers(-5, 30)), skip_days=st.sets(st.integers(-1, 8)),
                 failures=st.integers(0, 10**6), retired=st.booleans(), hub=st.booleans()))
def test_whatever_a_feed_says_it_is_asked_again_in_bounds(signs: Signs) -> None:
    planned = plan(signs, NOW)
    assert SHORTEST <= planned.at - NOW <= RETIRED * (1 + SPREAD) + 8 * DAYS
    assert planned.why.endswith(".")


@pytest.mark.parametrize(("days", "usual"), [
    ((1, 2, 3, 4), DAYS), ((1, 2, 3, 40), DAYS), ((1, 1, 1, 1), None), ((1, 3), None), ((), None),
    ((-30, 1, 2, 3), DAYS), (tuple(range(1, 21)) + tuple(range(30, 3000, 90)), DAYS),
])
def test_the_rhythm_is_what_usually_lies_between_two_recent_items(
        days: tuple[int, ...], usual: timedelta | None) -> None:
    assert rhythm([NOW - each * DAYS for each in days], NOW) == usual


@pytest.mark.parametrize(("pause", "words"), [
    (MINUTES, "1 minute"), (90 * MINUTES, "90 minutes"), (HOURS, "1 hour"),
    (36 * HOURS, "36 hours"),
    (DAYS, "1 day"), (2 * DAYS, "2 days"), (timedelta(seconds=40), "40 seconds"),
    (timedelta(seconds=100), "2 minutes"), (5 * HOURS + 10 * MINUTES, "5 hours"),
])
def test_spans_are_told_as_people_say_them(pause: timedelta, words: str) -> None:
    assert spell(pause) == words


HEADERS = [
    ({}, None),
    ({"cache-control": "max-age=3600"}, HOURS),
    ({"cache-control": "public, MAX-AGE=3600, must-revalidate"}, HOURS),
    ({"cache-control": 'max-age="3600"'}, HOURS),
    ({"cache-control": "max-age=3600", "age": "1800"}, HOURS / 2),
    ({"cache-control": "max-age=3600", "age": "9000"}, None),
    ({"cache-control": "s-maxage=3600"}, None),
    ({"cache-control": "max-age=0"}, None),
    ({"cache-control": "max-age=soon"}, None),
    ({"cache-control": "no-cache, max-age=3600"}, None),
    ({"cache-control": "no-store"}, None),
    ({"cache-control": "max-age=60", "expires": "Mon, 04 May 2026 15:20:00 GMT"}, MINUTES),
    ({"cache-control": "max-age=" + "9" * 12}, 365 * DAYS),
    ({"cache-control": "max-age=" + "9" * 30}, None),
    ({"expires": "Mon, 04 May 2026 15:20:00 GMT"}, 3 * HOURS),
    ({"expires": "Mon, 04 May 2026 15:20:00 GMT", "date": "Mon, 04 May 2026 15:00:00 GMT"},
     20 * MINUTES),
    ({"expires": "Mon, 04 May 2026 10:00:00 GMT"}, None),
    ({"expires": "0"}, None), ({"expires": "-1"}, None), ({"expires": "Mon, 99 May"}, None),
]


@pytest.mark.parametrize(("headers", "fresh"), HEADERS)
def test_headers_say_how_long_an_answer_stays_fresh(headers: dict[str, str],
                                                    fresh: timedelta | None) -> None:
    assert freshness(headers, NOW) == fresh
