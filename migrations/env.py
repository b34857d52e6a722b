"""How Alembic reaches the database. Foreign keys are off while SQLite tables are rebuilt."""

import sqlalchemy as sa
from alembic import context

from app.database import Model, writer_of

target = Model.metadata


def run(engine: sa.Engine) -> None:
    """Runs the migrations in one transaction a step."""
    with writer_of(engine).connect() as connection:
        # The pragma does nothing inside a transaction; with it on, a batch rebuild of a parent
        # table would cascade into its children.
        _foreign_keys(connection, "OFF")
        context.configure(connection=connection, target_metadata=target, render_as_batch=True,
                          compare_type=True, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
        _foreign_keys(connection, "ON")


def _foreign_keys(connection: sa.Connection, state: str) -> None:
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute(f"PRAGMA foreign_keys = {state}")


run(context.config.attributes["engine"])
