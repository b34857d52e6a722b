"""Entries at the desk: the list of all, and what posts and episodes share when they are edited."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app import clock
from app.database import db
from app.desk import changing
from app.entries import actions, editing, queries, reading, searching, wording
from app.entries.forms import EntryForm
from app.entries.models import Entry, EntryState
from app.people import queries as people
from app.text import one_line, plain
from app.web.guard import editors_only
from app.web.paging import look_through, paginate
from app.web.viewer import viewer

desk = Blueprint("entries_desk", __name__, url_prefix="/desk/entries")
editors_only(desk)
PAGE = 30
LOOKED_THROUGH = 500


@desk.get("/")
def index() -> str:
    """All entries, the last touched first."""
    state = request.args.get("state", "")
    if state not in {"", *EntryState}:
        abort(404, "There is no such state.")
    words = one_line(request.args.get("q", ""))[:100]
    among = searching.titled(db.session, words)
    found = searching.for_staff(state, words, among)
    page = (look_through(db.session, found, PAGE, Entry.updated_at, LOOKED_THROUGH, reading.filed)
            if words and among is None else paginate(db.session, found, PAGE, reading.filed))
    return render_template("entries/index.html", page=page, state=state, words=words,
                           states=list(EntryState))


@desk.get("/<int:entry_id>")
def show(entry_id: int) -> Response:
    """Where an entry is edited."""
    section = reading.section_of(db.session, entry_id) or abort(404)
    return redirect(f"/desk/{section}/{entry_id}")


@desk.post("/<int:entry_id>/removal")
def remove(entry_id: int) -> Response:
    """Takes an entry out of sight; nothing of it is deleted."""
    entry = db.session.get(Entry, entry_id) or abort(404)
    if entry.state not in {EntryState.PUBLISHED, EntryState.SCHEDULED}:
        abort(409, "This entry is not public, so there is nothing to take down.")
    actions.remove(entry, now=clock.now())
    db.session.commit()
    flash(f"“{entry.title}” is taken down. Publish it again whenever you like.")
    return redirect(entry.desk_path, 303)


class Waits(Exception):
    """A text that waits at the desk is not published past it."""


def form_page(template: str, form: EntryForm, entry: Entry | None,
              theirs: Entry | None = None) -> str:
    """The page with an entry's form; `entry` is None while it is not stored yet.

    `theirs` is the entry as somebody else saved it while this form was filled.
    """
    return render_template(template, form=form, entry=entry, theirs=theirs,
                           people=people.names(db.session), topics=queries.topic_names(db.session),
                           series=queries.series_titles(db.session))


def save(template: str, entry: Entry, form: EntryForm,
         more: Callable[[], None] = lambda: None) -> Response | tuple[str, int]:
    """Stores an entry as its form says, with the button “Publish” also publishes it.

    `more` changes what the section adds; it may raise editing.FieldProblem too. A new entry is
    stored only if all of it is right, so a mistake leaves nothing half-made behind.
    """
    stored = entry if entry.id else None
    # Reading files takes its time; no transaction is open meanwhile.
    db.session.commit()
    if not form.validate():
        return form_page(template, form, stored), 422
    try:
        with db.session.no_autoflush:
            db.session.add(entry)
            db.session.flush()
        editing.apply(db.session, entry, form, by=viewer().name, now=clock.now())
        more()
        if "publish" in request.form:
            _publish(entry, form)
        changing.reword(db.session, entry.id, entry.title, plain(entry.html))
        db.session.commit()
    except (editing.FieldProblem, actions.NothingToPublish, wording.Stale, Waits) as error:
        return _refused(template, form, stored, error)
    flash(f"“{entry.title}” is {'saved' if not entry.is_public else 'published as saved'}.")
    return redirect(entry.desk_path, 303)


def _publish(entry: Entry, form: EntryForm) -> None:
    if entry.state is EntryState.WAITING:
        raise Waits("This text waits at the desk. Save it here, and approve it there.")
    actions.publish(db.session, entry, now=clock.now(), at=form.publish_at.moment)


def _refused(template: str, form: EntryForm, stored: Entry | None,
             error: Exception) -> tuple[str, int]:
    db.session.rollback()
    if isinstance(error, editing.FieldProblem):
        form[error.field].errors = [str(error)]
    else:
        form.form_errors.append(str(error))
    if isinstance(error, wording.Stale) and stored:
        # Their text stands beside the form; saving once more is a choice then, not an accident.
        form.version.data = stored.version
        return form_page(template, form, stored, theirs=stored), 409
    return form_page(template, form, stored), 409 if isinstance(error, Waits) else 422
