"""Addresses of pages, put together by functions that are compiled when they are first needed.

Werkzeug compiles two for every route when the application is made, which is most of what making it
takes; a process needs a few of them for its first page.
"""

from collections.abc import Callable

from flask import Flask
from werkzeug.routing import Rule

Build = Callable[..., tuple[str, str]]


class LazyRule(Rule):
    """A route."""

    def _compile_builder(self, append_unknown: bool = True) -> Build:
        compile_now, compiled = super()._compile_builder, None

        def build(rule: Rule, **values: object) -> tuple[str, str]:
            nonlocal compiled
            if compiled is None:
                compiled = compile_now(append_unknown)
            return compiled(rule, **values)
        return build


def init_app(app: Flask) -> None:
    """For all routes that `app` is told of from now on."""
    app.url_rule_class = LazyRule
