"""`lectern feed`."""

import sys
from collections.abc import Iterable

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from app import clock, jobs
from app.accounts import queries as accounts
from app.database import db, writing
from app.feeds import actions, health, overview, queries
from app.feeds.keeping import removing
from app.feeds.lists import importing, opml, planning
from app.feeds.models import Feed, Policy, Show
from app.people import queries as people
from app.people.models import Person
from app.text import one_line


@click.group()
def feed() -> None:
    """Feeds that guest posts are pulled in from."""


@feed.command()
@click.argument("url")
@click.option("--policy", type=click.Choice([each.value for each in Policy]),
              help="Hold new items at the desk (the default), or publish them at once.")
@click.option("--show", type=click.Choice([each.value for each in Show]),
              help="How much readers get here: an excerpt (the default), the full text, a link.")
@click.option("--author", metavar="EMAIL_OR_SLUG", help="Whose posts these are.")
@with_appcontext
def add(url: str, policy: str | None, show: str | None, author: str | None) -> None:
    """Store the feed at URL and visit it."""
    with writing() as session:
        try:
            stored, new = actions.add(
                session, url, now=clock.now(), policy=Policy(policy) if policy else None,
                show=Show(show) if show else None, author=_author(session, author))
        except actions.BadAddress as error:
            raise click.ClickException(str(error)) from error
        if stored.removed_at:
            removing.bring_back(session, stored, now=clock.now())
        click.echo(f"{stored.url} is {'stored' if new else 'stored already'}.")
        visit = actions.visit(session, stored, current_app.extensions["asking"], now=clock.now())
        click.echo(f"{stored.url} {visit}")


def _author(session: Session, wanted: str | None) -> Person | None:
    if not wanted:
        return None
    account = accounts.by_email(session, wanted) if "@" in wanted else None
    person = account.person if account else people.by_slug(session, wanted)
    if person is None:
        raise click.ClickException(f"Nobody here is {wanted!r}: give an account's e-mail address or"
                                   " a person's slug.")
    return person


@feed.command("list")
@with_appcontext
def show_all() -> None:
    """A line a feed: its address, then its state in words."""
    for each in db.session.scalars(queries.every()):
        name = each.title or "(untitled)"
        click.echo(one_line(f"{each.url} {name}: {health.sentence(each)}"))


@feed.command()
@click.argument("url", required=False)
@click.option("--all", "everything", is_flag=True, help="Visit every feed.")
@with_appcontext
def fetch(url: str | None, everything: bool) -> None:
    """Visit the feed at URL, or --all, whatever the next visit says."""
    if bool(url) == everything:
        raise click.ClickException("Name one feed's address, or --all.")
    with writing() as session:
        feeds = _wanted(session, url)
        asked = {each.id: each.url for each in feeds}
        visits = actions.visit_all(session, feeds, current_app.extensions["asking"], clock.now)
        # As it was typed: the visit may have given it another address.
        _tell((f"{asked[visit.feed.id]} {visit}" for visit in visits), len(feeds))


def _tell(lines: Iterable[str], length: int) -> None:
    """A bar on a terminal and the lines after it; elsewhere each line as it comes."""
    if not sys.stdout.isatty() or length < 2:
        for line in lines:
            click.echo(line)
        return
    with click.progressbar(lines, length=length, label="Asking", show_pos=True) as shown:
        told = list(shown)
    click.echo("\n".join(told))


def _wanted(session: Session, url: str | None) -> list[Feed]:
    if url is None:
        return list(session.scalars(queries.every()))
    try:
        stored = queries.by_url(session, actions.normal(url))
    except actions.BadAddress as error:
        raise click.ClickException(str(error)) from error
    if stored is None:
        raise click.ClickException(f"{url} is none of our feeds: `lectern feed list` names them.")
    return [stored]


@feed.command("import")
@click.argument("file", type=click.Path())
@with_appcontext
def bring_in(file: str) -> None:
    """Take over the feeds of an OPML file, with our settings if it has them.

    The worker asks new ones within minutes. A second run changes nothing.
    """
    try:
        with open(file, "rb") as source:
            outlines = opml.read(source.read(opml.LONGEST + 1))
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from error
    except opml.BadOpml as error:
        raise click.ClickException(str(error)) from error
    with writing() as session:
        planned = planning.plan(session, outlines)
        importing.carry_out(session, planned, now=clock.now())
        jobs.wake(session, actions.JOB, clock.now())
    for each in planned:
        click.echo(one_line(" ".join((each.url, each.step.value, *each.notes))))
    click.echo(f"Taken over: {importing.tally(planned)}.")


@feed.command()
@with_appcontext
def export() -> None:
    """Print all feeds as OPML, with our settings."""
    feeds = db.session.scalars(overview.listed("", "", "name"))
    click.echo(opml.write(importing.outlines(db.session, feeds), now=clock.now(),
                          title=f"Feeds of {current_app.config['TITLE']}"), nl=False)
