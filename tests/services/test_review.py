"""A proposal under review: what is proved of it, and every finding, each from a proposal that has it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from licet.adapters.store_memory import MemoryStore
from licet.core.attestations import Attestation
from licet.core.proof import Answer, Proof, ProofUnsound
from licet.core.properties import Property
from licet.core.rulebook import Rulebook
from licet.engines.proofs.prover import Prover
from licet.services import checks
from licet.services.approval import enact_proposal, founding
from licet.services.checks import People
from licet.services.findings import Check, Finding, Review, Severity
from licet.services.ports import Ack, Gone, Silence
from licet.services.review import review
from licet.services.rulebooks import propose
from licet.services.stored import SubjectRecord
from licet.wire.documents import SourceFile

JUNE = Path(__file__).parents[2] / "scenarios" / "june-2026"
ORDERED = datetime.fromisoformat("2026-06-12T18:51:00-04:00")
NOW = datetime(2026, 6, 13, tzinfo=UTC)
AMENDED = datetime(2026, 6, 14, tzinfo=UTC)
TICK = timedelta(microseconds=1)


class Nobody:
    """No gate runs."""

    def push(self, *, timeout: float) -> tuple[Ack | Silence | Gone, ...]:
        """Nobody answers."""
        return ()


@pytest.fixture(name="store")
def fixture() -> MemoryStore:
    """The June rulebook, enacted."""
    return june()


def june() -> MemoryStore:
    """The June rulebook, enacted."""
    store = MemoryStore()
    files = [
        SourceFile(name, (JUNE / name).read_bytes(), lambda other: (JUNE / other).read_bytes())
        for name in ("models.yaml", "instruments.yaml")
    ]
    proposal = propose(store, files)
    enact_proposal(
        store,
        Nobody(),  # type: ignore[arg-type]
        proposal,
        founding(proposal),
        actor="ann",
        now=NOW,
        stopwatch=time.monotonic,
    )
    return store


def document(head: str, *lines: str, at: datetime = AMENDED) -> str:
    return "\n".join([head, f"issued: {NOW.isoformat()}", f"from: {at.isoformat()}", *lines, ""])


def order(*lines: str, forbids: str, name: str = "new", at: datetime = AMENDED, models: str = "fable-5") -> str:
    uses = ["uses: {foreign_person: foreign_person@15cfr772.1}"] if "foreign_person" in forbids else []
    return document(f"order: {name}", f"models: [{models}]", f"forbids: {forbids}", *uses, *lines, at=at)


def prover(before: Rulebook, after: Rulebook) -> Prover:
    return Prover(before, after, now=NOW, stopwatch=time.monotonic, limit=60)


def look(store: MemoryStore, *texts: str, people: People | None = None, proofs: bool = True) -> Review:
    proposal = propose(store, [SourceFile("new.yaml", "---\n".join(texts).encode(), lambda _: None)])
    made = prover if proofs else None
    return review(proposal, NOW, prover=made, people=people, stopwatch=time.monotonic)


def found(seen: Review, check: Check) -> list[Finding]:
    return [each for each in seen.findings if each.check is check]


SUPERSEDES = "supersedes: [us-doc-2026-06-12]"
REVIEWED = "review_by: 2026-09-10T00:00:00Z"
BOTH = "fable-5, mythos-5"


def test_an_order_that_is_added_only_narrows(store: MemoryStore) -> None:
    seen = look(store, order(REVIEWED, forbids="not staff"))
    assert seen.only_narrows
    assert seen.headline.startswith("proved: it only narrows access")
    assert seen.findings == ()


def test_an_amendment_that_spares_staff_is_caught(store: MemoryStore) -> None:
    """It reads as the same order with a little mercy, and widens access for foreign staff."""
    seen = look(store, order(SUPERSEDES, REVIEWED, forbids="foreign_person and not staff", models=BOTH))
    assert not seen.only_narrows
    assert seen.narrows.answer is Answer.REFUTED
    witness = seen.narrows.witness
    assert witness is not None
    assert witness.facts["staff"] is not False
    assert witness.at == AMENDED
    assert witness.before is not None
    assert (witness.before.served, witness.after.served) == ("opus-4.8", "fable-5")
    assert "staff = true" in seen.headline


def test_an_amendment_that_begins_one_microsecond_late_is_caught(store: MemoryStore) -> None:
    """A lift ends the order, the stricter order follows: in between lies one microsecond in which everybody may."""
    lift = document("lift: end", "ends: [us-doc-2026-06-12]")
    after = order(REVIEWED, forbids="foreign_person or staff", models=BOTH, at=AMENDED + TICK)
    seen = look(store, lift, after)
    assert not seen.only_narrows
    assert seen.narrows.witness is not None
    assert seen.narrows.witness.at == AMENDED
    at_once = look(store, lift, order(REVIEWED, forbids="foreign_person or staff", models=BOTH))
    assert at_once.only_narrows


def test_an_amendment_that_misses_a_model_is_caught(store: MemoryStore) -> None:
    seen = look(store, order(SUPERSEDES, REVIEWED, forbids="foreign_person", models="fable-5"))
    assert seen.narrows.witness is not None
    assert seen.narrows.witness.model == "mythos-5"
    assert look(store, order(SUPERSEDES, REVIEWED, forbids="foreign_person", models=BOTH)).only_narrows


def test_what_is_done_with_a_model_counts(store: MemoryStore) -> None:
    seen = look(store, document("release: tune", "models: [opus-4.8]", "operations: [tune]", "to: staff"))
    assert seen.narrows.witness is not None
    assert seen.narrows.witness.operation == "tune"


def test_a_models_document_is_for_two_officers(store: MemoryStore) -> None:
    text = (JUNE / "models.yaml").read_text().split("---")[0].replace("18135", "18136")
    seen = look(store, text)
    (finding,) = found(seen, Check.MODELS)
    assert "fable-5" in finding.sentence
    assert not seen.only_narrows


def test_a_stream_that_would_have_been_cut_is_for_two_officers(store: MemoryStore) -> None:
    """An order that cuts, yet to come, is replaced by one that forbids the same and lets answers finish."""
    cut = propose(
        store, [SourceFile("cut.yaml", order(REVIEWED, forbids="not staff", name="cut").encode(), lambda _: None)]
    )
    enact_proposal(
        store,
        Nobody(),  # type: ignore[arg-type]
        cut,
        founding(propose(MemoryStore(), [])),
        actor="ann",
        now=NOW,
        stopwatch=time.monotonic,
    )
    mild = order("supersedes: [cut]", "streams: finish", REVIEWED, forbids="not staff", name="mild")
    seen = look(store, mild)
    assert seen.narrows.answer is Answer.PROVED
    assert [each.instruments for each in found(seen, Check.STREAMS)] == [("mild",)]
    assert not seen.only_narrows
    assert "may widen access otherwise" in seen.headline
    assert look(store, order("streams: finish", REVIEWED, forbids="not staff")).only_narrows, "it is only added"


def test_an_order_against_a_mandate_is_named_with_somebody(store: MemoryStore) -> None:
    mandate = document("mandate: court", "models: [opus-4.8]", "to: staff", "until: 2027-01-01T00:00:00Z")
    seen = look(store, mandate, order(REVIEWED, forbids="not us_citizen", models="opus-4.8"))
    (finding,) = found(seen, Check.CONTRADICTION)
    assert finding.severity is Severity.SERIOUS
    assert "court requires opus-4.8 for somebody with" in finding.sentence
    assert "new forbids it, and the order wins" in finding.sentence
    assert finding.witness is not None
    assert finding.witness.after.verdicts[0].conflicts == ("court",)
    assert seen.findings[0] is finding, "the worst comes first"
    assert seen.only_narrows, "and it is still what one officer may do"


def test_a_contradiction_that_was_there_before_is_a_note(store: MemoryStore) -> None:
    mandate = document("mandate: court", f"models: [{BOTH}]", "to: staff", at=ORDERED)
    proposal = propose(store, [SourceFile("m.yaml", mandate.encode(), lambda _: None)])
    enact_proposal(
        store,
        Nobody(),  # type: ignore[arg-type]
        proposal,
        founding(propose(MemoryStore(), [])),
        actor="ann",
        now=NOW,
        stopwatch=time.monotonic,
    )
    (finding,) = found(look(store, order(REVIEWED, forbids="not us_citizen")), Check.CONTRADICTION)
    assert finding.severity is Severity.NOTE
    assert "(as before)" in finding.sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (order(REVIEWED, forbids="stream and not stream"), "new has no effect: no decision depends on it"),
        (order("until: 2026-06-10T00:00:00Z", forbids="true", at=NOW - timedelta(days=5)), "new is never in force"),
        (document("lift: late", "ends: [us-doc-2026-06-12]", at=AMENDED + timedelta(days=60)), "late ends nothing"),
    ],
)
def test_an_instrument_without_effect_is_named(store: MemoryStore, text: str, sentence: str) -> None:
    (finding,) = found(look(store, text), Check.NO_EFFECT)
    assert sentence in finding.sentence
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("lines", "at", "sentence"),
    [
        (("models: [opus-4.8]", "to: staff"), AMENDED, "new relieves nothing: none of us-doc-2026-06-12 is in force"),
        (("models: [fable-5]", "to: staff"), AMENDED + timedelta(days=60), "new relieves nothing"),
        (("models: [fable-5]", "to: staff and not staff"), AMENDED, "new relieves nobody: no decision depends on it"),
    ],
)
def test_a_licence_that_relieves_nothing_is_named(
    store: MemoryStore, lines: tuple[str, ...], at: datetime, sentence: str
) -> None:
    seen = look(store, document("licence: new", "relieves: [us-doc-2026-06-12]", *lines, at=at))
    (finding,) = found(seen, Check.NO_RELIEF)
    assert sentence in finding.sentence
    assert not found(seen, Check.NO_EFFECT), "said once"


def test_an_order_without_an_end_is_a_note(store: MemoryStore) -> None:
    (finding,) = found(look(store, order(forbids="not staff")), Check.NO_END)
    assert (finding.severity, finding.instruments) == (Severity.NOTE, ("new",))
    ends = document("lift: end", "ends: [new]", at=AMENDED + timedelta(days=9))
    for seen in (look(store, order(forbids="not staff"), ends), look(store, order(REVIEWED, forbids="not staff"))):
        assert not found(seen, Check.NO_END)


def test_a_model_that_nobody_can_use_any_more_is_named(store: MemoryStore) -> None:
    week = AMENDED + timedelta(days=7)
    seen = look(store, order(f"until: {week.isoformat()}", forbids="true", models="opus-4.8"))
    (finding,) = found(seen, Check.NOBODY_LEFT)
    assert (
        finding.sentence == f"nobody can use opus-4.8 from {AMENDED.isoformat()} on (until {week.isoformat()} at least)"
    )
    assert not found(look(store, order(REVIEWED, forbids="not staff")), Check.NOBODY_LEFT)


def test_properties_that_stand_are_held_to_the_new_rulebook(store: MemoryStore) -> None:
    claim = "property: staff-keep-opus\nclaim: mandates-met\nmodels: [opus-4.8]\n"
    promise = document("mandate: promise", "models: [opus-4.8]", "to: staff")
    assert not found(look(store, claim, promise), Check.PROPERTY)
    broken = found(look(store, claim, promise, order(REVIEWED, forbids="not lpr", models="opus-4.8")), Check.PROPERTY)
    assert [each.severity for each in broken] == [Severity.SERIOUS]
    assert broken[0].sentence.startswith("the property staff-keep-opus does not hold: ")


def test_without_a_prover_nothing_is_proved_and_the_gap_is_named(store: MemoryStore) -> None:
    seen = look(store, order(forbids="not staff"), proofs=False)
    assert not seen.only_narrows
    assert seen.narrows.answer is Answer.NOT_DECIDED
    assert seen.headline == "not proved to only narrow access: the prover is not installed"
    (gap,) = found(seen, Check.NOT_MADE)
    assert "pip install 'licet[proofs]'" in gap.sentence
    assert found(seen, Check.NO_END), "what needs no proof is found all the same"


class Faulty:
    """A prover that finds itself wrong."""

    def prove(self, asked: Property, /) -> Proof:
        """Its own solver and the reference interpreter do not agree."""
        raise ProofUnsound("they do not agree")


def test_a_prover_that_is_wrong_proves_nothing_and_blocks_nothing(store: MemoryStore) -> None:
    proposal = propose(store, [SourceFile("new.yaml", order(forbids="true").encode(), lambda _: None)])
    seen = review(proposal, NOW, prover=lambda *_: Faulty(), people=None, stopwatch=time.monotonic)
    assert not seen.only_narrows
    assert "a bug in licet, please report it: they do not agree" in seen.headline


NOBODY_VOUCHES = "no trust document lets them have verified: staff; officers attest it on paper (`licet attest`)"


def somebody(name: str, **facts: bool) -> SubjectRecord:
    attested = [Attestation(name, fact, value, "hr", "passport", "high", NOW) for fact, value in facts.items()]
    return SubjectRecord(name, "person", tuple(attested))


def people(records: Iterable[SubjectRecord]) -> People:
    listed = list(records)
    return People(len(listed), lambda: listed, {})


def test_subjects_locked_out_only_by_unknown_facts_are_counted_by_fact(store: MemoryStore) -> None:
    some = [somebody(f"u{number}") for number in range(3)]
    some += [somebody("yes", staff=True), somebody("no", staff=False), somebody("part", us_citizen=False)]
    seen = look(store, order(REVIEWED, forbids="not staff", models="opus-4.8"), people=people(some))
    (finding,) = found(seen, Check.UNKNOWN_FACTS)
    assert finding.sentence == (
        f"4 subjects lose a model at {AMENDED.isoformat()} because a fact is unknown: staff (4); {NOBODY_VOUCHES}"
    )


def test_of_many_subjects_the_first_are_counted_and_that_is_said(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "MOST_COUNTED", 10)
    seen = look(
        store,
        order(REVIEWED, forbids="not staff", models="opus-4.8"),
        people=people(somebody(f"u{number}") for number in range(25)),
    )
    (finding,) = found(seen, Check.UNKNOWN_FACTS)
    assert finding.sentence.startswith("10 subjects lose a model")
    only = "(only the first 10 of 25 subjects were looked at; `licet review` looks at all)"
    assert finding.sentence.endswith(f"{only}; {NOBODY_VOUCHES}")


def test_that_nobody_was_found_among_the_first_is_not_said_of_all(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "MOST_COUNTED", 10)
    some = [somebody(f"u{number}", staff=True) for number in range(11)]
    seen = look(store, order(REVIEWED, forbids="not staff", models="opus-4.8"), people=people(some))
    (finding,) = found(seen, Check.UNKNOWN_FACTS)
    assert finding.severity is Severity.NOTE
    assert finding.sentence == (
        "nobody was found who loses a model because a fact is unknown"
        " (only the first 10 of 11 subjects were looked at; `licet review` looks at all)"
    )


def test_a_lift_of_a_release_narrows_and_of_an_order_widens(store: MemoryStore) -> None:
    assert look(store, document("lift: end", "ends: [dev-opus-4.8]")).only_narrows
    assert not look(store, document("lift: end", "ends: [us-doc-2026-06-12]")).only_narrows
