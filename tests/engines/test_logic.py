"""Formulas built at the C interface mean what the operators of z3 mean; planes have the bits they are named for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import z3
from hypothesis import given
from hypothesis import strategies as st

from licet.engines.columns.sets import planes
from licet.engines.smt.logic import (
    FALSE,
    TRUE,
    Holds,
    ask,
    differ,
    every,
    follows,
    is_same,
    last,
    no,
    one_of,
    same,
    solver,
    some,
    tell,
)
from licet.engines.smt.simplest import Wishes

PARTS = (z3.Bool("a"), z3.Bool("b"), TRUE, FALSE)


def equal(one: z3.BoolRef, other: z3.BoolRef) -> bool:
    asked = z3.Solver()
    asked.add(one != other)
    return bool(asked.check() == z3.unsat)


def test_operators_mean_what_those_of_z3_mean() -> None:
    for parts in (*product(PARTS, repeat=2), *product(PARTS, repeat=3), (), (PARTS[0],)):
        assert equal(every(parts), z3.And(list(parts))), parts
        assert equal(some(parts), z3.Or(list(parts))), parts
    for one, other in product(PARTS, repeat=2):
        assert equal(differ(one, other), z3.Xor(one, other))
        assert equal(same(one, other), one == other)
        assert equal(follows(one, other), z3.Implies(one, other))
        assert equal(no(one), z3.Not(one))


def test_what_is_constant_is_folded() -> None:
    flag = PARTS[0]

    assert is_same(every((flag, TRUE)), flag)
    assert is_same(some((FALSE, flag, flag)), flag)
    assert is_same(every((flag, FALSE)), FALSE)
    assert is_same(some((flag, TRUE)), TRUE)
    assert is_same(every(()), TRUE)
    assert is_same(some(()), FALSE)
    assert is_same(no(TRUE), FALSE)
    assert not is_same(no(flag), flag)


def test_wishes_are_granted_in_their_order_and_the_first_flag_that_can_be_is_settled_on() -> None:
    flags = [z3.Bool(f"place {number}") for number in range(6)]
    made, asked = solver(), 0
    tell(made, one_of(flags), no(flags[0]), no(flags[1]), follows(flags[2], PARTS[0]))

    def like(wishes: Sequence[z3.BoolRef]) -> Holds | None:
        nonlocal asked
        asked += 1
        return last(made) if ask(made, wishes) else None

    found = like([flags[5]])
    assert found is not None
    wishes = Wishes(like, [], found)

    assert wishes.settle(no(PARTS[0]))
    wishes.settle_first(flags, [no(each) for each in flags])
    assert [wishes.found(flag) for flag in flags] == [False, False, False, True, False, False]
    before = asked
    assert wishes.settle(flags[3])
    assert asked == before, "what holds already is not asked"
    assert not wishes.settle(flags[2])
    assert not wishes.settle(PARTS[0])


@given(st.lists(st.integers(0, 2**200)))
def test_a_plane_has_the_numbers_that_have_its_power_of_two(numbers: list[int]) -> None:
    found = planes(numbers)

    assert len(found) == max(numbers, default=0).bit_length()
    for place, number in enumerate(numbers):
        highest = len(numbers) - 1 - place
        assert sum((plane >> highest & 1) << power for power, plane in enumerate(found)) == number


def test_the_first_flag_that_can_be_is_found_however_late_ones_are_offered_before() -> None:
    flags = [z3.Bool(f"place {number}") for number in range(6)]
    contraries = [no(flag) for flag in flags]

    def latest(wishes: Sequence[z3.BoolRef]) -> Holds | None:
        ruled_out = {place for place, each in enumerate(contraries) for wish in wishes if is_same(each, wish)}
        possible = [place for place in (2, 3, 4, 5) if place not in ruled_out]
        return (lambda flag: is_same(flag, flags[possible[-1]])) if possible else None

    found = latest([])
    assert found is not None
    wishes = Wishes(latest, [], found)
    wishes.settle_first(flags, contraries)

    assert [place for place, flag in enumerate(flags) if wishes.found(flag)] == [2]
