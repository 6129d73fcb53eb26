"""The bar appears on a terminal after two seconds, and never in a pipe; the lines are the same."""

from __future__ import annotations

import io
from collections.abc import Callable

from licet.cli.terminal.progress import reported, tracked

LINES = [b"one\n", b"two\n", b"three\n"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def seconds(step: float) -> Callable[[], float]:
    passed = iter(number * step for number in range(100))
    return lambda: next(passed)


def test_in_a_pipe_there_is_none() -> None:
    stream = io.StringIO()
    assert list(tracked(LINES, 14, "people.csv", stream=stream, stopwatch=seconds(10))) == LINES
    assert stream.getvalue() == ""


def test_on_a_terminal_not_before_two_seconds() -> None:
    stream = Terminal()
    assert list(tracked(LINES, 14, "people.csv", stream=stream, stopwatch=seconds(0.5))) == LINES
    assert stream.getvalue() == ""


def test_on_a_terminal_after_two_seconds() -> None:
    stream = Terminal()
    assert list(tracked(LINES, 14, "people.csv", stream=stream, stopwatch=seconds(1.5))) == LINES
    assert "people.csv" in stream.getvalue()


def test_what_is_reported_appears_on_a_terminal_after_two_seconds() -> None:
    for stream, step, shown in ((Terminal(), 1.5, True), (Terminal(), 0.5, False), (io.StringIO(), 10.0, False)):
        with reported(stream=stream, stopwatch=seconds(step)) as report:
            report("counting", 0.1)
            report("counting", 0.7)
        assert ("counting" in stream.getvalue()) == shown
        assert shown or stream.getvalue() == ""
