"""A connection over which nothing goes any more is closed; whoever goes on is left alone."""

import socket
from collections.abc import Iterator

import pytest

from app.operations.serving.stalling import LEAST, SECONDS, Stalls


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def both(server: socket.socket) -> Iterator[tuple[socket.socket, socket.socket]]:
    """A sender and the connection as we have it."""
    with socket.create_connection(server.getsockname()) as sender, server.accept()[0] as ours:
        yield sender, ours


def test_a_sender_of_a_byte_now_and_then_is_cut_off(
        server: socket.socket, both: tuple[socket.socket, socket.socket]) -> None:
    sender, ours = both
    stalls = Stalls(server.getsockname()[1])
    for now in range(0, int(SECONDS), 5):
        sender.sendall(b"x")
        ours.recv(1)
        assert stalls.close(now) == 0
    assert stalls.close(SECONDS) == 1
    assert sender.recv(1) == b""


@pytest.mark.parametrize("receives", [True, False])
def test_whoever_sends_or_takes_something_is_left_alone(
        server: socket.socket, both: tuple[socket.socket, socket.socket], receives: bool) -> None:
    source, sink = both if receives else both[::-1]
    stalls = Stalls(server.getsockname()[1])
    for now in range(0, 3 * int(SECONDS), 10):
        source.sendall(b"x" * LEAST)
        sink.recv(LEAST, socket.MSG_WAITALL)
        assert stalls.close(now) == 0


def test_the_socket_that_takes_connections_is_none(server: socket.socket) -> None:
    stalls = Stalls(server.getsockname()[1])
    assert stalls.close(0) == stalls.close(10 * SECONDS) == 0


def test_other_sockets_of_the_process_are_none_of_its_business(server: socket.socket) -> None:
    one, other = socket.socketpair()
    with one, other:
        assert Stalls(server.getsockname()[1]).close(0) == 0
