"""Uploaded files are sent in the parts that players ask for."""

from io import BytesIO

import pytest
from flask import Flask

WHOLE = b"0123456789"


@pytest.fixture
def path(app: Flask) -> str:
    app.config["MEDIA"].put("ten.mp3", BytesIO(WHOLE))
    return "/media/ten.mp3"


@pytest.mark.parametrize(("wanted", "status", "body"), [
    ("bytes=0-", 206, WHOLE), ("bytes=2-4", 206, b"234"), ("bytes=-3", 206, b"789"),
    ("bytes=8-99", 206, b"89"), ("bytes=10-", 416, None),
    # What must be ignored, and of several parts, may be (RFC 9110, section 14.2).
    ("seconds=1-2", 200, WHOLE), ("bytes=4-2", 200, WHOLE), ("bytes=x", 200, WHOLE),
    ("bytes=0-1,4-5", 200, WHOLE)])
def test_a_range_is_one_part_or_else_the_whole(app: Flask, path: str, wanted: str, status: int,
                                               body: bytes | None) -> None:
    with app.test_client().get(path, headers={"Range": wanted}) as answer:
        assert answer.status_code == status
        assert body in {None, answer.data}


def test_a_head_is_told_of_the_whole(app: Flask, path: str) -> None:
    with app.test_client().head(path, headers={"Range": "bytes=2-4"}) as answer:
        assert (answer.status_code, answer.content_length) == (200, len(WHOLE))
