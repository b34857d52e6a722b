"""Commenting, permalinks, and the page of whoever waits."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from app import clock
from app.comments import actions, queries, stories
from app.comments.forms import CommentForm
from app.comments.gathering import Sender
from app.database import db
from app.desk import actions as desk
from app.desk import queries as desk_queries
from app.entries import queries as entries
from app.entries.models import Entry
from app.readers import routes as readers
from app.rules.sanctions import prefix
from app.web.htmx import answer, invalid

comments = Blueprint("comments", __name__)


def under(entry: Entry, form: CommentForm | None = None) -> dict[str, Any]:
    """What `comments/_section.html` shows under an entry; `?reply=` answers one comment."""
    wanted = form.parent_id.data if form else request.args.get("reply", "")
    parent = queries.answerable(db.session, entry, wanted) if wanted else None
    return {"entry": entry, "discussion": queries.discussion(db.session, entry),
            "form": form or CommentForm(), "parent": parent}


def _entry(section: str, slug: str) -> Entry:
    return entries.public(db.session, section, slug) or abort(404)


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
        comment = actions.submit(db.session, entry, form.remark, _sender(form.author_email.data),
                                 now=clock.now())
    except (actions.Refused, actions.WrongParent) as error:
        form.form_errors.append(str(error))
        flood = isinstance(error, actions.Refused) and error.finding.rule == "rate"
        return _refused(entry, form, 429 if flood else 422)
    return answer("comments/create.hx.html", otherwise=comment.follow_path, comment=comment)


def _sender(email: str) -> Sender:
    return Sender(network=prefix(request.remote_addr), reader=readers.author(email))


def _refused(entry: Entry, form: CommentForm, status: int = 422) -> tuple[str, int]:
    page, _ = invalid("comments/create.html", "comments/_form.html", **under(entry, form))
    return page, status


@comments.get("/comments/<public_id>")
def permalink(public_id: str) -> Response:
    """Leads to the comment in its page."""
    comment = queries.public(db.session, public_id) or abort(404)
    return redirect(f"{comment.entry.path}#comment-{comment.public_id}")


@comments.get("/follow/<token>")
def follow(token: str) -> Response | str:
    """Where a comment stands, for whoever sent it."""
    comment = queries.followed(db.session, token) or abort(404)
    item = desk_queries.item_of(db.session, actions.KIND, comment.id)
    decision = desk_queries.standing_decision(db.session, item) if item else None
    return render_template("comments/follow.html", comment=comment, item=item, decision=decision,
                           story=stories.story(comment))


@comments.post("/follow/<token>/withdrawal")
def withdraw(token: str) -> Response:
    """The sender takes a comment back before anyone has decided it."""
    comment = queries.followed(db.session, token) or abort(404)
    try:
        actions.withdraw(db.session, comment)
    except desk.AlreadyDecided:
        abort(409, "An editor has just decided this comment, so it cannot be withdrawn any more.")
    return redirect(comment.follow_path, 303)


@comments.post("/follow/<token>/confirmation")
def confirm(token: str) -> Response:
    """Mails the sender a link that makes this comment theirs, with all others they sent."""
    comment = queries.followed(db.session, token) or abort(404)
    if not comment.author_email:
        abort(409, "We have erased the address of this comment, so there is nothing to confirm.")
    readers.send_link(comment.author_email, comment.author_name)
    return answer("readers/ask.hx.html", otherwise="/reader/asked")


@comments.after_request
def keep_private(response: Response) -> Response:
    """A follow page is nobody else's, and its address is not passed on to where it links."""
    if request.path.startswith("/follow/"):
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["Referrer-Policy"] = "same-origin"
    return response
