"""Few requests are worked on at once; who waits for a sender takes no place among them."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Event

import pytest
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Request, Response

from app.web import turns
from app.web.turns import LONG, PLACES, Turns

WAIT = 20


class Slow:
    """A body that comes when it is let go."""

    def __init__(self, words: bytes = b"") -> None:
        self.asked, self.come = Event(), Event()
        self.words = words

    def read(self, size: int = -1) -> bytes:
        self.asked.set()
        assert self.come.wait(WAIT)
        return self.words


class InParts:
    """A body that comes in parts, with another request behind it."""

    def __init__(self, *parts: bytes) -> None:
        self.parts = list(parts)

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes, and no more than have come."""
        part = self.parts.pop(0)
        return part[:size] if size >= 0 else part


class Site:
    """An application that reads what is sent, and at /wait also waits for somebody."""

    def __init__(self) -> None:
        self.go_on = Event()
        self.closed = list[str]()
        self.client = Client(Turns(self.answer))
        self.pool = ThreadPoolExecutor(PLACES + 2)

    @Request.application
    def answer(self, request: Request) -> Response:
        if request.path == "/long":
            answer = Response(b"x" * (LONG + 1))
            answer.call_on_close(lambda: self.closed.append(request.path))
            return answer
        if request.path == "/wait":
            assert self.go_on.wait(WAIT)
        if request.path == "/lines":
            return Response(b"|".join(request.environ["wsgi.input"].readlines()))
        try:
            return Response(request.environ["wsgi.input"].read())
        except ServiceUnavailable as error:
            return error.get_response()

    def send(self, body: object = None, address: str = "203.0.113.5",
             **more: str) -> TestResponse:
        given = {"wsgi.input": body, **more} if body else {}
        return self.client.post("/", environ_overrides={**given, "REMOTE_ADDR": address})


@pytest.fixture
def site() -> Site:
    return Site()


def test_slow_senders_keep_nobody_from_a_place(site: Site) -> None:
    bodies = [Slow() for _ in range(PLACES + 1)]
    sent = [site.pool.submit(site.send, body) for body in bodies]
    assert all(body.asked.wait(WAIT) for body in bodies)
    assert site.send().status_code == 200
    for body in bodies:
        body.come.set()
    assert [each.result().status_code for each in sent] == [200] * len(bodies)


def test_a_short_body_has_come_before_its_sender_takes_a_place(
        site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "BODIES_EACH", 1)
    body = Slow(b"now")
    late = site.pool.submit(site.send, body, CONTENT_LENGTH="3")
    assert body.asked.wait(WAIT)
    assert site.send(Slow(), CONTENT_LENGTH="3").status_code == 503, "so many are too many"
    assert site.send(address="198.51.100.7").status_code == 200
    body.come.set()
    assert late.result().data == b"now"


def test_a_short_body_that_comes_in_parts_is_whole_and_ends_where_it_said(site: Site) -> None:
    body = InParts(b"now ", b"then", b"another request")
    assert site.send(body, CONTENT_LENGTH="8").data == b"now then"
    assert site.send(InParts(b"no", b""), CONTENT_LENGTH="8").data == b"no", "they left"
    assert site.send(InParts(b"now ", b"then"), CONTENT_LENGTH="6").data == b"now th"


def test_a_body_may_be_read_by_its_lines(site: Site) -> None:
    assert site.client.post("/lines", environ_overrides={
        "wsgi.input": BytesIO(b"one\ntwo")}).data == b"one\n|two"


def test_a_sender_who_is_gone_takes_no_place_along(site: Site) -> None:
    with pytest.raises(IndexError):
        site.send(InParts())
    assert site.send().status_code == 200


def test_who_waits_too_long_for_a_place_is_told(
        site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PLACES", 1)
    monkeypatch.setattr(turns, "PATIENCE", 0.01)
    client = Client(Turns(site.answer))
    working = site.pool.submit(client.get, "/wait")
    while (answer := client.get("/")).status_code == 200:
        pass
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    site.go_on.set()
    assert working.result().status_code == 200
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_how_the_site_is_can_be_asked_while_all_who_work_wait_for_the_database(
        site: Site, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(turns, "PLACES", 1)
    monkeypatch.setattr(turns, "PATIENCE", 0.01)
    client = Client(Turns(site.answer))
    working = site.pool.submit(client.get, "/wait")
    while client.get("/").status_code == 200:
        pass
    assert client.get(path).status_code == client.head(path).status_code == 200
    assert client.post(path).status_code == 503, "whoever sends something waits for their turn"
    site.go_on.set()
    assert working.result().status_code == 200


@pytest.mark.parametrize(("bound", "other"), [("BODIES", 503), ("BODIES_EACH", 200)])
def test_bodies_on_their_way_are_bounded_in_all_and_from_one_address(
        site: Site, monkeypatch: pytest.MonkeyPatch, bound: str, other: int) -> None:
    monkeypatch.setattr(turns, bound, 1)
    body = Slow()
    sent = site.pool.submit(site.send, body)
    assert body.asked.wait(WAIT)
    assert site.send().status_code == 503
    assert site.send(address="198.51.100.7").status_code == other
    body.come.set()
    assert sent.result().status_code == 200
    assert site.send().status_code == 200


def test_readers_of_long_answers_are_bounded_until_they_have_read_or_left(
        site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "READERS", 1)
    client = Client(Turns(site.answer))
    reader = client.get("/long")
    assert client.get("/long").status_code == 503
    assert len(site.closed) == 1, "what is refused keeps no file open"
    assert client.get("/").status_code == 200
    reader.close()
    reader.close()
    assert len(client.get("/long", buffered=True).data) == LONG + 1
    assert client.get("/long", buffered=True).status_code == 200
