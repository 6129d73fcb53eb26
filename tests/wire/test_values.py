"""Values to JSON and back."""

from __future__ import annotations

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from licet.adapters.store.rows import value_from, value_text
from licet.core.facts import LARGEST_INTEGER, UNKNOWN, Members, Value
from licet.wire.values import ValueFormError, from_json, to_json

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.just(UNKNOWN),
    st.booleans(),
    st.integers(-LARGEST_INTEGER, LARGEST_INTEGER),
    TEXT,
    st.builds(Members, st.frozensets(TEXT), st.booleans()),
)


@given(VALUES)
def test_every_value_comes_back_as_it_was(value: Value) -> None:
    back = from_json(json.loads(json.dumps(to_json(value))))
    assert back == value
    assert type(back) is type(value)


@given(VALUES)
def test_the_text_in_the_store_is_canonical(value: Value) -> None:
    assert value_text(value).encode() == rfc8785.dumps(to_json(value))  # type: ignore[arg-type]
    assert value_from(value_text(value)) == value


@given(VALUES, VALUES)
def test_equal_texts_are_equal_values(one: Value, other: Value) -> None:
    same = type(one) is type(other) and one == other
    assert (value_text(one) == value_text(other)) is same


@pytest.mark.parametrize(
    "tree",
    [
        None,
        1.0,
        float("nan"),
        [],
        {},
        {"unknown": False},
        {"unknown": 1},
        {"unknown": "true"},
        {"unknown": True, "known": []},
        {"known": []},
        {"known": [], "complete": 1},
        {"known": "US", "complete": True},
        {"known": [1], "complete": True},
        {"known": ["US", "US"], "complete": True},
        {"known": [], "complete": True, "more": 1},
        2**53,
        -(2**53),
    ],
)
def test_every_other_tree_is_refused(tree: object) -> None:
    with pytest.raises(ValueFormError, match="`"):
        from_json(tree)


def test_an_integer_that_readers_disagree_on_is_not_written() -> None:
    with pytest.raises(ValueFormError, match="too large"):
        to_json(2**53)
