"""The database's own driver, for what SQLAlchemy takes several times as long to ask."""

from collections.abc import Callable
from typing import Any, cast

import sqlalchemy as sa


def ask_driver(connection: sa.Connection, text: str, values: Any = (),
               answer: Callable[[Any], list[Any]] = lambda _cursor: []) -> list[Any]:
    """What `answer` reads from a cursor of the driver's own, once it has executed this.

    Whoever listens to the engine hears of it. Raises the driver's errors as SQLAlchemy words them.
    """
    cursor, dialect = connection.connection.cursor(), cast(Any, connection.dialect)
    for hear in connection.engine.dispatch.before_cursor_execute:
        hear(connection, cursor, text, values, None, False)
    try:
        cursor.execute(text, values)
        return answer(cursor)
    except dialect.loaded_dbapi.Error as error:
        raise sa.exc.DBAPIError.instance(
            text, values, error, dialect.loaded_dbapi.Error,
            hide_parameters=connection.engine.hide_parameters, dialect=dialect) from error
    finally:
        cursor.close()
