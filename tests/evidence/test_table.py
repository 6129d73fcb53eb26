"""Trials as columns: what each tells, and that a selection tells the same of fewer."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from tests.campaigns import suite, trials

from licet.core.evidence.trial import Came, Trial
from licet.evidence.trials.table import CHUNK, table_of

ONE = Trial(suite="words", item="a", arm="plain", came=Came.SERVED, score=1.0)


def test_a_column_holds_what_the_trials_hold() -> None:
    table = table_of([ONE, replace(ONE, item="b", score=None, tokens=7, limit="tokens", family="f")])
    assert len(table) == 2
    assert table.items == ("a", "b")
    assert table.families == ("", "f")
    assert [table.names.values[code] for code in table.names.codes] == ["a", "b"]
    assert table.score[0] == 1.0
    assert math.isnan(table.score[1])
    assert math.isnan(table.tokens[0])
    assert table.tokens[1] == 7
    assert table.limits.given.tolist() == [False, True]


def test_no_trial_is_a_table_too() -> None:
    table = table_of([])
    assert len(table) == 0
    assert table.items == ()
    assert len(table.arm("plain")) == 0
    assert table.success(0.5).tolist() == []


def test_a_success_is_answered_by_the_model_and_scored_at_least_so_much() -> None:
    table = table_of([replace(ONE, score=0.5), replace(ONE, score=0.49), replace(ONE, came=Came.FALLBACK)])
    assert table.success(0.5).tolist() == [True, False, False]


def test_what_was_blocked_is_no_success_and_needs_no_score() -> None:
    table = table_of([replace(ONE, came=Came.BLOCKED, score=None), replace(ONE, came=Came.FALLBACK, score=None)])
    assert not table.holes.any()
    assert not table.success(0.0).any()


def test_an_error_an_unscored_answer_and_an_invalidated_one_are_neither_success_nor_failure() -> None:
    table = table_of([replace(ONE, came=Came.ERROR), replace(ONE, score=None), replace(ONE, invalid="wrong prompt")])
    assert table.holes.all()
    assert not table.success(0.0).any()
    assert len(table.counted) == 0


def test_codes_mean_the_same_in_two_selections() -> None:
    table = table_of([*trials(suite(4)), *trials(suite(4), arm="with scaffold")])
    first, second = table.arm("plain"), table.arm("with scaffold")
    assert len(first) == len(second) == 4
    assert first.names.codes.tolist() == second.names.codes.tolist()
    assert first.where(first.names.equal("item-2")).items == ("item-2",)


def test_a_text_that_no_trial_has_selects_nothing_not_even_what_has_no_text() -> None:
    table = table_of([ONE])
    assert not table.limits.equal("tokens").any()
    assert not table.arms.equal("other").any()


def test_counts_and_sums_by_code() -> None:
    table = table_of([replace(ONE, tokens=3), replace(ONE, item="b", tokens=4), replace(ONE, tokens=5)])
    assert table.names.counts().tolist() == [2, 1]
    assert table.names.counts(np.array([True, False, False])).tolist() == [1, 0]
    assert table.names.sums(table.tokens).tolist() == [8, 4]


def test_trials_are_read_in_their_order_however_many_they_are() -> None:
    many = CHUNK + 10
    table = table_of(replace(ONE, attempt=n) for n in range(many))
    assert table.attempt.tolist() == list(range(many))
