"""The rulebook at the desk: every rule, rehearsal, history, and what single entries change."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app import clock
from app.database import db
from app.entries.models import Entry
from app.entries.queries import BARE
from app.rules import actions, past, queries, telling
from app.rules.forms import EntryRulesForm, Parts, RulebookForm
from app.rules.judging import Line
from app.rules.models import EntryRules, Rulebook
from app.rules.wording import differences, told
from app.web.guard import editors_only
from app.web.htmx import wants_fragment
from app.web.paging import paginate
from app.web.viewer import viewer

desk = Blueprint("rules_desk", __name__, url_prefix="/desk/rules")
editors_only(desk)
PAGE = 20
MOST_ENTRIES = 50
UNCHANGED = "Nothing was different, so nothing was saved."
# When one entry closes is said in its own form.
NOT_PER_ENTRY = {"closed"}


def _page(form: RulebookForm, held: Sequence[Line] = (), **more: Any) -> str:
    return _render("rules/index.html", form, held, address="/desk/rules",
                   own_rules=queries.with_own(db.session, MOST_ENTRIES), **more)


def _render(template: str, form: Parts, held: Sequence[Line] = (), **more: Any) -> str:
    """A page with a form; `held` are the site's rules, where they are known already."""
    records = queries.records(db.session, clock.now() - past.PERIOD)
    site = {line.rule.name: told(line) for line in held or queries.in_force(db.session)}
    return render_template(template, form=form, records=records, site=site, **more)


def _now_and_sent() -> tuple[Sequence[Line], RulebookForm]:
    lines = queries.in_force(db.session)
    return lines, RulebookForm.sent(request.form, lines)


@desk.get("")
def index() -> str:
    """Every rule in its order."""
    book = queries.newest(db.session)
    held = queries.lines(book.rules if book else ())
    return _page(RulebookForm.of(held, book.id if book else 0), held)


@desk.post("")
def save() -> Response | tuple[str, int]:
    """Makes what the form says the rules from now on."""
    held, form = _now_and_sent()
    if not form.validate():
        return _page(form, held), 422
    try:
        changed = actions.save(db.session, form.lines, started_from=form.book,
                               by=viewer().name, now=clock.now())
    except actions.Stale as error:
        return _stale(form, error)
    _tell(changed)
    return redirect("/desk/rules", 303)


def _tell(changed: Sequence[str]) -> None:
    flash(f"Saved. {' '.join(changed)}" if changed else UNCHANGED)


def _stale(form: RulebookForm, error: actions.Stale) -> tuple[str, int]:
    newest = queries.newest(db.session)
    base = db.session.get(Rulebook, form.book)
    theirs = differences(queries.lines(base.rules if base else ()), queries.in_force(db.session))
    # Saving once more is a choice then, not an accident.
    form.started_from = str(newest.id if newest else 0)
    return _page(form.arranged, stale=str(error), theirs=theirs), 409


@desk.post("/rehearsal")
def rehearse() -> str | tuple[str, int]:
    """Says what the rules in the form would have done in the last 90 days; saves nothing."""
    lines, form = _now_and_sent()
    if not form.validate():
        return _mistakes(form, "/desk/rules") if wants_fragment() else (_page(form, lines), 422)
    found = _rehearsed(lines, form.lines)
    if wants_fragment():
        return render_template("rules/rehearse.hx.html", told=found)
    return _page(form.arranged, told=found)


def _mistakes(form: Parts, address: str) -> tuple[str, int]:
    return _render("rules/_rulebook.html", form, address=address), 422


def _rehearsed(now: Sequence[Line], then: Sequence[Line], **entry: Any) -> dict[str, Any]:
    # It only reads and may take a second: no other writer waits for it.
    db.session.commit()
    with db.sessionmaker() as reading:
        result = past.rehearsal(reading, then, now=clock.now(), **entry)
    return {"heard": telling.heard(result), "ends": telling.ends(result),
            "changes": telling.changes(result), "limits": telling.limits(result, now, then)}


@desk.get("/history")
def history() -> str:
    """Who saved which rules when, and what that changed."""
    page = paginate(db.session, queries.history(), PAGE)
    older = queries.before(db.session, page.rows[-1]) if page.rows else None
    books = [*page.rows, older]
    changed = [differences(queries.lines(old.rules if old else ()), queries.lines(new.rules))
               for new, old in zip(page.rows, books[1:], strict=True)]
    return render_template("rules/history.html", page=page, changed=changed)


@desk.post("/history/<int:book_id>/revival")
def revive(book_id: int) -> Response:
    """Makes an older rulebook hold again, as a new row; number 0 is the rules as they came."""
    book = db.session.get(Rulebook, book_id)
    if book is None and book_id:
        abort(404)
    try:
        changed = actions.reuse(db.session, book, by=viewer().name, now=clock.now())
    except actions.Stale:
        abort(409, "Somebody saved rules at the same moment. Please look at the history again.")
    _tell(changed)
    return redirect("/desk/rules/history", 303)


class _Own(NamedTuple):
    """An entry, the site's rules, what the entry changes in them, and the form for it."""

    entry: Entry
    site: Sequence[Line]
    row: EntryRules | None
    form: EntryRulesForm

    def page(self, **more: Any) -> str:
        """The page with the form."""
        return _render("rules/entry.html", self.form, self.site, entry=self.entry,
                       address=f"/desk/rules/entries/{self.entry.id}", **more)


def _own(entry_id: int, sent: Any = None) -> _Own:
    found = db.session.get(Entry, entry_id, options=BARE) or abort(404)
    row = db.session.get(EntryRules, entry_id)
    site, held = queries.both_in_force(db.session, entry_id)
    started_from = actions.version(row) if sent is None else sent.get("started_from", "")[:40]
    form = EntryRulesForm.of([line for line in held if line.rule.name not in NOT_PER_ENTRY],
                             row.changes if row else (), started_from, sent)
    return _Own(found, site, row, form)


@desk.get("/entries/<int:entry_id>")
def entry(entry_id: int) -> str:
    """The rules of one entry: each as the site's, or its own."""
    return _own(entry_id).page()


@desk.post("/entries/<int:entry_id>")
def save_entry(entry_id: int) -> Response | tuple[str, int]:
    """Stores what one entry changes in the rules."""
    own = _own(entry_id, request.form)
    if not own.form.validate():
        return own.page(), 422
    try:
        changed = actions.save_for_entry(db.session, entry_id, own.form.changes, by=viewer().name,
                                         started_from=own.form.started_from, now=clock.now())
    except actions.Stale as error:
        own.form.started_from = actions.version(own.row)
        return own.page(stale=str(error), theirs=()), 409
    flash("Saved for this entry." if changed else UNCHANGED)
    return redirect(f"/desk/rules/entries/{entry_id}", 303)


@desk.post("/entries/<int:entry_id>/rehearsal")
def rehearse_entry(entry_id: int) -> str | tuple[str, int]:
    """Rehearses an entry's own rules over its own comments; saves nothing."""
    own = _own(entry_id, request.form)
    if not own.form.validate():
        address = f"/desk/rules/entries/{entry_id}"
        return _mistakes(own.form, address) if wants_fragment() else (own.page(), 422)
    result = _rehearsed((), own.site, entry_id=entry_id, changes=own.form.changes)
    if wants_fragment():
        return render_template("rules/rehearse.hx.html", told=result)
    return own.page(told=result)
