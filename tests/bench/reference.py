"""The reference: the same page as a plain Flask, SQLAlchemy and Jinja tutorial would build it."""

import os

from flask import Flask, render_template, render_template_string
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

PAGE = """<!doctype html><html lang="en"><head><title>{{ post.title }}</title></head><body>
<h1>{{ post.title }}</h1><div>{{ post.html|safe }}</div>
<h2>{{ post.comments|length }} comments</h2>
{% for comment in post.comments %}<article><h3>{{ comment.author }}</h3>
<p>{{ comment.body }}</p></article>{% endfor %}
<form method="post"><input name="author"><textarea name="body"></textarea>
<button>Send</button></form>
</body></html>"""


class Base(DeclarativeBase):
    """The base of the reference's two tables."""


class Post(Base):
    """A post."""

    __tablename__ = "posts"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    html: Mapped[str]
    comments: Mapped[list["Comment"]] = relationship()


class Comment(Base):
    """A comment."""

    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    author: Mapped[str]
    body: Mapped[str]


def make_reference(path: str, title: str, html: str, remarks: list[tuple[str, str]]) -> Flask:
    """An application with one post at /, its HTML and its comments.

    Its template is compiled for each page, as `render_template_string` does; at /compiled it was
    compiled before, as a template in a file is.
    """
    app, engine = Flask("reference"), create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Post(title=title, html=html,
                         comments=[Comment(author=name, body=body) for name, body in remarks]))
        session.commit()

    @app.get("/")
    def show() -> str:
        with Session(engine) as session:
            return render_template_string(PAGE, post=session.scalars(select(Post).limit(1)).one())

    compiled = app.jinja_env.from_string(PAGE)

    @app.get("/compiled")
    def show_compiled() -> str:
        with Session(engine) as session:
            return render_template(compiled, post=session.scalars(select(Post)).one())

    return app


def plain() -> Flask:
    """The page with twenty comments, for a server to start; its database may be there already."""
    path = os.environ["PLAIN_DATABASE"]
    remarks = [(f"Reader {number}", "A remark.") for number in range(20)]
    return make_reference(path, "A post", "<p>Words.</p>", remarks)
