"""`lectern demo` loads as a whole, once."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.config import Settings
from app.database import Model
from app.demo import staff
from tests.commanding import Run


def counts(session: Session) -> dict[str, int]:
    """How many rows every table has."""
    found = {table.name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
             for table in Model.metadata.sorted_tables}
    session.commit()
    return found


def test_it_is_loaded_once_and_says_how_to_sign_in(run: Run, session: Session) -> None:
    first = run("demo")
    before = counts(session)
    again = run("demo")
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "The demo is loaded." in first.output
    assert "The demo is loaded already." in again.output
    for email in ("editor@lectern.example", "guest@lectern.example", "admin@lectern.example"):
        assert f"{email} with the password {staff.PASSWORD}" in again.output
    assert before["entries"] > 16
    assert counts(session) == before


def test_it_is_loaded_as_a_whole_or_not_at_all(run: Run, session: Session,
                                               settings: Settings) -> None:
    # A file stands where the pictures of its posts should go.
    settings.media.parent.mkdir(parents=True, exist_ok=True)
    settings.media.write_text("in the way")
    assert run("demo").exit_code != 0
    assert sum(counts(session).values()) == 0
