"""When a feed asks to be left alone: RSS's `skipHours` and `skipDays`, which feedparser drops."""

import re

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_ITEM = re.compile(rb"<item[\s>]", re.I)
_HOURS = re.compile(rb"<skipHours>(.{1,4000}?)</skipHours>", re.S | re.I)
_DAYS = re.compile(rb"<skipDays>(.{1,4000}?)</skipDays>", re.S | re.I)
_HOUR = re.compile(rb"<hour>\s*([0-9]{1,2})\s*</hour>", re.I)
_DAY = re.compile(rb"<day>\s*([a-z]{6,9})\s*</day>", re.I)


def hours_to_skip(body: bytes) -> tuple[int, ...]:
    """Hours of the day, in UTC, in order. RSS 0.9x counts from 1 to 24, where 24 is midnight.

    A feed that names every hour is read as naming none.
    """
    hours = {int(hour) % 24 for hour in _HOUR.findall(_within(_HOURS, body)) if int(hour) <= 24}
    return tuple(sorted(hours)) if len(hours) < 24 else ()


def days_to_skip(body: bytes) -> tuple[int, ...]:
    """Days of the week, 0 is Monday, in order. All seven are read as none."""
    names = {name.decode().lower() for name in _DAY.findall(_within(_DAYS, body))}
    days = tuple(index for index, name in enumerate(DAYS) if name in names)
    return days if len(days) < len(DAYS) else ()


def _within(element: re.Pattern[bytes], body: bytes) -> bytes:
    # What an item says is its text, not the feed's wish.
    first = _ITEM.search(body)
    found = element.search(body, 0, first.start() if first else len(body))
    return found.group(1) if found else b""
