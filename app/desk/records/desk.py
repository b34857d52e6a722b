"""The desk's HTTP beside the queue: the log, the reasons, notes about people."""

from collections.abc import Iterator, Sequence

from flask import Blueprint, Response, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.database import db
from app.desk import kinds, lines, logbook, notes, reasons, searching
from app.desk.cards import cards_of
from app.desk.filtering import NoSuchFilter
from app.desk.forms import NoteForm, sent_reasons
from app.desk.logbook import LogFilter
from app.desk.models import Decision, ReviewItem, StaffNote, Verb
from app.desk.reasons import Template
from app.web.guard import editors_only
from app.web.htmx import answer
from app.web.paging import look_through, paginate
from app.web.viewer import viewer

records = Blueprint("desk_records", __name__, url_prefix="/desk")
editors_only(records)
LOG_PAGE = 50
LOOKED_THROUGH = 5_000


@records.get("/log")
def log() -> str:
    """The decisions that were asked for, newest first, with a form for each that can be undone."""
    shown = searching.looked_up(db.session, _log_filter())
    page = (look_through(db.session, shown.query(), LOG_PAGE, Decision.decided_at, LOOKED_THROUGH,
                         lines.lines) if shown.is_searching
            else paginate(db.session, shown.query(), LOG_PAGE, lines.lines))
    return render_template("desk/log.html", page=page, shown=shown, kinds=kinds.every(),
                           verbs=list(Verb), deciders=logbook.deciders(db.session),
                           batches=logbook.batches(db.session, page.rows))


@records.get("/log.csv")
def log_as_csv() -> Response:
    """The same decisions as a table, sent line by line."""
    shown, sessions = _log_filter(), db.sessionmaker

    def lines() -> Iterator[str]:
        with sessions() as session:
            yield from logbook.as_csv(session, searching.looked_up(session, shown))

    name = f"decisions-{clock.now():%Y-%m-%d}.csv"
    return Response(lines(), mimetype="text/csv", headers={
        "Content-Disposition": f"attachment; filename={name}",
        "Cache-Control": "private, no-store"})


def _log_filter() -> LogFilter:
    try:
        return LogFilter.read(request.args)
    except NoSuchFilter as error:
        abort(404, str(error))


@records.get("/reasons")
def show_reasons() -> str:
    """The reasons and their messages, to read and to change."""
    return _reasons_page(reasons.every(db.session))


@records.post("/reasons")
def keep_reasons() -> BaseResponse | tuple[str, int]:
    """Keeps all reasons as the form has them, in the order that its buttons ask for."""
    wanted, stored = sent_reasons(request.form), reasons.every(db.session)
    if not request.form.getlist("label"):
        return _reasons_page(stored, "Nothing was sent."), 422
    if request.form.get("version") != reasons.version(stored):
        return _reasons_page(wanted, "Somebody else has changed the reasons in the meantime. This"
                             " is what you typed; saving it again replaces theirs."), 409
    try:
        reasons.save(db.session, wanted)
    except reasons.Unusable as error:
        return _reasons_page(wanted, str(error)), 422
    flash("The reasons are kept." if wanted else "The usual reasons hold again.")
    return redirect("/desk/reasons", 303)


def _reasons_page(shown: Sequence[Template], error: str = "") -> str:
    stored = reasons.every(db.session)
    return render_template("desk/reasons.html", reasons=shown, error=error, most=reasons.MOST,
                           version=reasons.version(stored))


@records.post("/items/<int:item_id>/notes")
def write_note(item_id: int) -> BaseResponse:
    """Keeps a word among editors about whoever is behind an item."""
    item, form = db.session.get(ReviewItem, item_id) or abort(404), NoteForm.sent()
    if not form.validate():
        abort(422, form.first_error())
    notes.write(db.session, item, form.text.data, viewer(), now=clock.now())
    return answer("desk/note.hx.html", otherwise=f"/desk/items/{item.id}",
                  card=cards_of(db.session, [item.id], viewer(), clock.now())[0])


@records.post("/notes/<int:note_id>/removal")
def take_note_away(note_id: int) -> BaseResponse:
    """Its writer takes a note away."""
    note = db.session.get(StaffNote, note_id) or abort(404)
    try:
        notes.take_away(db.session, note, viewer())
    except notes.NotYours as error:
        abort(403, str(error))
    return answer("desk/unnote.hx.html", otherwise="/desk/")
