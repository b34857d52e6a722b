"""Commenting and permalinks. What follows a comment is in `cases`."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, current_app, make_response, redirect, render_template, request
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from app import clock, text
from app.comments import actions, pictures, queries, thanking
from app.comments.closing import closing
from app.comments.forms import BLANK, CommentForm
from app.comments.gathering import Sender
from app.comments.models import Comment
from app.comments.nudging import Nudge, nudge
from app.comments.values import Discussion, Order
from app.database import db, for_reading
from app.entries import queries as entries
from app.entries.models import Entry
from app.entries.values import Reading
from app.pagecache import NEVER, PAGES
from app.readers import routes as readers
from app.rules import proof
from app.rules.sanctions import prefix
from app.web.assets import FOREVER
from app.web.htmx import answer, invalid, wants_fragment
from app.web.paging import page_number
from app.web.templating import dom_id
from app.web.viewer import viewer

comments = Blueprint("comments", __name__)
# What `under` looks at. There are more answers than pages, and nobody asks for one twice.
ARGUMENTS = {"comments": f"{Order.NEWEST}|{Order.THANKED}", "page": PAGES, "reply": NEVER}


def under(entry: Entry | Reading, form: CommentForm | None = None) -> dict[str, Any]:
    """What `comments/_section.html` shows under an entry.

    `?comments=newest` and `?page=2` say which threads, `?reply=` answers one comment.
    """
    return {"discussion": _discussion(entry), **_form(entry, form),
            "closing": closing(db.session, entry, now=clock.now())}


def _discussion(entry: Entry | Reading) -> Discussion:
    wanted, page = request.args.get("comments", Order.OLDEST), page_number()
    if wanted not in list(Order):
        abort(404, "Comments cannot be put into that order.")
    found = queries.discussion(db.session, entry, Order(wanted), page)
    if page > 1 and not found.threads:
        abort(404, "There is no such page of comments.")
    return found


def _form(entry: Entry | Reading, form: CommentForm | None) -> dict[str, Any]:
    wanted = form.parent_id.data if form else request.args.get("reply", "")
    parent = queries.answerable(db.session, entry, wanted) if wanted else None
    return {"entry": entry, "path": entry.path, "form": form or BLANK, "parent": parent,
            "preview": None, "nudges": tuple(Nudge)}


def _entry(section: str, slug: str) -> Entry:
    return entries.discussed(db.session, section, slug) or abort(404)


@comments.get("/<any(posts, episodes):section>/<slug>/comments")
def index(section: str, slug: str) -> Response:
    """Comments stand on the entry's own page."""
    return redirect(f"{_entry(section, slug).path}#comments")


@comments.post("/<any(posts, episodes):section>/<slug>/comments")
def create(section: str, slug: str) -> Response | tuple[str, int]:
    """A reader's comment: it waits, and its sender is shown where."""
    form = CommentForm.sent()
    preview = "preview" in request.form
    if preview or not form.validate():
        # Nothing is written, so nobody needs to wait while a page is drawn.
        for_reading(db.session)
        return (_preview if preview else _refused)(_entry(section, slug), form)
    remark = form.remark
    who = sender(remark.email)
    # From here on other writers wait.
    entry = entries.heading(db.session, section, slug) or abort(404)
    try:
        comment = actions.submit(db.session, entry, remark, who,
                                 now=clock.now(), secret=current_app.config["SECRET_KEY"],
                                 service=current_app.extensions["spam_service"])
    except (actions.Refused, actions.WrongParent) as error:
        form.form_errors.append(str(error))
        db.session.rollback()
        for_reading(db.session)
        flood = isinstance(error, actions.Refused) and error.finding.rule == "rate"
        # Looked for again: while a spam service was asked, an editor may have taken it back.
        return _refused(_entry(section, slug), form, 429 if flood else 422)
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
    page, _ = invalid("comments/create.html", "comments/_form.html", **_form(entry, form))
    return page, status


def _preview(entry: Entry, form: CommentForm) -> tuple[str, int]:
    """How the comment would look. Nothing is stored and no rule is asked."""
    there = form.body.validate(form)
    scripted = wants_fragment()
    # Where there are scripts, the word was said while it was typed.
    preview = {"html": text.remark(form.body.data),
               "nudge": None if scripted else nudge(form.body.data)}
    template = "comments/preview.hx.html" if scripted else "comments/create.html"
    page = render_template(template, **_form(entry, form) | {"preview": preview})
    return page, 200 if there else 422


@comments.get("/comments/<public_id>")
def permalink(public_id: str) -> Response:
    """Leads to the comment in the page that shows it."""
    comment = _public(public_id)
    return redirect(f"{queries.page_of(db.session, comment)}#{dom_id(comment)}")


def _public(public_id: str) -> Comment:
    return queries.public(db.session, public_id) or abort(404)


@comments.get("/comments/<public_id>/thanks")
def thanked(public_id: str) -> FlaskResponse:
    """Says that thanks were given, where there are no scripts."""
    return _told(public_id, mine=True)


@comments.get("/comments/<public_id>/thanks/withdrawal")
def unthanked(public_id: str) -> FlaskResponse:
    """Says that they were taken back."""
    return _told(public_id, mine=False)


def _told(public_id: str, *, mine: bool) -> FlaskResponse:
    response = make_response(render_template("comments/thanked.html", comment=_public(public_id),
                                             mine=mine))
    response.headers["Cache-Control"] = "private, no-store"
    return response


@comments.post("/comments/<public_id>/thanks")
def thank(public_id: str) -> Response:
    """Thanks for a comment, from whoever presses the button."""
    return _thanks(thanking.give, _public(public_id), "comments/thank.hx.html")


@comments.post("/comments/<public_id>/thanks/withdrawal")
def unthank(public_id: str) -> Response:
    """Thanks taken back."""
    return _thanks(thanking.take_back, _public(public_id), "comments/unthank.hx.html")


def _thanks(change: Callable[..., None], comment: Comment, template: str) -> Response:
    voter = thanking.Voter(current_app.config["SECRET_KEY"], prefix(request.remote_addr),
                           request.user_agent.string)
    change(db.session, comment, voter, now=clock.now())
    return answer(template, otherwise=request.path, comment=comment)


@comments.get("/pictures/<seed>.svg")
def picture(seed: str) -> FlaskResponse:
    """The picture of whoever has this seed; it never changes."""
    if not pictures.SEED.fullmatch(seed):
        abort(404)
    response = FlaskResponse(pictures.draw(seed), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = f"public, max-age={FOREVER}, immutable"
    return response
