"""How long an answer says that it stays fresh. We are a private cache in the sense of RFC 9111."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=365)
_DIRECTIVE = re.compile(r'([\w-]+)\s*(?:=\s*(?:"([^"]*)"|([^,]*)))?\s*(?:,|$)')


def freshness(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long asking again is of no use; None if the server does not say so.

    `max-age` counts before `Expires`, less the `Age` it has already; `s-maxage` is for shared
    caches. `no-cache` and `no-store` ask for no pause, so nothing follows from them.
    """
    control = _directives(headers.get("cache-control", ""))
    if control.keys() & {"no-cache", "no-store"}:
        return None
    if "max-age" in control:
        return _positive(_seconds(control["max-age"]) - _seconds(headers.get("age", "")))
    return _until_expiry(headers, now)


def moment(value: str) -> datetime | None:
    """A date of HTTP; None if it is none."""
    try:
        date = parsedate_to_datetime(value.strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _until_expiry(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    expires = moment(headers.get("expires", ""))
    # Measured by the server's own clock, which may be wrong all day and still say how long.
    said_at = moment(headers.get("date", "")) or now
    return _positive((expires - said_at).total_seconds()) if expires else None


def _directives(value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, quoted, plain in _DIRECTIVE.findall(value[:1000]):
        # Of two that differ, RFC 9111 leaves the choice; the first is what most take.
        found.setdefault(name.lower(), (quoted or plain).strip())
    return found


def _seconds(value: str) -> float:
    value = value.strip()
    return float(value) if re.fullmatch(r"[0-9]{1,12}", value) else 0


def _positive(seconds: float) -> timedelta | None:
    return min(timedelta(seconds=seconds), LONGEST) if seconds > 0 else None
