"""What is said to a writer before they send, and that it is never in the way."""

import json
from pathlib import Path

import pytest

from app.comments.nudging import nudge
from tests.making import Maker
from tests.visiting import Visitor

EXAMPLES = json.loads(Path(__file__).with_name("nudges.json").read_text())


@pytest.mark.parametrize(("source", "kind"), EXAMPLES)
def test_a_shout_and_two_words_are_noticed_and_nothing_else(source: str, kind: str | None) -> None:
    assert nudge(source) == kind


def test_a_nudged_comment_is_taken_all_the_same(visitor: Visitor, make: Maker) -> None:
    visitor.post(f"{make.post().path}/comments", {
        "author_name": "Rita", "author_email": "rita@reader.example", "body": "NICE POST!!!"})
