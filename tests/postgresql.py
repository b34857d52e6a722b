"""One database of a real PostgreSQL, lent to each test and emptied when it comes back."""

import sqlalchemy as sa

from app.database import Model

BORROWED = "lectern_under_test"
# Deleting rows is quicker than TRUNCATE, which makes every table and index anew. Foreign keys rest
# meanwhile; numbers begin at 1 again, also where a test has rolled back. A function of the session
# keeps its plans; whatever is written out in it is planned once a run instead of once a test.
EMPTY = """CREATE FUNCTION pg_temp.empty() RETURNS void LANGUAGE plpgsql AS $$
DECLARE each text;
BEGIN
  SET LOCAL session_replication_role = replica;
  {deletions}
  FOR each IN SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL LOOP
    PERFORM setval(quote_ident(each), 1, false);
  END LOOP;
END $$"""
DELETION = 'IF EXISTS (SELECT 1 FROM "{0}") THEN DELETE FROM "{0}"; END IF;'
# Whoever is in a transaction would hold rows; whoever is idle waits for the next test.
END_TRANSACTIONS = ("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname ="
                    f" '{BORROWED}' AND state <> 'idle' AND pid <> pg_backend_pid()")


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
            self._own = sa.create_engine(address(self._server, BORROWED), pool_size=1,
                                         isolation_level="AUTOCOMMIT")
            deletions = "\n  ".join(map(DELETION.format, Model.metadata.tables))
            with self._own.connect() as connection:
                connection.exec_driver_sql(EMPTY.format(deletions=deletions))
        return address(self._server, BORROWED)

    def take_back(self) -> None:
        """Ends every transaction that is still open, and empties every table."""
        assert self._own is not None
        with self._own.connect() as connection:
            connection.exec_driver_sql(END_TRANSACTIONS)
            connection.exec_driver_sql("SELECT pg_temp.empty()")

    def drop(self) -> None:
        """After a test that changes what tables look like: the next one gets a new database."""
        if self._own is not None:
            self.close()
            on_server(self._server, f'DROP DATABASE "{BORROWED}" WITH (FORCE)')
            self._own = None

    def close(self) -> None:
        """At the end; the database goes with its server."""
        if self._own is not None:
            self._own.dispose()
