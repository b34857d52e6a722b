"""Where editors write and change posts, whoever sent them."""

from flask import Blueprint, abort
from werkzeug.wrappers import Response

from app import clock
from app.database import db
from app.entries import desk as entries
from app.entries import queries
from app.entries.forms import EntryForm
from app.entries.models import Entry
from app.media import PICTURE_BYTES
from app.web.bodies import takes_files
from app.web.guard import editors_only
from app.web.viewer import viewer

desk = Blueprint("posts_desk", __name__, url_prefix="/desk/posts")
editors_only(desk)
TEMPLATE = "posts/edit.html"


def _post(entry_id: int) -> Entry:
    entry = db.session.get(Entry, entry_id)
    if entry is None or entry.section != "posts" or entry.is_unsent:
        abort(404)
    return entry


@desk.get("/new")
def new() -> str:
    """An empty form; nothing is stored until it is saved."""
    person = viewer().person
    form = EntryForm(data={"authors": person.name if person else ""})
    return entries.form_page(TEMPLATE, form, None)


@desk.post("/new")
@takes_files(PICTURE_BYTES)
def create() -> Response | tuple[str, int]:
    """Stores a new post."""
    now = clock.now()
    return entries.save(TEMPLATE, Entry(section="posts", created_at=now, updated_at=now),
                        EntryForm.sent())


@desk.get("/<int:entry_id>")
def edit(entry_id: int) -> str:
    """The form of one post."""
    entry = _post(entry_id)
    linked = ", ".join(each.path for each in queries.named_links(db.session, entry))
    return entries.form_page(TEMPLATE, EntryForm.of(entry, linked=linked), entry)


@desk.post("/<int:entry_id>")
@takes_files(PICTURE_BYTES)
def save(entry_id: int) -> Response | tuple[str, int]:
    """Stores a post as the form says."""
    return entries.save(TEMPLATE, _post(entry_id), EntryForm.sent())
