"""The command line, `lectern`. Wiring: it knows every subject's commands."""

import sys
from importlib import import_module
from typing import cast

import click
from flask.cli import FlaskGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from app import create_app
from app.config import BadSetting

# Where each is, and what it is called there.
COMMANDS = {
    "serve": ("app.operations.serving.cli", "serve"),
    "worker": ("app.operations.serving.cli", "worker"),
    "db": ("app.operations.cli", "database"),
    "backup": ("app.operations.backups.cli", "backup"),
    "restore": ("app.operations.backups.cli", "restore"),
    "demo": ("app.demo.cli", "demo"),
    "user": ("app.accounts.cli", "user"),
    "feed": ("app.feeds.cli", "feed"),
    "doctor": ("app.operations.doctor.cli", "doctor"),
}


class Commands(FlaskGroup):
    """Knows its commands by name: loads the one that is asked for, and no application, which may
    refuse to start.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """One of them."""
        if name not in COMMANDS:
            return None
        place, own = COMMANDS[name]
        return cast(click.Command, getattr(import_module(place), own))


@click.group(cls=Commands, create_app=create_app, add_default_commands=False,
             add_version_option=False, context_settings={"help_option_names": ["-h", "--help"]})
def lectern() -> None:
    """Lectern: a leadership blog, its webcast, and the desk behind it."""


def main() -> None:
    """Runs `lectern`; what goes wrong is one sentence on stderr and exit status 1."""
    try:
        lectern.main(prog_name="lectern", standalone_mode=True)
    except (BadSetting, ValueError) as error:
        _fail(str(error))
    except (OperationalError, ProgrammingError) as error:
        _fail(f"The database cannot be used: {str(error.orig).splitlines()[0]}."
              " `lectern db upgrade` makes its tables.")


def _fail(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
