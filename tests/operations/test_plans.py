"""No page and no job goes through all that there is: SQLite says of each how it will look.

It plans without counting rows, so a site of ten entries tells what happens on one of a million.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app.accounts.models import Role
from app.comments import actions as comments
from app.database import db, writer_of
from app.desk.models import Verb
from tests.making import Maker
from tests.visiting import Visitor

# What grows with the years. The others are as many as editors make by hand, or are swept.
GROWING = {"entries", "comments", "review_items", "decisions", "people", "contributions", "outbox",
           "entry_topics", "entry_links", "revisions", "readers", "notices", "feed_items",
           "transcript_cues", "thanks", "complaints", "reports", "appeals", "former_addresses"}
PUBLIC = ["/", "/posts/", "/posts/once", "/posts/post", "/episodes/", "/episodes/talk", "/topics/",
          "/topics/boats", "/series/", "/series/tips", "/people/", "/people/ada-penn", "/feed.xml",
          "/episodes/feed.xml", "/topics/boats/feed.xml", "/series/tips/feed.xml", "/sitemap.xml"]
DESK = ["/desk/", "/desk/?order=urgent", "/desk/?kind=comment", "/desk/?reason=first", "/desk/zen",
        "/desk/?person=email:rita@reader.example", "/desk/?age=older", "/desk/items/1", "/desk/log",
        "/desk/log?by=Editor+Quill", "/desk/log?kind=comment", "/desk/log?decision=reject",
        "/desk/log?person=email:rita@reader.example", "/desk/log?since=2026-05-01",
        "/desk/log?q=zzz", "/desk/entries/", "/desk/entries/?state=draft", "/desk/entries/?q=zzz",
        "/desk/people/", "/desk/posts/1", "/desk/posts/new", "/desk/episodes/new", "/desk/feeds/",
        "/desk/rules", "/write/", "/account/"]
# The last few rows, read from the end.
NEWEST = re.compile(r"FROM \w+ ORDER BY \w+\.id DESC\s+LIMIT")


@pytest.fixture
def site(make: Maker, engine_name: str) -> None:
    """A post and an episode with a bit of everything on them."""
    if engine_name != "sqlite":
        pytest.skip("PostgreSQL plans by how many rows there are, and here are few")
    ada = make.person()
    post = make.post("Post", author=ada, topics=("Boats", "Rotas"), series="Tips")
    make.post("Other", topics=("Boats",), series="Tips")
    make.episode("Talk", author=ada)
    seen = make.comment(post, approved=True)
    make.comment(post, parent=seen)
    make.decision(make.item(comments.KIND, make.comment(post).id), Verb.REJECT)


@contextmanager
def plans(app: Flask) -> Iterator[Callable[[], list[str]]]:
    """What is wrong with the plans of the statements that are sent inside the block."""
    sent: dict[str, Any] = {}

    def note(connection: Any, cursor: Any, statement: str, values: Any, *rest: Any) -> None:
        sent.setdefault(statement, values[0] if rest[-1] and values else values)

    with app.app_context():
        engine = db.engine
    for each in (engine, writer_of(engine)):
        event.listen(each, "before_cursor_execute", note)

    def wrong() -> list[str]:
        with engine.connect() as connection:
            cursor = connection.connection.cursor()
            return [found for statement, values in list(sent.items())
                    if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH"))
                    and (found := _wrong([row[3] for row in cursor.execute(
                        f"EXPLAIN QUERY PLAN {statement}", values)], statement))]

    try:
        yield wrong
    finally:
        for each in (engine, writer_of(engine)):
            event.remove(each, "before_cursor_execute", note)


def _wrong(plan: list[str], statement: str) -> str:
    sorts = any("TEMP B-TREE" in step for step in plan)
    for step in plan:
        scan, by_state = (re.match(pattern, step) for pattern in (
            r"SCAN (\w+?)(?:_\d+)?$", r"SEARCH (\w+?)(?:_\d+)? USING .*\(state=\?\)$"))
        if scan and NEWEST.search(statement):
            continue
        table = scan or (by_state if sorts else None)
        if table and table[1] in GROWING:
            return f"{step} in {statement}"
    return ""


def test_no_public_page_goes_through_all_that_there_is(app: Flask, visitor: Visitor,
                                                       site: None) -> None:
    with plans(app) as wrong:
        for path in PUBLIC:
            assert visitor.client.get(path).status_code in {200, 404}, path
        assert not wrong()


def test_no_page_of_the_desk_goes_through_all_that_there_is(
        app: Flask, signed_in: Callable[..., Visitor], site: None) -> None:
    editor = signed_in(Role.EDITOR)
    with plans(app) as wrong:
        for path in DESK:
            assert editor.client.get(path).status_code == 200, path
        assert not wrong()


def test_no_job_goes_through_all_that_there_is(app: Flask, site: None) -> None:
    with plans(app) as wrong:
        app.extensions["jobs"].run_all()
        assert not wrong()


def test_no_change_goes_through_all_that_there_is(app: Flask, site: None, visitor: Visitor,
                                                  signed_in: Callable[..., Visitor]) -> None:
    editor = signed_in(Role.EDITOR)
    with plans(app) as wrong:
        visitor.post("/posts/post/comments", {"author_name": "Bo", "body": "Something else.",
                                              "author_email": "bo@reader.example"})
        editor.swap("/desk/items/2/approval")
        editor.post("/desk/posts/new", {"title": "Post", "source": "Words.", "authors": "Ada Penn",
                                        "topics": "Boats", "series": "Tips", "language": "en",
                                        "discussion": "auto", "publish": "1"})
        assert not wrong()
