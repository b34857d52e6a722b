"""The database: the base of all models, UTC times, and write sessions that SQLite never refuses."""

from app.database.asking import free, rows_changed, unindexed, unordered
from app.database.driver import ask_driver
from app.database.sessions import (
    SILENCE,
    all_or_nothing,
    db,
    for_reading,
    for_writing,
    prepare,
    writer_of,
    writing,
)
from app.database.tables import Model, UtcDateTime, choice, table

__all__ = ["SILENCE", "Model", "UtcDateTime", "all_or_nothing", "ask_driver", "choice", "db",
           "for_reading", "for_writing", "free", "prepare", "rows_changed", "table", "unindexed",
           "unordered", "writer_of", "writing"]
