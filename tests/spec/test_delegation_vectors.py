"""`vectors/delegation/` and `vectors/names/`: two who ask together, and the keyed hashes that stand for names."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from licet.core.decision import Decision, Request, decide
from licet.core.delegation import Party, decide_for_both
from licet.core.facts import UNKNOWN
from licet.core.rulebook import Rulebook
from licet.engines.points import compile_points
from licet.services.identity.marks import mark
from licet.services.keys import pseudonym
from licet.wire.canonical import canonical, digest
from licet.wire.documents import Written, rulebook_from
from licet.wire.values import from_json

VECTORS = Path(__file__).parents[2] / "vectors"
FILE = json.loads((VECTORS / "delegation" / "two-together.json").read_text())
NAMES = json.loads((VECTORS / "names" / "keyed-names.json").read_text())
KINDS = ("fact", "model", "release", "order")


def rulebook() -> Rulebook:
    kept = []
    for tree in FILE["documents"]:
        content = canonical(tree)
        kind = next(kind for kind in KINDS if kind in tree)
        kept.append(Written(kind, tree[kind], digest(content), content, {}))
    return rulebook_from(kept, lambda _: None, 1)


BOOK = rulebook()


def request(party: Party, asked: dict[str, Any], model: str, substitution: bool) -> Request:
    known = asked[party.name.lower()]
    facts = {name: from_json(known[name]) if name in known else UNKNOWN for name in BOOK.facts}
    return Request(facts, model, asked["operation"], datetime.fromisoformat(asked["at"]), substitution)


def by_reference(asked: dict[str, Any], party: Party, model: str, substitution: bool) -> Decision:
    return decide(BOOK, request(party, asked, model, substitution))


def by_points(asked: dict[str, Any], party: Party, model: str, substitution: bool) -> Decision:
    wanted = request(party, asked, model, substitution)
    points = compile_points(BOOK, wanted.at)
    return points.decide(points.vector(wanted.facts), *wanted[1:])


@pytest.mark.parametrize("engine", [by_reference, by_points])
@pytest.mark.parametrize("case", FILE["cases"], ids=lambda case: str(case["name"]))
def test_two_who_ask_together_are_decided_as_the_vector_says(case: dict[str, Any], engine: Any) -> None:
    asked = case["request"]
    found = decide_for_both(lambda *each: engine(asked, *each), asked["model"], asked["substitution"])
    told = {
        "outcome": found.decision.outcome.value,
        "served": found.decision.served,
        "whose": found.whose.name.lower(),
        "instruments": list(found.decision.instruments),
        "unknown": list(found.decision.unknown),
    }
    assert told == case["expect"], case["why"]


def test_each_case_says_why() -> None:
    assert set(FILE) == {"about", "documents", "cases"}
    names = [case["name"] for case in FILE["cases"]]
    assert len(set(names)) == len(names) >= 10
    assert all(
        set(case) == {"name", "why", "request", "expect"} and case["why"].endswith(".") for case in FILE["cases"]
    )


@pytest.mark.parametrize("case", NAMES["pseudonyms"], ids=lambda case: str(case["subject"]))
def test_a_pseudonym_is_what_the_vector_says(case: dict[str, str]) -> None:
    assert pseudonym(bytes.fromhex(case["key"]), case["subject"]) == case["expect"]


@pytest.mark.parametrize("case", NAMES["marks"], ids=lambda case: f"{case['kind']} {case['issuer']} {case['name']}")
def test_a_mark_is_what_the_vector_says(case: dict[str, str]) -> None:
    assert mark(bytes.fromhex(case["secret"]), case["issuer"], case["name"], case["kind"]).hex() == case["expect"]
