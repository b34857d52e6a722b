"""Pieces of pages, drawn once for the values that they show: `{{ piece("web/_head.html") }}`.

A fragment that is drawn as a piece sees the values that it is given and nothing else: no request,
no viewer, no clock. So the same values always make the same HTML, and a piece that is kept can
never be out of date: what shows something else has other values, and is another piece. Nobody
purges anything.
"""

from datetime import datetime
from enum import Enum
from sys import getsizeof
from typing import Any

from flask import Flask
from jinja2 import Environment
from markupsafe import Markup

# In bytes; what is kept is about as long as what is shown.
MOST = 8 * 1024 * 1024
# What a piece takes beside its HTML and the values that it was made of.
BESIDE = 500
# Kinds of values that never change, and of which two that are equal look alike. Markup is none: it
# equals a text that looks different.
PLAIN: set[type] = {str, int, float, bool, type(None), datetime}


class Pieces:
    """What one process has drawn, within a bound of memory: what was not wanted lately goes."""

    def __init__(self, environment: Environment, most: int = MOST) -> None:
        """`most` is in bytes."""
        self._environment, self.most = environment, most
        self.drawn = 0
        self.forget()

    def forget(self) -> None:
        """Begins with nothing."""
        # Two halves: the older one is given up when the newer one is full, but for what was wanted
        # from it meanwhile. No lock: each step is one on a dictionary, and a race costs a drawing.
        self._newer: dict[Any, Markup] = {}
        self._older: dict[Any, Markup] = {}
        self._size = 0

    def piece(self, template: str, **values: Any) -> Markup:
        """A fragment that shows these values. Where one of them may change, as a row of the
        database may, it is drawn anew each time.
        """
        key = template, *values.items()
        try:
            html = self._newer.get(key)
            if html is None:
                html = self._older.get(key)
                if html is None:
                    html = self._draw(template, values)
                    if not is_plain(tuple(values.values())):
                        return html
                self._keep(key, html)
        except TypeError:
            # A list, say, is no key; or the drawing itself failed, and will again.
            return self._draw(template, values)
        return html

    def _draw(self, template: str, values: dict[str, Any]) -> Markup:
        self.drawn += 1
        found = self._environment.get_template(template)
        return Markup("".join(found.root_render_func(found.new_context(values))))  # noqa: S704

    def _keep(self, key: Any, html: Markup) -> None:
        self._size += 2 * getsizeof(html) + BESIDE
        if self._size > self.most / 2:
            self._older, self._newer, self._size = self._newer, {}, 0
        self._newer[key] = html


def is_plain(value: Any) -> bool:
    """Whether a value is made of plain ones only. What says `unchanging` of itself is believed."""
    if isinstance(value, tuple):
        return set(map(type, value)) <= PLAIN or all(map(is_plain, value))
    if isinstance(value, Enum):
        PLAIN.add(type(value))
    return type(value) in PLAIN or getattr(value, "unchanging", False) is True


def init_app(app: Flask) -> None:
    """Gives templates `piece("comments/_comment.html", comment=comment)`."""
    app.extensions["pieces"] = pieces = Pieces(app.jinja_env)
    app.jinja_env.globals["piece"] = pieces.piece
