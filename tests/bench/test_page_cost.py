"""What a page costs, as a ratio to a plain Flask page with the same text, measured in one run.

CPU time of this process, rounds of both in turn, medians. A ratio is printed, not judged: a page
of ours does more (cleaning, bios, neighbours, related posts), and here it is made anew each time.
"""

from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time

from flask import Flask

from tests.bench.reference import make_reference
from tests.making import Maker
from tests.visiting import Visitor

ROUNDS, REQUESTS = 9, 20
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


def test_a_post_with_twenty_comments(app: Flask, make: Maker, tmp_path: Path) -> None:
    post = make.post("A post of 800 words", text=WORDS, author=make.person())
    remarks = [(f"Reader {number}", f"Remark {number}, with some words.") for number in range(20)]
    for name, body in remarks:
        make.comment(post, body, name=name, approved=True)
    plain = make_reference(str(tmp_path / "plain.sqlite"), post.title, post.html, remarks)
    path, ours, reference = post.path, app.test_client(), plain.test_client()
    say("A post page, no cache", *in_turn(lambda: ours.get(path), lambda: reference.get("/")))


def test_the_first_page_of_the_desk(editor: Visitor, make: Maker, tmp_path: Path) -> None:
    post = make.post()
    for number in range(50):
        make.comment(post, f"Waiting remark {number}.", name=f"Reader {number}")
    plain = make_reference(str(tmp_path / "plain.sqlite"), post.title, post.html,
                           [("Reader", "Remark.")] * 20)
    reference = plain.test_client()
    say("The desk's first page, 50 cards",
        *in_turn(lambda: editor.client.get("/desk/"), lambda: reference.get("/")))


def test_a_comment_accepted(app: Flask, make: Maker, tmp_path: Path) -> None:
    post, number = make.post(), iter(range(10_000))
    plain = make_reference(str(tmp_path / "plain.sqlite"), post.title, post.html,
                           [("Reader", "Remark.")] * 20)
    path, client, reference = f"{post.path}/comments", app.test_client(), plain.test_client()

    def send() -> None:
        # Nobody may say so much so fast.
        this = next(number)
        answer = client.post(path, headers={"Sec-Fetch-Site": "same-origin"}, data={
            "author_name": "Rita", "author_email": f"rita{this}@reader.example",
            "body": f"Remark {this}."})
        assert answer.status_code == 303

    say("A comment accepted, durable", *in_turn(send, lambda: reference.get("/")))
