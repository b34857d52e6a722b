"""`lectern demo`."""

import click
from flask import current_app
from flask.cli import with_appcontext

from app import clock
from app.database import all_or_nothing
from app.demo import loading, staff


@click.command()
@with_appcontext
def demo() -> None:
    """Load the demo content; a second run changes nothing."""
    with all_or_nothing() as session:
        if loading.is_loaded(session):
            click.echo("The demo is loaded already.")
        else:
            loading.load(session, current_app.config["MEDIA"], clock.now())
            click.echo("The demo is loaded.")
    for email in (staff.EDITOR, staff.GUEST, staff.ADMIN):
        click.echo(f"  Sign in as {email} with the password {staff.PASSWORD}")
