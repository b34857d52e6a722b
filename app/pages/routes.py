"""Home and the listings by topic, series and person."""

from flask import Blueprint, abort, render_template

from app.database import db
from app.entries import queries as entries
from app.entries import reading
from app.entries.models import Part
from app.pagecache import PAGES, cached
from app.pages import queries
from app.people import queries as people
from app.web.paging import paginate

pages = Blueprint("pages", __name__)
PAGE = 12
LATEST = 7


@pages.get("/")
@cached("published")
def home() -> str:
    """The lead, the latest posts, the newest episode, the series."""
    latest = reading.cards(db.session, entries.published("posts").limit(LATEST))
    heard = reading.cards(db.session, entries.published("episodes").limit(1))
    return render_template("pages/home.html", latest=latest, episode=next(iter(heard), None),
                           series=entries.series_in_use(db.session),
                           discussed=queries.discussed(db.session))


@pages.get("/topics/")
@cached("published")
def topics() -> str:
    """All topics."""
    return render_template("pages/topics.html", topics=entries.topics_in_use(db.session))


@pages.get("/topics/<slug>")
@cached(page=PAGES)
def topic(slug: str) -> str:
    """What was published on one topic."""
    found = entries.topic(db.session, slug) or abort(404)
    return render_template("pages/topic.html", topic=found,
                           page=paginate(db.session, entries.about(found), PAGE,
                                         reading.cards))


@pages.get("/series/")
@cached("published")
def all_series() -> str:
    """All series."""
    return render_template("pages/all_series.html", series=entries.series_in_use(db.session))


@pages.get("/series/<slug>")
@cached(page=PAGES)
def series(slug: str) -> str:
    """One series in its own order."""
    found = entries.series(db.session, slug) or abort(404)
    return render_template("pages/series.html", series=found,
                           page=paginate(db.session, entries.in_series(found), PAGE,
                                         reading.cards))


@pages.get("/people/")
@cached("published", "people", page=PAGES)
def everyone() -> str:
    """Everybody with something published here."""
    return render_template("pages/people.html",
                           page=paginate(db.session, queries.contributors(), 60))


@pages.get("/people/<slug>")
@cached(page=PAGES)
def person(slug: str) -> str:
    """One person, and what they wrote or spoke in. Without anything public there is no page."""
    found = people.by_slug(db.session, slug)
    if found is None or not queries.is_contributor(db.session, found):
        abort(404)
    heard = reading.cards(db.session, entries.heard(found.id))
    written = paginate(db.session, entries.of_person(found.id, Part.AUTHOR), PAGE, reading.cards)
    return render_template("pages/person.html", person=found, heard=heard, page=written)
