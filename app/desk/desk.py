"""The queue as pages: the list, one item, one card at a time, and where in it an editor is."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

from flask import Blueprint, abort, flash, get_flashed_messages, render_template
from htmx_flask import request
from sqlalchemy import Select
from sqlalchemy.orm import Session

from app import clock
from app.database import db
from app.desk import counting, drawing, kinds, lines, queries, reasons, searching, zen
from app.desk.cards import cards_of
from app.desk.filtering import Filter, NoSuchFilter
from app.desk.lines import Line
from app.desk.models import Decision, ReviewItem, Verb
from app.desk.values import Card
from app.web.guard import editors_only
from app.web.paging import paginate
from app.web.viewer import viewer

desk = Blueprint("desk", __name__, url_prefix="/desk")
editors_only(desk)
desk.add_app_template_global(drawing.actions, "actions")
PAGE = 50
TICKED = "ticked"


@desk.get("/")
def index() -> str:
    """What waits."""
    shown, now = filter_of_address(), clock.now()
    page = paginate(db.session, shown.query(now), PAGE, read=_numbers)
    above = view(shown)
    number = counting.number(db.session, shown, now, above["counts"])
    return render_template("desk/index.html", page=page, number=number, seen_at=now,
                           cards=cards_of(db.session, page.rows, viewer(), now, shown.words),
                           ticked=_ticked(), last=last_decision(),
                           reasons=reasons.every(db.session), **above)


def _numbers(session: Session, query: Select[int]) -> Sequence[int]:
    return session.connection().execute(query).scalars().all()


def _ticked() -> set[int]:
    """What a decision on many has left, and which is selected still."""
    left = get_flashed_messages(category_filter=[TICKED])
    return {int(number) for each in left for number in str(each).split()}


def filter_of_address() -> Filter:
    """What the address narrows the queue to; a 404 where it cannot be."""
    try:
        return searching.looked_up(db.session, Filter.read(request.args))
    except NoSuchFilter as error:
        abort(404, str(error))


def item_or_404(item_id: int) -> ReviewItem:
    """The item that an address names."""
    return db.session.get(ReviewItem, item_id) or abort(404)


def card_of(item_id: int) -> Card:
    """The card of an item that there is."""
    return cards_of(db.session, [item_id], viewer(), clock.now())[0]


@desk.get("/items/<int:item_id>")
def show(item_id: int) -> str:
    """One item, waiting or decided, with everything decided about it."""
    item = item_or_404(item_id)
    decisions = db.session.scalars(queries.log().where(Decision.item_id == item.id)).all()
    return render_template("desk/show.html", card=card_of(item_id), item=item, decisions=decisions,
                           reasons=reasons.every(db.session))


@desk.get("/zen")
def one_by_one() -> str:
    """One card at a time, made for a thumb."""
    try:
        shown = zen.at(db.session, request.args, viewer(), clock.now())
    except NoSuchFilter as error:
        abort(404, str(error))
    return zen_page(shown)


def zen_page(shown: zen.Zen, **more: Any) -> str:
    """The page with the card in hand, and what there is of `typed` for its form."""
    return render_template("desk/zen.html", zen=shown, seen_at=clock.now(), last=last_decision(),
                           reasons=reasons.every(db.session), **more)


def last_decision() -> Line | None:
    """What the key for undo reaches when nothing was decided on this page yet."""
    return lines.last_of(db.session, viewer(), clock.now())


def view(shown: Filter) -> dict[str, Any]:
    """What stands above the queue under this filter."""
    counts = counting.counts(db.session, shown, clock.now())
    return {"shown": shown, "kinds": kinds.every(), "rules": kinds.rules(),
            "chips": queries.chips(db.session, shown), "counts": counts,
            "returnable": Verb.RETURN in counting.possible(counts, shown)}


def tell(sentence: str, undo: str = "") -> None:
    """Says on the next page what was done, with the address that takes it back, if one does."""
    # Both in one, or an answer that nobody saw would leave its undo to the next one's sentence.
    flash((sentence, undo), "done")  # type: ignore[arg-type]


def came_from() -> SplitResult:
    """The page that asks for a change; empty if it is not said."""
    try:
        return urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    except ValueError:
        return urlsplit("")


def queue_address() -> str:
    """The queue as the editor has it before them: with its filter and its page."""
    place = came_from()
    return f"/desk/?{place.query}" if place.path == "/desk/" and place.query else "/desk/"


def in_zen() -> bool:
    """Whether the editor has one card at a time before them."""
    return came_from().path == zen.PATH
