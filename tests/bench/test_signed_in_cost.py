"""What the pages cost that are made anew each time, for they are somebody's own: beside a plain
Flask page, in one run; CPU time of this process, rounds of both in turn, medians.

The site has twenty of everything. Each bar is a little above what was measured when it was set.
"""

from collections.abc import Callable
from itertools import count

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.comments import actions as comments
from tests.bench.test_page_cost import REQUESTS, ROUNDS, in_turn, reference, say
from tests.conftest import NOON
from tests.making import Maker
from tests.plenty import Plenty
from tests.visiting import Visitor

__all__ = ["reference"]
# What a page may cost of what the reference costs.
BARS = {
    "A post, signed in as a reader": 1.8, "A post, signed in as an editor": 1.8,
    "A guest's pieces": 2.0, "A guest's piece, to write": 1.8, "An account": 1.3,
    "A post, to edit": 3.0, "The log": 2.7, "All entries": 1.8, "All feeds": 4.0,
    "One feed": 4.5, "Is there anything new": 1.0,
}
DECISION = 4.0
SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def plenty(make: Maker) -> Plenty:
    """Twenty of everything."""
    made = Plenty(make)
    made.more(20)
    return made


def paths(plenty: Plenty) -> dict[str, tuple[Role, str]]:
    """Who asks for which page."""
    return {
        "A post, signed in as a reader": (Role.READER, plenty.post.path),
        "A post, signed in as an editor": (Role.EDITOR, plenty.post.path),
        "A guest's pieces": (Role.GUEST, "/write/"),
        "A guest's piece, to write": (Role.GUEST, f"/write/{plenty.piece.entry_id}"),
        "An account": (Role.GUEST, "/account/"),
        "A post, to edit": (Role.EDITOR, plenty.post.desk_path),
        "The log": (Role.EDITOR, "/desk/log"), "All entries": (Role.EDITOR, "/desk/entries/"),
        "All feeds": (Role.EDITOR, "/desk/feeds/"),
        "One feed": (Role.EDITOR, f"/desk/feeds/{plenty.feed.id}"),
        "Is there anything new": (Role.EDITOR, f"/_/desk/news?since={NOON:%Y-%m-%dT%H:%M:%SZ}"),
    }


def test_what_is_made_for_one_person_costs_little_more_than_a_plain_page(
        plenty: Plenty, signed_in: Callable[..., Visitor],
        reference: Callable[[], object]) -> None:
    dear = []
    for what, (role, path) in paths(plenty).items():
        client = signed_in(plenty.accounts[role]).client

        def ask(client: object = client, path: str = path) -> None:
            assert client.get(path).status_code in {200, 204}  # type: ignore[attr-defined]

        ours, plain = in_turn(ask, reference)
        say(what, ours, plain)
        if ours > BARS[what] * plain:
            dear.append(f"{what}: {ours / plain:.2f} instead of {BARS[what]}")
    assert not dear, dear


def test_a_decision_is_no_dearer_than_a_few_plain_pages(
        app: Flask, make: Maker, session: Session, editor: Visitor,
        reference: Callable[[], object]) -> None:
    post, numbers = make.post(), count()
    waiting = [make.item(comments.KIND, make.comment(post, name=f"Reader{number}").id).id
               for number in range(ROUNDS * REQUESTS + 1)]

    def decide() -> None:
        path = f"/desk/items/{waiting[next(numbers)]}/approval"
        answer = editor.client.post(path, headers={**SAME, "HX-Request": "true"})
        assert answer.status_code == 200

    ours, plain = in_turn(decide, reference)
    say("A decision, durable", ours, plain)
    assert ours <= DECISION * plain
