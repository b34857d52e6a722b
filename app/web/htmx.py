"""htmx-flask, written for htmx 1, made to speak htmx 4: the one place that knows the difference.

htmx 4 sends HX-Request-Type (full or partial) and HX-Source. A public GET never asks here: it has
one representation, and htmx selects its part of it. Only changes ask.
"""

from collections.abc import Callable, Mapping

from flask import redirect, render_template
from htmx_flask import Htmx, make_response, request
from werkzeug.wrappers import Response

htmx = Htmx()


def wants_fragment() -> bool:
    """Whether htmx will swap the answer into a part of a page."""
    return bool(request.htmx) and request.headers.get("HX-Request-Type") != "full"


def answer(template: str, *, otherwise: str, status: int = 200,
           ask: Callable[[], Mapping[str, object]] = dict, **context: object) -> Response:
    """After a change: the fragment for htmx, 303 to the page `otherwise` for a plain form.

    What only the fragment shows, `ask` gives when it is drawn.
    """
    if wants_fragment():
        return make_response(render_template(template, **context, **ask()), status)
    return redirect(otherwise, 303)


def invalid(page: str, fragment: str, **context: object) -> tuple[str, int]:
    """422 with the form and its errors: alone for htmx, on its page for everyone else."""
    return render_template(fragment if wants_fragment() else page, **context), 422


def go(address: str) -> Response:
    """After a change that leads elsewhere: htmx is told the address, a plain form gets 303."""
    if wants_fragment():
        return make_response("", 204, redirect=address)
    return redirect(address, 303)
