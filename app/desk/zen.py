"""One card at a time: which one, and how many are left."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.desk import counting, searching
from app.desk.cards import cards_of
from app.desk.filtering import Filter
from app.desk.models import ItemState
from app.desk.values import Card
from app.text import whole_number

PATH = "/desk/zen"


@dataclass(frozen=True)
class Zen:
    """The card in hand, its place in the queue from 1, and the number that waits with it."""

    shown: Filter
    place: int
    left: counting.Number
    card: Card | None

    @property
    def address(self) -> str:
        """Where this place stands."""
        return self._at(self.place)

    @property
    def later(self) -> str | None:
        """The card behind this one, if there is one."""
        return self._at(self.place + 1) if self.place < self.left.counted else None

    @property
    def earlier(self) -> str | None:
        """The card before this one, if there is one."""
        return self._at(self.place - 1) if self.place > 1 else None

    def _at(self, place: int) -> str:
        address = self.shown.address(PATH)
        if place == 1:
            return address
        return f"{address}{'&' if '?' in address else '?'}place={place}"


def at(session: Session, args: Mapping[str, str], viewer: Account, now: datetime) -> Zen:
    """The card that an address asks for: an item by its number, else a place in the queue.

    Past the end it begins anew, for the queue gets shorter under one's hands. Raises NoSuchFilter.
    """
    shown = searching.looked_up(session, Filter.read(args))
    left = counting.left(session, shown, now)
    place = whole_number(args.get("place", "")) or 1
    if place > left.counted:
        place = 1
    cards = cards_of(session, [whole_number(args.get("item", "")) or 0], viewer, now)
    if not cards or cards[0].item.state is not ItemState.WAITING:
        ids = session.scalars(shown.query(now).limit(1).offset(place - 1)).all()
        cards = cards_of(session, ids, viewer, now)
    return Zen(shown, place, left, cards[0] if cards else None)
