"""`vectors/decide/`: each case through the reference interpreter and through the compiled points."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from licet.core.decision import Decision, Request, decide
from licet.core.facts import UNKNOWN, Value
from licet.core.rulebook import Rulebook
from licet.engines.points import compile_points
from licet.wire.canonical import canonical, digest
from licet.wire.documents import rulebook_from
from licet.wire.values import from_json, to_json

FILES = sorted((Path(__file__).parents[2] / "vectors" / "decide").glob("*.json"))


@dataclass(frozen=True)
class Stored:
    kind: str
    name: str
    digest: str
    canonical: bytes


def stored(tree: dict[str, Any], kinds: tuple[str, ...]) -> Stored:
    kind = next(kind for kind in kinds if kind in tree)
    content = canonical(tree)
    return Stored(kind, tree[kind], digest(content), content)


KINDS = ("fact", "definition", "model", "release", "order", "licence", "mandate", "lift")


def rulebook(file: dict[str, Any]) -> Rulebook:
    lists = {name: text.encode() for name, text in file["lists"].items()}
    return rulebook_from([stored(tree, KINDS) for tree in file["documents"]], lists.get, 1)


def cases() -> list[Any]:
    found = []
    for path in FILES:
        file = json.loads(path.read_text())
        book = rulebook(file)
        found += [pytest.param(book, case, id=f"{path.stem}: {case['name']}") for case in file["cases"]]
    return found


CASES = cases()


def request(book: Rulebook, case: dict[str, Any]) -> Request:
    """The request of a case; facts that it does not list are unknown."""
    wanted = case["request"]
    known = {name: from_json(tree) for name, tree in wanted["facts"].items()}
    for name, value in known.items():
        assert book.facts[name].admits(value)
        assert to_json(value) == wanted["facts"][name]
    facts: dict[str, Value] = {name: known.get(name, UNKNOWN) for name in book.facts}
    at = datetime.fromisoformat(wanted["at"])
    return Request(facts, wanted["model"], wanted["operation"], at, wanted["substitution"])


def told(decision: Decision) -> dict[str, Any]:
    return {
        "outcome": decision.outcome.value,
        "served": decision.served,
        "instruments": list(decision.instruments),
        "unknown": list(decision.unknown),
        "conflicts": list(decision.verdicts[0].conflicts),
    }


@pytest.mark.parametrize(("book", "case"), CASES)
def test_the_reference_decides_as_the_vector_says(book: Rulebook, case: dict[str, Any]) -> None:
    assert told(decide(book, request(book, case))) == case["expect"], case["why"]


@pytest.mark.parametrize(("book", "case"), CASES)
def test_the_points_decide_as_the_vector_says(book: Rulebook, case: dict[str, Any]) -> None:
    wanted = request(book, case)
    points = compile_points(book, wanted.at)
    decision = points.decide(points.vector(wanted.facts), *wanted[1:])
    assert told(decision) == case["expect"], case["why"]
    assert decision == decide(book, wanted)


def test_there_are_cases_enough_and_each_says_why() -> None:
    assert len(CASES) >= 40
    names = [str(case.id) for case in CASES]
    assert len(set(names)) == len(names)
    for case in CASES:
        _, tree = case.values
        assert set(tree) == {"name", "why", "request", "expect"}
        assert tree["why"].endswith(".")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_documents_of_a_vector_are_in_their_canonical_form(path: Path) -> None:
    """So an implementation that computes digests gets ours."""
    file = json.loads(path.read_text())
    book = rulebook(file)
    digests = {digest(canonical(tree)) for tree in file["documents"]}
    assert {each.digest for each in book.instruments} <= digests
    assert set(file) == {"about", "documents", "lists", "cases"}
