"""Runs `lectern …` as somebody types it, in a context of its own as a process would."""

from collections.abc import Callable
from contextvars import Context

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from app.cli import lectern

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """`run("feed", "list")` gives output and exit status."""
    def invoke(*words: str) -> Result:
        info = ScriptInfo(create_app=lambda: app)
        return Context().run(CliRunner().invoke, lectern, list(words), obj=info)
    return invoke
