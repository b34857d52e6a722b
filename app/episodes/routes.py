"""Readers' pages of the webcast."""

from flask import Blueprint, Response, abort, redirect, render_template
from werkzeug.wrappers import Response as BaseResponse

from app.comments.routes import ARGUMENTS, under
from app.database import db
from app.entries import networks, reading
from app.entries import queries as entries
from app.entries.around import around
from app.episodes import actions, queries
from app.episodes.values import Hearing
from app.pagecache import PAGES, cached
from app.web.paging import paginate
from app.web.safety import frameable

episodes = Blueprint("episodes", __name__, url_prefix="/episodes")
PAGE = 12


def _episode(slug: str) -> Hearing:
    return queries.hearing(db.session, slug) or abort(404)


@episodes.get("/")
@cached("published", page=PAGES)
def index() -> str:
    """All episodes, newest first."""
    page = paginate(db.session, entries.published("episodes"), PAGE, reading.cards)
    return render_template("episodes/index.html", page=page)


@episodes.get("/<slug>")
@cached(**ARGUMENTS)
def show(slug: str) -> str | BaseResponse:
    """One episode: player, chapters, notes, transcript, comments."""
    episode = queries.hearing(db.session, slug)
    if episode is None:
        moved = entries.moved(db.session, "episodes", slug) or abort(404)
        return redirect(moved.path, 301)
    return render_template("episodes/show.html", around=around(db.session, episode.entry),
                           networks=networks.current(), speeches=queries.speeches(episode.cues),
                           **under(episode.entry) | {"entry": episode})


@episodes.get("/<slug>/transcript")
@cached()
def transcript(slug: str) -> str:
    """The transcript alone, to read or to print."""
    episode = _episode(slug)
    if not episode.cues:
        abort(404, "This episode has no transcript yet.")
    return render_template("episodes/transcript.html", entry=episode,
                           speeches=queries.speeches(episode.cues))


@episodes.get("/<slug>/transcript.vtt")
@cached()
def captions(slug: str) -> Response:
    """The transcript as WebVTT, for players."""
    episode = _episode(slug)
    if not episode.has_times:
        abort(404, "This transcript has no times.")
    return Response(actions.transcript(episode), mimetype="text/vtt")


@episodes.get("/<slug>/embed")
@cached()
@frameable
def embed(slug: str) -> str:
    """A small player that other sites may show."""
    return render_template("episodes/embed.html", entry=_episode(slug))
