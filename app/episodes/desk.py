"""Where editors make episodes."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, abort
from werkzeug.wrappers import Response

from app import clock, media
from app.database import db
from app.entries import desk as entries
from app.entries import queries
from app.entries.editing import FieldProblem, find_person
from app.entries.filing import credit
from app.entries.forms import names
from app.entries.models import Part
from app.episodes import actions, transcripts
from app.episodes.forms import EpisodeForm
from app.episodes.models import Episode
from app.episodes.queries import latest_series, next_number
from app.web.bodies import takes_files
from app.web.guard import editors_only
from app.web.viewer import viewer

desk = Blueprint("episodes_desk", __name__, url_prefix="/desk/episodes")
editors_only(desk)
TEMPLATE = "episodes/edit.html"


@desk.get("/new")
def new() -> str:
    """An empty form with the next number."""
    person = viewer().person
    form = EpisodeForm(data={"number": next_number(db.session),
                             "series": latest_series(db.session),
                             "host": person.name if person else ""})
    return entries.form_page(TEMPLATE, form, None)


@desk.post("/new")
@takes_files(media.AUDIO_BYTES + media.PICTURE_BYTES)
def create() -> Response | tuple[str, int]:
    """Stores a new episode."""
    now = clock.now()
    return _save(Episode(number=next_number(db.session), created_at=now, updated_at=now))


@desk.get("/<int:entry_id>")
def edit(entry_id: int) -> str:
    """The form of one episode."""
    episode = db.session.get(Episode, entry_id) or abort(404)
    linked = ", ".join(each.path for each in queries.named_links(db.session, episode))
    return entries.form_page(TEMPLATE, EpisodeForm.of(episode, linked=linked), episode)


@desk.post("/<int:entry_id>")
@takes_files(media.AUDIO_BYTES + media.PICTURE_BYTES)
def save(entry_id: int) -> Response | tuple[str, int]:
    """Stores an episode as the form says."""
    return _save(db.session.get(Episode, entry_id) or abort(404))


def _save(episode: Episode) -> Response | tuple[str, int]:
    form = EpisodeForm.sent()
    return entries.save(TEMPLATE, episode, form, partial(_apply, episode, form))


def _apply(episode: Episode, form: EpisodeForm) -> None:
    _checked("number", lambda: actions.renumber(db.session, episode, form.number.data))
    _checked("chapters", lambda: actions.divide(episode, form.chapters.data))
    _checked("transcript", lambda: actions.transcribe(db.session, episode, form.transcript.data))
    if form.audio.upload:
        episode.audio = media.note(db.session, form.audio.upload, now=clock.now())
    hosts = [(find_person(db.session, name, "host"), "", "") for name in names(form.host.data)]
    credit(db.session, episode, Part.HOST, hosts)
    credit(db.session, episode, Part.GUEST, [
        (find_person(db.session, name, "guests"), role, organisation)
        for name, role, organisation in map(_guest, filter(None, form.guests.data.split("\n")))])


def _checked(field: str, change: Callable[[], None]) -> None:
    try:
        change()
    except (actions.NumberTaken, actions.BadChapters,
            transcripts.UnreadableTranscript) as error:
        raise FieldProblem(field, str(error)) from error


def _guest(line: str) -> tuple[str, str, str]:
    name, role, organisation = ([part.strip() for part in line.split("|")] + ["", ""])[:3]
    return name, role, organisation
