"""What an editor's form changes in an entry, whichever section it is in."""

from datetime import datetime

from sqlalchemy.orm import Session

from app import media
from app.entries import filing, queries, wording
from app.entries.forms import EntryForm, names
from app.entries.models import Discussion, Entry, Part
from app.people import queries as people
from app.people.models import Person


class FieldProblem(Exception):
    """One field cannot be as it was typed."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def apply(session: Session, entry: Entry, form: EntryForm, *, by: str, now: datetime) -> None:
    """Changes an entry as the form says; the caller commits.

    Raises FieldProblem, with nothing to be kept, or wording.Stale if somebody saved in between.
    """
    wording.write(session, entry, form.words, by=by, now=now, version=form.version.data)
    try:
        filing.address(session, entry, form.slug.data)
        filing.number(session, entry, form.series.data, form.series_number.data)
    except filing.SlugTaken as error:
        raise FieldProblem("slug", str(error)) from error
    except filing.NumberTaken as error:
        raise FieldProblem("series_number", str(error)) from error
    filing.file_under(session, entry, names(form.topics.data))
    filing.credit(session, entry, Part.AUTHOR,
                   [(each, *_standing(entry, each)) for each in _people(session, form)])
    filing.link(session, entry, _linked(session, form))
    filing.discuss(entry, Discussion(form.discussion.data))
    entry.language = form.language.data or "en"
    _set_cover(session, entry, form, now)
    entry.updated_at = now


def find_person(session: Session, name: str, field: str) -> Person:
    """The person with this name; raises FieldProblem for nobody."""
    person = people.named(session, name)
    if person is None:
        raise FieldProblem(field, f"Nobody here is called “{name}”. Add them under People first.")
    return person


def _people(session: Session, form: EntryForm) -> list[Person]:
    return [find_person(session, name, "authors") for name in names(form.authors.data)]


def _standing(entry: Entry, person: Person) -> tuple[str, str]:
    known = next((each for each in entry.contributions if each.person_id == person.id), None)
    return (known.role, known.organisation) if known else ("", "")


def _linked(session: Session, form: EntryForm) -> list[Entry]:
    found = []
    for path in names(form.linked.data):
        section, _, slug = path.strip("/").partition("/")
        entry = queries.public(session, section, slug)
        if entry is None:
            raise FieldProblem("linked", f"“{path}” is not the address of a published entry.")
        found.append(entry)
    return found


def _set_cover(session: Session, entry: Entry, form: EntryForm, now: datetime) -> None:
    if form.cover.upload:
        entry.cover = media.note(session, form.cover.upload, now=now)
    entry.cover_alt = form.cover_alt.data
