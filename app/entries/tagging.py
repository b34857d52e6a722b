"""What a change of an entry, or of what hangs on it, disturbs.

Tags: `entry:7` is what stands in an entry, `entries` what stands in any; `published` is which
entries readers may see, and in which order; `topic:3:entries`, `series:2:entries` and
`person:5:entries` are the same for one of these.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from app.pagecache import UNKNOWN, Change

# What says where an entry stands in lists.
PLACED_BY = ("state", "published_at", "section", "topics", "series_id", "series_number")


def of_entry(change: Change) -> set[str]:
    """Nothing, while readers see nothing of it."""
    if not change.values("state") & {"published", UNKNOWN}:
        return set()
    found = {f"entry:{change.row.id}", "entries"}
    return found | set(_lists(change)) if change.of(*PLACED_BY) else found


def _lists(change: Change) -> Iterator[str]:
    yield "published"
    yield from (f"topic:{topic.id}:entries" for topic in change.items("topics"))
    yield from (f"person:{each.person_id}:entries" for each in change.items("contributions"))
    yield from (f"series:{number}:entries" for number in change.values("series_id")
                if isinstance(number, int))


def of_new(entries: Iterable[Any]) -> set[str]:
    """What new entries disturb that no flush has seen: the lists in which readers find them."""
    public = [each for each in entries if each.is_public]
    topics = {f"topic:{topic.id}:entries" for each in public for topic in each.topics}
    return {"entries", "published"} | topics if public else set()


def of_contribution(change: Change) -> set[str]:
    """The entry it is in and, where names come or go, the lists of those people."""
    found = {f"entry:{number}" for number in change.values("entry_id") if isinstance(number, int)}
    if change.of("person_id", "part"):
        found |= {"people", *(f"person:{number}:entries" for number in change.values("person_id")
                              if isinstance(number, int))}
    return found


def of_link(change: Change) -> set[str]:
    """Both entries: whichever of the two named the other."""
    return {f"entry:{number}" for name in ("from_id", "to_id") for number in change.values(name)
            if isinstance(number, int)}
