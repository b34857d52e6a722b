"""What a page costs, as a ratio to a plain Flask page with the same text, measured in one run.

CPU time of this process, rounds of both in turn, medians. Of the post page, which is made anew
each time here, and of a comment, the ratio is printed and not judged: others judge them.
"""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import process_time

import pytest
from flask import Flask

from tests.bench.reference import REMARKS, make_reference
from tests.making import Maker
from tests.visiting import Visitor

ROUNDS, REQUESTS = 9, 20
GZIP = {"Accept-Encoding": "gzip"}
# The most that the desk may cost of what the reference costs.
DESK = 3.0
WORDS = " ".join(["Somebody who leads a shift says what went wrong before anyone asks."] * 66)


def cost(ask: Callable[[], object]) -> float:
    """CPU milliseconds of one call, over REQUESTS calls."""
    start = process_time()
    for _ in range(REQUESTS):
        ask()
    return (process_time() - start) * 1000 / REQUESTS


def in_turn(ours: Callable[[], object], reference: Callable[[], object]) -> tuple[float, float]:
    """Median milliseconds of both, measured alternately."""
    ours(), reference()
    pairs = [(cost(ours), cost(reference)) for _ in range(ROUNDS)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def say(what: str, ours: float, reference: float) -> None:
    print(f"\n{what}: {ours:.2f} ms of CPU, reference {reference:.2f} ms, "
          f"ratio {ours / reference:.2f}")


@pytest.fixture
def reference(tmp_path: Path) -> Iterator[Callable[[], object]]:
    """Asks for the plain page. What there is by now is left alone by the collector, as the server
    has it when it is ready.
    """
    client = make_reference(str(tmp_path / "plain.sqlite")).test_client()
    gc.collect()
    gc.freeze()
    yield lambda: client.get("/", headers=GZIP)
    gc.unfreeze()


def test_a_post_with_twenty_comments(app: Flask, make: Maker,
                                     reference: Callable[[], object]) -> None:
    post = make.post("A post of 800 words", text=WORDS, author=make.person())
    for name, body in REMARKS:
        make.comment(post, body, name=name, approved=True)
    path, client = post.path, app.test_client()
    say("A post page, no cache", *in_turn(lambda: client.get(path), reference))


def test_the_first_page_of_the_desk(app: Flask, editor: Visitor, make: Maker,
                                    reference: Callable[[], object]) -> None:
    post = make.post()
    for number in range(50):
        make.comment(post, f"Waiting remark {number}.", name=f"Reader{number}")

    def ask(*, forget: bool = False) -> None:
        if forget:
            app.extensions["pieces"].forget()
        editor.client.get("/desk/")

    ours, plain = in_turn(ask, reference)
    say("The desk's first page, 50 cards", ours, plain)
    say("… no card drawn before", *in_turn(lambda: ask(forget=True), reference))
    assert ours <= DESK * plain


def test_a_comment_accepted(app: Flask, make: Maker, reference: Callable[[], object]) -> None:
    post, number = make.post(), iter(range(10_000))
    path, client = f"{post.path}/comments", app.test_client()

    def send() -> None:
        # Nobody may say so much so fast.
        this = next(number)
        answer = client.post(path, headers={"Sec-Fetch-Site": "same-origin"}, data={
            "author_name": "Rita", "author_email": f"rita{this}@reader.example",
            "body": f"Remark {this}."})
        assert answer.status_code == 303

    say("A comment accepted, durable", *in_turn(send, reference))
