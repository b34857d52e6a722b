"""The command line, `lectern`. Wiring: it knows every subject's commands."""

import sys

import click
from flask.cli import FlaskGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from app import create_app
from app.accounts.cli import user
from app.config import BadSetting
from app.demo.cli import demo
from app.feeds.cli import feed
from app.operations.backups.cli import backup, restore
from app.operations.cli import database, serve, worker
from app.operations.doctor.cli import doctor

COMMANDS = (serve, worker, database, backup, restore, demo, user, feed, doctor)


class Commands(FlaskGroup):
    """Knows its commands without starting the application, which may refuse to start."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return sorted(self.commands)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """One of them."""
        return self.commands.get(name)


@click.group(cls=Commands, create_app=create_app, add_default_commands=False,
             add_version_option=False, context_settings={"help_option_names": ["-h", "--help"]})
def lectern() -> None:
    """Lectern: a leadership blog, its webcast, and the desk behind it."""


for command in COMMANDS:
    lectern.add_command(command)


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
