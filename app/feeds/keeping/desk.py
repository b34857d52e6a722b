"""One feed at the desk: how it is, what came of it, what is agreed on."""

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
)
from werkzeug.wrappers import Response

from app import clock
from app.database import db
from app.feeds import actions, health, overview, settings
from app.feeds.deal import names
from app.feeds.desk import agreed, beside, suggestions
from app.feeds.forms import SettingsForm
from app.feeds.keeping import removing
from app.feeds.models import Feed
from app.feeds.polling import moving
from app.feeds.polling.addressing import BadAddress
from app.web.guard import editors_only
from app.web.htmx import wants_fragment
from app.web.paging import paginate
from app.web.safety import local_path

desk = Blueprint("feed_desk", __name__, url_prefix="/desk/feeds/<int:feed_id>")
editors_only(desk)
PAGE = 30
# Those that nobody has spoken for come first.
NAMES = 60


def _feed(feed_id: int) -> Feed:
    return db.session.get(Feed, feed_id) or abort(404, "There is no such feed.")


def page_of(feed: Feed, form: SettingsForm | None = None, wrong: object = None) -> str:
    """A feed's page, with a form as it was sent, or with what is wrong with one of its names."""
    form = form or SettingsForm.of(settings.of(feed))
    page = paginate(db.session, overview.items(feed), PAGE)
    subscription = overview.subscriptions(db.session, [feed]).get(feed.id)
    return render_template(
        "feeds/show.html", feed=feed, form=form, page=page, here=overview.here(db.session, feed),
        visits=overview.visits(db.session, feed), wrong=wrong,
        names=names.every(db.session, feed)[:NAMES],
        claims=overview.claims(db.session, feed),
        doubles=overview.doubles(db.session, page.rows), condition_of=health.condition,
        advice=health.advice(feed),
        pushes=health.pushes(subscription, feed.hub_url, clock.now()), **suggestions())


@desk.get("")
def show(feed_id: int) -> str:
    """A feed, its health, its visits, its settings and its items."""
    return page_of(_feed(feed_id))


@desk.post("/visit")
def visit(feed_id: int) -> Response:
    """Asks a feed now."""
    feed = _feed(feed_id)
    result = actions.visit(db.session, feed, current_app.extensions["asking"], now=clock.now())
    sentence = f"{feed.name}: {result}"
    if wants_fragment():
        return make_response(render_template("feeds/asked.hx.html", feed=feed, sentence=sentence,
                                             **beside([feed])))
    return _told(feed, sentence)


@desk.post("/pause")
def pause(feed_id: int) -> Response:
    """Stops asking a feed."""
    feed = _feed(feed_id)
    actions.pause(db.session, feed, now=clock.now())
    return _told(feed, f"{feed.name} is not asked any more. What came from it stays.")


@desk.post("/resumption")
def resume(feed_id: int) -> Response:
    """Asks a paused feed again."""
    feed = _feed(feed_id)
    actions.resume(db.session, feed, now=clock.now())
    return _told(feed, f"{feed.name} is asked again, within a minute.")


def _told(feed: Feed, sentence: str) -> Response:
    """Back to where the button was, with a sentence."""
    flash(sentence)
    return redirect(local_path(request.form.get("from")) or f"/desk/feeds/{feed.id}", 303)


@desk.post("/settings")
def change(feed_id: int) -> Response | tuple[str, int]:
    """Sets what is agreed on, for what comes or, with `reach`, also for what is here."""
    feed = _feed(feed_id)
    form = SettingsForm.sent_for(settings.of(feed))
    if (wanted := agreed(form)) is None:
        return page_of(feed, form), 422
    changed = settings.agree(db.session, feed, wanted)
    told = "Saved." if changed else "That is what was set already."
    if "reach" in request.form:
        told = f"{told} {settings.bring_here(db.session, feed, now=clock.now())}"
    elif changed:
        told = f"{told} It holds for what comes from now on."
    db.session.commit()
    return _told(feed, told)


@desk.post("/removal")
def remove(feed_id: int) -> Response:
    """Takes a feed off the list; what came from it stays, or is taken down with it."""
    feed = _feed(feed_id)
    down = removing.remove(db.session, feed, posts="posts" in request.form, now=clock.now())
    told = f"{down} of its posts are taken down." if down else "What came from it stays."
    return _told(feed, f"{feed.name} is removed. {told}")


@desk.post("/return")
def bring_back(feed_id: int) -> Response:
    """Puts a removed feed back on the list, with what was taken down with it."""
    feed = _feed(feed_id)
    if feed.removed_at is None:
        abort(409, "This feed is on the list, so there is nothing to bring back.")
    removing.bring_back(db.session, feed, now=clock.now())
    return _told(feed, f"{feed.name} is back, and is asked again within a minute.")


@desk.post("/address")
def readdress(feed_id: int) -> Response:
    """Asks a feed at another address from now on: the one that its site proposes."""
    feed = _feed(feed_id)
    try:
        moving.adopt(db.session, feed, request.form.get("url", ""), clock.now())
    except BadAddress as error:
        abort(422, str(error))
    return _told(feed, f"{feed.name} is asked at {feed.url} from now on.")
