"""The application itself: Flask, as far as this site needs it."""

from collections.abc import Callable
from typing import Any

from flask import Flask


class Application(Flask):
    """Flask without a thought of coroutines, for there is none here: for every function that it
    calls in a request, it would look whether it is one.
    """

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is."""
        return func
