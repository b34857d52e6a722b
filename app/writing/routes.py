"""Where guests and editors write."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app import clock
from app.database import db
from app.desk.deciding.actions import AlreadyDecided
from app.entries import queries as entries_queries
from app.entries import wording
from app.web.guard import staff_only
from app.web.paging import paginate
from app.web.viewer import viewer
from app.writing import actions, queries
from app.writing.forms import PieceForm, SendInForm
from app.writing.models import Draft

writing = Blueprint("writing", __name__, url_prefix="/write")
staff_only(writing, lambda who: who.may_write)
PAGE = 20


def _piece(entry_id: int) -> Draft:
    return queries.piece(db.session, viewer(), entry_id) or abort(404)


@writing.get("/")
def index() -> str:
    """All pieces of the viewer."""
    page = paginate(db.session, queries.pieces(viewer()), PAGE)
    sent = queries.latest_submissions(db.session, [draft.entry_id for draft in page.rows])
    return render_template("writing/index.html", page=page, submissions=sent)


@writing.post("/")
def begin() -> Response:
    """A new piece; pressed twice, it is one."""
    entry = actions.begin(db.session, viewer(), now=clock.now())
    return redirect(f"/write/{entry.id}", 303)


@writing.get("/<int:entry_id>")
def show(entry_id: int) -> str:
    """One piece: to write while it is the writer's, to read once it is sent in."""
    return _editor(_piece(entry_id))


def _editor(draft: Draft, form: PieceForm | None = None, send: SendInForm | None = None) -> str:
    entry = draft.entry
    filled = PieceForm(data={"title": entry.title, "standfirst": entry.standfirst,
                             "source": entry.source, "version": entry.version,
                             "topics": ", ".join(topic.name for topic in entry.topics)})
    return render_template("writing/show.html", draft=draft, entry=entry, form=form or filled,
                           submission=queries.latest_submission(db.session, entry),
                           send=send or SendInForm())


@writing.post("/<int:entry_id>")
def save(entry_id: int) -> Response | tuple[str, int]:
    """Saves; with the button “Send in” also sends in. On a conflict both texts are shown."""
    draft, form, send = _piece(entry_id), PieceForm.sent(), SendInForm.sent()
    wants_to_send = "send" in request.form
    if not form.validate() or (wants_to_send and not _can_go_in(form, send)):
        return _editor(draft, form, send), 422
    try:
        actions.save(db.session, draft, form.words, form.topic_names, version=form.version.data,
                     now=clock.now())
        if wants_to_send:
            actions.send_in(db.session, draft, note=send.note.data, wanted_at=send.wanted_at.moment,
                            now=clock.now())
    except (wording.Stale, actions.NotYours, actions.SentInBefore) as error:
        return _conflict(entry_id, form, str(error)), 409
    except actions.Unfinished as error:
        # The text itself was saved, so the form must go on from there.
        form.version.data = draft.entry.version
        form.form_errors.append(str(error))
        return _editor(draft, form, send), 422
    flash("Sent in. You will read here, and by mail, what becomes of it." if wants_to_send
          else "Saved.")
    return redirect(f"/write/{entry_id}", 303)


def _can_go_in(form: PieceForm, send: SendInForm) -> bool:
    """Whether what was typed could be sent in; if not, the forms say why, and nothing is saved."""
    try:
        actions.check_finished(form.words)
    except actions.Unfinished as error:
        form.form_errors.append(str(error))
    return send.validate() and not form.errors


def _conflict(entry_id: int, form: PieceForm, sentence: str) -> str:
    db.session.rollback()
    entry = _piece(entry_id).entry
    return render_template("writing/conflict.html", entry=entry, form=form, sentence=sentence)


@writing.get("/<int:entry_id>/versions/")
def versions(entry_id: int) -> str:
    """The earlier versions of a piece."""
    draft = _piece(entry_id)
    page = paginate(db.session, entries_queries.revisions(draft.entry), PAGE)
    return render_template("writing/versions.html", entry=draft.entry, page=page)


@writing.post("/<int:entry_id>/versions/<int:version>")
def restore(entry_id: int, version: int) -> Response:
    """Puts an earlier version back."""
    try:
        actions.restore(db.session, _piece(entry_id), version, now=clock.now())
    except LookupError:
        abort(404)
    except actions.NotYours as error:
        abort(409, str(error))
    flash("It is back. What stood there before is among the earlier versions now.")
    return redirect(f"/write/{entry_id}", 303)


@writing.post("/<int:entry_id>/withdrawal")
def take_back(entry_id: int) -> Response:
    """Takes a piece back from the desk before anyone has decided it."""
    try:
        actions.take_back(db.session, _piece(entry_id))
    except AlreadyDecided:
        abort(409, "An editor has just decided this piece, so it cannot be taken back any more.")
    flash("It is yours again. Change what you like.")
    return redirect(f"/write/{entry_id}", 303)
