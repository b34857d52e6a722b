"""What is sent has come before anybody waits in the line of writers behind its sender."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask

from app.accounts.models import Role
from app.comments.actions import KIND
from app.database import db, writing
from app.web.turns import SHORT
from tests.making import Maker
from tests.visiting import Visitor

WORDS = b"x" * SHORT
FORM = b'--xx\r\nContent-Disposition: form-data; name="body"\r\n\r\n%s\r\n--xx--\r\n' % WORDS


class Watched(BytesIO):
    """A body that notes whether a transaction is open while it is waited for."""

    def __init__(self) -> None:
        super().__init__(FORM)
        self.in_transaction = list[bool]()

    def read(self, size: int | None = -1) -> bytes:
        """At most so many bytes."""
        self.in_transaction.append(db.session.in_transaction())
        return super().read(size)


def address(app: Flask, endpoint: str, arguments: set[str]) -> str:
    return app.url_map.bind("localhost").build(endpoint, dict.fromkeys(arguments, 1), "POST")


@pytest.fixture
def send(signed_in: Callable[..., Visitor]) -> Callable[[str], list[bool]]:
    """Sends a long form as an administrator; tells what was open while it was on its way."""
    visitor = signed_in(Role.ADMIN)

    def sent(path: str) -> list[bool]:
        body = Watched()
        visitor.client.post(path, input_stream=body, content_length=len(FORM),
                            content_type="multipart/form-data; boundary=xx",
                            headers={"Sec-Fetch-Site": "same-origin"})
        return body.in_transaction
    return sent


def test_no_transaction_is_open_while_words_are_on_their_way(
        make: Maker, send: Callable[[str], list[bool]]) -> None:
    comment = make.comment(make.post(), approved=True)
    for path in (f"{comment.entry.path}/comments", f"{comment.path}/report",
                 f"/desk/items/{make.item(KIND, comment.id).id}/approval"):
        assert set(send(path)) == {False}, path


def test_no_transaction_is_open_while_files_are_on_their_way(
        app: Flask, send: Callable[[str], list[bool]]) -> None:
    taking = {address(app, rule.endpoint, rule.arguments) for rule in app.url_map.iter_rules()
              if getattr(app.view_functions[rule.endpoint], "takes_files", 0)}
    assert len(taking) > 4
    # What machines push is read by whoever knows them.
    known = {path for path in taking if not path.startswith("/feeds/push/")}
    assert [path for path in known if set(send(path)) != {False}] == []


def test_who_is_told_to_go_away_waits_for_no_writer(app: Flask, guest: Visitor) -> None:
    with app.app_context(), writing() as other:
        other.connection()
        assert guest.client.post("/desk/items/1/approval").status_code == 403
