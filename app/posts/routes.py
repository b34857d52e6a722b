"""Readers' pages of posts."""

from flask import Blueprint, abort, redirect, render_template
from werkzeug.wrappers import Response

from app.comments.routes import ARGUMENTS, under
from app.database import db
from app.entries import networks, queries, reading
from app.entries.around import around
from app.pagecache import PAGES, cached
from app.web.paging import paginate

posts = Blueprint("posts", __name__, url_prefix="/posts")
PAGE = 12


@posts.get("/")
@cached("published", page=PAGES)
def index() -> str:
    """All posts, newest first."""
    page = paginate(db.session, queries.published("posts"), PAGE, reading.cards)
    return render_template("posts/index.html", page=page)


@posts.get("/<slug>")
@cached(**ARGUMENTS)
def show(slug: str) -> str | Response:
    """One post with all that stands around it; from a former address, the way to it."""
    entry = reading.article(db.session, "posts", slug)
    if entry is None:
        moved = queries.moved(db.session, "posts", slug) or abort(404)
        return redirect(moved.path, 301)
    return render_template("posts/show.html", around=around(db.session, entry),
                           networks=networks.current(), **under(entry))
