"""Feeds at the desk: the list of all, and adding one."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app import clock
from app.database import db, for_reading
from app.entries import queries as entries
from app.feeds import actions, health, overview, queries, settings
from app.feeds.forms import FeedForm, SettingsForm
from app.feeds.keeping import removing
from app.feeds.models import Feed
from app.feeds.previewing import NothingFound, look
from app.feeds.settings import Settings
from app.fetch import FetchFailed
from app.people import queries as people
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
    found = overview.listed(state, words, order).options(*overview.LISTED)
    page = paginate(db.session, found, PAGE)
    return render_template(
        "feeds/index.html", form=FeedForm(), page=page, state=state, order=order, words=words,
        filters=overview.FILTERS, tallies=overview.tallies(db.session), address=_address,
        **beside(page.rows))


def beside(feeds: Sequence[Feed]) -> dict[str, object]:
    """What the lines of these feeds say besides what stands in their rows."""
    return {"counts": queries.counts(db.session, feeds),
            "unknown": overview.unknown_names(db.session, feeds),
            "subscriptions": overview.subscriptions(db.session, feeds),
            "condition_of": health.condition}


def _address(**values: str) -> str:
    chosen = {name: value for name, value in values.items() if value}
    return "?" + urlencode(chosen) if chosen else ""


@desk.post("/")
def add() -> Response | tuple[str, int]:
    """Stores the feed at an address and visits it."""
    form = FeedForm.sent()
    if (wanted := agreed(form)) is None:
        return _again(form)
    try:
        feed, new = actions.add(db.session, form.url.data, now=clock.now())
    except actions.BadAddress as error:
        form.url.errors = [str(error)]
        return _again(form)
    if feed.removed_at:
        removing.bring_back(db.session, feed, now=clock.now())
    settings.agree(db.session, feed, wanted if new
                   else form.beside(settings.of(feed), wanted.author))
    result = actions.visit(db.session, feed, current_app.extensions["asking"], now=clock.now())
    flash(f"{feed.name}: {result}")
    return redirect(f"/desk/feeds/{feed.id}", 303)


def agreed(form: SettingsForm) -> Settings | None:
    """What was chosen; None if something is wrong, which the form's fields then say."""
    if not form.validate():
        return None
    name = form.author.data
    author = people.named(db.session, name) if name else None
    if name and author is None:
        form.author.errors = [f"Nobody here is called “{name}”."]
        return None
    return form.settings(author)


def _again(form: FeedForm) -> tuple[str, int]:
    return render_template("feeds/add.html", form=form, **suggestions()), 422


def suggestions() -> dict[str, object]:
    """What the fields of a feed's form suggest."""
    return {"people": people.names(db.session), "topics": entries.topic_names(db.session)}


@desk.post("/previews")
def preview() -> str | tuple[str, int]:
    """What the feed at the address of a feed or a site would bring. Nothing is stored."""
    form = FeedForm.sent()
    # It only reads, and not before strangers' servers have answered.
    for_reading(db.session)
    if not form.validate():
        return _again(form)
    try:
        seen = look(form.url.data, current_app.extensions["asking"], now=clock.now())
    except (actions.BadAddress, FetchFailed, NothingFound) as error:
        form.url.errors = [str(error)]
        return _again(form)
    form.url.data = seen.url
    return render_template("feeds/preview.html", preview=seen, form=form,
                           had=overview.at(db.session, seen.url, seen.read_at, digest=seen.digest),
                           known=overview.namesakes(db.session, seen.names), **suggestions())


@desk.post("/visits")
def visit_all() -> Response:
    """Lets the worker ask every feed, whatever its next visit says."""
    asked = actions.ask_all(db.session, now=clock.now())
    feeds = "One feed is" if asked == 1 else f"{asked} feeds are"
    flash(f"{feeds} being asked in the background. Look again in a minute or two.")
    return redirect("/desk/feeds/", 303)
