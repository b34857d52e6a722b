"""The private page of whoever sent a comment, and the page where readers report one."""

from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request
from werkzeug.wrappers import Response

from app import clock, throttle
from app.comments import queries
from app.comments.actions import Refused
from app.comments.cases import appealing, following, reporting, retention, stories
from app.comments.cases.forms import AppealForm, ReportForm, TextForm
from app.comments.gathering import Sender
from app.comments.models import Comment
from app.database import db, for_reading
from app.readers import routes as readers
from app.rules.sanctions import prefix
from app.web.errors import TooManyTries
from app.web.htmx import answer
from app.web.safety import keep_to_oneself
from app.web.viewer import viewer

cases = Blueprint("cases", __name__)


def _followed(token: str) -> Comment:
    return queries.followed(db.session, token) or abort(404)


def _page(comment: Comment, **forms: Any) -> str:
    """The whole story of a comment, with a form for each thing that can still be done."""
    now = clock.now()
    case = stories.case(db.session, comment, now)
    changeable = (following.can_change(comment, now)
                  and not reporting.is_reported(db.session, comment))
    usual = {"text_form": TextForm.of(comment) if changeable else None,
             "appeal_form": AppealForm() if appealing.is_open_to(comment, case.appeal, now)
             else None}
    heading, lead = stories.headline(case)
    return render_template("comments/follow.html", comment=comment, case=case, heading=heading,
                           lead=lead, steps=list(stories.steps(case)), now=now,
                           window=following.WINDOW, kept=retention.KEPT, **{**usual, **forms})


@cases.get("/follow/<token>")
def follow(token: str) -> str:
    """Where a comment stands, for whoever sent it, and what they can do."""
    return _page(_followed(token))


@cases.post("/follow/<token>/text")
def change(token: str) -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """New words for a comment, within 15 minutes of sending it."""
    comment, form = _followed(token), TextForm.sent()
    if not form.validate():
        return _page(comment, text_form=form), 422
    try:
        following.revise(db.session, comment, form.words, now=clock.now(), opened=form.opened,
                         network=prefix(request.remote_addr),
                         service=current_app.extensions["spam_service"])
    except throttle.TooOften as error:
        return _too_often(comment, form, error.seconds)
    except following.TooLate as error:
        abort(409, str(error))
    except following.Overtaken:
        return _overtaken(comment, form)
    except Refused as error:
        form.form_errors.append(str(error))
        return _page(comment, text_form=form), 429 if error.finding.rule == "rate" else 422
    return redirect(comment.follow_path, 303)


def _too_often(comment: Comment, form: TextForm, wait: int) -> tuple[str, int, dict[str, str]]:
    for_reading(db.session)
    minutes = max(1, round(wait / 60))
    form.form_errors.append("Those were many changes in a short while. Nothing is lost: your words"
                            " stand below. Please send them again in"
                            f" {'a minute' if minutes == 1 else f'{minutes} minutes'}.")
    return _page(comment, text_form=form), 429, {"Retry-After": str(wait)}


def _overtaken(comment: Comment, form: TextForm) -> tuple[str, int]:
    form.form_errors.append("You have changed this comment elsewhere in the meantime. Above stands"
                            " what it says now, below what you typed here. Send this once more to"
                            " replace it.")
    form.version.data = following.version(comment)
    return _page(comment, text_form=form), 409


@cases.post("/follow/<token>/withdrawal")
def withdraw(token: str) -> Response:
    """The sender takes a comment back, whatever was decided."""
    comment = _followed(token)
    try:
        following.withdraw(db.session, comment, now=clock.now())
    except following.Withdrawn:
        abort(409, "You have withdrawn this comment already. Nothing more is to be done.")
    return redirect(comment.follow_path, 303)


@cases.post("/follow/<token>/appeal")
def appeal(token: str) -> Response | tuple[str, int]:
    """The one appeal against a decision."""
    comment, form = _followed(token), AppealForm.sent()
    now, before = clock.now(), appealing.of(db.session, comment)
    if appealing.is_open_to(comment, before, now) and not form.validate():
        return _page(comment, appeal_form=form), 422
    try:
        appealing.send(db.session, comment, form.text.data, now=now)
    except appealing.NoAppeal as error:
        abort(409, str(error))
    return redirect(comment.follow_path, 303)


@cases.get("/comments/<public_id>/report")
def report_form(public_id: str) -> str:
    """A form for whoever thinks that a comment should not be here, or thanks for having sent it."""
    comment = queries.public(db.session, public_id) or abort(404)
    return render_template("comments/report.html", comment=comment, form=ReportForm(),
                           sent="sent" in request.args)


@cases.post("/comments/<public_id>/report")
def report(public_id: str) -> Response | tuple[str, int]:
    """A reader's report. A second one is thanked for too, and changes nothing."""
    comment = queries.public(db.session, public_id) or abort(404)
    form = ReportForm.sent()
    known = Sender(network=prefix(request.remote_addr), reader=readers.browser(),
                   account=viewer())
    if not form.validate():
        return render_template("comments/report.html", comment=comment, form=form, sent=False), 422
    _slow_down(known.network)
    who = reporting.reporter(known, request.user_agent.string, current_app.config["SECRET_KEY"])
    try:
        reporting.report(db.session, comment, who, reporting.Reason(form.reason.data),
                         form.note.data, now=clock.now())
    except reporting.NotThere:
        abort(404)
    return redirect(f"{comment.path}/report?sent", 303)


def _slow_down(network: str) -> None:
    """429 for a network that reports very much; one that says nothing of its sender passes."""
    if not network:
        return
    tries = [(f"report:{network}", reporting.PER_NETWORK, reporting.PERIOD)]
    if wait := throttle.take(db.session, tries, clock.now()):
        raise TooManyTries(wait)


@cases.post("/follow/<token>/confirmation")
def confirm(token: str) -> Response:
    """Mails the sender a link that makes this comment theirs, with all others they sent."""
    comment = _followed(token)
    if not comment.address:
        abort(409, "We have erased the address of this comment, so there is nothing to confirm.")
    readers.send_link(comment.address, comment.author_name)
    return answer("readers/ask.hx.html", otherwise="/reader/asked")


@cases.after_request
def keep_private(response: Response) -> Response:
    """A follow page is nobody else's, and its address is not passed on to where it links."""
    return keep_to_oneself(response) if request.path.startswith("/follow/") else response
