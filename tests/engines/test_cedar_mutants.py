"""The comparison with Cedar notices a change of any one thing that decides, in the rulebook or in the exported text."""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import cedarpy
import pytest
from bench.cedar import Answer, Oracle, Question
from tests.engines.test_cedar import expected
from tests.generated import MICROSECOND

from licet.core.conditions import AllOf, Attested, Compare, Comparison, Contains, Not
from licet.core.decision import Request, decide
from licet.core.facts import UNKNOWN, Facts, Members, Value, complete
from licet.core.instruments import Instrument, Operation
from licet.core.rulebook import Rulebook
from licet.engines.cedar.policies import CedarExport, cedar_export
from licet.wire.documents import SourceFile, read_files

LAW = """
fact: level
type: integer
meaning: How closely somebody was looked at.
source: test
---
model: strong
family: big
apis: [openai]
upstream: {url: "http://127.0.0.1:9"}
fallback: [weak]
---
model: weak
family: little
apis: [openai]
upstream: {url: "http://127.0.0.1:9"}
---
release: first
issued: 2026-06-01T00:00:00Z
from: 2026-06-01T00:00:00Z
families: [big, little]
operations: [use, tune]
to: true
---
release: second
issued: 2026-06-20T00:00:00Z
from: 2026-06-20T00:00:00Z
supersedes: [first]
families: [big, little]
operations: [use, tune]
to: level >= 1 or staff
---
order: stop
issued: 2026-06-05T00:00:00Z
from: 2026-06-05T00:00:00Z
families: [big]
operations: [use, tune]
forbids: not us_citizen and not (org in {"acme", "brume"} and level > 2) or "IR" in citizenships
---
order: short
issued: 2026-06-03T00:00:00Z
from: 2026-06-03T00:00:00Z
until: 2026-06-07T00:00:00Z
models: [weak]
forbids: citizenships != {"US"} and not stream
---
licence: relief
issued: 2026-06-10T00:00:00Z
from: 2026-06-10T00:00:00Z
until: 2026-06-25T00:00:00Z
relieves: [stop]
models: [strong]
to: staff or citizenships == {"FR"}
---
mandate: duty
issued: 2026-06-04T00:00:00Z
from: 2026-06-04T00:00:00Z
models: [strong]
to: staff
---
lift: end
issued: 2026-06-28T00:00:00Z
from: 2026-06-28T00:00:00Z
ends: [stop]
"""

BOOLEANS = (True, False, UNKNOWN)
COUNTRIES: tuple[tuple[str, ...], ...] = ((), ("US",), ("FR",), ("IR",), ("FR", "US"))
SETS = [Members(frozenset(each), whole) for each in COUNTRIES for whole in (True, False)]
CHUNK = 200
HOSTILE_STREAM = '"stream": true, "stream_known": false'
"""See `hostile`."""


@cache
def book() -> Rulebook:
    return read_files([SourceFile("law.yaml", LAW.encode(), lambda _: None)]).rulebook(1)


@cache
def subjects() -> list[Facts]:
    """Some of all the subjects that the instruments can tell apart."""
    domains: tuple[tuple[Value, ...], ...] = (
        BOOLEANS,
        BOOLEANS,
        tuple(SETS),
        ("acme", "cedar", UNKNOWN),
        (0, 1, 2, 3, UNKNOWN),
        BOOLEANS,
    )
    names = ("us_citizen", "staff", "citizenships", "org", "level", "stream")
    ways = itertools.product(*domains)
    some = random.Random(4).sample([*ways], 400)
    return [complete(book().facts, dict(zip(names, each, strict=True))) for each in some]


@cache
def questions() -> list[tuple[Question, Answer]]:
    """Each subject with each model and operation, at some boundary or a microsecond beside it; and what is right."""
    chance, oracle = random.Random(5), asking()
    instants = [at + step * MICROSECOND for at in book().boundaries for step in (-1, 0, 1)]
    asked = [
        (who, model, operation.value, at)
        for who in range(len(subjects()))
        for model in book().catalogue.models
        for operation in Operation
        for at in chance.sample(instants, 6)
    ]
    chance.shuffle(asked)
    found = []
    for who, model, operation, at in asked:
        decision = decide(book(), Request(subjects()[who], model, operation, at))
        question = oracle.question(who, model, operation, at)
        question["context"] = question["context"].replace('"stream": false, "stream_known": false', HOSTILE_STREAM)
        found.append((question, expected(decision)))
    return found


def notices(made: CedarExport) -> bool:
    """Whether the comparison of an export with the reference finds a difference."""
    oracle = copy(asking())
    oracle.policies = cedarpy.PolicySet.from_str(made.policies)
    for start in range(0, len(questions()), CHUNK):
        part = questions()[start : start + CHUNK]
        if oracle.ask([question for question, _ in part]) != [answer for _, answer in part]:
            return True
    return False


@cache
def asking() -> Oracle:
    """The subjects and models; of the policies it is given others."""
    oracle = Oracle(book(), subjects())
    oracle.entities = hostile(oracle)
    return oracle


def hostile(oracle: Oracle) -> cedarpy.Entities:
    """The subjects, but with values that decide something where a fact is unknown; nobody may look at them."""
    entities = json.loads(str(oracle.entities))
    for each in entities:
        for name, instead in {"us_citizen": True, "staff": True, "org": "acme", "level": 3}.items():
            if each["attrs"].get(f"{name}_known") is False:
                each["attrs"][name] = instead
    return cedarpy.Entities.from_json_str(json.dumps(entities), oracle.schema)


def test_nothing_is_noticed_where_nothing_was_changed() -> None:
    assert len(questions()) > 10_000
    assert not notices(cedar_export(book()))


def of(name: str) -> Any:
    instrument = book().instrument(name)
    assert instrument is not None
    return instrument


SECOND = timedelta(seconds=1)
CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "a release to fewer": ("second", {"condition": Attested("staff")}),
    "a release at another level": ("second", {"condition": Compare("level", Comparison.ABOVE, 1)}),
    "a release a microsecond late": ("first", {"from_": of("first").from_ + MICROSECOND}),
    "a release a microsecond early": ("first", {"from_": of("first").from_ - MICROSECOND}),
    "a release that misses a family": ("first", {"families": ("big",)}),
    "a release that misses an operation": ("first", {"operations": (Operation.USE,)}),
    "a release that supersedes nothing": ("second", {"supersedes": ()}),
    "an order that spares staff": ("stop", {"condition": AllOf((of("stop").condition, Not(Attested("staff"))))}),
    "an order a second late": ("stop", {"from_": of("stop").from_ + SECOND}),
    "an order a microsecond late": ("stop", {"from_": of("stop").from_ + MICROSECOND}),
    "an order a microsecond longer": ("short", {"until": of("short").until + MICROSECOND}),
    "an order a microsecond shorter": ("short", {"until": of("short").until - MICROSECOND}),
    "an order that misses a family": ("stop", {"families": (), "models": ("weak",)}),
    "an order for another model": ("short", {"models": ("strong",)}),
    "an order that misses an operation": ("stop", {"operations": (Operation.TUNE,)}),
    "an order about another country": ("short", {"condition": Contains("citizenships", "FR")}),
    "a licence to more": ("relief", {"condition": Not(Attested("us_citizen"))}),
    "a licence a microsecond early": ("relief", {"from_": of("relief").from_ - MICROSECOND}),
    "a licence a microsecond longer": ("relief", {"until": of("relief").until + MICROSECOND}),
    "a licence for another model": ("relief", {"models": ("weak",)}),
    "a licence for another operation": ("relief", {"operations": (Operation.TUNE,)}),
    "a licence that relieves another order": ("relief", {"relieves": ("short",)}),
    "a lift a microsecond late": ("end", {"from_": of("end").from_ + MICROSECOND}),
    "a lift a microsecond early": ("end", {"from_": of("end").from_ - MICROSECOND}),
    "a lift of something else": ("end", {"ends": ("relief",)}),
}


def changed(name: str, changes: dict[str, Any]) -> Rulebook:
    """The rulebook with one instrument changed."""

    def maybe(each: Instrument) -> Instrument:
        return replace(each, **changes) if each.name == name else each

    return replace(book(), instruments=tuple(maybe(each) for each in book().instruments))


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_one_instrument_is_noticed(change: str) -> None:
    assert notices(cedar_export(changed(*CHANGES[change])))


@pytest.mark.parametrize("name", [each.name for each in book().instruments if each.name not in ("duty", "relief")])
def test_an_instrument_less_is_noticed(name: str) -> None:
    rest = tuple(each for each in book().instruments if each.name != name)
    # what refers to it would go with it
    rest = tuple(replace(each, supersedes=()) for each in rest)

    assert notices(cedar_export(replace(book(), instruments=rest)))


def test_a_mandate_is_not_in_what_cedar_says() -> None:
    """As the specification says; a change of one is seen nowhere but in a comment."""
    rest = tuple(each for each in book().instruments if each.name != "duty")

    assert not notices(cedar_export(replace(book(), instruments=rest)))


SWAPS = (
    (r" && ", " || "),
    (r" \|\| ", " && "),
    (r" >= ", " > "),
    (r"at < ", "at <= "),
    (r" <= (?=\d)", " < "),
    (r" > (?=\d)", " >= "),
    (r" == (?=\[)", " != "),
    (r" != (?=\[)", " == "),
    (r"!(?=[p(\[c])", ""),
    (r"(?<=[ (])(?=(principal|context)\.)", "!"),
    (r"\d(?=\b)(?!\")", "9"),
    (r"_known\b", ""),
    (r'"(?=FR|US|IR|acme|strong|weak|use|tune)', '"x'),
    (r"\bunless\b", "when"),
    (r"\bforbid\b", "permit"),
    (r"\bpermit\b", "forbid"),
    (r"\bwhen\b", "unless"),
    (r"\bthen\b", "then !("),
)


def mutants(text: str) -> Iterator[tuple[str, str]]:
    """The policies with one place of one instrument changed, and which place that was."""
    start = text.index("// release first")
    annotated = {number for each in re.finditer(r"^(@|//).*$", text, re.MULTILINE) for number in range(*each.span())}
    for pattern, instead in SWAPS:
        for each in re.finditer(pattern, text):
            if each.start() >= start and each.start() not in annotated:
                line = text.count("\n", 0, each.start()) + 1
                yield (
                    f"line {line}: `{each[0]}` is now `{instead}`",
                    text[: each.start()] + instead + text[each.end() :],
                )


def test_a_change_of_one_place_of_the_text_is_noticed() -> None:
    """Every operator, name, number and word of every policy, each changed by itself."""
    made, survivors, tried = cedar_export(book()), [], 0
    for place, text in mutants(made.policies):
        try:
            noticed = notices(replace(made, policies=text))
        except ValueError:
            continue  # no longer Cedar
        tried += 1
        if not noticed:
            survivors.append(place)

    assert survivors == []
    assert tried > 100
