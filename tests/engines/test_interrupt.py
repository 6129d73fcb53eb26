"""Ctrl-C while z3 works ends the question; it is never taken for an answer."""

from __future__ import annotations

import ctypes
import os
import signal
import threading
from itertools import combinations

import pytest
import z3

from licet.adapters.interrupt import stopped_by_ctrl_c
from licet.engines.smt.logic import ask, every, no, solver, some, tell

PIGEONS = 13
"""They do not fit into one hole less, which takes a solver of this kind minutes to see."""


def pigeons() -> z3.Solver:
    sits = [[z3.Bool(f"pigeon {one} in {hole}") for hole in range(PIGEONS - 1)] for one in range(PIGEONS)]
    made = solver()
    tell(made, *(some(holes) for holes in sits))
    for hole in zip(*sits, strict=True):
        tell(made, *(no(every(pair)) for pair in combinations(hole, 2)))
    return made


def test_ctrl_c_is_not_an_answer() -> None:
    hard = pigeons()
    hard.set("timeout", 60_000)
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt), stopped_by_ctrl_c(z3.main_ctx().interrupt):
        ask(hard, [])
    assert signal.set_wakeup_fd(-1) == -1


def test_ctrl_c_is_not_lost_where_the_answer_comes_first() -> None:
    easy = solver()
    tell(easy, z3.Bool("anything"))
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt), stopped_by_ctrl_c(z3.main_ctx().interrupt):
        while ask(easy, []):
            pass


def test_a_limit_of_time_is_none() -> None:
    hard = pigeons()
    hard.set("timeout", 50)
    assert ask(hard, []) is None


def test_an_interruption_that_became_another_error_is_one_again() -> None:
    """ctypes makes an `ArgumentError` of whatever comes while it converts an argument."""

    class Slow:
        @property
        def _as_parameter_(self) -> int:
            signal.raise_signal(signal.SIGINT)
            return 1

    with pytest.raises(ctypes.ArgumentError, match="KeyboardInterrupt"):
        ctypes.CDLL(None).abs(Slow())
    with pytest.raises(KeyboardInterrupt), stopped_by_ctrl_c(lambda: None):
        ctypes.CDLL(None).abs(Slow())


def test_another_error_stays_what_it_is() -> None:
    with pytest.raises(ValueError, match="another"), stopped_by_ctrl_c(lambda: None):
        raise ValueError("another")
