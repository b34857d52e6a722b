"""How well the classifier tells spam, on public messages, and what one score costs.

It learns from the first part of the file and is asked about the rest, in that order, at the usual
threshold. Precision: of what it calls spam, how much is. Recall: of what is spam, how much it calls
so.
"""

from statistics import median
from time import process_time

from flask import Flask
from sqlalchemy.orm import Session

from app.rules import classifier
from app.rules.checks import RULES
from app.rules.classifier import Taught, words
from tests.bench.messages import messages

PERCENT = RULES["classifier"].settings["percent"].default
LEARNED = (50, 100, 250, 500, 1000, 2000, 3400)


def teach(session: Session, told: list[tuple[bool, str]]) -> None:
    for spam, text in told:
        classifier.learn(session, words(text), Taught.SPAM if spam else Taught.HAM)
    session.commit()


def judged(session: Session, text: str) -> bool:
    found, _learned = classifier.score(session, words(text))
    return found is not None and found * 100 >= float(PERCENT)  # type: ignore[arg-type]


def say(learned: int, asked: list[tuple[bool, bool]]) -> tuple[float, float]:
    """Prints precision and recall of (is spam, was called spam)."""
    called = [spam for spam, said in asked if said]
    missed = sum(spam and not said for spam, said in asked)
    right = sum(called)
    precision, recall = right / max(len(called), 1), right / max(right + missed, 1)
    print(f"  learned {learned:5}: precision {precision:.3f}, recall {recall:.3f}"
          f"  ({len(called) - right} of {sum(not spam for spam, _ in asked)} good messages held,"
          f" {missed} of {right + missed} spam missed)")
    return precision, recall


def test_precision_and_recall_on_public_messages(session: Session) -> None:
    told, done = messages(), 0
    print(f"\n{len(told)} messages, {sum(spam for spam, _ in told)} of them spam, from"
          f" {PERCENT} percent on; always asked about the last {len(told) - LEARNED[-1]}:")
    for learned in LEARNED:
        teach(session, told[done:learned])
        done = learned
        rest = [(spam, judged(session, text)) for spam, text in told[LEARNED[-1]:]]
        precision, recall = say(learned, rest)
    assert precision > 0.95
    assert recall > 0.85


def test_precision_and_recall_while_it_learns(session: Session) -> None:
    told, asked = messages(), []
    start = int(RULES["classifier"].settings["after"].default)  # type: ignore[call-overload]
    teach(session, told[:start])
    for spam, text in told[start:]:
        asked.append((spam, judged(session, text)))
        classifier.learn(session, words(text), Taught.SPAM if spam else Taught.HAM)
    print(f"\nEach message asked about once, then learned, from the {start}th on:")
    say(len(told), asked)


def test_what_one_score_costs(app: Flask, session: Session) -> None:
    told = messages()
    teach(session, told[:1500])
    comment = " ".join(text for _spam, text in told[2000:2012])
    rounds = []
    for _ in range(9):
        began = process_time()
        for _ in range(50):
            classifier.score(session, words(comment))
        rounds.append((process_time() - began) * 1000 / 50)
    print(f"\nOne score of a comment of {len(comment)} characters, {len(words(comment))} words"
          f" counted: {median(rounds):.2f} ms of CPU")
