"""Sentences for decisions: every instrument with its grounds, what is unknown, and what would be enough."""

from __future__ import annotations

from datetime import datetime

import pytest

from licet.core.decision import Request, decide
from licet.core.facts import Members, Value, complete
from licet.core.rulebook import Rulebook
from licet.services.explain import Explanation, explain
from licet.wire.documents import SourceFile, read_files

DOCUMENTS = b"""
model: fable-5
family: fable
apis: [openai]
upstream: {url: http://127.0.0.1:9}
fallback: [opus-4.8]
---
model: opus-4.8
family: opus
apis: [openai]
upstream: {url: http://127.0.0.1:9}
---
release: general
issued: 2026-06-09T00:00:00Z
from: 2026-06-09T00:00:00Z
families: [fable, opus]
to: true
---
order: suspension
issuer: U.S. Department of Commerce
issued: 2026-06-12T17:21:00-04:00
from: 2026-06-12T18:51:00-04:00
models: [fable-5]
uses: {foreign_person: foreign_person@15cfr772.1}
forbids: foreign_person
appeal: https://appeals.example/suspension
---
licence: annex
issued: 2026-06-26T20:30:00-04:00
from: 2026-06-26T20:30:00-04:00
models: [fable-5]
relieves: [suspension]
to: org in {"Northwind"} or "FR" in citizenships
---
lift: end
issued: 2026-06-30T18:00:00-04:00
from: 2026-06-30T18:00:00-04:00
ends: [suspension]
"""

ORDER_DAY = "2026-06-13T00:00:00+00:00"
LICENCE_DAY = "2026-06-27T12:00:00+00:00"
FOREIGN: dict[str, Value] = {
    "natural_person": True,
    "us_citizen": False,
    "lpr": False,
    "protected_individual": False,
}


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return read_files([SourceFile("june.yaml", DOCUMENTS, lambda _: None)]).rulebook(1)


def explained(rulebook: Rulebook, at: str, known: dict[str, Value], model: str = "fable-5") -> Explanation:
    request = Request(complete(rulebook.facts, known), model, "use", datetime.fromisoformat(at))
    return explain(rulebook, request, decide(rulebook, request), subject="alice")


def test_a_foreign_person_is_told_the_order_its_grounds_and_when_it_ends(rulebook: Rulebook) -> None:
    told = explained(
        rulebook, ORDER_DAY, {**FOREIGN, "org": "Contoso", "citizenships": Members(frozenset({"DE"}), True)}
    )
    assert told.headline.startswith("alice asks to use fable-5 at 2026-06-13 00:00:00+00:00, under rulebook sha256:")
    assert told.headline.endswith("(epoch 1): fable-5 is not allowed, and opus-4.8 is served instead.")
    order = next(clause for clause in told.clauses if clause.instrument == "suspension")
    assert order.sentence == (
        "The order suspension of U.S. Department of Commerce, in force since 2026-06-12 18:51:00-04:00, "
        "forbids fable-5 (`foreign_person` by foreign_person@15cfr772.1), because "
        "`natural_person` is true, `us_citizen` is false, `lpr` is false and `protected_individual` is false."
    )
    assert told.unknown == ()
    assert told.remedies == (
        "Nothing that could be verified of alice would change this: only an instrument can.",
        "Appeal against suspension: https://appeals.example/suspension",
        "From 2026-06-30 18:00:00-04:00, by end: fable-5 is served.",
    )


def test_somebody_unverified_is_told_what_would_be_enough(rulebook: Rulebook) -> None:
    told = explained(rulebook, ORDER_DAY, {"natural_person": True})
    assert told.unknown[0] == (
        "Not known of alice, and in the way of fable-5: `lpr`, `protected_individual` and `us_citizen`."
    )
    assert told.remedies[0] == (
        "It would be enough to have verified that `lpr` is true, or that `protected_individual` is true, "
        "or that `us_citizen` is true."
    )


def test_what_is_said_to_be_enough_is_enough(rulebook: Rulebook) -> None:
    told = explained(rulebook, LICENCE_DAY, {**FOREIGN, "citizenships": Members(frozenset({"DE"}), False)})
    assert "`citizenships` is not known to be complete, so it may include FR" in " ".join(told.sentences)
    assert "that `citizenships` is {DE, FR}" in told.remedies[0]
    assert "that `org` is Northwind" in told.remedies[0]
    enough = explained(rulebook, LICENCE_DAY, {**FOREIGN, "citizenships": Members(frozenset({"DE", "FR"}), True)})
    assert enough.decision.served == "fable-5"


def test_a_relieved_order_names_its_licence(rulebook: Rulebook) -> None:
    told = explained(rulebook, LICENCE_DAY, {**FOREIGN, "org": "Northwind"})
    assert told.headline.endswith("it is served.")
    sentences = " ".join(told.sentences)
    assert "would forbid fable-5, but is relieved by annex" in sentences
    assert "The licence annex, in force since 2026-06-26 20:30:00-04:00, relieves suspension for fable-5" in sentences
    assert "because `org` is Northwind" in sentences


def test_before_any_release_nobody_may(rulebook: Rulebook) -> None:
    told = explained(rulebook, "2026-06-01T00:00:00+00:00", {})
    assert told.headline.endswith("it is refused.")
    assert "No release of fable-5 for this is in force, so nobody may." in told.sentences
    assert told.remedies[-1] == "From 2026-06-09 00:00:00+00:00, by general: fable-5 is served."
