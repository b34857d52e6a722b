"""Which known items are gone from a feed, and which are back. Pure.

A feed shows its newest items and lets the oldest drop, so not being there is no news. The rule:

- An item is gone if it stood in the feed at the last visit, stands there no more, and known items
  that are newer and ones that are older than it stayed.
- Where new items came at the same visit, two older ones must have stayed: one alone may be pinned,
  and then it is the end of the window that looks like a gap.
- If more went than stayed, the feed shows another selection, and nothing is gone.
- An item is back if it was gone and stands in the feed again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.feeds.deciding.known import Known


@dataclass(frozen=True)
class Absence:
    """Who is gone and who is back."""

    gone: tuple[Known, ...] = ()
    back: tuple[Known, ...] = ()


def absence(known: Sequence[Known], present: Collection[int], listed: Collection[int],
            news: bool) -> Absence:
    """Who is gone, and who is back.

    `present` and `listed` are ids of known items: those in this document, those in the last one.
    `news` says whether items came that nobody knew.
    """
    back = tuple(one for one in known if one.missing and one.id in present)
    went = [one for one in known
            if one.id in listed and one.id not in present and not one.missing]
    stayed = [one for one in known if one.id in listed and one.id in present]
    if not went or len(went) > len(stayed):
        return Absence(back=back)
    return Absence(tuple(one for one in went if _between(one, stayed, 2 if news else 1)), back)


def _between(one: Known, stayed: Sequence[Known], older: int) -> bool:
    return (any(each.date > one.date for each in stayed)
            and sum(each.date < one.date for each in stayed) >= older)
