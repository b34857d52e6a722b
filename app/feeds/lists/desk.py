"""Lists of feeds in and out at the desk."""

import base64
import binascii

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app import clock, jobs
from app.database import db, for_reading
from app.feeds import actions, overview
from app.feeds.lists import importing, opml, planning
from app.web.bodies import takes_files
from app.web.guard import editors_only

desk = Blueprint("feed_lists_desk", __name__, url_prefix="/desk/feeds")
editors_only(desk)


@desk.get("/opml")
def index() -> str:
    """Where a list is brought in or taken out."""
    return render_template("feeds/lists/index.html", problem="")


@desk.get("/export.opml")
def export() -> Response:
    """All feeds of the list, with our settings."""
    feeds = db.session.scalars(overview.listed("", "", "name"))
    document = opml.write(importing.outlines(db.session, feeds), now=clock.now(),
                          title=f"Feeds of {current_app.config['TITLE']}")
    return Response(document, mimetype="text/x-opml",
                    headers={"Content-Disposition": "attachment; filename=feeds.opml"})


@desk.post("/imports")
@takes_files(opml.LONGEST)
def bring_in() -> str | tuple[str, int] | AnyResponse:
    """What a list would do; with the button below that, does it."""
    does = "document" in request.form
    if not does:
        for_reading(db.session)
    try:
        document = _document()
        planned = planning.plan(db.session, opml.read(document))
    except opml.BadOpml as error:
        return render_template("feeds/lists/index.html", problem=str(error)), 422
    if not does:
        kept = base64.urlsafe_b64encode(document).decode()
        return render_template("feeds/lists/plan.html", planned=planned, document=kept,
                               tally=importing.tally(planned))
    importing.carry_out(db.session, planned, now=clock.now())
    jobs.wake(db.session, actions.JOB, clock.now())
    db.session.commit()
    flash(f"Taken over: {importing.tally(planned)}. New feeds are asked within minutes.")
    return redirect("/desk/feeds/", 303)


def _document() -> bytes:
    if "document" in request.form:
        try:
            return base64.urlsafe_b64decode(request.form["document"])
        except (binascii.Error, ValueError):
            raise opml.BadOpml("The list was damaged on its way. Please choose it again.") from None
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise opml.BadOpml("Please choose a file.")
    return sent.stream.read(opml.LONGEST + 1)
