"""Conditions as text: whatever is written, the answer is a condition or a typed error, soon; and one spelling stays."""

# ruff: noqa: RUF001 - letters that look like others are what is tested

from __future__ import annotations

import ast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.generated import ANNEXES, FACTS, conditions, spelled, subjects

from licet.core import grammar
from licet.core.conditions import evaluate
from licet.core.definitions import Annex, Scope
from licet.core.errors import ConditionRejectedError
from licet.core.facts import Value
from licet.core.meaning import meaning

SCOPE = Scope(FACTS, {name: Annex("sha256:x", members) for name, members in ANNEXES.items()})
WORDS = (
    *("and", "or", "not", "in", "is", "==", "!=", "<", "<=", ">", ">=", "(", ")", "{", "}", "[", "]", ",", ".", ":="),
    *("True", "False", "None", "lambda", "if", "else", "for", "await", "#", "\\", "\n", "\t", "\r", "\f", "\x00", "*"),
    *("a", "b", "level", "org", "citizenships", "residence", "annex_a", "'FR'", '"US"', "'", '"', "f'x'", "1", "-1"),
    *("1.5", "0x1", "1_0", "9" * 5000, "é", "ａ", "\ud800", "~", "-", "+", "@", "|", "'''", "r'x'", "'\\ud800'"),
)
thorough = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))


def words() -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(WORDS), max_size=30).flatmap(
        lambda parts: st.sampled_from((" ", "")).map(lambda between: between.join(parts))
    )


@given(st.one_of(words(), st.text(max_size=200), st.text(alphabet="()[]{}'\"\\#\n and", max_size=200)))
@thorough
def test_any_text_is_a_condition_or_a_typed_error_with_its_place(text: str) -> None:
    try:
        syntax = grammar.parse(text)
        meaning(syntax, SCOPE)
    except ConditionRejectedError as error:
        row, column = error.offset
        assert 0 <= row <= text.count("\n")
        assert 0 <= column <= len(text)
        assert str(error)


@given(words())
@thorough
def test_what_is_rendered_reads_back_to_the_same_text(text: str) -> None:
    try:
        syntax = grammar.parse(text)
    except ConditionRejectedError:
        return
    rendered = grammar.render(syntax)
    assert grammar.render(grammar.parse(rendered)) == rendered
    assert rendered.isprintable()


@given(conditions(), subjects())
@thorough
def test_a_rendered_condition_means_the_same(condition: object, facts: dict[str, Value]) -> None:
    text = spelled(condition)  # type: ignore[arg-type]
    syntax = grammar.parse(text)
    read = meaning(syntax, SCOPE) if "d0" not in text else None
    rendered = grammar.render(syntax)
    again = grammar.parse(rendered)
    assert grammar.render(again) == rendered
    assert rendered == grammar.render(grammar.parse(f" \n(({text}))  "))
    if read is not None:
        assert read == condition
        assert evaluate(meaning(again, SCOPE), facts) is evaluate(read, facts)


@pytest.mark.parametrize(
    "text",
    [
        "not " * 4999 + "a",
        "(" * 9999 + ")" * 9999,
        "{" * 9999,
        "a or " * 3999 + "a",
        "-" * 19_999,
        "'" * 19_999,
        "[" * 5000 + "]" * 5000,
        "lambda: " * 2400,
        "a if a else " * 1600 + "a",
        "level == " + "9" * 19_000,
        "a == " * 3999 + "a",
        "é" * 9999,
        "x" * 1_000_000,
    ],
    ids=lambda text: f"{text[:6]}x{len(text)}",
)
def test_long_and_deep_texts_are_answered_with_a_condition_or_a_typed_error(text: str) -> None:
    try:
        meaning(grammar.parse(text), SCOPE)
    except ConditionRejectedError as error:
        assert len(str(error)) < 1000
    else:
        assert text.startswith("a or ")


def test_every_construct_has_a_name_in_words() -> None:
    """No message shows the name of a class of Python's syntax tree."""
    inside = {"BoolOp", "Compare", "Constant", "Name", "Set"}
    outside = {kind.__name__ for kind in ast.expr.__subclasses__()} - inside - {"FormattedValue", "Interpolation"}
    assert outside <= set(grammar.CONSTRUCTS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a and (b or c)", "a and(b   or c)"),
        ("org in {'acme', \"brume\"}", 'org in {"brume", "acme", "acme"}'),
        ("not (a)", "not a"),
        ("(not a) and b", "not a and b"),
        ("not (level == -1)", "not level == -1"),
        ("'\\x46R' in citizenships", '"FR" in citizenships'),
    ],
)
def test_two_spellings_of_one_condition_are_rendered_alike(one: str, other: str) -> None:
    assert grammar.render(grammar.parse(one)) == grammar.render(grammar.parse(other))


@pytest.mark.parametrize(("one", "other"), [("not (a and b)", "not a and b"), ("a and (b or c)", "a and b or c")])
def test_brackets_that_matter_stay(one: str, other: str) -> None:
    assert grammar.render(grammar.parse(one)) == one
    assert grammar.render(grammar.parse(one)) != grammar.render(grammar.parse(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2 <= level", "level >= 2"),
        ("2 < level", "level > 2"),
        ("2 >= level", "level <= 2"),
        ("2 > level", "level < 2"),
        ("'acme' == org", "org == 'acme'"),
        ("{'US'} != citizenships", "citizenships != {'US'}"),
        ("org not in annex_a", "not (org in annex_a)"),
        ("'FR' not in citizenships", "not ('FR' in citizenships)"),
    ],
)
def test_a_literal_may_stand_on_the_left_and_not_before_in(one: str, other: str) -> None:
    assert meaning(grammar.parse(one), SCOPE) == meaning(grammar.parse(other), SCOPE)
