"""Commenting and permalinks. What follows a comment is in `cases`."""

from typing import Any

from flask import Blueprint, abort, current_app, redirect, request
from werkzeug.wrappers import Response

from app import clock
from app.comments import actions, queries
from app.comments.forms import CommentForm
from app.comments.gathering import Sender
from app.database import db
from app.entries import queries as entries
from app.entries.models import Entry
from app.readers import routes as readers
from app.rules import proof
from app.rules.sanctions import prefix
from app.web.htmx import answer, invalid
from app.web.viewer import viewer

comments = Blueprint("comments", __name__)


def under(entry: Entry, form: CommentForm | None = None) -> dict[str, Any]:
    """What `comments/_section.html` shows under an entry; `?reply=` answers one comment."""
    wanted = form.parent_id.data if form else request.args.get("reply", "")
    parent = queries.answerable(db.session, entry, wanted) if wanted else None
    return {"entry": entry, "discussion": queries.discussion(db.session, entry),
            "form": form or CommentForm(), "parent": parent}


def _entry(section: str, slug: str) -> Entry:
    return entries.discussed(db.session, section, slug) or abort(404)


@comments.get("/<any(posts, episodes):section>/<slug>/comments")
def index(section: str, slug: str) -> Response:
    """Comments stand on the entry's own page."""
    return redirect(f"{_entry(section, slug).path}#comments")


@comments.post("/<any(posts, episodes):section>/<slug>/comments")
def create(section: str, slug: str) -> Response | tuple[str, int]:
    """A reader's comment: it waits, and its sender is shown where."""
    entry = _entry(section, slug)
    form = CommentForm.sent()
    if not form.validate():
        return _refused(entry, form)
    try:
        comment = actions.submit(db.session, entry, form.remark, sender(form.remark.email),
                                 now=clock.now(), service=current_app.extensions["spam_service"])
    except (actions.Refused, actions.WrongParent) as error:
        form.form_errors.append(str(error))
        flood = isinstance(error, actions.Refused) and error.finding.rule == "rate"
        return _refused(entry, form, 429 if flood else 422)
    return answer("comments/create.hx.html", otherwise=comment.follow_path, comment=comment)


def sender(email: str = "") -> Sender:
    """Who asks, as far as it is proven: an account counts only under its own address."""
    account, sums = viewer(), current_app.extensions["sums"]
    return Sender(
        network=prefix(request.remote_addr), reader=readers.author(email),
        account=account if account is not None and account.email == email else None,
        honeypot=bool(request.form.get("subject", "").strip()),
        proof=sums.solved(request.form.get(proof.FIELD, ""), clock.now()),
        address=request.remote_addr or "", agent=request.user_agent.string[:500])


def _refused(entry: Entry, form: CommentForm, status: int = 422) -> tuple[str, int]:
    page, _ = invalid("comments/create.html", "comments/_form.html", **under(entry, form))
    return page, status


@comments.get("/comments/<public_id>")
def permalink(public_id: str) -> Response:
    """Leads to the comment in its page."""
    comment = queries.public(db.session, public_id) or abort(404)
    return redirect(f"{comment.entry.path}#comment-{comment.public_id}")
