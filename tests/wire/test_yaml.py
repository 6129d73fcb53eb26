"""The strict YAML reader: any bytes are documents or a typed error with a place; what it reads, others read alike."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.wire import yaml
from licet.wire.yaml import YamlRejectedError

PARTS = (
    *("a", "b", ": ", "- ", "\n", "  ", "{", "}", "[", "]", ", ", "'", '"', "|\n ", ">-\n ", "# c", "---\n", "...\n"),
    *("&x", "*x", "!!int", "!t", "<<", "? ", "true", "null", "~", "1", "007", "1.5", "1_0", "\t", "\ufeff", "\\ud800"),
    *("é", "\x85", "\u2028", "\x00", "\r", "%YAML 1.1\n", "0x1", "'\"", "@", "`", "2026-06-12T00:00:00Z"),
)


def answer(content: bytes) -> list[Any] | YamlRejectedError:
    try:
        return [document.tree for document in yaml.read("f.yaml", content)]
    except YamlRejectedError as error:
        return error


@given(
    st.one_of(st.binary(max_size=100), st.lists(st.sampled_from(PARTS), max_size=40).map(lambda p: "".join(p).encode()))
)
@settings(max_examples=600, deadline=None)
def test_any_bytes_are_documents_or_a_typed_error_with_its_place(content: bytes) -> None:
    found = answer(content)
    if isinstance(found, YamlRejectedError):
        assert found.place.line >= 1
        assert found.place.column >= 1
        assert str(found).startswith("f.yaml:")
        assert found.message
    else:
        json.dumps(found)


texts = st.text(st.characters(codec="utf-8"), max_size=8)
trees = st.recursive(
    st.one_of(st.booleans(), st.none(), st.integers(-(10**17), 10**17), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)


@given(trees)
@settings(max_examples=300, deadline=None)
def test_json_is_read_as_json(tree: Any) -> None:
    """Every JSON document is YAML that is read to the same tree."""
    assert answer(json.dumps(tree).encode()) == ([] if tree is None else [tree])


@given(trees)
@settings(max_examples=200, deadline=None)
def test_what_another_library_wrote_is_read_back(tree: Any) -> None:
    """But for what it abbreviates with anchors, which are refused."""
    written = pyyaml.safe_dump(tree)
    found = answer(written.encode())
    if isinstance(found, YamlRejectedError):
        assert "anchors" in found.message or "surrogate" in found.message or "special characters" in str(found)
    else:
        assert found == ([] if tree is None else [tree])


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b"{a: " * 50_000,
        b"- " * 50_000,
        b"? " * 50_000,
        b"a: " * 50_000,
        b"'" * 100_001,
        b"&a " * 50_000,
        b"!a " * 50_000,
        b"--- a\n" * 20_000,
    ],
    ids=lambda content: repr(content[:6]),
)
def test_deep_and_repeated_marks_are_answered(content: bytes) -> None:
    found = answer(content)
    assert isinstance(found, YamlRejectedError) or len(found) == 20_000


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("on", "on"),
        ("1.5", "1.5"),
        ("007", "007"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("-0", 0),
        ("2026-06-12T18:51:00-04:00", "2026-06-12T18:51:00-04:00"),
        ("2026-06-12", "2026-06-12"),
        ("true", True),
        ("'true'", "true"),
        ("TRUE", "TRUE"),
        ("12:30:45", "12:30:45"),
        ("~", None),
        ("", None),
    ],
)
def test_few_plain_scalars_are_more_than_text(text: str, value: object) -> None:
    """Norway stays Norway, and an instant stays what was written."""
    assert answer(f"key: {text}\n".encode()) == [{"key": value}]


def test_every_key_and_value_has_its_place() -> None:
    document = yaml.read("f.yaml", b"a: 1\nb:\n  - x\n  - {c: [y]}\n")[0]
    assert str(document.place(("a",))) == "f.yaml:1:4"
    assert str(document.place(("a",), at_key=True)) == "f.yaml:1:1"
    assert str(document.place(("b", 1, "c", 0))) == "f.yaml:4:10"
    assert str(document.place(("b", 1, "missing"))) == "f.yaml:4:5"


def test_documents_that_are_empty_are_left_out() -> None:
    assert answer(b"---\n---\na: 1\n---\n# nothing\n") == [{"a": 1}]
