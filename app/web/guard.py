"""The lock on a whole blueprint: what stands behind it cannot be forgotten."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from app.database import db, for_reading, for_writing
from app.web.bodies import read_files
from app.web.htmx import wants_fragment
from app.web.safety import SAFE_METHODS
from app.web.viewer import viewer


def staff_only(blueprint: Blueprint, allowed: Callable[[Any], bool]) -> None:
    """Lets only a viewer of whom `allowed` is true reach any address of the blueprint.

    A stranger's page request leads to the sign-in page; anything else gets a bare 403.
    """
    def check() -> Response | None:
        # Who asks is only read: nobody waits in the line of writers to be told to go away.
        for_reading(db.session)
        who = viewer()
        if who is not None and allowed(who):
            if request.method not in SAFE_METHODS:
                # Knowing who asks took a query; whoever sends a large file slowly holds nobody up.
                db.session.commit()
                read_files()
                for_writing(db.session)
            return None
        part = wants_fragment() or request.path.startswith("/_/")
        if who is None and request.method == "GET" and not part:
            return redirect(f"/account/sign-in?next={quote(request.full_path.rstrip('?'))}")
        abort(403)

    blueprint.before_request(check)


def editors_only(blueprint: Blueprint) -> None:
    """The lock of the desk."""
    staff_only(blueprint, lambda who: who.is_editor)
