"""What the author of a feed sees: the public page about it, and the private one of a claim."""

from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request
from werkzeug.wrappers import Response

from app import clock
from app.database import db
from app.entries import queries as entries
from app.feeds import queries
from app.feeds.deal import claiming, evidence, terms
from app.feeds.deal.forms import BioForm, MailboxForm, TermsForm
from app.feeds.deal.models import ClaimState, FeedClaim
from app.people.forms import read_links
from app.throttle import network
from app.web.safety import keep_to_oneself

deal = Blueprint("feed_deal", __name__, url_prefix="/feeds")


@deal.get("/of/<section>/<slug>")
def of_entry(section: str, slug: str) -> Response:
    """From an entry to the page about the feed it came from."""
    feed = queries.of_entry(db.session, section, slug) or abort(404)
    return redirect(feed.about_path)


@deal.get("/<public_id>")
def show(public_id: str) -> str:
    """What we take from a feed, and how its author has the say."""
    feed = queries.by_public_id(db.session, public_id) or abort(404)
    return render_template("feeds/deal/show.html", feed=feed,
                           posts=queries.published(db.session, feed))


@deal.post("/<public_id>/claims")
def begin(public_id: str) -> Response:
    """Opens a private page on which somebody can show that the feed is theirs."""
    feed = queries.by_public_id(db.session, public_id) or abort(404)
    key = claiming.begin(db.session, feed, network=network(request.remote_addr), now=clock.now())
    return redirect(f"/feeds/claims/{key}", 303)


def _claim(key: str, state: ClaimState | None = None) -> FeedClaim:
    claim = claiming.of(db.session, key) or abort(404)
    if state is not None and claim.state is not state:
        abort(409, "This claim stands differently by now. Its page says how.")
    return claim


def _page(claim: FeedClaim, key: str, **forms: Any) -> str:
    feed = claim.feed
    if claim.state is ClaimState.ASKED:
        return render_template(
            "feeds/deal/claim.html", claim=claim, feed=feed, key=key, address=_address(claim),
            domains=sorted(evidence.domains(feed.site_url)), meta_name=evidence.META_NAME,
            **{"form": MailboxForm(), **forms})
    # No flashed message: whoever is here has no session with us, only this address.
    people = [(person, BioForm.about(person)) for person in terms.writable(db.session, feed)]
    topics = entries.topic_names(db.session)
    return render_template("feeds/deal/mine.html", claim=claim, feed=feed, key=key,
                           posts=queries.published(db.session, feed),
                           by_editors=terms.is_down_by_editors(feed),
                           saved=request.args.get("saved"), topics=topics,
                           nameless=terms.nameless(db.session, feed),
                           **{"form": TermsForm.of(feed, topics), "people": people, **forms})


def _address(claim: FeedClaim) -> str:
    return f"{current_app.config['BASE_URL']}{claim.feed.about_path}?claim={claim.token}"


@deal.get("/claims/<key>")
def claim(key: str) -> str:
    """Where a claim stands; once it is proven, everything that its owner decides."""
    return _page(_claim(key), key)


@deal.post("/claims/<key>/mail")
def write(key: str) -> Response | tuple[str, int]:
    """Mails a link to an address at the blog's domain."""
    found, form = _claim(key, ClaimState.ASKED), MailboxForm.sent()
    if not form.validate():
        return _page(found, key, form=form), 422
    try:
        claiming.write_to(db.session, found, form.email.data, now=clock.now())
    except claiming.NotTheirs as error:
        form.email.errors = [str(error)]
        return _page(found, key, form=form), 422
    return redirect(f"/feeds/claims/{key}", 303)


@deal.post("/claims/<key>/look")
def look(key: str) -> Response:
    """Looks for the tag, the word or the link."""
    found = _claim(key, ClaimState.ASKED)
    claiming.look(db.session, found, current_app.extensions["asking"], _address(found),
                  now=clock.now())
    return redirect(f"/feeds/claims/{key}", 303)


@deal.get("/claims/mail/<code>")
def confirm_page(code: str) -> str:
    """Asks for a press of a button: programs that look into mail open links, too."""
    found = claiming.mailed(db.session, code) or abort(404)
    return render_template("feeds/deal/confirm.html", claim=found, feed=found.feed, code=code)


@deal.post("/claims/mail/<code>")
def confirm(code: str) -> Response:
    """The feed is theirs who read the mail."""
    try:
        key = claiming.prove_by_mail(db.session, code, now=clock.now())
    except claiming.DeadLink:
        # Whoever presses twice is already where they wanted to be.
        _claim(code)
        key = code
    return redirect(f"/feeds/claims/{key}", 303)


@deal.post("/claims/<key>/terms")
def agree(key: str) -> Response | tuple[str, int]:
    """Sets how posts are shown."""
    found = _claim(key, ClaimState.PROVEN)
    form = TermsForm.sent_for(found.feed, entries.topic_names(db.session))
    if not form.validate():
        return _page(found, key, form=form), 422
    terms.agree(db.session, found.feed, form.terms, now=clock.now())
    db.session.commit()
    return redirect(f"/feeds/claims/{key}?saved=terms", 303)


@deal.post("/claims/<key>/people/<slug>")
def describe(key: str, slug: str) -> Response | tuple[str, int]:
    """Writes the bio of somebody who is known from this feed alone."""
    found = _claim(key, ClaimState.PROVEN)
    people = {person.slug: person for person in terms.writable(db.session, found.feed)}
    person = people.get(slug) or abort(404)
    form = BioForm.sent(prefix=f"{slug}-")
    if not form.validate():
        forms = [(each, form if each is person else BioForm.about(each))
                 for each in people.values()]
        return _page(found, key, people=forms), 422
    terms.describe(person, headline=form.headline.data, bio=form.bio.data,
                   links=read_links(form.links.data))
    db.session.commit()
    return redirect(f"/feeds/claims/{key}?saved=bio", 303)


@deal.post("/claims/<key>/names/<int:name_id>")
def introduce(key: str, name_id: int) -> Response:
    """Says who a name in the feed is: somebody known from it alone, or somebody new."""
    feed, slug = _claim(key, ClaimState.PROVEN).feed, request.form.get("person", "")
    row = next((row for row in terms.nameless(db.session, feed) if row.id == name_id), None)
    if row is None:
        abort(409, "Somebody has said by now who that is.")
    people = {person.slug: person for person in terms.writable(db.session, feed)}
    if slug and slug not in people:
        abort(422, "Please choose somebody from the list, or a page of its own.")
    terms.introduce(db.session, row, people.get(slug), now=clock.now())
    db.session.commit()
    return redirect(f"/feeds/claims/{key}?saved=name", 303)


@deal.post("/claims/<key>/removal")
def take_down(key: str) -> Response:
    """Takes everything of the feed down."""
    try:
        terms.take_down(db.session, _claim(key, ClaimState.PROVEN).feed, now=clock.now())
    except terms.NothingToDo as error:
        abort(409, str(error))
    return redirect(f"/feeds/claims/{key}", 303)


@deal.post("/claims/<key>/return")
def put_back(key: str) -> Response:
    """Puts back what its author has taken down, not what editors have."""
    feed = _claim(key, ClaimState.PROVEN).feed
    if terms.is_down_by_editors(feed):
        abort(409, "The editors of this site have removed this feed; only they put it back.")
    try:
        terms.put_back(db.session, feed, now=clock.now())
    except terms.NothingToDo as error:
        abort(409, str(error))
    return redirect(f"/feeds/claims/{key}", 303)


@deal.after_request
def keep_private(response: Response) -> Response:
    """A claim's page is its owner's alone."""
    return keep_to_oneself(response) if request.path.startswith("/feeds/claims/") else response
