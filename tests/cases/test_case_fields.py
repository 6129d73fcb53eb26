"""The fields of an event: read strictly, every problem at once, into one spelling."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cases.permits import procedure

from licet.cases.fields.read import FieldsRejected, read_fields
from licet.cases.fields.value import WrongValue, allowed, read_value
from licet.core.cases.procedure import FieldKind, FieldRule, Secrecy

DIGEST = "sha256:" + "a" * 64


def rule(kind: FieldKind, *values: str) -> FieldRule:
    return FieldRule("field", kind, "what it is", Secrecy.PUBLIC, values)


@pytest.mark.parametrize(
    ("kind", "raw", "read"),
    [
        (FieldKind.LINE, "  Café ", "Caf\u00e9"),
        (FieldKind.TEXT, "one\r\ntwo\n", "one\ntwo"),
        (FieldKind.BOOLEAN, True, True),
        (FieldKind.INTEGER, 2**53 - 1, 2**53 - 1),
        (FieldKind.INSTANT, "2026-06-12T17:21:00-04:00", "2026-06-12T21:21:00Z"),
        (FieldKind.INSTANT, "2026-06-12T21:21:00.50Z", "2026-06-12T21:21:00.500000Z"),
        (FieldKind.DATE, "2026-06-12", "2026-06-12"),
        (FieldKind.LINES, [" b ", "a"], ["b", "a"]),
        (FieldKind.COUNTRIES, ["US", "FR"], ["FR", "US"]),
        (FieldKind.ORGANISATION, "Example", "Example"),
        (FieldKind.SUBJECT, "alice", "alice"),
        (FieldKind.MODELS, ["b", "a"], ["a", "b"]),
        (FieldKind.INSTRUMENTS, ["b-1", "a-1"], ["a-1", "b-1"]),
        (FieldKind.CASES, ["C-2", "C-1"], ["C-2", "C-1"]),
        (FieldKind.DIGEST, DIGEST, DIGEST),
    ],
)
def test_one_spelling(kind: FieldKind, raw: Any, read: Any) -> None:
    assert read_value(rule(kind), raw) == read
    assert read_value(rule(kind), read) == read


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (FieldKind.LINE, ""),
        (FieldKind.LINE, " "),
        (FieldKind.LINE, "a\nb"),
        (FieldKind.LINE, "a\x00b"),
        (FieldKind.LINE, "a\u202eb"),
        (FieldKind.LINE, "a\ud800"),
        (FieldKind.LINE, "x" * 501),
        (FieldKind.LINE, 1),
        (FieldKind.TEXT, "a\x07"),
        (FieldKind.TEXT, "x" * 20_001),
        (FieldKind.TEXT, "a\u2028b"),
        (FieldKind.BOOLEAN, 1),
        (FieldKind.BOOLEAN, "true"),
        (FieldKind.INTEGER, True),
        (FieldKind.INTEGER, 2**53),
        (FieldKind.INTEGER, 1.0),
        (FieldKind.INSTANT, "2026-06-12T17:21:00"),
        (FieldKind.INSTANT, "2026-13-12T17:21:00Z"),
        (FieldKind.INSTANT, "0001-01-01T00:00:00+14:00"),
        (FieldKind.DATE, "2026-02-30"),
        (FieldKind.DATE, "20260612"),
        (FieldKind.LINES, "a"),
        (FieldKind.LINES, ["a", 1]),
        (FieldKind.LINES, ["a"] * 1_001),
        (FieldKind.COUNTRIES, ["us"]),
        (FieldKind.COUNTRIES, ["US", "US"]),
        (FieldKind.SUBJECT, "a b"),
        (FieldKind.MODELS, ["-a"]),
        (FieldKind.INSTRUMENTS, ["a", "a"]),
        (FieldKind.CASES, ["C-0"]),
        (FieldKind.CASES, ["C-1", "C-1"]),
        (FieldKind.DIGEST, DIGEST.upper()),
    ],
)
def test_what_a_field_cannot_be(kind: FieldKind, raw: Any) -> None:
    with pytest.raises(WrongValue, match="allowed: "):
        read_value(rule(kind), raw)


def test_choices() -> None:
    one, many = rule(FieldKind.CHOICE, "b", "a"), rule(FieldKind.CHOICES, "b", "a")
    assert read_value(one, "a") == "a"
    assert read_value(many, ["a", "b"]) == ["b", "a"]
    for wrong, raw in ((one, "c"), (many, ["c"]), (many, ["a", "a"]), (one, ["a"])):
        with pytest.raises(WrongValue, match="`b`, `a`"):
            read_value(wrong, raw)


@given(st.sampled_from([*FieldKind]), st.text() | st.lists(st.text()) | st.integers() | st.booleans() | st.none())
def test_reading_again_changes_nothing(kind: FieldKind, raw: Any) -> None:
    try:
        read = read_value(rule(kind, "a"), raw)
    except WrongValue as error:
        assert allowed(rule(kind, "a")) or str(error)
    else:
        assert read_value(rule(kind, "a"), read) == read


def test_every_problem_at_once_with_its_field() -> None:
    file = procedure("permits@1").events["file"]
    with pytest.raises(FieldsRejected) as rejected:
        read_fields(file, {"stray": 1, "urgent": "yes", "orders": ["a", "a"]})
    assert [each.field for each in rejected.value.problems] == ["stray", "organisation", "urgent", "orders"] or {
        each.field for each in rejected.value.problems
    } == {"stray", "organisation", "urgent", "orders"}
    assert "it takes" in rejected.value.problems[0].says
    assert "it is missing: who applies" in str(rejected.value)


def test_what_is_not_known_is_null_and_never_what_is_needed() -> None:
    file = procedure("permits@1").events["file"]
    assert read_fields(file, {"organisation": "Example", "urgent": None}) == {"organisation": "Example", "urgent": None}
    with pytest.raises(FieldsRejected, match="`organisation`: it has to be known"):
        read_fields(file, {"organisation": None})
