"""The steps of the schema: which one a database is at, and which one this program needs.

Asked at every start and by whoever watches; so without Alembic, which takes longer to load than
all the rest of the answer.
"""

import re
from functools import cache
from pathlib import Path

import sqlalchemy as sa

_SAYS = re.compile(r"^(down_)?revision = '(\w+)'", re.MULTILINE)
FOLDER = Path(__file__).resolve().parents[2] / "migrations"
UNKNOWN = ("The database is at step {}, which this program does not know: run the Lectern that"
           " made it.")
# Where Alembic notes it.
_NOTED = sa.table("alembic_version", sa.column("version_num"))


@cache
def head() -> str:
    """The newest step that this program knows; read from the files."""
    return max(known() - {name for down, name in _said() if down})


@cache
def known() -> frozenset[str]:
    """All steps that this program knows. A database at any other was a newer one's."""
    return frozenset(name for down, name in _said() if not down)


@cache
def _said() -> list[tuple[str, str]]:
    return [found for each in (FOLDER / "versions").glob("*.py")
            for found in _SAYS.findall(each.read_text())]


def step(connection: sa.Connection) -> str | None:
    """The step that a database is at; None if it has no tables of ours yet."""
    if not sa.inspect(connection).has_table(_NOTED.name):
        return None
    return connection.scalar(sa.select(_NOTED.c.version_num))
