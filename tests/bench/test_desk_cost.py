"""What the desk costs with 500 and with 100,000 waiting items, measured in one run.

CPU time of this process (on SQLite the database is in it), medians of rounds in turn. Of 500 there
are enough for every page that is full with 100,000 to be full, too; whatever is asked for must cost
at most 1.2 times as much.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app
from app.comments.models import Comment
from app.database import db, for_writing
from app.desk.models import Decision, ItemState, ReviewItem, Verb
from app.desk.searching import CORPUS
from app.trigrams import indexing
from app.trigrams.cutting import BLOCK
from tests.conftest import NOON, FakeClock
from tests.making import Maker
from tests.visiting import Visitor

FEW, MANY = 500, 100_000
AT_MOST = 1.2
ROUNDS, REQUESTS = 9, 5
RULES = ("first", "first", "first", "links", "watched", "proof", "classifier")
WORDS = Path(__file__).read_text().split()


def rows(number: int, entry_ids: list[int]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Comments and the items they wait under: one in five people, all rules, half a year."""
    for each in range(1, number + 1):
        text = " ".join(WORDS[(each * 7 + step * 13) % len(WORDS)] for step in range(60))
        person, entry_id = each * 7919 % (number // 5 + 1), entry_ids[each % len(entry_ids)]
        since = NOON - timedelta(minutes=each * 260_000 // number)
        yield ({"id": each, "entry_id": entry_id, "public_id": f"{each:010x}",
                "follow_token": f"t{each}", "author_name": f"Reader {person}",
                "author_email": f"r{person}@reader.example", "body": text, "html": f"<p>{text}</p>",
                "digest": str(each), "created_at": since},
               {"id": each, "kind": "comment", "subject_id": each, "state": ItemState.WAITING,
                "why": "Every first comment here is read by an editor before it appears.",
                "rule": RULES[each % len(RULES)], "facts": {}, "matched": [], "urgency": each % 90,
                "title": "A post", "text": text, "person": f"Reader {person}",
                "person_key": f"email:r{person}@reader.example", "entry_id": entry_id,
                "waiting_since": since, "due_at": since - timedelta(minutes=each % 90)})


def fill(session: Session, number: int) -> None:
    """So many waiting items; everybody on the first page has a history."""
    entry_ids = [Maker(session, lambda: NOON).post().id for _ in range(20)]
    made = rows(number + 60, entry_ids)
    while some := list(islice(made, 5_000)):
        session.execute(sa.insert(Comment).execution_options(cache_tags=()),
                        [comment for comment, _item in some])
        session.execute(sa.insert(ReviewItem), [item for _comment, item in some])
    past = range(number + 1, number + 61)
    session.execute(sa.update(ReviewItem).where(ReviewItem.id.in_(past))
                    .values(state=ItemState.DECIDED))
    session.execute(sa.insert(Decision), [
        {"item_id": each, "account_name": "Editor Quill", "verb": Verb.APPROVE,
         "decided_at": NOON} for each in past])
    while indexing.catch_up(session, CORPUS, BLOCK, worth=1):
        session.commit()
    session.commit()


def desk(settings: Any, tmp_path: Path, template: str, number: int) -> Visitor:
    """An editor's browser at a site of its own with this much waiting."""
    path = tmp_path / f"{number}.sqlite"
    path.write_bytes(Path(template.removeprefix("sqlite:///")).read_bytes())
    app: Flask = create_app(replace(settings, database_url=f"sqlite:///{path}"))
    with app.app_context(), for_writing(db.sessionmaker()) as session:
        fill(session, number)
        visitor = Visitor(app)
        visitor.sign_in(session, Maker(session, lambda: NOON).account())
    return visitor


def cost(ask: Callable[[], object]) -> float:
    """CPU milliseconds of one call, over REQUESTS calls."""
    start = process_time()
    for _ in range(REQUESTS):
        ask()
    return (process_time() - start) * 1000 / REQUESTS


def in_turn(few: Visitor, many: Visitor, path: str) -> tuple[float, float]:
    """Median milliseconds of a page at both desks, measured alternately."""
    few.get(path), many.get(path)
    pairs = [(cost(lambda: few.client.get(path)), cost(lambda: many.client.get(path)))
             for _ in range(ROUNDS)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def test_a_page_costs_the_same_however_much_waits(
        settings: Any, time: FakeClock, template: str, tmp_path: Path) -> None:
    few, many = (desk(settings, tmp_path, template, number) for number in (FEW, MANY))
    ratios = {}
    for what, path in (
            ("first page", "/desk/"), ("most urgent first", "/desk/?order=urgent"),
            ("one kind", "/desk/?kind=comment"), ("one reason", "/desk/?reason=links"),
            ("one person", "/desk/?person=email:r1@reader.example"),
            ("older than a week", "/desk/?age=older"),
            ("a common word", "/desk/?q=session"),
            # Written so that it is not among the words of this file.
            ("a word that is nowhere", f"/desk/?q={3 * chr(122)}")):
        small, large = in_turn(few, many, path)
        ratios[what] = large / small
        print(f"\nThe desk, {what}: {FEW} waiting {small:.1f} ms of CPU, "
              f"{MANY:,} waiting {large:.1f} ms, ratio {large / small:.2f}", end="")
    print()
    assert {what: ratio for what, ratio in ratios.items() if ratio > AT_MOST} == {}
