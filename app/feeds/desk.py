"""Feeds at the desk."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template
from werkzeug.wrappers import Response

from app import clock
from app.database import db
from app.feeds import actions, queries
from app.feeds.forms import FeedForm
from app.feeds.models import Feed, Policy, Show
from app.people import queries as people
from app.web.guard import editors_only
from app.web.paging import paginate

desk = Blueprint("feeds_desk", __name__, url_prefix="/desk/feeds")
editors_only(desk)
PAGE = 50


def _page(form: FeedForm) -> str:
    page = paginate(db.session, queries.every(), PAGE)
    return render_template("feeds/index.html", form=form, page=page,
                           counts=queries.counts(db.session, page.rows),
                           people=people.names(db.session))


@desk.get("/")
def index() -> str:
    """All feeds with their health in words, and the form for one more."""
    return _page(FeedForm())


@desk.post("/")
def add() -> Response | tuple[str, int]:
    """Stores a feed and visits it."""
    form = FeedForm.sent()
    if not form.validate():
        return _page(form), 422
    author = people.named(db.session, form.author.data) if form.author.data else None
    if form.author.data and author is None:
        form.author.errors = [f"Nobody here is called “{form.author.data}”."]
        return _page(form), 422
    try:
        feed, _new = actions.add(db.session, form.url.data, now=clock.now(), author=author,
                                 policy=Policy(form.policy.data), show=Show(form.show.data))
    except actions.BadAddress as error:
        form.url.errors = [str(error)]
        return _page(form), 422
    return _visit(feed)


@desk.post("/<int:feed_id>/visit")
def visit(feed_id: int) -> Response:
    """Asks a feed now."""
    return _visit(db.session.get(Feed, feed_id) or abort(404))


@desk.post("/<int:feed_id>/pause")
def pause(feed_id: int) -> Response:
    """Stops asking a feed, or asks a stopped one again."""
    feed = db.session.get(Feed, feed_id) or abort(404)
    change = actions.resume if feed.paused_at else actions.pause
    change(db.session, feed, now=clock.now())
    flash(f"{feed.name} is {'not asked any more' if feed.paused_at else 'asked again'}.")
    return redirect("/desk/feeds/", 303)


def _visit(feed: Feed) -> Response:
    result = actions.visit(db.session, feed, current_app.extensions["asking"], now=clock.now())
    flash(f"{feed.name}: {result}")
    return redirect("/desk/feeds/", 303)
