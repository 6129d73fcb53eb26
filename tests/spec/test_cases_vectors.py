"""`vectors/cases/`: entries to what they come to; new entries to why they are refused. And the page, row by row."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.cases.walking import table

from licet.cases.admit import admit
from licet.cases.built_in import BUILT_IN
from licet.cases.derive import derive
from licet.cases.expiries import expiries
from licet.cases.law import CaseLaw
from licet.cases.refusal import NotPossible, Why
from licet.core.cases.case import Case
from licet.core.cases.entry import Entry
from licet.core.roles import Role
from licet.wire.canonical import canonical, digest
from licet.wire.case import entry_from, standing_tree
from licet.wire.documents import read_cases
from licet.wire.entries import entry_tree

ROOT = Path(__file__).parents[2]
FILE = json.loads((ROOT / "vectors" / "cases" / "permits.json").read_text())
PAGE = (ROOT / "spec" / "cases.md").read_text()


class Stored(NamedTuple):
    kind: str
    name: str
    digest: str
    canonical: bytes


def stored(tree: dict[str, Any]) -> Stored:
    kind = next(kind for kind in ("procedure", "calendar") if kind in tree)
    content = canonical(tree)
    return Stored(kind, tree[kind], digest(content), content)


DOCUMENTS = read_cases([stored(tree) for tree in FILE["documents"]])
LAW = CaseLaw(
    {each.digest: each for each in DOCUMENTS.procedures.values()},
    {"weeks@1": replace(table("weeks@1"), digest=FILE["table"])},
    DOCUMENTS.criteria,
)


def entries(case: dict[str, Any]) -> tuple[Entry, ...]:
    return tuple(entry_from(each) for each in case["entries"])


def standing(case: dict[str, Any]) -> Case:
    procedure = DOCUMENTS.procedures[case["procedure"]].digest
    return derive(LAW, case.get("case", "C-7"), procedure, entries(case), datetime.fromisoformat(case["now"]))


def only(tree: Any, shape: Any) -> Any:
    """As much of a tree as a vector shows of it."""
    if isinstance(shape, dict) and isinstance(tree, dict):
        return {key: only(tree[key], shape[key]) for key in shape}
    if isinstance(shape, list) and isinstance(tree, list) and len(tree) == len(shape):
        return [only(each, shown) for each, shown in zip(tree, shape, strict=True)]
    return tree


@pytest.mark.parametrize("case", FILE["cases"], ids=lambda case: case["name"])
def test_what_entries_come_to(case: dict[str, Any]) -> None:
    found = standing(case)
    clock = [entry_tree(each) for each in expiries(found, datetime.fromisoformat(case["now"]))]
    tree = standing_tree(found) | {"clock": clock}
    assert only(tree, {key: each for key, each in case["expect"].items() if key != "fields"}) == {
        key: each for key, each in case["expect"].items() if key != "fields"
    }
    assert tree["fields"] == case["expect"]["fields"]


@pytest.mark.parametrize("case", FILE["refused"], ids=lambda case: case["name"])
def test_what_is_refused(case: dict[str, Any]) -> None:
    appealed = None if case["appealed"] is None else standing(case["appealed"] | {"now": case["now"]})
    with pytest.raises(NotPossible) as refused:
        admit(
            LAW,
            "C-7",
            DOCUMENTS.procedures[case["procedure"]].digest,
            entries(case),
            entry_from(case["new"]),
            officer=frozenset(Role(each) for each in case["roles"]),
            now=datetime.fromisoformat(case["now"]),
            appealed=appealed,
        )
    assert [each.why.value for each in refused.value.reasons] == case["reasons"]
    assert [each.says for each in refused.value.reasons] == case["says"]


def test_every_kind_of_reason_has_a_vector() -> None:
    assert {*Why} - {Why(each) for case in FILE["refused"] for each in case["reasons"]} == {Why.EVENT, Why.ONCE}


@pytest.mark.parametrize("why", Why)
def test_every_kind_of_reason_is_on_the_page(why: Why) -> None:
    assert f"\n| `{why.value}` | " in PAGE


@pytest.mark.parametrize("rule", BUILT_IN.values(), ids=BUILT_IN)
def test_what_can_happen_in_every_case_is_on_the_page(rule: Any) -> None:
    needs = ", ".join(f"`{name}`" for name in rule.needs)
    assert f"| `{rule.name}` | {needs}{' ' if needs else ''}| {rule.meaning}" in PAGE
