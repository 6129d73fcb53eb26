"""The load generators count what comes back, and what does not, over real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from bench.load import constant_rate, streams
from bench.servers import Target

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
BAD = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"
TOKEN = b'data: {"choices":[{"delta":{"content":"tok"}}]}\n\n'


@pytest.mark.parametrize("answer", [GOOD, CHUNKED])
def test_a_constant_rate_sends_all_that_it_should(answer: bytes) -> None:
    with answering(answer) as target:
        outcome = constant_rate(target, 200, 0.5, connections=4)

    assert (outcome.requests, outcome.failed) == (100, 0)
    assert 0 < outcome.p50 <= outcome.p99


def test_an_error_is_a_failure() -> None:
    with answering(BAD) as target:
        outcome = constant_rate(target, 200, 0.1, connections=4)

    assert (outcome.requests, outcome.failed) == (20, 20)


def test_tokens_of_a_stream_are_counted() -> None:
    with answering(GOOD[:17] + b"\r\n" + TOKEN * 3 + b"data: [DONE]\n\n") as target:
        outcome = streams(target, 2, 0.01)

    assert outcome.streams > 0
    assert outcome.failed == 0
    assert 0 < outcome.first_p50 <= outcome.first_p99


def test_a_stream_without_tokens_is_a_failure() -> None:
    with answering(BAD + b"data: [DONE]") as target:
        assert streams(target, 1, 0.01).failed == 1


def test_a_server_that_is_away_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        target = Target("nobody", listener.getsockname()[1], "/", {}, "m")

    assert streams(target, 1, 0.01).failed == 1


@contextmanager
def answering(answer: bytes) -> Iterator[Target]:
    """A server that gives one answer to whatever it reads."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, args=(listener, answer), daemon=True).start()
        yield Target("a server", listener.getsockname()[1], "/", {}, "m")


def accept(listener: socket.socket, answer: bytes) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=serve, args=(connection, answer), daemon=True).start()


def serve(connection: socket.socket, answer: bytes) -> None:
    with connection:
        while connection.recv(65536):
            connection.sendall(answer)
