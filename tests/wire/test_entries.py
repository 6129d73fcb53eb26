"""A whole case is spelled as RFC 8785 has it, and its digest changes with all that is in it, and with its blind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from licet.core.cases.entry import ClockKey, Entry, Exhibit
from licet.wire import entries
from licet.wire.entries import case_tree, digest_of, spelled

AT = datetime(2026, 6, 12, 21, tzinfo=UTC)
NAMES = st.text("abcdefghijklmnopqrstuvwxyz_0123456789", min_size=1, max_size=8)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
PLAIN = st.recursive(
    st.one_of(TEXTS, st.booleans(), st.none(), st.integers(-(2**53) + 1, 2**53 - 1)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)


def entry(number: int, fields: dict[str, Any]) -> Entry:
    exhibit = Exhibit("a.pdf", "application/pdf", 3, "sha256:" + "1" * 64)
    return Entry(
        number,
        "file",
        "applicant",
        "casey",
        AT,
        AT,
        fields,
        "O",
        "robin",
        (exhibit,),
        ClockKey("c", 1),
        "late",
        "act-1",
    )


@given(st.lists(st.dictionaries(NAMES, PLAIN, max_size=4), max_size=3))
def test_the_spelling_is_that_of_rfc_8785(fields: list[dict[str, Any]]) -> None:
    tree = case_tree("C-1", "sha256:p", [entry(n, each) for n, each in enumerate(fields, 1)])
    assert spelled(tree) == rfc8785.dumps(tree)


@pytest.mark.parametrize(
    "change",
    [
        {"event": "x"},
        {"role": "x"},
        {"actor": "x"},
        {"at": AT.replace(hour=22)},
        {"happened": AT.replace(hour=20)},
        {"fields": {"a": 2}},
        {"party": None},
        {"second": None},
        {"exhibits": ()},
        {"clock": None},
        {"late": None},
        {"act": None},
    ],
)
def test_the_digest_is_over_everything(change: dict[str, Any]) -> None:
    one = entry(1, {"a": 1})
    before, after = (case_tree("C-1", "sha256:p", [each]) for each in (one, replace(one, **change)))
    assert digest_of(before, bytes(32)) != digest_of(after, bytes(32))
    assert digest_of(before, bytes(32)) != digest_of(before, b"1" * 32)
    assert digest_of(before, bytes(32)) != digest_of(case_tree("C-2", "sha256:p", [one]), bytes(32))


def test_the_order_in_which_entries_come_does_not_matter() -> None:
    entries = [entry(2, {}), entry(1, {"a": 1})]
    assert case_tree("C-1", "p", entries) == case_tree("C-1", "p", entries[::-1])


@given(st.lists(st.dictionaries(NAMES, PLAIN, max_size=4), max_size=3))
def test_the_fast_spelling_is_the_slow_one(fields: list[dict[str, Any]]) -> None:
    tree = case_tree("C-1", "sha256:p", [entry(n, each) for n, each in enumerate(fields, 1)])
    assert entries._is_simple(tree["entries"]) and entries._fast(tree) == entries._slow(tree)


@pytest.mark.parametrize("code", range(0x250))
def test_every_character_is_spelled_the_same_by_both(code: int) -> None:
    tree = case_tree("C-1", "sha256:p", [entry(1, {"a": f"x{chr(code)}{chr(code + 0x2000)}\U0001f600"})])
    assert entries._fast(tree) == entries._slow(tree)


@pytest.mark.parametrize("value", [1.0, 1e22, 2**64, -(2**53), [{"a": 0.5}], {1: "a"}, {"a": 1e-7}, ("a",)])
def test_what_is_not_simple_is_spelled_slowly(value: Any) -> None:
    tree = case_tree("C-1", "sha256:p", [entry(1, {"a": value})])
    assert not entries._is_simple(value)
    assert spelled(tree) == entries._slow(tree)


@pytest.mark.parametrize("value", [float("nan"), [float("inf")], "\ud800"])
def test_what_has_no_spelling_has_none(value: Any) -> None:
    with pytest.raises(ValueError):
        spelled(case_tree("C-1", "sha256:p", [entry(1, {"a": value})]))
