"""Threads: how comments stand under each other, and in which order. All of it is pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from app.accounts.models import Role
from app.comments.values import Order, Shown, Thread

LEVELS = 3
# Threads and comments on a page.
PAGE, MOST = 20, 100


class Spot(NamedTuple):
    """As much of a comment as its place depends on; not `said` is one that was withdrawn."""

    id: int
    parent_id: int | None
    said: bool
    created_at: datetime
    thanks: int = 0


class Place(NamedTuple):
    """Where a comment stands in the thread of its root; the root is at level 1."""

    id: int
    parent_id: int | None
    root_id: int
    level: int
    said: bool


def lay_out(spots: Sequence[Spot | Shown], order: Order = Order.OLDEST) -> list[list[Place]]:
    """All threads in this order, each with its comments as they are read; `spots` are the oldest
    first.

    A withdrawn comment stays only while something answers it. What hangs on a comment that is not
    among the spots is hidden with it.
    """
    kept = _kept(spots)
    answers: dict[int | None, list[Spot | Shown]] = defaultdict(list)
    for spot in spots:
        if spot.id in kept:
            answers[spot.parent_id].append(spot)
    roots = answers[None][::-1] if order is Order.NEWEST else answers[None]
    if order is Order.THANKED:
        roots = sorted(roots, key=lambda spot: -spot.thanks)
    return [_thread(root, answers) for root in roots]


def _kept(spots: Sequence[Spot | Shown]) -> set[int]:
    """What is said, and whatever it hangs on."""
    known = {spot.id: spot for spot in spots}
    kept: set[int] = set()
    for spot in spots:
        above = spot if spot.said else None
        while above is not None and above.id not in kept:
            kept.add(above.id)
            above = known.get(above.parent_id or 0)
    return kept


def _thread(root: Spot | Shown,
            answers: Mapping[int | None, Sequence[Spot | Shown]]) -> list[Place]:
    """Depth first, without recursion: a chain of replies may be thousands long."""
    places, waiting = [], [(root, 1)]
    while waiting:
        spot, level = waiting.pop()
        places.append(Place(spot.id, spot.parent_id, root.id, level, spot.said))
        waiting += [(reply, level + 1) for reply in reversed(answers.get(spot.id, ()))]
    return places


def cut(threads: Iterable[Sequence[Place]]) -> list[list[Sequence[Place]]]:
    """Pages of at most PAGE threads and MOST comments; the first is there even with nothing on it.

    A thread that fits on a page is never torn apart; a longer one goes on on the pages after.
    """
    pages: list[list[Sequence[Place]]] = [[]]
    room = MOST
    for thread in threads:
        for begin in range(0, len(thread), MOST):
            rest = len(thread) - begin
            if pages[-1] and (begin or rest > room or len(pages[-1]) == PAGE):
                pages.append([])
                room = MOST
            pages[-1].append(thread[begin:begin + MOST])
            room -= min(rest, MOST)
    return pages


def needed(parts: Iterable[Sequence[Place]]) -> set[int]:
    """The comments that a page of these parts shows or names."""
    return {number for part in parts for place in part
            for number in (place.id, place.parent_id, place.root_id) if number is not None}


def grown(part: Sequence[Place], comments: Mapping[int, Shown],
          authors: Collection[int] = ()) -> Thread:
    """A thread, or what a page has of it. `authors` are persons.

    Replies stand under what they answer to the third level; deeper ones stand flat at it, and so
    do those in the rest of a thread whose place is on a page before.
    """
    root = comments[part[0].root_id]
    under: dict[int, list[Thread]] = defaultdict(list)
    # Under what the answers to each comment stand.
    hosts = {root.id: root.id}
    for place in part:
        if place.id != root.id:
            host = hosts.get(place.parent_id or 0, root.id)
            hosts[place.id] = host if place.level >= LEVELS else place.id
            under[host].append(_reply(place, comments, authors, place.parent_id not in hosts))
    return _with_replies(Thread(root, badge=_badge(root, authors), goes_on=part[0].id != root.id),
                         under)


def _reply(place: Place, comments: Mapping[int, Shown], authors: Collection[int],
           away: bool) -> Thread:
    comment = comments[place.id]
    answered = comments[place.parent_id or 0] if away or place.level > LEVELS else None
    return Thread(comment, answered, _badge(comment, authors), away)


def _with_replies(thread: Thread, under: Mapping[int, Sequence[Thread]]) -> Thread:
    """Never deeper than the levels are."""
    replies = under.get(thread.comment.id)
    if not replies:
        return thread
    return thread._replace(replies=tuple(_with_replies(each, under) for each in replies))


def _badge(comment: Shown, authors: Collection[int]) -> str:
    if comment.role is None:
        return ""
    if comment.person_id in authors:
        return "Author"
    return "Editor" if comment.role.includes(Role.EDITOR) else ""
