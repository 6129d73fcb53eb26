"""`vectors/facts/`: attestations and trust documents, to each value and the standing of each attestation."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.spec.test_decide_vectors import stored

from licet.core.attestations import Attestation, Carrier, Standing, StatusReference, newest, values_at, weigh
from licet.core.facts import UNKNOWN
from licet.core.rulebook import Rulebook
from licet.wire.documents import rulebook_from
from licet.wire.values import from_json, to_json

FILES = sorted((Path(__file__).parents[2] / "vectors" / "facts").glob("*.json"))
KINDS = ("fact", "trust", "lift")


def attestation(tree: dict[str, Any]) -> Attestation:
    status = tree.get("status")
    return Attestation(
        "alice",
        tree["fact"],
        from_json(tree["value"]),
        tree["attested_by"],
        tree["how"],
        tree["level"],
        datetime.fromisoformat(tree["at"]),
        datetime.fromisoformat(tree["until"]) if "until" in tree else None,
        carrier=Carrier(tree["carrier"]),
        status=StatusReference(status["uri"], status["position"]) if status else None,
    )


def enacted(documents: list[dict[str, Any]], names: list[str]) -> Rulebook:
    wanted = [tree for tree in documents if "fact" in tree or tree[next(k for k in KINDS if k in tree)] in names]
    return rulebook_from([stored(tree, KINDS) for tree in wanted], lambda _: None, 1)


FOUND = [
    (f"{path.stem}: {case['name']}", file["documents"], case)
    for path in FILES
    for file in [json.loads(path.read_text())]
    for case in file["cases"]
]
CASES = [pytest.param(documents, case, id=name) for name, documents, case in FOUND]


@pytest.mark.parametrize(("documents", "case"), CASES)
def test_each_fact_has_the_value_and_each_attestation_the_standing(
    documents: list[dict[str, Any]], case: dict[str, Any]
) -> None:
    book, at = enacted(documents, case["enacted"]), datetime.fromisoformat(case["at"])
    words = newest(map(attestation, case["attestations"]))
    confirmed = {uri: datetime.fromisoformat(until) for uri, until in case["confirmed"].items()}
    found = weigh(words, book.facts, book.trusts(at), confirmed, at)
    said = {
        name: {"value": to_json(value), "standings": [each.standing.value for each in weighed]}
        for name, (value, weighed) in found.items()
    }
    assert said == case["expect"]
    values = values_at(words, book.facts, book.trusts(at), confirmed, at)
    expected = {name: from_json(each["value"]) for name, each in case["expect"].items()}
    assert values == {name: expected.get(name, UNKNOWN) for name in book.facts}


def test_every_standing_has_a_case() -> None:
    told = {each for _, _, case in FOUND for fact in case["expect"].values() for each in fact["standings"]}
    assert told == {each.value for each in Standing}
    assert len(CASES) >= 100
