"""Accounts at the desk, for admins."""

from flask import Blueprint, abort, flash, redirect, render_template
from werkzeug.wrappers import Response

from app import clock
from app.accounts import actions, queries
from app.accounts.forms import AccountForm
from app.accounts.models import Account, Role
from app.database import db
from app.web.guard import staff_only
from app.web.paging import paginate
from app.web.viewer import viewer

desk = Blueprint("accounts_desk", __name__, url_prefix="/desk/accounts")
staff_only(desk, lambda who: who.is_admin)
PAGE = 50


def _page(form: AccountForm) -> str:
    return render_template("accounts/index.html", form=form,
                           page=paginate(db.session, queries.everyone(), PAGE))


@desk.get("")
def index() -> str:
    """Everyone who can sign in, and the form for one more."""
    return _page(AccountForm(data={"role": Role.GUEST.value}))


@desk.post("")
def put() -> Response | tuple[str, int]:
    """Makes an account, or changes the one with this address."""
    form = AccountForm.sent()
    if not form.validate():
        return _page(form), 422
    if form.email.data == viewer().email and Role(form.role.data) is not Role.ADMIN:
        form.role.errors = ["You would lock yourself out. Another admin can do that."]
        return _page(form), 422
    try:
        account, new = actions.put(db.session, form.email.data, name=form.name.data,
                                   role=Role(form.role.data), password=form.password.data or None,
                                   now=clock.now())
    except actions.BadPassword as error:
        form.password.errors = [str(error)]
        return _page(form), 422
    hint = "" if account.password_hash else " They cannot sign in before they have a password."
    flash(f"{account.name} is {'made' if new else 'changed'}: {account.role.value}.{hint}")
    return redirect("/desk/accounts", 303)


def _other(account_id: int) -> Account:
    account = db.session.get(Account, account_id) or abort(404)
    if account.id == viewer().id:
        abort(409, "This is your own account. Another admin can close it.")
    return account


@desk.post("/<int:account_id>/closure")
def close(account_id: int) -> Response:
    """Closes an account and ends its sign-ins at once."""
    account = _other(account_id)
    actions.disable(db.session, account, now=clock.now())
    flash(f"{account.name} cannot sign in any more. What they published stays.")
    return redirect("/desk/accounts", 303)


@desk.post("/<int:account_id>/opening")
def reopen(account_id: int) -> Response:
    """Opens a closed account."""
    account = _other(account_id)
    actions.enable(db.session, account)
    flash(f"{account.name} can sign in again.")
    return redirect("/desk/accounts", 303)
