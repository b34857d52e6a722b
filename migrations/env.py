"""How Alembic reaches the database. Foreign keys are off while SQLite tables are rebuilt."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import context

from app.database import Model, writer_of

target = Model.metadata
# The key of an advisory lock: any number that no other program in the database uses.
LOCK = 5_241_987_162


def run(engine: sa.Engine) -> None:
    """Runs the migrations in one transaction a step."""
    with writer_of(engine).connect() as connection, _alone(connection):
        # The pragma does nothing inside a transaction; with it on, a batch rebuild of a parent
        # table would cascade into its children.
        _foreign_keys(connection, "OFF")
        context.configure(connection=connection, target_metadata=target, render_as_batch=True,
                          compare_type=True, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
        _foreign_keys(connection, "ON")


@contextmanager
def _alone(connection: sa.Connection) -> Iterator[None]:
    """Machines that begin at once take the steps one after the other: the second finds them taken.
    On SQLite, whoever writes is alone anyway.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    # However long the other takes.
    connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
    connection.execute(sa.select(sa.func.pg_advisory_lock(LOCK)))
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(sa.select(sa.func.pg_advisory_unlock(LOCK)))
        connection.commit()


def _foreign_keys(connection: sa.Connection, state: str) -> None:
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute(f"PRAGMA foreign_keys = {state}")


run(context.config.attributes["engine"])
