"""How long work says how far it is: a bar on a terminal, a line a step elsewhere."""

import sys
from collections.abc import Callable

import click

# What is done, how much of it, and of how much in all; in bytes or in rows.
Tell = Callable[[str, int, int], None]
WIDTH = 30


def silently(_what: str, _done: int, _of: int) -> None:
    """For whoever wants to hear nothing."""


def teller() -> Tell:
    """What suits the place that standard output leads to."""
    return _bar if sys.stdout.isatty() else _line


def _line(what: str, done: int, of: int) -> None:
    if done >= of:
        click.echo(f"{what}: {of:,}.")


def _bar(what: str, done: int, of: int) -> None:
    filled = WIDTH if done >= of else WIDTH * done // of
    click.echo(f"\r\x1b[K{what:<24} [{'#' * filled}{'-' * (WIDTH - filled)}] {done:,}/{of:,}",
               nl=done >= of)
