"""What editors say about a feed's names, and how they end a claim that is wrong."""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, request
from werkzeug.wrappers import Response

from app import clock
from app.database import db
from app.feeds.deal import claiming, names
from app.feeds.deal.models import ClaimState, FeedClaim, FeedName
from app.feeds.keeping.desk import page_of
from app.people import queries as people
from app.web.guard import editors_only

desk = Blueprint("feed_deal_desk", __name__, url_prefix="/desk/feeds")
editors_only(desk)


@dataclass(frozen=True)
class Wrong:
    """What was typed beside a name, and why that is nobody."""

    row_id: int
    typed: str
    sentence: str


@desk.post("/names/<int:name_id>")
def assign(name_id: int) -> Response | tuple[str, int]:
    """Says who a name is: somebody we know, or, left empty or said again, somebody new."""
    row = db.session.get(FeedName, name_id) or abort(404)
    typed = request.form.get("person", "").strip()
    person = people.named(db.session, typed) if typed else None
    if typed not in ("", row.name) and person is None:
        return page_of(row.feed, wrong=Wrong(row.id, typed[:80], (
            f"Nobody here is called “{typed[:80]}”. Leave the field empty to make a page for"
            f" “{row.name}”."))), 422
    who = names.assign(db.session, row, person, now=clock.now())
    db.session.commit()
    flash(f"“{row.name}” in {row.feed.name} is {who.name}.")
    return redirect(f"/desk/feeds/{row.feed_id}", 303)


@desk.post("/claims/<int:claim_id>/end")
def end(claim_id: int) -> Response:
    """Ends a claim: its private page opens nothing any more."""
    claim = db.session.get(FeedClaim, claim_id) or abort(404)
    if claim.state is not ClaimState.PROVEN:
        abort(409, "This claim has ended already, or was never proven.")
    claiming.end(db.session, claim, now=clock.now())
    flash(f"The claim to {claim.feed.name} is ended. What was agreed on stays.")
    return redirect(f"/desk/feeds/{claim.feed_id}", 303)
