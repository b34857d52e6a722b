"""A reader's own pages: the link that confirms an address, their comments, their mail."""

from flask import Blueprint, abort, current_app, redirect, render_template, request
from werkzeug.wrappers import Response

from app import clock
from app.database import db
from app.readers import actions, belongings, queries
from app.readers.forms import LinkForm
from app.readers.models import Reader
from app.throttle import network
from app.web.paging import paginate
from app.web.safety import for_machines, keep_to_oneself

readers = Blueprint("readers", __name__, url_prefix="/reader")
COOKIE = "lectern_reader"
PAGE = 20


def browser() -> Reader | None:
    """The reader whose browser is asking. Pages that are the same for everyone never ask this."""
    token = request.cookies.get(COOKIE)
    return queries.signed_in(db.session, token, clock.now()) if token else None


def author(email: str) -> Reader | None:
    """The reader of this browser, if the address that was typed is the one they confirmed."""
    reader = browser()
    return reader if reader and reader.email == email else None


def send_link(email: str, name: str = "") -> None:
    """Mails a link that confirms an address; 429 where there were too many."""
    actions.ask(db.session, email, name, network=network(request.remote_addr), now=clock.now())


@readers.get("/")
def index() -> str:
    """A reader's comments and choices; for everyone else the form to get a link."""
    reader = browser()
    if reader is None:
        return render_template("readers/ask.html", form=LinkForm())
    shelves = [(each, paginate(db.session, each.theirs(reader), PAGE))
               for each in belongings.every()]
    return render_template("readers/show.html", reader=reader, shelves=shelves)


@readers.post("/links")
def ask() -> Response | tuple[str, int]:
    """Sends a link. The answer is the same for every address."""
    form = LinkForm.sent()
    if not form.validate():
        return render_template("readers/ask.html", form=form), 422
    send_link(form.email.data)
    return redirect("/reader/asked", 303)


@readers.get("/<any(asked, forgotten):news>")
def told(news: str) -> str:
    """What was done, for everybody alike."""
    return render_template(f"readers/{news}.html")


@readers.get("/confirm/<token>")
def confirm_page(token: str) -> Response | tuple[str, int]:
    """Asks for a press of a button: programs that look into mail open links, too."""
    link = queries.link(db.session, token, clock.now())
    if link is None:
        return _dead(token)
    return render_template("readers/confirm.html", email=link.email, token=token), 200


@readers.post("/confirm/<token>")
def confirm(token: str) -> Response | tuple[str, int]:
    """The address is theirs, and so is this browser."""
    try:
        _reader, opened = actions.confirm(db.session, token, now=clock.now())
    except actions.DeadLink:
        return _dead(token)
    if old := request.cookies.get(COOKIE):
        actions.sign_out(db.session, old)
    response = redirect("/reader/", 303)
    response.set_cookie(COOKIE, opened, max_age=queries.SIGN_IN_LASTS, httponly=True,
                        samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"])
    return response


def _dead(token: str) -> Response | tuple[str, int]:
    # Whoever presses twice, or comes back to an old mail, has what they wanted.
    if browser():
        return redirect("/reader/", 303)
    # The first of two presses may have signed this browser in, which its second could not know.
    lately = queries.used_lately(db.session, token, clock.now())
    return render_template("readers/dead.html", form=LinkForm(), lately=lately), 404


@readers.post("/mail")
def choose_mail() -> Response:
    """Mail about one's comments, on or off."""
    if reader := browser():
        actions.choose_mail(db.session, reader, request.form.get("wanted") == "1",
                            now=clock.now())
    return redirect("/reader/", 303)


@readers.post("/sign-out")
def sign_out() -> Response:
    """Ends the sign-in of this browser, or of all of them."""
    if (reader := browser()) and request.form.get("everywhere"):
        actions.sign_out_everywhere(db.session, reader)
    elif token := request.cookies.get(COOKIE):
        actions.sign_out(db.session, token)
    return _without_cookie("/reader/")


@readers.post("/removal")
def forget() -> Response:
    """Forgets who they are; what they wrote stays."""
    reader = browser()
    if reader is None:
        return redirect("/reader/", 303)
    actions.forget(db.session, reader, now=clock.now())
    return _without_cookie("/reader/forgotten")


def _without_cookie(path: str) -> Response:
    response = redirect(path, 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax",
                           secure=current_app.config["SESSION_COOKIE_SECURE"])
    return response


@readers.get("/stop/<token>")
def stop_page(token: str) -> str:
    """Asks for a press of a button, like every address in a mail."""
    reader = queries.stopping(db.session, token) or abort(404)
    return render_template("readers/stop.html", reader=reader)


@readers.post("/stop/<token>")
@for_machines
def stop(token: str) -> str:
    """Ends a reader's mail in one click, pressed by them or by their mail program (RFC 8058)."""
    reader = queries.stopping(db.session, token) or abort(404)
    actions.choose_mail(db.session, reader, False, now=clock.now())
    return render_template("readers/stop.html", reader=reader)


@readers.after_request
def keep_private(response: Response) -> Response:
    """These pages are nobody else's."""
    return keep_to_oneself(response)
