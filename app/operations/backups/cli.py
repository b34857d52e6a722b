"""`lectern backup` and `lectern restore`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app import clock, disk
from app.config import Settings
from app.database import db
from app.media import StoreFailed
from app.operations.backups.manifest import KEY, BadBackup, CannotRestore, CannotSave
from app.operations.backups.restoring import Restored
from app.operations.backups.restoring import restore as bring_back
from app.operations.backups.saving import save
from app.operations.backups.telling import teller


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Write over FILE if it exists.")
@with_appcontext
def backup(file: Path, replace: bool) -> None:
    """Save the whole site in FILE, while it runs."""
    settings: Settings = current_app.config["SETTINGS"]
    with _sentences(str(file)):
        made = save(db.engine, current_app.config["MEDIA"], _key(settings), file, now=clock.now(),
                    replace=replace, tell=teller())
    for name in made.missing:
        click.echo(f"media/{name} is named in the database and missing on the disk.", err=True)
    if KEY not in made.members:
        click.echo("The secret key is not in it: keep LECTERN_SECRET_KEY with it.")
    click.echo(f"{file} holds {made.rows:,} rows and {len(made.media):,} files.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Put it in the place of what is here.")
@with_appcontext
def restore(file: Path, replace: bool) -> None:
    """Make this site what it was when FILE was saved."""
    settings: Settings = current_app.config["SETTINGS"]
    with _sentences(str(settings.data)):
        done = bring_back(db.engine, current_app.config["MEDIA"], _key(settings), file,
                          now=clock.now(), replace=replace, tell=teller())
    _say(done, settings, file)


def _key(settings: Settings) -> Path | None:
    return None if settings.secret_key else settings.kept_key


def _say(done: Restored, settings: Settings, file: Path) -> None:
    if done.before:
        click.echo(f"What was here before is kept in {done.before}.")
    if settings.secret_key or KEY not in done.manifest.members:
        click.echo("The secret key stays the one of this site: unless it is that of the backup,"
                   " everybody is signed out.")
    elif done.new_key:
        click.echo("The secret key is that of the backup: restart the site if it runs.")
    click.echo(f"{file} is restored as it was on {done.manifest.made_at[:16].replace('T', ' ')}"
               f" UTC: {done.manifest.rows:,} rows and {len(done.manifest.media):,} files.")


@contextmanager
def _sentences(place: str) -> Iterator[None]:
    """What goes wrong is one sentence; `place` is written to."""
    try:
        yield
    except (BadBackup, CannotRestore, CannotSave) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{_why(error, place)} Nothing was changed.") from error


def _why(error: OSError, place: str) -> str:
    if disk.is_full(error):
        return f"The disk is full: {error.filename or place}."
    if isinstance(error, StoreFailed):
        return str(error)
    return f"{error.strerror or error}: {error.filename or place}."
