"""Evidence in a log: the rulebook that it alone gives withholds what the operator's did, and claims go by it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.record.june_log import (
    ALL,
    CITIZEN,
    CLAIM,
    MODELS,
    ORDERED,
    SECOND,
    Sealed,
    decision,
    enacted,
    end,
    file_of,
    published,
)

from licet.core.rulebook import Rulebook
from licet.record.claims.claim import ClaimVerdict, Outcome
from licet.record.claims.enforcement import check_claim
from licet.record.log.entries import Acknowledged
from licet.record.log.rulebooks import Law
from licet.wire.documents import Reading, SourceFile, read_files

DIGEST = "sha256:" + "0" * 64
AT = ORDERED + 60 * SECOND
LATER = AT + 60 * SECOND
BEGINS = (AT - SECOND / 2).isoformat()
JUDGED = f'judgement: "{DIGEST}"\nassessed: {BEGINS}\nissued: {BEGINS}\nmodels: [fable-5]\n'
EVIDENCE = f"""\
threshold: word@1
framework: an example
source: clause 1
capability: tells the word
metric: success
scale: [0, 1]
success_at: 1
lines: {{red: 0.2}}
suites: {{words: "{DIGEST}"}}
---
release: with-evidence
issued: {BEGINS}
from: {BEGINS}
supersedes: [dev-fable-5-2026-06-09]
models: [fable-5]
to: true
requires: [{{threshold: word@1}}, {{findings_at_most: low}}]
---
assessment: spoken
threshold: word@1
verdict: not reached
from: {BEGINS}
{JUDGED}---
finding: way-around
levels: [low, high]
from: {LATER.isoformat()}
{JUDGED}"""


def _reading() -> Reading:
    lists = {digest: content for each in ALL.written for digest, content in each.lists.items()}
    file = SourceFile("evidence.yaml", EVIDENCE.encode(), lambda _: None)
    return read_files([file], [*MODELS.written, *ALL.written], lambda _, digest: lists.get(digest or ""))


READING = _reading()
BOOK: Rulebook = READING.rulebook(3)
SERVED: dict[str, Any] = {"outcome": "serve", "served": "fable-5", "instruments": ("with-evidence",)}
REFUSED: dict[str, Any] = {"outcome": "refuse", "served": None, "instruments": (), "unknown": ()}


def instead() -> dict[str, Any]:
    releases = [each.name for each in BOOK.in_force(LATER) if "opus-4.8" in getattr(each, "models", ())]
    return {"outcome": "substitute", "served": "opus-4.8", "instruments": tuple(sorted(releases))}


def world_of(*records: bytes) -> Sealed:
    world = Sealed()
    world.entries += [*published(READING.written), enacted(3, AT - SECOND, READING.written, BOOK)]
    world.entries.append(Acknowledged(3, "w0", AT - SECOND / 2))
    return world.seal(file_of([each.replace(b'"epoch":2', b'"epoch":3') for each in records]))


def verdict(at: Any, said: dict[str, Any]) -> ClaimVerdict:
    record = decision(1, at, CITIZEN, rulebook=BOOK.digest, epoch=2, **said)
    records = [record, end(1, at + SECOND)] if said["served"] else [record]
    world = world_of(*records)
    return check_claim(replace(CLAIM, since=AT - 0.1 * SECOND), world.read, world.open)


def test_the_log_alone_gives_the_rulebook_with_its_evidence() -> None:
    book = Law(enumerate(world_of().entries)).rulebook(3)
    model = book.catalogue.models["fable-5"]
    assert book.digest == BOOK.digest
    assert book.boundaries == BOOK.boundaries
    assert LATER in book.boundaries
    for at in book.boundaries:
        assert [(each.name, each.digest) for each in book.in_force(at)] == [
            (each.name, each.digest) for each in BOOK.in_force(at)
        ]
        assert book.withheld(model, at) == BOOK.withheld(model, at)
    assert book.withheld(model, LATER)


@pytest.mark.parametrize("at", [AT, LATER - SECOND / 1_000_000])
def test_what_was_served_while_the_requirement_was_met_holds(at: Any) -> None:
    found = verdict(at, SERVED)
    assert found.outcome is Outcome.HOLDS, (found.violations, found.missing)


def test_what_was_served_after_it_lapsed_does_not() -> None:
    found = verdict(LATER, SERVED)
    assert found.outcome is not Outcome.HOLDS
    assert "recomputed is" in "\n".join(map(str, found.violations))


@pytest.mark.parametrize("said", [instead(), REFUSED])
def test_what_was_withheld_after_it_lapsed_holds(said: dict[str, Any]) -> None:
    found = verdict(LATER, said)
    assert found.outcome is Outcome.HOLDS, (found.violations, found.missing)
