"""Another site on the same machine: of either engine, empty, with its own files and key."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from app.database import Model, prepare
from app.media.folder import Folder
from app.operations.backups.restoring import Restored, restore
from tests.conftest import NOON
from tests.postgresql import create, on_server

OTHER = "lectern_elsewhere"


@dataclass(frozen=True)
class Place:
    """Where a site lives."""

    engine: sa.Engine
    store: Folder
    key: Path

    def restore(self, file: Path, *, replace: bool = False) -> Restored:
        return restore(self.engine, self.store, self.key, file, now=NOON, replace=replace)


def place(folder: Path, server: str | None) -> Iterator[Place]:
    """A place in a folder: on SQLite, or on this PostgreSQL."""
    folder.mkdir(exist_ok=True)
    address = create(server, OTHER) if server else f"sqlite:///{folder / 'lectern.sqlite'}"
    engine = sa.create_engine(address)
    prepare(engine)
    yield Place(engine, Folder(folder / "media"), folder / "secret_key")
    engine.dispose()
    if server:
        on_server(server, f'DROP DATABASE "{OTHER}" WITH (FORCE)')


def everything(engine: sa.Engine) -> dict[str, list[str]]:
    """Every row of every table, as the models read it."""
    with engine.connect() as connection:
        return {table.name: sorted(repr(tuple(row)) for row in connection.execute(sa.select(table)))
                for table in Model.metadata.sorted_tables}


def files(store: Path) -> dict[str, bytes]:
    """Every file of a store."""
    return {path.name: path.read_bytes() for path in store.iterdir()} if store.exists() else {}
