"""What is the same on every card of a page is drawn once, and only filled in on each.

The form with the decisions is most of a card, and differs from the next one's by a number and a
moment.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

from jinja2 import Environment, pass_environment
from markupsafe import Markup

from app.desk.queries import Card
from app.desk.reasons import Template

# Stand where the item's own will stand, in every text and attribute: nothing escapes them.
NUMBER, SEEN = "-the-number-", "-the-moment-"
FORM = "desk/_actions.html"
Drawn = dict[tuple[Any, ...], str]
# By application, and bounded: the reasons change seldom.
_drawn: WeakKeyDictionary[Environment, Drawn] = WeakKeyDictionary()
MOST = 32


@pass_environment
def actions(env: Environment, card: Card, reasons: Sequence[Template], zen: Any,
            now: datetime, viewer: Callable[[], Any]) -> Markup:
    """The form that decides a waiting item, for whom nothing is typed in it yet."""
    holder = card.item.holder(now)
    mine = holder if holder is not None and holder.id == viewer().id else None
    key = (card.kind.name, tuple(reasons), bool(zen), mine is not None)
    drawn = _drawn.setdefault(env, {})
    if key not in drawn:
        if len(drawn) >= MOST:
            drawn.clear()
        drawn[key] = _draw(env, card, reasons, zen, mine)
    form = drawn[key].replace(NUMBER, str(card.item.id))
    return Markup(form.replace(SEEN, card.item.waiting_since.isoformat()))  # noqa: S704 - a number and a moment


def _draw(env: Environment, card: Card, reasons: Sequence[Template], zen: Any, mine: Any) -> str:
    item = SimpleNamespace(id=NUMBER, dom_name="item", holder=lambda _now: mine,
                           waiting_since=SimpleNamespace(isoformat=lambda: SEEN))
    return env.get_template(FORM).render(item=item, card=card, reasons=reasons, zen=zen, typed=None)
