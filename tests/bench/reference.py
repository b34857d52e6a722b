"""The reference: the same page as a plain Flask, SQLAlchemy and Jinja tutorial would build it.

A post of 800 words with 20 comments: templates in files, compiled once; rows as they come, and
what belongs to them when it is asked for; 26 kB, gzip as servers do it by default.
"""

import gzip
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask, Response, render_template, request
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

TEXT = "\n".join(["<p>" + " ".join(
    ["Somebody who leads a shift says what went wrong before anyone asks."] * 6) + "</p>"] * 11)
REMARK = (
    "Remark {}. I lead a night shift, and what you say of the first ten minutes is true for us as"
    " well. We stand up, say what is open, and only then sit down with the list. It took a year"
    " until nobody laughed about it, and another one until the day shift asked us how we do it."
    " What I would add: say who listens, and until when, or nobody will. The first weeks were hard"
    " all the same; people said what was safe to say, and waited for what would come of it. Then"
    " somebody said what had nearly gone wrong that night, and nothing bad came of it, and from"
    " then on the others did as well.")
REMARKS = [(f"Reader {number}", REMARK.format(number)) for number in range(20)]
LEVEL = 6


class Base(DeclarativeBase):
    """The base of the reference's tables."""


class Person(Base):
    """Who writes."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]


class Topic(Base):
    """What a post is about."""

    __tablename__ = "topics"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    slug: Mapped[str]
    name: Mapped[str]


class Comment(Base):
    """A comment."""

    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    author: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime]


class Post(Base):
    """A post."""

    __tablename__ = "posts"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    title: Mapped[str]
    html: Mapped[str]
    published_at: Mapped[datetime]
    author: Mapped[Person] = relationship()
    topics: Mapped[list[Topic]] = relationship()
    comments: Mapped[list[Comment]] = relationship(order_by=Comment.id)


def make_reference(path: str, title: str = "A post of 800 words", html: str = TEXT,
                   remarks: Sequence[tuple[str, str]] = REMARKS) -> Flask:
    """An application with one post at /, its HTML and its comments."""
    app = Flask("reference", template_folder=str(Path(__file__).with_name("plain")))
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(_post(title, html, remarks))
        session.commit()

    @app.get("/")
    def show() -> str:
        with Session(engine) as session:
            return render_template("post.html", post=session.scalars(select(Post).limit(1)).one())

    app.after_request(_compress)
    return app


def _post(title: str, html: str, remarks: Sequence[tuple[str, str]]) -> Post:
    then = datetime(2026, 5, 4, 12, tzinfo=UTC)
    return Post(
        title=title, html=html, published_at=then, author=Person(slug="ada", name="Ada Penn"),
        topics=[Topic(slug="trust", name="Trust"), Topic(slug="shifts", name="Shifts")],
        comments=[Comment(author=name, body=body, created_at=then + timedelta(hours=number))
                  for number, (name, body) in enumerate(remarks)])


def _compress(response: Response) -> Response:
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(gzip.compress(response.get_data(), LEVEL))
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
    return response


def plain() -> Flask:
    """The page for a server to start; its database may be there already."""
    return make_reference(os.environ["PLAIN_DATABASE"])
