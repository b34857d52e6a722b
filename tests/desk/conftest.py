"""What tests of the desk may use."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.comments import actions as comments
from app.comments.models import Comment
from app.database import db
from app.desk.models import ReviewItem
from tests.at_once import at_once
from tests.making import Maker

__all__ = ["at_once"]


@pytest.fixture
def stored(app: Flask) -> Callable[[Any], Any]:
    """A row as it stands in the database now."""
    def read(row: Any) -> Any:
        with app.app_context(), db.sessionmaker() as fresh:
            return fresh.get_one(type(row), row.id)
    return read


@pytest.fixture
def comment(make: Maker) -> Comment:
    """A comment that waits."""
    return make.comment(make.post("Boats"), "They do not argue.")


@pytest.fixture
def item(make: Maker, session: Session, comment: Comment) -> ReviewItem:
    """Its item on the desk."""
    found = make.item(comments.KIND, comment.id)
    session.commit()
    return found
