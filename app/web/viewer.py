"""Who is looking, asked in a way that keeps a stranger's page the same for everyone."""

from typing import Any

from flask import current_app, g, request
from flask_login import current_user


def has_session() -> bool:
    """Whether the request carries a session cookie at all."""
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies


def viewer() -> Any:
    """The account that is signed in, or None. Without a cookie the session is not even opened.

    None as well on the page that says that the database is away.
    """
    if has_session() and not g.get("nobody") and current_user.is_authenticated:
        return current_user.account
    return None
