"""`lectern doctor`. It needs no application, for that may refuse to start."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

import click
import sqlalchemy as sa

from app import clock
from app.config import BadSetting, Settings
from app.database import prepare
from app.operations import beating
from app.operations.doctor.finding import Finding, Patient, State
from app.operations.doctor.looking import look_everywhere

COLOURS = {State.OK: "green", State.WARNING: "yellow", State.WRONG: "red"}
TIMEOUT = {"connect_timeout": 5, "options": "-c statement_timeout=20000"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@click.option("--full", is_flag=True, help="Look at every uploaded file.")
def doctor(as_json: bool, full: bool) -> None:
    """Look at all that the site needs, and say what to do. Exit 1 if anything is wrong."""
    found = []
    for each in _findings(full):
        found.append(each)
        if not as_json:
            click.echo(_line(each))
    if as_json:
        click.echo(json.dumps(_summary(found), ensure_ascii=False, indent=2))
    sys.exit(1 if any(each.state is State.WRONG for each in found) else 0)


def _findings(full: bool) -> Iterator[Finding]:
    try:
        settings = Settings.read(os.environ)
        patient = Patient(settings, connected(settings), clock.now(), full)
    except BadSetting as error:
        yield Finding(State.WRONG, str(error), "Nothing else can be looked at before.",
                      "configuration")
        return
    yield from look_everywhere(patient)


def connected(settings: Settings) -> sa.Engine:
    """The database, as the site uses it. One that is not there is not made."""
    url = sa.make_url(settings.database)
    if url.get_backend_name() == "sqlite":
        there = f"file:{quote(url.database or '')}"
        engine = sa.create_engine(url.set(database=there, query={"mode": "rw", "uri": "true"}))
    else:
        engine = sa.create_engine(url, connect_args=TIMEOUT)
    prepare(engine)
    return engine


def _line(finding: Finding) -> str:
    state = click.style(f"{finding.state.value:7}", fg=COLOURS[finding.state])
    return f"{state}  {finding.area}: {finding.says} {finding.do}".rstrip()


def _summary(found: Iterable[Finding]) -> dict[str, Any]:
    order = list(State)
    worst = max((each.state for each in found), key=order.index)
    return {"version": beating.version(), "state": worst,
            "findings": [asdict(each) for each in found]}
