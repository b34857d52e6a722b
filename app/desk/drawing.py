"""What is the same on every card of a page is drawn once, and only filled in on each.

The form with the decisions is most of a card, and differs from the next one's by a number and a
moment.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from jinja2 import Environment, pass_environment
from markupsafe import Markup

from app.desk.reasons import Template
from app.desk.values import Card

FORM = "desk/_actions.html"


class _Any(NamedTuple):
    """Any item: its words stand where the item's own will stand, and nothing escapes them."""

    id: str = "-the-number-"
    seen: str = "-the-moment-"

    @property
    def dom_name(self) -> str:
        return "item"


ANY = _Any()


@pass_environment
def actions(env: Environment, card: Card, reasons: Sequence[Template], zen: bool) -> Markup:
    """The form that decides a waiting item, for whom nothing is typed in it yet."""
    mine = card.item.held is not None and card.item.held.mine
    piece: Any = env.globals["piece"]
    form: Markup = piece(FORM, item=ANY, kind=card.kind, mine=mine, reasons=reasons,
                         zen=zen, typed=None)
    return form.replace(ANY.id, str(card.item.id)).replace(ANY.seen, card.item.seen)
