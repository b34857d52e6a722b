"""Feeds at the desk: the list of all, and adding one."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app import clock
from app.database import db
from app.entries import queries as entries
from app.feeds import actions, overview, queries, settings
from app.feeds.forms import FeedForm
from app.feeds.models import Feed
from app.people import queries as people
from app.people.models import Person
from app.text import one_line
from app.web.guard import editors_only
from app.web.paging import paginate

desk = Blueprint("feeds_desk", __name__, url_prefix="/desk/feeds")
editors_only(desk)
PAGE = 50


@desk.get("/")
def index() -> str:
    """All feeds with their health in words, and the field for one more."""
    state, order = request.args.get("state", ""), request.args.get("order", "")
    if state not in overview.FILTERS or order not in overview.ORDERS:
        abort(404, "There is no such list of feeds.")
    words = one_line(request.args.get("q", ""))[:100]
    page = paginate(db.session, overview.listed(state, words, order), PAGE)
    return render_template(
        "feeds/index.html", form=FeedForm(), page=page, state=state, order=order, words=words,
        filters=overview.FILTERS, tallies=overview.tallies(db.session), **_beside(page.rows))


def _beside(feeds: list[Feed]) -> dict[str, object]:
    return {"counts": queries.counts(db.session, feeds),
            "unknown": overview.unknown_names(db.session, feeds),
            "subscriptions": overview.subscriptions(db.session, feeds)}


@desk.post("/")
def add() -> Response | tuple[str, int]:
    """Stores the feed at an address and visits it."""
    form = FeedForm.sent()
    if not form.validate() or (author := author_of(form)) is None and form.author.data:
        return _again(form)
    try:
        feed, _new = actions.add(db.session, form.url.data, now=clock.now())
    except actions.BadAddress as error:
        form.url.errors = [str(error)]
        return _again(form)
    settings.agree(db.session, feed, form.settings(author))
    feed.removed_at = None
    result = actions.visit(db.session, feed, current_app.extensions["asking"], now=clock.now())
    flash(f"{feed.name}: {result}")
    return redirect(f"/desk/feeds/{feed.id}", 303)


def author_of(form: FeedForm) -> Person | None:
    """The person that the form names; a name that nobody has becomes an error of the field."""
    name = form.author.data
    person = people.named(db.session, name) if name else None
    if name and person is None:
        form.author.errors = [f"Nobody here is called “{name}”."]
    return person


def _again(form: FeedForm) -> tuple[str, int]:
    return render_template("feeds/add.html", form=form, **suggestions()), 422


def suggestions() -> dict[str, object]:
    """What the fields of a feed's form suggest."""
    return {"people": people.names(db.session), "topics": entries.topic_names(db.session)}


@desk.post("/visits")
def visit_all() -> Response:
    """Lets the worker ask every feed, whatever its next visit says."""
    asked = actions.ask_all(db.session, now=clock.now())
    db.session.commit()
    feeds = "one feed is" if asked == 1 else f"{asked} feeds are"
    flash(f"{feeds.capitalize()} asked in the background; come back in a minute or two.")
    return redirect("/desk/feeds/", 303)
