"""People at the desk."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app import clock, media, text
from app.database import db
from app.people import actions, queries
from app.people.forms import StaffPersonForm, read_links
from app.people.models import Person
from app.web.bodies import takes_files
from app.web.guard import editors_only
from app.web.paging import paginate

desk = Blueprint("people_desk", __name__, url_prefix="/desk/people")
editors_only(desk)
PAGE = 50


@desk.get("/")
def index() -> str:
    """Everybody whose name can stand on an entry."""
    words = text.one_line(request.args.get("q", ""))[:100]
    found = queries.called(db.session, words)
    return render_template("people/index.html", page=paginate(db.session, found, PAGE), words=words)


@desk.get("/new")
def new() -> str:
    """An empty form."""
    return render_template("people/edit.html", form=StaffPersonForm(), person=None)


@desk.get("/<int:person_id>")
def edit(person_id: int) -> str:
    """The form of one person."""
    person = db.session.get(Person, person_id) or abort(404)
    return render_template("people/edit.html", form=StaffPersonForm.of(person), person=person)


@desk.post("/new")
@desk.post("/<int:person_id>")
@takes_files(media.PICTURE_BYTES)
def save(person_id: int | None = None) -> Response | tuple[str, int]:
    """Stores a person as the form says."""
    form = StaffPersonForm.sent()
    valid = form.validate()
    known = None if person_id is None else db.session.get(Person, person_id) or abort(404)
    if not valid or not _apply(form, known):
        return render_template("people/edit.html", form=form, person=known), 422
    flash(f"{form.name.data} is saved.")
    return redirect("/desk/people/", 303)


def _apply(form: StaffPersonForm, known: Person | None) -> bool:
    try:
        person = known or actions.add(db.session, form.name.data, now=clock.now())
        if slug := text.slugify(form.slug.data):
            actions.move(db.session, person, slug)
    except actions.SlugTaken as error:
        form.slug.errors = [str(error)]
        db.session.rollback()
        return False
    if form.picture.upload:
        person.picture = media.note(db.session, form.picture.upload, now=clock.now())
    person.name = form.name.data
    actions.describe(person, headline=form.headline.data, bio=form.bio.data,
                     links=read_links(form.links.data))
    db.session.commit()
    return True
