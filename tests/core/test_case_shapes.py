"""The shapes of the parts of procedures: what reads, in which canonical form, and what is refused, where, with which
words. Everything that is wrong with a table is said at once.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from licet.core.cases.shape import clocks as clock_shapes
from licet.core.cases.shape import criteria as criteria_shapes
from licet.core.cases.shape import duty as duty_shapes
from licet.core.cases.shape import fields as field_shapes
from licet.core.cases.shape import limit as limit_shapes
from licet.core.cases.shape import states as state_shapes
from licet.core.cases.shape.condition import FIELDS, condition, where
from licet.core.cases.shape.parts import (
    NAMED,
    Keys,
    Reader,
    by_name,
    count,
    flag,
    keyed,
    name,
    names,
    one_of,
    texts,
    versioned,
    versions,
)
from licet.core.form import Shape
from licet.core.shaping import Refused, Shaping, Tree, text

Wrong = list[tuple[tuple[str | int, ...], str, bool]]
NOT = " is not allowed here; allowed: "
LIMIT = "a limit of time, as in `90 d`, `72 h`, `2 working days`, `4 weeks`"
NO_LIMIT = (
    "is no limit; allowed: a whole number from 1 with a unit: `72 h`, `90 d`, `2 working days`, `4 weeks`, `6 months`,"
    " `5 years`"
)


def read(reader: Reader, value: Tree, *at: str) -> tuple[Tree, Wrong]:
    """What a reader makes of a value, and what is wrong with it: where, why, and whether at the key."""
    shaping = Shaping(7, lambda _, __: None)
    try:
        found = reader(shaping, at, value)
    except Refused:
        assert shaping.problems
        return None, [(each.path, each.message, each.at_key) for each in shaping.problems]
    assert not shaping.problems
    return found, []


def wrong(reader: Reader, value: Tree, *at: str) -> Wrong:
    return read(reader, value, *at)[1]


def right(reader: Reader, value: Tree, *at: str) -> Tree:
    found, problems = read(reader, value, *at)
    assert not problems
    return found


def table(shaping: Shaping, path: Any, value: Tree) -> Tree:
    return by_name(shaping, path, value, "a table", flag)


def test_everything_that_is_wrong_with_a_table_is_said() -> None:
    assert right(table, {"a": True, "b2_": False}) == {"a": True, "b2_": False}
    nothing: list[Tree] = [{}, [], None, "a", [["a", True]]]
    for value in nothing:
        assert wrong(table, value, "t")[0][1].endswith(f"{NOT}a table")
    assert wrong(table, {"a": 1, "b": True, "C": True, "d": "x"}, "t") == [
        (("t", "a"), f"`1`{NOT}`true` or `false`", False),
        (("t", "C"), f"`C` is not allowed here; allowed: {NAMED}", True),
        (("t", "d"), f"`x`{NOT}`true` or `false`", False),
    ]
    assert wrong(table, {"a": 1, "b": True}) == [(("a",), f"`1`{NOT}`true` or `false`", False)]
    assert right(table, {"a" * 100: True})
    assert wrong(table, {"a" * 101: True})


def test_everything_that_is_wrong_with_the_keys_of_a_mapping_is_said() -> None:
    keys = Keys("so", {"yes": flag, "how": count, "what": name}, frozenset(("yes",)), {"how": 3})

    def reader(shaping: Shaping, path: Any, value: Tree) -> Tree:
        return keyed(shaping, path, value, keys)

    assert right(reader, {"yes": True}) == {"yes": True, "how": 3}
    assert right(reader, {"yes": True, "how": 4, "what": "x"}) == {"yes": True, "how": 4, "what": "x"}
    assert wrong(reader, {"how": 1}, "m") == [(("m",), "`yes` is missing; needed: so", True)]
    assert wrong(reader, {"yes": True, "no": 1}) == [(("no",), "unknown key `no`; allowed: `how`, `what`, `yes`", True)]
    assert [each[0] for each in wrong(reader, {"yes": 1, "how": 1, "what": "X"}, "m")] == [("m", "yes"), ("m", "what")]


@pytest.mark.parametrize("value", ["a", "a_b9", "z" * 100])
def test_a_name_is_of_small_letters(value: str) -> None:
    assert right(name, value) == value


@pytest.mark.parametrize("value", ["", "A", "9a", "_a", "a-b", "a b", "a\n", "z" * 101, 7, None, True, ["a"]])
def test_what_is_no_name_is_refused(value: Tree) -> None:
    ((path, message, at_key),) = wrong(name, value, "n")
    assert (path, message.endswith(NOT + NAMED), at_key) == (("n",), True, False)


def test_a_list_has_something_in_it_and_nothing_twice() -> None:
    words = "a list of names, each once"
    assert right(names, ["b", "a"]) == ["b", "a"]
    assert wrong(names, "a", "l") == [(("l",), f"`a`{NOT}{words}", False)]
    assert wrong(names, {"a": 1}, "l") == [(("l",), f"a mapping{NOT}{words}", False)]
    assert wrong(names, [], "l") == [(("l",), f"an empty list; leave it out, or give {words}", False)]
    assert wrong(names, ["a", "b", "a"], "l") == [(("l", 2), "`a` is listed twice", False)]
    assert wrong(names, ["a", "B"], "l") == [(("l", 1), f"`B`{NOT}{NAMED}", False)]
    assert right(texts, [" so ", "it is"]) == ["so", "it is"]
    assert wrong(texts, ["so", " so"]) == [((1,), "`so` is listed twice", False)]
    assert wrong(texts, "so") == [((), f"`so`{NOT}a list of texts, each once", False)]
    assert wrong(versions, "so") == [((), f"`so`{NOT}a list of names with versions, each once", False)]
    assert right(versions, ["a@1", "b@2"]) == ["a@1", "b@2"]


@pytest.mark.parametrize("value", ["a@1", "a_b9@2026-07.(x)_y"])
def test_a_version_is_a_name_and_what_comes_after(value: str) -> None:
    assert right(versioned, value) == value


@pytest.mark.parametrize("value", ["a", "a@", "@1", "A@1", "a@-1", "a@1 ", "a@1\n", 7, None])
def test_what_is_no_version_is_refused(value: Tree) -> None:
    ((_, message, _),) = wrong(versioned, value)
    assert message.endswith(f"{NOT}a name and a version, as in `appeal@2026-07`")


def test_one_of_some_words() -> None:
    reader = one_of("so", "not")
    assert right(reader, "not") == "not"
    for value in ("No", "", None, 7, ["so"]):
        assert wrong(reader, value)[0][1].endswith(f"{NOT}one of `so`, `not`")


def test_yes_or_no_is_nothing_else() -> None:
    assert [right(flag, each) for each in (True, False)] == [True, False]
    for value in (1, 0, "true", None):
        assert wrong(flag, value)[0][1].endswith(f"{NOT}`true` or `false`")


def test_how_many_goes_from_none_to_a_hundred() -> None:
    assert [right(count, each) for each in (0, 1, 100)] == [0, 1, 100]
    for value in (-1, 101, True, False, "1", None, 1.0):
        assert wrong(count, value)[0][1].endswith(f"{NOT}a whole number from 0 to 100")


def test_a_field_says_its_values_where_it_is_a_choice_and_only_there() -> None:
    reader = field_shapes.fields(re.compile("not|and"))
    assert right(reader, {"a": {"kind": "text", "meaning": "so"}}) == {
        "a": {"kind": "text", "meaning": "so", "class": "public"}
    }
    full = {"kind": "set of choices", "meaning": "so", "class": "security", "values": ["x", "y"], "source": "law"}
    assert right(reader, {"a": full, "not_this": full}) == {"a": full, "not_this": full}
    assert wrong(
        reader, {"a": {"kind": "choice", "meaning": "so"}, "b": {"kind": "set of choices", "meaning": "s"}}
    ) == [
        (("a",), "a choice needs `values`: what it can be", True),
        (("b",), "a set of choices needs `values`: what it can be", True),
    ]
    assert wrong(reader, {"a": {"kind": "text", "meaning": "so", "values": ["x"]}}) == [
        (("a", "values"), "a text has no `values`; leave them out", True)
    ]
    assert wrong(reader, {"not": full}) == [(("not",), "`not` is a reserved word; choose another name", True)]
    assert wrong(reader, {"a": {"kind": "text"}}) == [
        (
            ("a",),
            (
                "`meaning` is missing; needed: a mapping with `kind`, `meaning`, and optionally `class`, `values`,"
                " `source`"
            ),
            True,
        )
    ]
    assert wrong(reader, [])[0][1].endswith(NOT + Shape.CASE_FIELDS.value)
    assert len(wrong(reader, {"a": full | {"class": "secret"}, "b": full | {"kind": "word"}})) == 2
    assert [each[0] for each in wrong(reader, {"a": {"meaning": "so"}})] == [("a",)]


def test_only_a_final_state_says_what_the_case_came_to_and_each_does() -> None:
    reader = state_shapes.states
    assert right(reader, {"a": {"title": "A"}}) == {"a": {"title": "A", "final": False}}
    full = {"title": "A", "meaning": "so", "final": True, "outcome": "done"}
    assert right(reader, {"a": full}) == {"a": full}
    assert wrong(reader, {"a": {"title": "A", "final": True}}) == [
        (("a",), "a final state needs `outcome`: what the case came to", True)
    ]
    late = "only a final state has an `outcome`; say `final: true`, or leave it out"
    for open_ in ({"outcome": "x"}, {"outcome": "x", "final": False}):
        assert wrong(reader, {"a": {"title": "A"} | open_}) == [(("a", "outcome"), late, True)]
    assert wrong(reader, {"new": full, "newer": full}) == [
        (("new",), "`new` is where a case is before its first event; choose another name", True)
    ]
    assert wrong(reader, 7)[0][1].endswith(NOT + Shape.STATES.value)
    needed = "a mapping with `title`, and optionally `meaning`, `final`, `outcome`"
    assert wrong(reader, {"a": {}}) == [(("a",), f"`title` is missing; needed: {needed}", True)]


def test_a_limit_is_in_its_one_spelling() -> None:
    assert right(limit_shapes.limit, "2 working days") == "2 working days"
    assert wrong(limit_shapes.limit, 7, "l") == [(("l",), f"`7`{NOT}{LIMIT}", False)]
    assert wrong(limit_shapes.limit, "7 days", "l") == [(("l",), f"`7 days` {NO_LIMIT}", False)]


def test_of_several_limits_each_but_the_last_has_a_condition() -> None:
    reader = limit_shapes.limits
    assert right(reader, "9 d") == "9 d"
    assert right(reader, [{"limit": "9 d"}]) == "9 d"
    several = [{"if": "a", "limit": "1 d"}, {"if": "b", "limit": "2 d"}, {"limit": "9 d"}]
    assert right(reader, several) == several
    choices = "a limit, or a list of mappings with `if` and `limit`, the last without `if`"
    assert wrong(reader, [], "l") == [(("l",), f"an empty list; give {choices}", False)]
    hides = "what comes after this limit never holds; give it an `if`, or make it the last"
    assert wrong(reader, [{"if": "a", "limit": "1 d"}, {"limit": "2 d"}, {"limit": "9 d"}], "l") == [
        (("l", 1), hides, False)
    ]
    last = "the last limit holds where no other does; it has no `if`"
    assert wrong(reader, several[:2], "l") == [(("l", 1), last, False)]
    assert wrong(reader, several[:1], "l") == [(("l", 0), last, False)]
    assert wrong(reader, [{"if": "a"}], "l") == [
        (("l", 0), "`limit` is missing; needed: a mapping with `limit`, and `if` in all but the last", True)
    ]
    assert wrong(reader, [{"if": "a", "limit": "9 days"}, {"limit": "1 d"}], "l")[0][0] == ("l", 0, "limit")
    assert wrong(reader, None)[0][1].endswith(NOT + LIMIT)


def test_a_condition_is_kept_with_its_syntax_under_its_place() -> None:
    shaping = Shaping(7, lambda _, __: None)
    assert condition(shaping, ("clocks", "a", "limit", 0, "if"), "( a  and b )") == "a and b"
    assert list(shaping.syntax) == ["clocks/a/limit/0/if"]
    assert where(("clocks", "a", 0)) == "clocks/a/0"
    assert right(condition, True) == "True"
    assert right(condition, False) == "False"
    assert wrong(condition, 7, "c") == [(("c",), f"`7`{NOT}{FIELDS}", False)]
    with pytest.raises(Refused):
        condition(shaping, ("c",), "a and f(b)")
    (problem,) = shaping.problems
    assert problem.path == ("c",) and problem.message.startswith("a call is not in the grammar")
    assert problem.offset == (0, 6)


ZONE = one_of("UTC", "Europe/Berlin")


def test_a_clock_has_its_defaults_and_no_other_keys() -> None:
    reader = clock_shapes.clocks(ZONE)
    least = {"title": "A", "owner": "officer", "limit": "9 d", "source": "law"}
    defaults = {"first_day": False, "end_of_day": "23:59:59", "roll": "none", "repeats": False, "appealable": False}
    assert right(reader, {"a": least}) == {"a": least | defaults}
    more = least | {
        "zone": "Europe/Berlin",
        "first_day": True,
        "end_of_day": "17:00",
        "roll": "next working day",
        "tolls": {"answer": {"title": "An answer", "cap": "20 d", "source": "law"}},
        "event": "lapse",
        "repeats": False,
        "warns": "3 d",
        "appealable": True,
    }
    assert right(reader, {"a": more}) == {"a": more | {"end_of_day": "17:00:00"}}
    both = "a clock that starts anew when it is met makes no event when it runs out; leave one of them out"
    assert wrong(reader, {"a": more | {"repeats": True}}) == [(("a", "repeats"), both, True)]
    assert right(reader, {"a": least | {"repeats": True}})
    for key in least:
        assert [each[0] for each in wrong(reader, {"a": {k: v for k, v in least.items() if k != key}})] == [("a",)]
    words = "a mapping with `title`, `owner`, `limit`, `source`, and what else holds of the clock"
    assert wrong(reader, {"a": 7}) == [(("a",), f"`7`{NOT}{words}", False)]
    assert wrong(reader, {})[0][1].endswith(NOT + Shape.CLOCKS.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("zone", "Mars/Base"),
        ("first_day", 1),
        ("end_of_day", "24:00"),
        ("roll", "back"),
        ("tolls", {}),
        ("event", "Lapse"),
        ("repeats", 0),
        ("warns", "soon"),
        ("appealable", "yes"),
        ("title", ""),
        ("owner", "An officer"),
        ("source", " "),
        ("limit", "long"),
    ],
)
def test_each_key_of_a_clock_is_read_by_itself(key: str, value: Tree) -> None:
    clock = {"title": "A", "owner": "officer", "limit": "9 d", "source": "law"} | {key: value}
    assert [each[0] for each in wrong(clock_shapes.clocks(ZONE), {"a": clock})] == [("a", key)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("00:00", "00:00:00"), ("19:59", "19:59:00"), ("23:59:59", "23:59:59"), ("20:30", "20:30:00")],
)
def test_a_time_of_day_is_to_the_second(written: str, meant: str) -> None:
    assert right(clock_shapes.time_of_day, written) == meant


@pytest.mark.parametrize("value", ["24:00", "7:00", "17:60", "17:00:60", "17", "17:00:00.5", "17:00Z", 17, None])
def test_what_is_no_time_of_day_is_refused(value: Tree) -> None:
    assert wrong(clock_shapes.time_of_day, value)[0][1].endswith(f"{NOT}a time of day, as in `17:00`")


def test_a_reason_for_which_time_does_not_count_may_have_a_cap() -> None:
    least = {"title": "A", "source": "law"}
    assert right(clock_shapes.tolls, {"a": least, "b": least | {"cap": "9 d"}}) == {
        "a": least,
        "b": least | {"cap": "9 d"},
    }
    words = "a mapping with `title`, `source`, and optionally `cap`"
    assert wrong(clock_shapes.tolls, {"a": {"title": "A"}}) == [(("a",), f"`source` is missing; needed: {words}", True)]
    assert wrong(clock_shapes.tolls, {"a": {"source": "A"}}) == [(("a",), f"`title` is missing; needed: {words}", True)]
    assert wrong(clock_shapes.tolls, {"a": least | {"cap": 9}})[0][0] == ("a", "cap")
    reasons = "reasons by name, each a mapping with `title`, `source`, and optionally `cap`"
    assert wrong(clock_shapes.tolls, {}) == [((), f"a mapping{NOT}{reasons}", False)]


def test_how_long_a_case_is_kept_has_its_source() -> None:
    kept = {"limit": "5 years", "source": "law"}
    assert right(clock_shapes.retention, kept) == kept
    for key in kept:
        ((_, message, _),) = wrong(clock_shapes.retention, {k: v for k, v in kept.items() if k != key})
        assert message == f"`{key}` is missing; needed: {Shape.RETENTION.value}"
    assert wrong(clock_shapes.retention, kept | {"limit": "long"}, "r")[0][0] == ("r", "limit")
    assert wrong(clock_shapes.retention, kept | {"source": ""}, "r")[0][0] == ("r", "source")


def test_a_criterion_is_decisive_where_it_says_so() -> None:
    least = {"title": "A", "statement": "so", "source": "law"}
    assert right(criteria_shapes.criteria, {"A-1.b_2": least}) == {"A-1.b_2": least | {"decisive": False}}
    full = least | {"evidence": ["x"], "decisive": True}
    assert right(criteria_shapes.criteria, {"a" * 60: full}) == {"a" * 60: full}
    allowed = "letters, digits and `. _ -`, at most 60"
    for bad in ("", "-a", "a b", "a" * 61, "a\n"):
        assert wrong(criteria_shapes.criteria, {bad: full}) == [
            ((bad,), f"`{bad}` is not allowed here; allowed: {allowed}", True)
        ]
    words = "a mapping with `title`, `statement`, `source`, and optionally `evidence`, `decisive`"
    for key in least:
        assert wrong(criteria_shapes.criteria, {"a": {k: v for k, v in least.items() if k != key}}) == [
            (("a",), f"`{key}` is missing; needed: {words}", True)
        ]
    for key, value in {"title": 1, "statement": "", "source": None, "evidence": "x", "decisive": 1}.items():
        assert [each[0] for each in wrong(criteria_shapes.criteria, {"a": full | {key: value}})] == [("a", key)]
    assert wrong(criteria_shapes.criteria, [])[0][1].endswith(NOT + Shape.CRITERIA.value)


def test_a_duty_says_when_it_applies_and_what_is_reported() -> None:
    reader = duty_shapes.duty(text)
    test = {"title": "Harm", "if": "harm", "source": "law"}
    least = {"jurisdiction": "X", "to": "Y", "standing": "in force", "tests": {"a": test}, "reports": {"tell": ["so"]}}
    assert right(reader, least) == least
    full = least | {"since": "2026-01-01", "note": "so", "begins": {"learn": ["known_at"]}}
    assert right(reader, full) == full
    for key in least:
        ((path, message, _),) = wrong(reader, {k: v for k, v in full.items() if k != key}, "duty")
        assert (path, message) == (("duty",), f"`{key}` is missing; needed: {Shape.DUTY.value}")
    tests = "tests by name, each a mapping with `title`, `if`, `source`"
    reports = "the events that make reports, each with the list of fields that the report must say"
    begins = "events that start clocks, each with the instants of the form of which the earliest says when it happened"
    for key, words in {"tests": tests, "reports": reports, "begins": begins}.items():
        assert wrong(reader, full | {key: {}}) == [((key,), f"a mapping{NOT}{words}", False)]
    for key in test:
        assert wrong(reader, full | {"tests": {"a": {k: v for k, v in test.items() if k != key}}}) == [
            (("tests", "a"), f"`{key}` is missing; needed: a mapping with `title`, `if`, `source`", True)
        ]
    for key, value in {"jurisdiction": "", "to": 1, "standing": "soon", "since": "", "note": 1}.items():
        assert [each[0] for each in wrong(reader, full | {key: value})] == [(key,)]
    for key, value in {"title": "", "if": "f(x)", "source": 1}.items():
        assert wrong(reader, full | {"tests": {"a": test | {key: value}}})[0][0] == ("tests", "a", key)
    assert wrong(reader, full | {"reports": {"tell": []}})[0][0] == ("reports", "tell")
    assert wrong(reader, full | {"begins": {"tell": "x"}})[0][0] == ("begins", "tell")
