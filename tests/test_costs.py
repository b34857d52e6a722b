"""What every address of the site asks of the database, in one table: `costs.txt`.

Whoever adds a question to a page, or an address, finds it here. On SQLite only, where a site that
was changed is put back by copying a file.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event

from app.accounts import actions as accounts
from app.accounts.models import Role
from app.database import db, for_writing, writer_of
from app.readers.routes import COOKIE
from tests import conftest
from tests.conftest import NOON, FakeClock
from tests.counting import statements
from tests.databases import copied
from tests.making import Maker
from tests.one_of_each import one_of_each
from tests.plenty import Plenty
from tests.test_roles import guarded, path_of

FEW, MANY = 1, 5
TABLE = Path(__file__).with_name("costs.txt")


class Line(NamedTuple):
    """Who asks for what, what is answered, how many statements that takes, and what is sent."""

    method: str
    rule: str
    role: str
    status: int
    most: int
    sent: tuple[tuple[str, str], ...]


def line_of(text: str) -> Line:
    head, role, rest = next((before, each, after) for each in ("stranger", "rita", *Role)
                            for before, found, after in [text.partition(f" {each} ")] if found)
    method, rule = head.split(None, 1)
    status, most, *sent = rest.split()
    return Line(method, rule.strip(), role, int(status), int(most), tuple(parse_qsl("".join(sent))))


def lines() -> list[Line]:
    texts = TABLE.read_text().replace("\\\n", " ").split("\n")
    return [line_of(each) for each in texts if each and not each.startswith("#")]


class Site:
    """A site with so many of everything, which is put back to what it was after each change."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app, self.file, self.folder = app, folder / "lectern.sqlite", folder
        self.worlds: dict[int, dict[str, dict[str, Any]]] = {}
        self.tokens: dict[str, str] = {}
        self.rules = {(method, rule.rule): rule for rule in app.url_map.iter_rules()
                      for method in guarded(rule)}

    def fill(self, time: FakeClock, *numbers: int) -> None:
        """Makes the site once with each of these numbers."""
        with self.app.app_context(), for_writing(db.sessionmaker()) as session:
            plenty = Plenty(Maker(session, time.now))
            for role in Role:
                self.tokens[role] = accounts.start(session, plenty.accounts[role], now=NOON)
            for number in numbers:
                plenty.more(number - plenty.number)
                self.worlds[number] = one_of_each(plenty)
                session.commit()
                self._keep(number)

    def _keep(self, number: int) -> None:
        kept = self.folder / f"{number}.sqlite"
        with closing(sqlite3.connect(self.file)) as connection:
            connection.execute("VACUUM INTO ?", [str(kept)])
        with closing(sqlite3.connect(kept)) as connection:
            # As the application would make it each time.
            connection.execute("PRAGMA journal_mode = WAL")

    def back_to(self, number: int) -> None:
        """The site as it was made."""
        with self.app.app_context():
            db.engine.dispose()
        for each in self.folder.glob("lectern.sqlite*"):
            each.unlink()
        shutil.copy(self.folder / f"{number}.sqlite", self.file)

    def client(self, role: str) -> FlaskClient:
        """A browser of somebody with this role; Rita has confirmed her address."""
        client = self.app.test_client()
        if role in self.tokens:
            with client.session_transaction() as cookie:
                cookie["_user_id"] = self.tokens[role]
        if role == "rita":
            client.set_cookie(COOKIE, "rita")
        return client

    def request(self, line: Line, number: int) -> tuple[str, dict[str, str]]:
        """The address of a line in the site of this number, and what is sent there."""
        world, rule = self.worlds[number], self.rules[line.method, line.rule]
        sent = {name: str(world[""].get(value[1:], value)) if value[0] == "@" else value
                for name, value in line.sent}
        own = {name: int(value) if value.isdecimal() else value for name, value in sent.items()
               if name in rule.arguments}
        path = path_of(rule, {section: {**values, **own} for section, values in world.items()})
        return path, {name: value for name, value in sent.items() if name not in rule.arguments}

    def ask(self, line: Line, number: int) -> tuple[int, list[str]]:
        """What is answered, and the statements that it takes; of transactions, no more than what
        is done within them.
        """
        path, sent = self.request(line, number)
        scripted = {"HX-Request": "true"} if sent.pop("htmx", "") else {}
        with statements(self.app) as seen:
            answer = self.client(line.role).open(
                path, method=line.method, headers={"Sec-Fetch-Site": "same-origin", **scripted},
                **{"query_string" if line.method == "GET" else "data": sent})
            answer.get_data()
            answer.close()
        return answer.status_code, [each for each in seen if not each.startswith("BEGIN")]


@pytest.fixture
def site(template: str, time: FakeClock, tmp_path: Path,
         compiled_templates: FileSystemBytecodeCache) -> Iterator[Site]:
    address = copied(template, tmp_path / "lectern.sqlite")
    app = conftest.build(conftest.settings_for(tmp_path / "data", address), compiled_templates)
    with app.app_context():
        for engine in (db.engine, writer_of(db.engine)):
            event.listen(engine, "connect", _in_no_hurry_to_keep)
    site = Site(app, tmp_path)
    site.fill(time, FEW, MANY)
    yield site
    with app.app_context():
        db.engine.dispose()


def _in_no_hurry_to_keep(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous = OFF")


def asked(site: Site, line: Line, number: int) -> list[str]:
    """The statements of a line, on the site of this number."""
    status, found = site.ask(line, number)
    assert status == line.status, (line, status)
    return found


def test_no_address_asks_more_than_it_needs_or_more_because_a_list_is_longer(site: Site) -> None:
    wrong, pages = [], [line for line in lines() if line.method == "GET"]
    site.back_to(FEW)
    few = {line: len(asked(site, line, FEW)) for line in pages}
    site.back_to(MANY)
    for line in sorted(lines(), key=lambda each: each.method):
        if line.method == "POST":
            site.back_to(MANY)
        many = asked(site, line, MANY)
        # What finds little may look once more elsewhere.
        least = few.get(line, line.most)
        if line.most != max(least, len(many)) or least < len(many):
            wrong += [f"{line}: {least} with one of all, {len(many)} with more",
                      *(f"    {' '.join(each.split())[:150]}" for each in many)]
    assert not wrong, "\n".join(wrong)


def test_every_address_has_its_cost_in_the_table(app: Flask) -> None:
    there = {(method, rule.rule) for rule in app.url_map.iter_rules() for method in guarded(rule)}
    assert there == {(line.method, line.rule) for line in lines()}
