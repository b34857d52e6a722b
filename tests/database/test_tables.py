"""Tables: what no row may say, and times that mean one moment everywhere."""

from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from app.database import db, writing
from app.people.models import Person
from app.prepared import Prepared
from app.throttle import Attempts
from tests.conftest import NOON


def test_a_row_cannot_point_at_nothing(session: Session) -> None:
    session.add(Person(slug="ada", name="Ada", picture_id=999, created_at=NOON))
    with pytest.raises(IntegrityError):
        session.flush()


def test_no_error_repeats_what_was_to_be_stored(session: Session) -> None:
    asked = sa.select(sa.bindparam("words", type_=sa.Text)).select_from(sa.table("nowhere"))
    for each in (session, db.session):
        for ask in (each.execute, lambda asked, words, by=each: Prepared(asked).rows(by, words)):
            with pytest.raises(DBAPIError) as error:
                ask(asked, {"words": "hush"})
            assert "hush" not in str(error.value)
            each.rollback()


def test_a_time_without_a_zone_is_refused(session: Session) -> None:
    session.add(Attempts(key="when", since=datetime(2026, 5, 4, 12, 0), count=1))
    with pytest.raises(StatementError, match="without its zone"):
        session.flush()


def test_a_time_comes_back_in_utc_wherever_it_was_said(
        app: Flask, engine_name: str) -> None:
    kathmandu = timezone(timedelta(hours=5, minutes=45))
    with app.app_context(), writing() as session:
        session.add(Attempts(key="when", since=NOON.astimezone(kathmandu), count=1))
    with app.app_context(), db.sessionmaker() as fresh:
        if engine_name == "postgresql":
            fresh.execute(sa.text("SET LOCAL TIME ZONE 'Asia/Kathmandu'"))
        since = fresh.get_one(Attempts, "when").since
        assert since == NOON
        assert since.utcoffset() == timedelta(0)
        late = sa.select(Attempts).where(Attempts.since > NOON - timedelta(seconds=1))
        assert fresh.scalars(late).one().key == "when"
