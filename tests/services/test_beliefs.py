"""A change of whose word counts: who must agree to it, and what it turns of the subjects who are there."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta

import pytest
from tests.services.test_review import AMENDED, NOW, Nobody, document, found, june, look, order

from licet.adapters.store_memory import MemoryStore
from licet.core.attestations import Attestation, Carrier, StatusReference
from licet.core.facts import UNKNOWN, Value
from licet.services.approval import enact_proposal, founding, warrant_for_one
from licet.services.checks import People
from licet.services.findings import Check, Severity
from licet.services.rulebooks import propose
from licet.services.stored import Ground, SubjectRecord, Warrant
from licet.wire.documents import SourceFile

KEYS = "keys: {discovery: true}"
SIGNED = ("carriers: [oidc]", "audience: [licet]", "algorithms: [ES256]", KEYS)
LATER = AMENDED + timedelta(days=1)


@pytest.fixture
def store() -> MemoryStore:
    return june()


def trust(*lines: str, name: str = "idp", facts: str = "{staff: {claim: staff}}") -> str:
    return document(f"trust: {name}", "attester: https://idp.example", *SIGNED, f"facts: {facts}", *lines)


def enacted(store: MemoryStore, *texts: str) -> None:
    proposal = propose(store, [SourceFile("new.yaml", "---\n".join(texts).encode(), lambda _: None)])
    warrant = Warrant(Ground.TWO_OFFICERS, approved_by="ben")
    enact_proposal(store, Nobody(), proposal, warrant, actor="ann", now=NOW, stopwatch=time.monotonic)  # type: ignore[arg-type]


def said(subject: str, fact: str, value: Value, carrier: Carrier = Carrier.OIDC, **more: object) -> Attestation:
    by = "https://idp.example" if carrier is Carrier.OIDC else "desk"
    return Attestation(subject, fact, value, by, "how", "low", NOW, carrier=carrier, **more)  # type: ignore[arg-type]


def somebody(name: str, *words: Attestation) -> SubjectRecord:
    return SubjectRecord(name, "person", words)


def people(records: Iterable[SubjectRecord], **confirmed: object) -> People:
    listed = list(records)
    return People(len(listed), lambda: listed, confirmed)  # type: ignore[arg-type]


def test_a_trust_document_is_for_two_officers_though_it_permits_nobody_anything(store: MemoryStore) -> None:
    seen = look(store, trust())
    assert seen.narrows.answer.value == "proved"
    assert not seen.only_narrows
    assert warrant_for_one(seen) is None
    (finding,) = found(seen, Check.TRUST)
    assert finding.severity is Severity.WARNING
    assert finding.instruments == ("idp",)
    assert finding.sentence == (
        "idp: https://idp.example is believed about staff; whose word counts is in no proof about permission, so two"
        " officers decide on it"
    )
    alone = warrant_for_one(seen, officers=1)
    assert alone is not None
    assert alone.ground is Ground.ONE_OFFICER


def test_a_document_that_supersedes_another_one_is_for_two_though_it_believes_less(store: MemoryStore) -> None:
    enacted(store, trust(facts="{staff: {claim: staff}, org: {claim: org}}"))
    seen = look(store, trust("supersedes: [idp]", name="idp-2"))
    assert not seen.only_narrows
    assert [each.instruments for each in found(seen, Check.TRUST)] == [("idp-2",)]
    assert [each.instruments for each in found(seen, Check.TRUST_ENDS)] == [("idp",)]


def test_a_lift_of_trust_alone_narrows_and_says_why(store: MemoryStore) -> None:
    enacted(store, trust(), trust(name="other"))
    seen = look(store, document("lift: end", "ends: [idp]", at=LATER))
    assert seen.only_narrows
    warrant = warrant_for_one(seen)
    assert warrant is not None
    assert warrant.ground is Ground.NARROWS
    (finding,) = found(seen, Check.TRUST_ENDS)
    assert finding.severity is Severity.NOTE
    assert "becomes unknown, and losing trust widens nothing" in finding.sentence
    assert found(seen, Check.TRUST) == []


def test_a_lift_that_ends_an_order_too_widens(store: MemoryStore) -> None:
    enacted(store, trust())
    assert not look(store, document("lift: end", "ends: [idp, us-doc-2026-06-12]", at=LATER)).only_narrows


def test_a_lift_that_brings_back_what_was_superseded_is_for_two(store: MemoryStore) -> None:
    """Who is lifted before it begins supersedes nothing, so the earlier document is in force for longer."""
    later = trust("supersedes: [idp]", name="idp-2").replace(
        f"from: {AMENDED.isoformat()}", f"from: {LATER.isoformat()}"
    )
    enacted(store, trust(), later)
    seen = look(store, document("lift: end", "ends: [idp-2]", at=AMENDED))
    assert not seen.only_narrows
    assert [each.instruments for each in found(seen, Check.TRUST)] == [("idp",)]


def test_what_is_over_already_is_no_change(store: MemoryStore) -> None:
    enacted(
        store,
        document(
            "trust: old",
            "attester: acme",
            "carriers: [scim]",
            "facts: {staff: {value: true}}",
            at=NOW - timedelta(days=2),
        ).rstrip("\n")
        + f"\nuntil: {(NOW - timedelta(days=1)).isoformat()}\n",
    )
    seen = look(store, order("review_by: 2026-09-10T00:00:00Z", forbids="not staff"))
    assert seen.only_narrows
    assert found(seen, Check.TRUST) == found(seen, Check.TRUST_ENDS) == []


@pytest.mark.parametrize(("level", "finds"), [("level: substantial\n", 1), ("", 0)])
def test_a_fact_with_a_level_is_for_two(store: MemoryStore, level: str, finds: int) -> None:
    seen = look(store, f"fact: checked\ntype: boolean\n{level}meaning: It was looked at.\nsource: none\n")
    assert len(found(seen, Check.TRUST)) == finds
    assert seen.only_narrows is not bool(finds)


def test_those_whose_word_begins_to_count_are_counted_by_fact(store: MemoryStore) -> None:
    some = [
        somebody("one", said("one", "staff", True), said("one", "org", "acme.example")),
        somebody("two", said("two", "staff", False)),
        somebody("both", said("both", "staff", True), said("both", "staff", True, Carrier.OFFICERS)),
        somebody("withdrawn", said("withdrawn", "staff", UNKNOWN)),
        somebody("nobody"),
    ]
    (finding,) = found(look(store, trust(), people=people(some)), Check.TRUST_COUNTS)
    assert finding.sentence == (
        f"at {AMENDED.isoformat()} an attestation begins to count for 3 of staff; another value is known, or none any"
        " more, for 2 of staff"
    )
    assert finding.instruments == ("idp",)


def test_those_whose_word_ceases_to_count_are_counted(store: MemoryStore) -> None:
    enacted(store, trust())
    some = [somebody("one", said("one", "staff", True)), somebody("two", said("two", "org", "acme.example"))]
    (finding,) = found(
        look(store, document("lift: end", "ends: [idp]", at=LATER), people=people(some)), Check.TRUST_COUNTS
    )
    assert finding.sentence == (
        f"at {LATER.isoformat()} an attestation ceases to count for 1 of staff; another value is known, or none any"
        " more, for 1 of staff"
    )


def test_a_contradiction_that_would_arise_is_seen(store: MemoryStore) -> None:
    """A word that would count, if nobody contradicted it, begins to count all the same."""
    one = somebody("one", said("one", "staff", True), said("one", "staff", False, Carrier.OFFICERS))
    (finding,) = found(look(store, trust(), people=people([one])), Check.TRUST_COUNTS)
    assert finding.sentence == f"at {AMENDED.isoformat()} an attestation begins to count for 1 of staff"


def test_lists_that_are_read_now_are_expected_to_be_read_on(store: MemoryStore) -> None:
    uri = "https://idp.example/status"
    one = somebody("one", said("one", "staff", True, status=StatusReference(uri, 1)))
    minute = timedelta(minutes=1)
    for until, begins in ((NOW + minute, 1), (NOW - minute, 0)):
        (finding,) = found(look(store, trust(), people=people([one], **{uri: until})), Check.TRUST_COUNTS)
        assert ("begins to count for 1 of staff" in finding.sentence) is bool(begins)
        assert ("nothing that was attested" in finding.sentence) is not bool(begins)


def test_an_order_turns_nobodys_word(store: MemoryStore) -> None:
    seen = look(store, order("review_by: 2026-09-10T00:00:00Z", forbids="not staff"), people=people([somebody("one")]))
    assert found(seen, Check.TRUST_COUNTS) == []


def test_the_first_enactment_may_bring_trust() -> None:
    proposal = propose(MemoryStore(), [SourceFile("new.yaml", trust().encode(), lambda _: None)])
    assert founding(proposal).ground is Ground.FOUNDING
    assert [each.attester for each in proposal.rulebook.trusts(AMENDED)] == ["https://idp.example"]
    assert proposal.rulebook.trusts(AMENDED - timedelta(microseconds=1)) == ()


def test_those_who_lose_a_model_with_the_trust_in_an_issuer_are_counted(store: MemoryStore) -> None:
    """The documents about models are the same before and after: it is the fact that becomes unknown."""
    enacted(store, trust(), order(forbids="not staff", models="opus-4.8"))
    some = [
        somebody("loses", said("loses", "staff", True)),
        somebody("has it on paper, too", said("p", "staff", True), said("p", "staff", True, Carrier.OFFICERS)),
        somebody("never had it", said("never", "staff", False)),
    ]
    seen = look(store, document("lift: end", "ends: [idp]", at=LATER), people=people(some))
    (finding,) = found(seen, Check.UNKNOWN_FACTS)
    assert finding.sentence.startswith(f"1 subject loses a model at {LATER.isoformat()} because a fact is unknown: ")
    assert "staff (1)" in finding.sentence
