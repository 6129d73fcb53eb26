"""The exported text: no attribute missing, nothing that Cedar skips, whatever things are called; the words about it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cedarpy
import pytest
from bench.cedar import Oracle
from bench.worlds import world
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.test_cedar import compare
from tests.generated import MICROSECOND, NOON, models

from licet.core.catalogue import Catalogue
from licet.core.conditions import AllOf, Always, AnyOf, Attested, Compare, Comparison, Condition, Contains, Not, OneOf
from licet.core.facts import LARGEST_INTEGER, UNKNOWN, About, Fact, Kind, Members, Value, complete
from licet.core.instruments import Operation, Order, Release
from licet.core.rulebook import Rulebook
from licet.core.rulebook import rulebook as assemble
from licet.engines.cedar.guide import guide
from licet.engines.cedar.policies import GUARD, CedarExport, CedarRefused, cedar_export, context, principal
from licet.engines.cedar.schema import microseconds
from licet.engines.cedar.text import quoted
from licet.wire.documents import SourceFile, read_files

SPEC = Path(__file__).parents[2] / "spec" / "cedar.md"
AT = datetime(2026, 6, 20, tzinfo=UTC)


def law(facts: list[Fact], forbids: Condition, name: str = "stop") -> Rulebook:
    """A release to everyone, and an order."""
    common: dict[str, Any] = {"digest": "", "issued": NOON, "from_": NOON, "models": ("small",), "families": ()}
    common |= {
        "operations": (Operation.USE,),
        "text": "",
        "title": 'say "\\no\\"\n// permit(principal,action,resource);',
    }
    release = Release(name="go", condition=Always(True), **common)
    return assemble(
        facts, Catalogue(models()), (), (release, Order(name=name, condition=forbids, **common)), digest="sha256:\n//"
    )


def boolean(name: str, about: About = About.SUBJECT) -> Fact:
    return Fact(name, Kind.BOOLEAN, about, f"{name}\n}};", "test")


def asked(subjects: int) -> list[tuple[int, str, str, datetime]]:
    return [(who, "small", "use", NOON) for who in range(subjects)]


def valid(made: CedarExport) -> bool:
    found = cedarpy.validate_policies(made.policies, made.schema)
    assert found.errors == []
    return found.validation_passed


WORDS = (
    "like",
    "then",
    "has",
    "type",
    "entity",
    "action",
    "namespace",
    "principal",
    "context",
    "resource",
    "at",
    "tags",
)


@pytest.mark.parametrize("about", About)
def test_facts_may_be_called_what_cedar_calls_other_things(about: About) -> None:
    """Also like each other's attributes."""
    names = (*WORDS, "org", "org_known", "org_known_known", "org_")
    facts = [boolean(name, about) for name in names]
    book = law(facts, AnyOf(tuple(Attested(name) for name in names)))
    subjects = [dict.fromkeys(names, False)] + [
        {**dict.fromkeys(names, False), name: value} for name in names for value in (True, UNKNOWN)
    ]

    outcomes = compare(book, subjects, asked(len(subjects)))

    assert valid(cedar_export(book))
    assert outcomes == {"serve": 1, "refuse": 2 * len(names)}


ODD = (
    '"',
    "\\",
    "\n",
    "\r\n",
    "\0",
    "\x7f",
    "\u2028",
    "\u200b",
    "é",
    "🜚",
    "*",
    "\\u{41}",
    "${x}",
    "'",
    "//",
    "a" * 500,
)


def test_strings_may_hold_anything() -> None:
    facts = [Fact("org", Kind.STRING, About.SUBJECT, "", ""), Fact("tags", Kind.STRINGS, About.SUBJECT, "", "")]
    forbids = AnyOf((OneOf("org", frozenset(ODD)), *(Contains("tags", each) for each in ODD)))
    everything = frozenset(ODD)
    subjects: list[dict[str, Value]] = [{"org": "A", "tags": Members(frozenset({"\\", "A"}) - everything, True)}]
    subjects += [{"org": each, "tags": Members(frozenset(), True)} for each in ODD]
    subjects += [{"org": "A", "tags": Members(frozenset({each}), False)} for each in ODD]

    outcomes = compare(law(facts, forbids), subjects, asked(len(subjects)))

    assert outcomes == {"serve": 1, "refuse": 2 * len(ODD)}


@given(st.text())
@settings(deadline=None)
def test_a_quoted_text_is_that_text(text: str) -> None:
    policy = f"permit (principal, action, resource) when {{ context.text == {quoted(text)} }};"
    names = {"principal": 'U::"u"', "action": 'A::"a"', "resource": 'R::"r"'}

    assert quoted(text).isprintable()
    assert cedarpy.is_authorized({**names, "context": {"text": text}}, policy, []).allowed
    assert not cedarpy.is_authorized({**names, "context": {"text": text + "."}}, policy, []).allowed


def test_sets_and_numbers_at_their_ends() -> None:
    """Empty sets and lists, which Cedar cannot write down; the largest numbers; the first and last instants."""
    facts = [Fact("tags", Kind.STRINGS, About.SUBJECT, "", ""), Fact("level", Kind.INTEGER, About.SUBJECT, "", "")]
    conditions: list[Condition] = [
        Compare("tags", Comparison.EQUAL, frozenset()),
        Compare("tags", Comparison.UNEQUAL, frozenset()),
        Compare("tags", Comparison.EQUAL, frozenset({"a", "b"})),
        OneOf("level", frozenset[int]()),
        OneOf("level", frozenset({LARGEST_INTEGER, -LARGEST_INTEGER})),
        *(Compare("level", sign, number) for sign in Comparison for number in (0, LARGEST_INTEGER)),
    ]
    sets: list[Value] = [Members(frozenset(each), whole) for each in ("", "a", "ab", "abc") for whole in (True, False)]
    numbers: list[Value] = [-LARGEST_INTEGER, -1, 0, LARGEST_INTEGER - 1, LARGEST_INTEGER, UNKNOWN]
    subjects = [{"tags": tags, "level": level} for tags in [*sets, UNKNOWN] for level in numbers]
    for condition in [*conditions, *map(Not, conditions)]:
        book = law(facts, condition)
        assert valid(cedar_export(book))
        assert compare(book, subjects, asked(len(subjects))).total() == len(subjects)
    for at in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), NOON - MICROSECOND):
        assert compare(law(facts, Always(False)), subjects, [(0, "small", "use", at)]).total() == 1


def test_an_instant_is_exact() -> None:
    assert microseconds(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    assert microseconds(datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == 253_402_300_799_999_999
    assert microseconds(datetime(1, 1, 1, tzinfo=UTC)) == -62_135_596_800_000_000


# --- what Cedar would skip


@pytest.mark.parametrize("joined", [AnyOf, AllOf])
def test_a_condition_of_many_parts_is_not_skipped(joined: type[AnyOf | AllOf]) -> None:
    """Cedar gives up on a row of 3,000 parts, and then does not forbid; so rows are bracketed."""
    facts = [Fact("level", Kind.INTEGER, About.SUBJECT, "", "")]
    book = law(facts, joined(tuple(Compare("level", Comparison.UNEQUAL, number) for number in range(5_000))))
    text = " || ".join(f"context.level == {number}" for number in range(5_000))
    plain = f"permit (principal, action, resource); forbid (principal, action, resource) when {{ {text} }};"
    names = {"principal": 'U::"u"', "action": 'A::"a"', "resource": 'R::"r"', "context": {"level": 4_999}}
    skipped = cedarpy.is_authorized(names, plain, [])

    assert skipped.allowed
    assert "recursion limit" in skipped.diagnostics.errors[0]
    assert compare(book, [{"level": level} for level in (4_999, 5_000, -1)], asked(3)).total() == 3


def nested(levels: int) -> Condition:
    """Rows of a dozen parts inside each other; each is eleven levels of Cedar's tree."""
    found: Condition = Attested("a")
    for _ in range(levels):
        found = AllOf((Not(found), *(Attested("b") for _ in range(11))))
    return found


def test_a_condition_that_is_too_deep_for_cedar_is_refused() -> None:
    facts = [boolean("a"), boolean("b")]

    assert compare(law(facts, nested(25)), [{"a": True, "b": True}, {"a": False, "b": UNKNOWN}], asked(2)).total() == 2
    with pytest.raises(CedarRefused, match=r"the condition of `stop`, .* levels deep in Cedar"):
        cedar_export(law(facts, nested(30)))


# --- no attribute is missing


def read(tree: Any) -> Iterator[tuple[str, str]]:
    """Every attribute of a variable that policies ask for, in Cedar's own JSON of them."""
    if isinstance(tree, list):
        for each in tree:
            yield from read(each)
    elif isinstance(tree, dict):
        if "." in tree and "Var" in tree["."]["left"]:
            yield tree["."]["left"]["Var"], tree["."]["attr"]
        for each in tree.values():
            yield from read(each)


def required(schema: str) -> dict[str, set[str]]:
    """The attributes of the schema, in Cedar's spelling of it; none is optional."""
    text = str(cedarpy.Schema.from_str(schema))
    found = {}
    for variable, head in (("principal", "entity Subject = {"), ("context", "type Circumstances = {")):
        body = text.split(head)[1].split("\n};", maxsplit=1)[0]
        assert "?" not in body
        found[variable] = {name.strip('"') for name in re.findall(r'^  ("?\w+"?):', body, re.MULTILINE)}
    return found


def test_every_attribute_that_a_policy_asks_for_is_required() -> None:
    """By the schema, by the guard, and by what `principal` and `context` give."""
    made = world()
    book = made.rulebook
    export = cedar_export(book)
    attributes = required(export.schema)
    asks = set(read(json.loads(cedarpy.policies_to_json_str(export.policies))))
    guard = export.policies.split(f'@id("{GUARD}")')[1].split("};")[0]

    assert len(asks) > 20
    assert all(name in attributes[variable] for variable, name in asks)
    assert attributes["principal"] == set(principal(book.facts, made.subjects[0]))
    assert attributes["context"] == set(context(book.facts, made.subjects[0], AT))
    for variable, names in attributes.items():
        assert set(re.findall(rf"{variable} has (\w+)", guard)) == names


def test_whoever_lacks_an_attribute_is_refused_and_not_let_in() -> None:
    """Even without the schema, which accepts nobody who lacks one; without the guard, Cedar lets them in."""
    book = law([boolean("a"), boolean("b"), boolean("stream", About.REQUEST)], AnyOf((Attested("a"), Attested("b"))))
    oracle = Oracle(book, [{"a": False, "b": True, "stream": False}])
    everything = json.loads(str(oracle.entities))
    unguarded = re.sub(rf'@id\("{GUARD}"\).*?}};', "", cedar_export(book).policies, flags=re.DOTALL)
    let_in = set()
    names = ["a", "b", "a_known", "b_known"]
    for name in names:
        entities = [
            {**each, "attrs": {key: value for key, value in each["attrs"].items() if key != name}}
            for each in everything
            if each["uid"]["type"] == "Subject"
        ]
        question = oracle.question(0, "small", "use", NOON)
        answer = cedarpy.is_authorized(question, oracle.policies, json.dumps(entities))
        assert not answer.allowed
        assert GUARD in answer.diagnostics.id_annotations_by_reason.values()
        let_in |= {name} if cedarpy.is_authorized(question, unguarded, json.dumps(entities)).allowed else set()
        with pytest.raises(ValueError, match="does not conform to the schema"):
            cedarpy.Entities.from_json_str(json.dumps(entities), oracle.schema)

    assert let_in == {"a", "a_known", "b", "b_known"}


def test_the_schema_refuses_a_value_of_another_type() -> None:
    """Which nothing else does: so one asks with the schema."""
    kinds = [Fact(f"f{number}", kind, About.SUBJECT, "", "") for number, kind in enumerate(Kind)]
    oracle = Oracle(law(kinds, Always(False)), [{fact.name: UNKNOWN for fact in kinds}])
    entities = json.loads(str(oracle.entities))
    attrs = next(each["attrs"] for each in entities if each["uid"]["type"] == "Subject")
    assert len(attrs) == 2 * len(Kind)
    assert len(cedarpy.Entities.from_json_str(json.dumps(entities), oracle.schema)) == len(entities)
    for name, right in list(attrs.items()):
        for wrong in (each for each in (True, 7, "US", ["US"], None) if type(each) is not type(right)):
            attrs[name] = wrong
            with pytest.raises(ValueError, match=r"schema|attribute|null|deseriali"):
                cedarpy.Entities.from_json_str(json.dumps(entities), oracle.schema)
        attrs[name] = right


def test_somebody_who_is_no_entity_or_a_context_without_facts_is_refused() -> None:
    book = law([boolean("a"), boolean("stream", About.REQUEST)], Attested("a"))
    oracle = Oracle(book, [{"a": False, "stream": False}])
    question = oracle.question(0, "small", "use", NOON)
    assert cedarpy.is_authorized(question, oracle.policies, oracle.entities).allowed

    for wrong in (
        {"principal": {"type": "Subject", "id": "nobody"}},
        {"principal": {"type": "Model", "id": "small"}},
        {"resource": {"type": "Model", "id": "small "}},
        {"action": {"type": "Action", "id": "steal"}},
        {"context": json.dumps({"at": microseconds(NOON)})},
        {"context": json.dumps({"stream": False, "stream_known": True})},
        {"context": "{}"},
    ):
        assert not cedarpy.is_authorized({**question, **wrong}, oracle.policies, oracle.entities).allowed


# --- what is said about it


def spec_blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", SPEC.read_text(), re.DOTALL | re.MULTILINE)


def test_the_example_of_the_specification_is_what_is_exported() -> None:
    book = read_files([SourceFile("cedar.md", spec_blocks("yaml")[0].encode(), lambda _: None)]).rulebook(1)
    made = cedar_export(book)

    assert valid(made)
    assert len(spec_blocks("cedar")) == 2
    for block in spec_blocks("cedar"):
        assert block in made.policies


def test_the_example_of_the_guide_is_answered() -> None:
    """Somebody of whom nothing is known, validated against the schema."""
    made = world(subjects=1)
    export = cedar_export(made.rulebook)
    text = guide(made.rulebook, export, made.now)
    who, request = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL))
    nobody = complete(made.rulebook.facts, {})

    answer = cedarpy.is_authorized(request, export.policies, [*export.entities, *who], export.schema)

    assert answer.diagnostics.errors == []
    assert who[0]["attrs"] == principal(made.rulebook.facts, nobody)
    assert request["context"] == context(made.rulebook.facts, nobody, made.now)
