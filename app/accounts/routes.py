"""Signing in and out, and one's own account."""

from flask import (
    Blueprint,
    Flask,
    abort,
    flash,
    redirect,
    render_template,
    request,
    session,
)
from flask_login import LoginManager, login_user, logout_user
from werkzeug.wrappers import Response

from app import clock, media
from app.accounts import actions, queries
from app.accounts.forms import PasswordForm, ProfileForm, SignInForm
from app.accounts.models import Account
from app.database import db
from app.people import actions as people
from app.people.forms import read_links
from app.throttle import network
from app.web.bodies import takes_files
from app.web.guard import staff_only
from app.web.safety import local_path
from app.web.viewer import viewer

accounts = Blueprint("accounts", __name__, url_prefix="/account")
own = Blueprint("own", __name__, url_prefix="/account")
staff_only(own, lambda who: True)

WRONG = "That e-mail and password do not go together."


class Visit:
    """An account as Flask-Login carries it: known by a sign-in, which can end."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, account: Account, token: str) -> None:
        self.account, self.token = account, token

    def get_id(self) -> str:
        """What the cookie carries."""
        return self.token


def init_app(app: Flask) -> None:
    """Lets Flask-Login find out who a request is from."""
    login = LoginManager()
    login.session_protection = None
    # init_app would read the session on every request, for a remember-me cookie that we do not
    # have and a template variable that nobody uses: a stranger's page would vary by cookie.
    app.login_manager = login  # type: ignore[attr-defined]

    @login.user_loader
    def load(token: str) -> Visit | None:
        account = queries.signed_in(db.session, token, clock.now())
        return Visit(account, token) if account else None


@accounts.get("/sign-in")
def sign_in_page() -> str | Response:
    """The form; whoever is signed in already goes on."""
    onward = local_path(request.args.get("next"))
    if viewer():
        return redirect(onward or "/account/")
    return render_template("accounts/sign_in.html", form=SignInForm(), onward=onward)


@accounts.post("/sign-in")
def sign_in() -> Response | tuple[str, int]:
    """Opens a new session, never continues an old one."""
    form = SignInForm.sent()
    onward = local_path(request.form.get("next"))
    try:
        if not form.validate():
            raise actions.WrongPassword
        account, token = actions.sign_in(db.session, form.email.data, form.password.data,
                                         network=network(request.remote_addr), now=clock.now())
    except actions.WrongPassword:
        form.form_errors.append(WRONG)
        return render_template("accounts/sign_in.html", form=form, onward=onward), 422
    _open_session(account, token)
    return redirect(onward or _home_of(account), 303)


def _open_session(account: Account, token: str) -> None:
    session.clear()
    session.permanent = True
    login_user(Visit(account, token))


def _home_of(account: Account) -> str:
    return "/desk/" if account.is_editor else "/write/" if account.may_write else "/account/"


@accounts.post("/sign-out")
def sign_out() -> Response:
    """Ends the sign-in itself, so that a copy of the cookie is worth nothing."""
    if token := session.get("_user_id"):
        actions.sign_out(db.session, token)
    logout_user()
    session.clear()
    return redirect("/", 303)


@own.get("/")
def show() -> str:
    """One's own account."""
    return _page()


def _page(profile: ProfileForm | None = None, password: PasswordForm | None = None) -> str:
    person = viewer().person
    return render_template("accounts/show.html", account=viewer(), person=person,
                           profile=profile or (ProfileForm.of(person) if person else None),
                           password=password or PasswordForm())


@own.post("/profile")
@takes_files(media.PICTURE_BYTES)
def change_profile() -> Response | tuple[str, int]:
    """Name, headline, bio, links and photo, as they stand under everything one wrote."""
    form = ProfileForm.sent()
    if not form.validate():
        return _page(profile=form), 422
    person = viewer().person or abort(404)
    if form.picture.upload:
        person.picture = media.note(db.session, form.picture.upload, now=clock.now())
    person.name = viewer().name = form.name.data
    people.describe(person, headline=form.headline.data, bio=form.bio.data,
                    links=read_links(form.links.data))
    db.session.commit()
    flash("Saved. Your byline and your bio box say so from now on.")
    return redirect("/account/", 303)


@own.post("/password")
def change_password() -> Response | tuple[str, int]:
    """A new password; every other browser is signed out, this one gets a new session."""
    form, account = PasswordForm.sent(), viewer()
    if not form.validate():
        return _page(password=form), 422
    try:
        actions.change_password(db.session, account, form.old.data, form.new.data,
                                now=clock.now())
    except actions.WrongPassword:
        form.old.errors = ["This is not your present password."]
        return _page(password=form), 422
    except actions.BadPassword as error:
        form.new.errors = [str(error)]
        return _page(password=form), 422
    _open_session(account, actions.start(db.session, account, now=clock.now()))
    flash("Your password is changed, and every other browser is signed out.")
    return redirect("/account/", 303)
