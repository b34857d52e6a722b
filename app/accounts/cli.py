"""`lectern user`."""

import sys

import click
from flask.cli import with_appcontext

from app import clock, mail
from app.accounts import actions
from app.accounts.models import Role
from app.database import writing


@click.group()
def user() -> None:
    """Accounts."""


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="The name as it stands under what they write.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_appcontext
def add(email: str, name: str, role: str, password_stdin: bool) -> None:
    """Make the account of EMAIL, or change it."""
    if not mail.is_address(email):
        raise click.ClickException(f"{email!r} does not look like an e-mail address.")
    if not name.strip():
        raise click.ClickException("An account needs a name.")
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    with writing() as session:
        try:
            account, new = actions.put(session, email, name=name.strip(), role=Role(role),
                                       password=password, now=clock.now())
        except actions.BadPassword as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{'Made' if new else 'Changed'} {account.email}, {account.role.value}.")
        if account.password_hash is None:
            click.echo("It has no password yet: run this again with --password-stdin.")
