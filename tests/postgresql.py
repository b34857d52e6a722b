"""One database of a real PostgreSQL, lent to each test and emptied when it comes back."""

import sqlalchemy as sa

from app.database import Model

BORROWED = "lectern_under_test"
# Deleting rows is quicker than TRUNCATE, which makes every table and index anew. Foreign keys rest
# meanwhile; numbers begin at 1 again, also where a test has rolled back.
EMPTY = """DO $$
DECLARE each text; filled boolean;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOREACH each IN ARRAY ARRAY[{tables}] LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', each) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %I', each); END IF;
  END LOOP;
  FOR each IN SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', each);
  END LOOP;
END $$"""


def create(server: str, name: str, template: str = "template1") -> str:
    """The address of a new database, made as a copy of another."""
    on_server(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return address(server, name)


def address(server: str, name: str) -> str:
    """The address of a database on this server."""
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


def on_server(server: str, *statements: str) -> None:
    """Runs statements outside any transaction."""
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    admin.dispose()


class Lending:
    """Lends the database of one run: made when it is wanted, and anew after a test broke it."""

    def __init__(self, server: str, template: str) -> None:
        self._server, self._template = server, template
        self._own: sa.Engine | None = None

    def lend(self) -> str:
        """The address of the empty database."""
        if self._own is None:
            create(self._server, BORROWED, self._template)
            self._own = sa.create_engine(address(self._server, BORROWED),
                                         isolation_level="AUTOCOMMIT")
        return address(self._server, BORROWED)

    def take_back(self) -> None:
        """Ends whatever is still connected, and empties every table."""
        assert self._own is not None
        tables = ", ".join(f"'{name}'" for name in Model.metadata.tables)
        with self._own.connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
                f" '{BORROWED}' AND pid <> pg_backend_pid()")
            connection.exec_driver_sql(EMPTY.format(tables=tables).replace("%", "%%"))

    def drop(self) -> None:
        """After a test that changes what tables look like: the next one gets a new database."""
        if self._own is not None:
            self._own.dispose()
            on_server(self._server, f'DROP DATABASE "{BORROWED}" WITH (FORCE)')
            self._own = None
