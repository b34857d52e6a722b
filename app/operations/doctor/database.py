"""The database: there, whole, writable, at the newest step, and of the same time."""

from collections.abc import Iterator
from datetime import UTC, datetime

import sqlalchemy as sa

from app import clock
from app.database import UtcDateTime, writer_of
from app.operations import steps
from app.operations.doctor.finding import Finding, Patient, lasting, ok, said, warning, wrong

SKEW_SECONDS = {"warning": 2.0, "wrong": 30.0}
# What PRAGMA synchronous calls FULL.
FULL = 2


def look(patient: Patient) -> Iterator[Finding]:
    """All of it; no more than the first sentence if it cannot be reached."""
    try:
        connection = patient.engine.connect()
    except sa.exc.SQLAlchemyError as error:
        yield wrong(f"It cannot be reached: {said(error)}", "Start it, or set"
                    " LECTERN_DATABASE_URL to where it is; `lectern db upgrade` makes a new one.")
        return
    with connection:
        yield from _step(connection)
        yield from (_sqlite if patient.engine.dialect.name == "sqlite" else _postgresql)(connection)
        yield _time(connection)
    yield _writable(patient.engine)


def _step(connection: sa.Connection) -> Iterator[Finding]:
    step, head = steps.step(connection), steps.head()
    if step == head:
        yield ok(f"Its tables are at the newest step, {head}.")
    elif step is None:
        yield wrong("It has no tables yet.", "Run `lectern db upgrade`.")
    elif step < head:
        yield wrong(f"Its tables are at step {step}, this program needs {head}.",
                    "Run `lectern db upgrade`.")
    else:
        yield wrong(f"Its tables are at step {step}, which this program does not know.",
                    "Run the version of Lectern that made it, or restore a backup of before.")


def _sqlite(connection: sa.Connection) -> Iterator[Finding]:
    if damage := _damage(connection):
        yield wrong(f"The file is damaged: {damage}",
                    "Stop the site, keep a copy of the file, and run `lectern restore` on the"
                    " newest backup.")
    elif lost := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        tables = ", ".join(sorted({row[0] for row in lost}))
        yield wrong(f"{len(lost)} rows belong to rows that are gone, in {tables}.",
                    "Restore a backup from before something else wrote to the file.")
    else:
        yield ok("The file is whole.")
    if (mode := connection.exec_driver_sql("PRAGMA journal_mode").scalar()) != "wal":
        yield wrong(f"It writes no log ahead (journal_mode is {mode}), so readers wait for"
                    " writers.", "Keep the file on a disk of this machine, not on a network's.")
    if connection.exec_driver_sql("PRAGMA synchronous").scalar() != FULL:
        yield wrong("What was answered for may be lost in a power cut (synchronous is not FULL).",
                    "Take away whatever changed it; Lectern sets it on every connection.")


def _damage(connection: sa.Connection) -> str:
    try:
        told = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
    except sa.exc.DatabaseError as error:
        return said(error)
    return "" if told == "ok" else told.splitlines()[0]


def _postgresql(connection: sa.Connection) -> Iterator[Finding]:
    used, most, replica, flushed, durable = connection.execute(sa.text(
        "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),"
        " current_setting('max_connections')::int, pg_is_in_recovery(),"
        " current_setting('fsync'), current_setting('synchronous_commit')")).one()
    if replica:
        yield wrong("This PostgreSQL is a replica, which takes no changes.",
                    "Set LECTERN_DATABASE_URL to the primary.")
    if "off" in (flushed, durable):
        yield wrong("What was answered for may be lost in a power cut (fsync or"
                    " synchronous_commit is off).", "Set both to on in postgresql.conf.")
    full = used > most * 0.8
    yield (warning if full else _well)(
        f"{used} of {most} connections are in use.", "Raise max_connections.")


def _well(says: str, _do: str) -> Finding:
    return ok(says)


def _time(connection: sa.Connection) -> Finding:
    # SQLite's is this machine's, so that this tells of a wrong type at most.
    theirs = connection.scalar(sa.select(sa.type_coerce(sa.func.now(), UtcDateTime())))
    assert isinstance(theirs, datetime)
    apart = abs((clock.now() - theirs.astimezone(UTC)).total_seconds())
    says = f"Its clock and this machine's are {lasting(apart)} apart."
    if apart > SKEW_SECONDS["wrong"]:
        return wrong(says, "Let both follow a time server (systemd-timesyncd, chrony).")
    if apart > SKEW_SECONDS["warning"]:
        return warning(says, "Let both follow a time server (systemd-timesyncd, chrony).")
    return ok("Its clock agrees with this machine's.")


def _writable(engine: sa.Engine) -> Finding:
    table = sa.Table("doctor", sa.MetaData(), sa.Column("id", sa.Integer))
    try:
        with writer_of(engine).connect() as connection, connection.begin() as nothing:
            table.create(connection)
            nothing.rollback()
    except sa.exc.SQLAlchemyError as error:
        return wrong(f"It cannot be written to: {said(error)}",
                     "See to free space and to who owns the file, or whether somebody holds it.")
    return ok("It can be written to.")
