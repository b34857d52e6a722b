"""The desk's HTTP: the queue, one item, decisions, undo."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from flask import Blueprint, abort, flash, get_flashed_messages, redirect, render_template
from htmx_flask import request
from sqlalchemy import Select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.database import db, for_reading, for_writing
from app.desk import (
    actions,
    bulk,
    counting,
    drawing,
    kinds,
    lines,
    queries,
    reasons,
    searching,
    zen,
)
from app.desk.cards import cards_of
from app.desk.filtering import Filter, NoSuchFilter
from app.desk.forms import DecisionForm
from app.desk.lines import Line
from app.desk.models import Decision, ItemState, ReviewItem, Verb
from app.desk.values import Card
from app.web import safety
from app.web.guard import editors_only
from app.web.htmx import answer, invalid, wants_fragment
from app.web.paging import paginate
from app.web.viewer import viewer

desk = Blueprint("desk", __name__, url_prefix="/desk")
editors_only(desk)
desk.add_app_template_global(drawing.actions, "actions")
PAGE = 50
TICKED = "ticked"
CHANGED = "The sender has changed it"
OVERTAKEN = {
    ItemState.WITHDRAWN: "Its sender has withdrawn it.",
    ItemState.DECIDED: "It has been decided already.",
}
NOUNS = {"approval": Verb.APPROVE, "rejection": Verb.REJECT, "spam": Verb.SPAM,
         "return": Verb.RETURN}


@desk.get("/")
def index() -> str:
    """What waits."""
    shown, now = filter_of_address(), clock.now()
    page = paginate(db.session, shown.query(now), PAGE, read=_numbers)
    is_all = not page.more and page.number == 1
    number = bulk.Number(len(page.rows)) if is_all else bulk.number(db.session, shown, now)
    return render_template("desk/index.html", page=page, number=number, seen_at=now,
                           cards=cards_of(db.session, page.rows, viewer(), now, shown.words),
                           ticked=_ticked(), last=last_decision(),
                           reasons=reasons.every(db.session), **view(shown))


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


def _card(item_id: int) -> Card:
    return cards_of(db.session, [item_id], viewer(), clock.now())[0]


@desk.get("/items/<int:item_id>")
def show(item_id: int) -> str:
    """One item, waiting or decided, with everything decided about it."""
    item = item_or_404(item_id)
    decisions = db.session.scalars(queries.log().where(Decision.item_id == item.id)).all()
    return render_template("desk/show.html", card=_card(item_id), item=item, decisions=decisions,
                           reasons=reasons.every(db.session))


@desk.post("/items/<int:item_id>/<any(approval, rejection, spam, return):noun>")
def decide(item_id: int, noun: str) -> Response | tuple[str, int]:
    """Decides an item. The first decision wins; whoever comes later is told what happened."""
    for_reading(db.session)
    form = DecisionForm.sent()
    form.templates = reasons.every(db.session)
    if not form.validate():
        abort(422, form.first_error())
    try:
        decision = actions.decide(
            db.session, _waiting(item_id), NOUNS[noun], viewer(), now=clock.now(),
            reason=form.reason_text, message=form.message_for(NOUNS[noun]),
            publish_at=form.publish_at.moment, seen=form.seen_at)
    except actions.AlreadyDecided as error:
        return _too_late(item_id, error.decision, form)
    except kinds.NotPossible as error:
        abort(422, str(error))
    for_reading(db.session)
    item = decision.item
    if _in_zen():
        return _next_in_zen(f"{decision.words}: {item.person}.")
    if not wants_fragment():
        tell(f"{decision.words}: {item.person}, {item.title}.", f"{decision.path}/undo")
    return answer("desk/decide.hx.html", otherwise=queue_address(),
                  ask=lambda: _after(decision))


def _waiting(item_id: int) -> ReviewItem:
    """The item, read before one takes one's place among the writers: most who come too late are
    told so without it. Raises AlreadyDecided.
    """
    item = item_or_404(item_id)
    if item.state is not ItemState.WAITING:
        raise actions.AlreadyDecided(queries.standing_decision(db.session, item))
    db.session.commit()
    for_writing(db.session)
    return item


def tell(sentence: str, undo: str = "") -> None:
    """Says on the next page what was done, with the address that takes it back, if one does."""
    # Both in one, or an answer that nobody saw would leave its undo to the next one's sentence.
    flash((sentence, undo), "done")  # type: ignore[arg-type]


def _came_from() -> SplitResult:
    try:
        return urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    except ValueError:
        return urlsplit("")


def queue_address() -> str:
    """The queue as the editor has it before them: with its filter and its page."""
    came_from = _came_from()
    filtered = came_from.path == "/desk/" and came_from.query
    return f"/desk/?{came_from.query}" if filtered else "/desk/"


def _in_zen() -> bool:
    return _came_from().path == zen.PATH


def _next_in_zen(sentence: str, item: ReviewItem | None = None,
                 status: int = 200, **more: Any) -> Response | tuple[str, int]:
    """What follows in zen: the next card, or `item`, with a sentence on what was done."""
    tell(sentence)
    args = dict(parse_qsl(_came_from().query)) | {"item": str(item.id) if item else ""}
    try:
        shown = zen.at(db.session, args, viewer(), clock.now())
    except NoSuchFilter:
        return redirect(zen.PATH, 303)
    if status == 200 and not request.htmx:
        return redirect(f"{zen.PATH}?{urlencode(args)}" if item else shown.address, 303)
    return _zen_page(shown, **more), status


def _zen_page(shown: zen.Zen, **more: Any) -> str:
    return render_template("desk/zen.html", zen=shown, seen_at=clock.now(), last=last_decision(),
                           reasons=reasons.every(db.session), **more)


def last_decision() -> Line | None:
    """What the key for undo reaches when nothing was decided on this page yet."""
    return lines.last_of(db.session, viewer(), clock.now())


@desk.get("/zen")
def one_by_one() -> str:
    """One card at a time, made for a thumb."""
    try:
        shown = zen.at(db.session, request.args, viewer(), clock.now())
    except NoSuchFilter as error:
        abort(404, str(error))
    return _zen_page(shown)


def _after(decision: Decision) -> dict[str, Any]:
    shown = searching.looked_up(db.session, Filter.of(urlsplit(queue_address()).query))
    return {"decision": decision, "item": decision.item, **view(shown)}


def view(shown: Filter) -> dict[str, Any]:
    """What stands above the queue under this filter."""
    counts = counting.counts(db.session, shown, clock.now())
    return {"shown": shown, "kinds": kinds.every(), "rules": kinds.rules(),
            "chips": queries.chips(db.session, shown), "counts": counts,
            "returnable": Verb.RETURN in counting.possible(counts, shown)}


def _too_late(item_id: int, decision: Decision | None,
              form: DecisionForm) -> Response | tuple[str, int]:
    db.session.commit()
    for_reading(db.session)
    item = item_or_404(item_id)
    if item.state is ItemState.WAITING:
        return _with_new_words(item, form)
    sentence = decision.sentence if decision else OVERTAKEN[item.state]
    if _in_zen():
        return _next_in_zen(f"Somebody was faster. {sentence}", status=409)
    page, _ = invalid("web/error.html", "desk/too_late.hx.html", code=409,
                      heading="Somebody was faster", sentence=sentence)
    return page, 409


def _with_new_words(item: ReviewItem, form: DecisionForm) -> Response | tuple[str, int]:
    """The card as it reads now, with what the editor has typed: nothing was decided."""
    if _in_zen():
        return _next_in_zen(f"{CHANGED}; here is how it reads now.", item=item, status=409,
                            typed=form)
    card, templates = _card(item.id), reasons.every(db.session)
    if wants_fragment():
        return render_template("desk/changed.hx.html", card=card, reasons=templates, typed=form,
                               item=item, heading=CHANGED), 409
    return render_template("desk/show.html", card=card, item=item, decisions=[], typed=form,
                           reasons=templates, changed=CHANGED), 409


@desk.post("/decisions/<int:decision_id>/undo")
def undo(decision_id: int) -> Response | tuple[str, int]:
    """Takes a decision back; the item waits again under the same id.

    `next` is the path of ours that asked for it, to be led back to.
    """
    decision = db.session.get(Decision, decision_id) or abort(404)
    try:
        item = actions.undo(db.session, decision, viewer(), now=clock.now())
    except (actions.AlreadyDecided, kinds.NotPossible) as error:
        abort(409, str(error) if isinstance(error, kinds.NotPossible)
              else "This decision was taken back before.")
    db.session.commit()
    for_reading(db.session)
    if _in_zen():
        return _next_in_zen(f"Taken back. {item.person} waits again.", item=item)
    back = safety.local_path(request.form.get("next"))
    if back or not wants_fragment():
        tell(f"Taken back. “{item.title}” waits again.")
    if back:
        return redirect(back, 303)
    return answer("desk/undo.hx.html", otherwise=queue_address(), ask=lambda: {
        "last": last_decision(), "reasons": reasons.every(db.session), "card": _card(item.id),
        **_after(decision)})
