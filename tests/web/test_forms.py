"""What all forms share."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.comments.models import Comment
from app.web.forms import Email, Form, Line, Moment, Prose
from tests.making import Maker
from tests.visiting import Visitor


class Everything(Form):
    """One field of every sort."""

    line = Line("Line")
    prose = Prose("Prose")
    email = Email("E-mail")
    moment = Moment("Moment")


def filled(**data: str) -> Everything:
    form = Everything(MultiDict({"email": "ada@reader.example", **data}))
    form.validate()
    return form


def test_a_line_is_one_line_without_signs_that_nobody_sees() -> None:
    assert filled(line=" a\r\nb\t\x00c\u2028 d ").line.data == "a b c d"


def test_prose_keeps_its_lines_and_loses_what_windows_adds() -> None:
    assert filled(prose="a\r\n\r\n  b\x00\rc \n").prose.data == "a\n\n  b\nc"


def test_an_address_is_kept_in_lower_case() -> None:
    assert filled(email=" Ada@Reader.EXAMPLE ").email.data == "ada@reader.example"


@pytest.mark.parametrize("typed", ["ada", "ada@", "a b@c.example", "ada@reader.example x", ""])
def test_what_is_no_address_is_told(typed: str) -> None:
    assert "does not look like" in filled(email=typed).first_error()


@pytest.mark.parametrize(("typed", "moment"), [
    ("2026-05-04T12:30", "2026-05-04 12:30:00+00:00"),
    ("2026-05-04T12:30:15", "2026-05-04 12:30:15+00:00"),
    ("", "None"),
])
def test_a_moment_is_in_utc(typed: str, moment: str) -> None:
    assert str(filled(moment=typed).moment.moment) == moment


@pytest.mark.parametrize("typed", ["tomorrow", "2026-13-04T12:30", "2026-05-04",
                                   "0000-00-00T00:00"])
def test_what_is_no_moment_is_told(typed: str) -> None:
    assert filled(moment=typed).errors["moment"]


def test_a_form_that_lacks_a_field_is_told_and_does_not_break() -> None:
    assert not Everything(MultiDict()).validate()


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
@pytest.mark.parametrize("bad", [b"caf\xe9", b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xae"])
def test_a_body_that_is_not_utf_8_is_told_and_nothing_of_it_is_stored(
        visitor: Visitor, session: Session, make: Maker, kind: str, bad: bytes) -> None:
    post = make.post()
    answer = visitor.client.post(f"{post.path}/comments", **body(kind, bad))
    assert answer.status_code == 422
    assert "UTF-8" in answer.text
    assert session.scalars(sa.select(Comment)).all() == []


def test_a_body_that_is_utf_8_is_taken_in_any_script(
        visitor: Visitor, session: Session, make: Maker) -> None:
    post = make.post()
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        words = f"Grüße 领导力 😀 {kind[:5]}".encode()
        answer = visitor.client.post(f"{post.path}/comments", **body(kind, words))
        assert answer.status_code == 303
    assert len(session.scalars(sa.select(Comment)).all()) == 2


def body(kind: str, words: bytes) -> dict[str, object]:
    """A comment's form as a browser would send it, but for its bytes."""
    fields = {b"author_name": b"Ada", b"author_email": b"ada@reader.example", b"body": words}
    if kind == "multipart/form-data":
        parts = [b'--xx\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % pair
                 for pair in fields.items()]
        return {"data": b"".join(parts) + b"--xx--\r\n", "content_type": f"{kind}; boundary=xx"}
    quoted = b"&".join(name + b"=" + b"".join(b"%%%02X" % sign for sign in value)
                       for name, value in fields.items())
    return {"data": quoted, "content_type": kind}


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "", "multipart/form-data",
                                  "application/x-www-form-urlencoded; charset=utf-16"])
def test_a_body_of_another_kind_is_an_empty_form(
        visitor: Visitor, make: Maker, kind: str) -> None:
    answer = visitor.client.post(f"{make.post().path}/comments", data=b'{"body": "x"}',
                                 content_type=kind)
    assert answer.status_code == 422
