"""`lectern` as it is typed: what goes wrong is one sentence and exit 1, never a traceback."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import NoReturn, TextIO

import click
import pytest

from app.cli import lectern, main

ROOT = Path(__file__).resolve().parents[2]
OURS = [name for name in os.environ if name.startswith("LECTERN_")]


def typed(words: list[str], out: TextIO, err: TextIO) -> NoReturn:
    """Becomes this command, and ends as it does."""
    signal.alarm(120)
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    sys.argv, sys.stdin, sys.stdout, sys.stderr = words, StringIO(), out, err
    code: object = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
        code = 1
    out.flush()
    err.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


class Shell:
    """A shell with an installation of its own."""

    def __init__(self, data: Path, database: str) -> None:
        self.environ = {name: value for name, value in os.environ.items() if name not in OURS}
        self.environ |= {"LECTERN_DATA": str(data), "LECTERN_DATABASE_URL": database}

    def run(self, *arguments: str, **settings: str) -> tuple[int, str, str]:
        """Status, output and errors of a command.

        It runs in a child of this very process, which has read the program already.
        """
        with TemporaryFile("w+") as out, TemporaryFile("w+") as err:
            sys.stdout.flush()
            child = os.fork()
            if child == 0:
                os.chdir(ROOT)
                os.environ.clear()
                os.environ.update(self.environ | settings)
                typed(["lectern", *arguments], out, err)
            _pid, status = os.waitpid(child, 0)
            out.seek(0)
            err.seek(0)
            return os.waitstatus_to_exitcode(status), out.read(), err.read()

    def fails(self, *arguments: str, **settings: str) -> str:
        """The sentence of a command that fails as it should."""
        code, _out, err = self.run(*arguments, **settings)
        assert code == 1, err
        assert "Traceback" not in err
        assert len(err.strip().split("\n")) == 1, err
        return err


@pytest.fixture
def shell(tmp_path: Path, database: str) -> Shell:
    return Shell(tmp_path / "data", database)


@pytest.fixture
def bare(tmp_path: Path) -> Shell:
    """An installation whose database has no tables yet; it is SQLite on either engine."""
    return Shell(tmp_path / "data", f"sqlite:///{tmp_path}/bare.sqlite")


ADD = ("user", "add", "bo@lectern.example", "--name", "Bo", "--role", "reader")


@pytest.mark.parametrize("command", [ADD, ("serve",), ("worker",), ("db", "upgrade"), ("demo",)])
def test_an_unknown_setting_stops_every_command_and_is_named(
        bare: Shell, command: tuple[str, ...]) -> None:
    assert "LECTERN_TITEL" in bare.fails(*command, LECTERN_TITEL="x")


def test_help_is_given_even_then(bare: Shell) -> None:
    code, out, err = bare.run("--help", LECTERN_TITEL="x")
    assert (code, err) == (0, "")
    assert "serve" in out


@pytest.mark.parametrize(("name", "value"), [
    ("LECTERN_BASE_URL", "blog"), ("LECTERN_MAIL_URL", "mail.example"),
    ("LECTERN_FEED_ALLOW", "not a host"), ("LECTERN_DATA", "/dev/null/x")])
def test_a_bad_setting_stops_the_start_and_is_named(bare: Shell, name: str, value: str) -> None:
    assert name in bare.fails("db", "check", **{name: value})


def test_a_database_without_tables_is_told_with_what_to_do(bare: Shell) -> None:
    assert "`lectern db upgrade`" in bare.fails(*ADD)
    bare.fails("db", "check")


@pytest.mark.parametrize("address", [
    "sqlite:////nowhere/at/all.sqlite", "postgresql+psycopg://nobody@127.0.0.1:1/none"])
def test_a_database_that_is_away_is_told(bare: Shell, address: str) -> None:
    sentence = bare.fails("db", "upgrade", LECTERN_DATABASE_URL=address)
    assert "The database cannot be used" in sentence


def test_a_step_that_does_not_exist_is_told(shell: Shell) -> None:
    assert "nonsense" in shell.fails("db", "downgrade", "nonsense")


@pytest.mark.parametrize("file", ["secret_key", "queue.sqlite"])
def test_a_file_that_cannot_be_used_is_told(bare: Shell, tmp_path: Path, file: str) -> None:
    bare.run("db", "upgrade")
    (tmp_path / "data" / file).unlink()
    # For root, this is what a file of another user is for others.
    (tmp_path / "data" / file).mkdir()
    for command in (("db", "upgrade"), ("feed", "list"), ("worker",)):
        assert f"data/{file} cannot be used" in bare.fails(*command)


def test_a_database_of_a_newer_program_is_left_alone(bare: Shell, tmp_path: Path) -> None:
    bare.run("db", "upgrade")
    with closing(sqlite3.connect(tmp_path / "bare.sqlite")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    file = tmp_path / "site.backup"
    for command in (("db", "upgrade"), ("backup", str(file))):
        assert "step 9999, which this program does not know" in bare.fails(*command)
    assert not file.exists(), "it would lack the tables that only the newer one knows"


def test_a_command_that_does_not_exist_is_told(bare: Shell) -> None:
    code, _out, err = bare.run("nonsense")
    assert code == 2
    assert "No such command" in err
    assert "Traceback" not in err


def test_a_new_installation_is_made_step_by_step(bare: Shell) -> None:
    for command in (("db", "upgrade"), ("db", "upgrade"), ("db", "check"), ADD):
        code, _out, err = bare.run(*command)
        assert code == 0, err


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_a_port_that_is_taken_is_told(shell: Shell, taken: int) -> None:
    sentence = shell.fails("serve", "--port", str(taken))
    assert f"127.0.0.1:{taken}" in sentence
    assert "Choose another --port" in sentence


def test_a_host_that_is_not_ours_is_told(shell: Shell) -> None:
    assert "203.0.113.1" in shell.fails("serve", "--host", "203.0.113.1")
    assert "no.such.host.invalid" in shell.fails("serve", "--host", "no.such.host.invalid")


def test_the_commands_are_there_for_flask_too(shell: Shell) -> None:
    flask = [Path(sys.executable).with_name("flask"), "--app", "wsgi"]
    done = subprocess.run([*flask, "db", "check"], env=shell.environ, cwd=ROOT,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_installed_command_is_the_same_program() -> None:
    command = Path(sys.executable).with_name("lectern")
    done = subprocess.run([command, "--help"], capture_output=True, text=True, check=True)
    for name in ("serve", "worker", "db", "demo", "user", "feed"):
        assert f"  {name} " in done.stdout


def test_every_command_is_called_what_it_is_asked_for_by() -> None:
    context = click.Context(lectern)
    for name in lectern.list_commands(context):
        command = lectern.get_command(context, name)
        assert command, name
        assert command.name == name
    assert lectern.get_command(context, "nothing") is None
