"""The June letters: what they were meant to do is proved of them, and each slip is caught by somebody it concerns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from time import monotonic

import pytest

from licet.core.conditions import Always
from licet.core.decision import Outcome
from licet.core.facts import UNKNOWN, About, Facts, Kind
from licet.core.instruments import Operation
from licet.core.proof import Answer, Proof, ProofUnsound
from licet.core.properties import Claim, Property
from licet.core.rulebook import Rulebook
from licet.engines.proofs.prover import Prover
from licet.engines.smt.formulas import Formulas
from licet.engines.smt.logic import FALSE
from licet.wire.documents import Reading, SourceFile, read_files

JUNE = Path(__file__).parents[2] / "scenarios" / "june-2026"
ORDERED = datetime.fromisoformat("2026-06-12T18:51:00-04:00")
ISSUED = datetime.fromisoformat("2026-06-12T17:21:00-04:00")
LETTER = "us-doc-2026-06-12"
MICROSECOND = timedelta(microseconds=1)
FORBIDS = "models: [fable-5, mythos-5]\noperations: [use]\nuses: {foreign_person: foreign_person@15cfr772.1}\nforbids: "


def june(*changes: tuple[str, str], more: str = "") -> Reading:
    """The June documents and properties, with some words replaced and some documents added."""
    texts = {name: (JUNE / f"{name}.yaml").read_text() for name in ("models", "instruments", "properties")}
    for old, new in changes:
        assert texts["instruments"].count(old) == 1 or texts["models"].count(old) == 1, old
        texts = {name: text if name == "properties" else text.replace(old, new) for name, text in texts.items()}
    texts |= {"more": more} if more else {}
    files = [
        SourceFile(f"{name}.yaml", text.encode(), lambda each: (JUNE / each).read_bytes())
        for name, text in texts.items()
    ]
    return read_files(files)


def prover(after: Reading, before: Reading | None = None, now: datetime = ISSUED, limit: float = 60.0) -> Prover:
    earlier = before.rulebook(1) if before else None
    return Prover(earlier, after.rulebook(2), now=now, stopwatch=monotonic, limit=limit)


def proofs(reading: Reading) -> dict[str, Proof]:
    made = prover(reading)
    return {each.name: made.prove(each) for each in reading.documents.properties}


def claim(claim: Claim, **about: object) -> Property:
    everyone = {"name": "p", "whom": Always(True), "text": "True", "operations": tuple(Operation)}
    return Property(claim=claim, **(everyone | about))  # type: ignore[arg-type]


def known(facts: Facts) -> dict[str, object]:
    return {name: value for name, value in facts.items() if value is not UNKNOWN and name not in ("stream", "subject")}


def test_what_the_letters_were_meant_to_do() -> None:
    found = proofs(june())
    assert {name: each.answer for name, each in found.items()} == dict.fromkeys(found, Answer.PROVED)
    rests = {name: each.rests_on for name, each in found.items()}
    assert rests == {
        "foreign-persons-are-out": (LETTER,),
        "fable-stays-out-until-the-lift": (LETTER,),
        "no-way-round-by-substitution": (),
        "outside-annex-a-mythos-stays-shut": (LETTER, "us-doc-2026-06-26"),
        "the-lift-gives-everything-back": (),
        "every-letter-does-something": (LETTER, "us-doc-2026-06-26"),
    }
    assert all(each.assumptions for each in found.values())


def test_an_order_that_spares_staff_by_mistake() -> None:
    found = proofs(june(("forbids: foreign_person", "forbids: foreign_person and not staff")))
    assert found["outside-annex-a-mythos-stays-shut"].answer is Answer.PROVED
    proof = found["foreign-persons-are-out"]
    assert proof.answer is Answer.REFUTED
    assert proof.witness is not None
    assert known(proof.witness.facts) == {"staff": True}
    assert (proof.witness.at, proof.witness.model) == (ORDERED, "fable-5")
    assert proof.witness.after.outcome is Outcome.SERVE


def test_an_order_that_starts_one_second_late() -> None:
    late = june(("from: 2026-06-12T18:51:00-04:00", "from: 2026-06-12T18:51:01-04:00"))
    proof = proofs(late)["foreign-persons-are-out"]
    assert proof.answer is Answer.REFUTED
    assert proof.witness is not None
    assert proof.witness.at == ORDERED
    only_a_second = replace(proof.property, from_=ORDERED + timedelta(seconds=1))
    assert prover(late).prove(only_a_second).answer is Answer.PROVED


@pytest.mark.parametrize(
    ("models", "missed", "facts"),
    [("models: [mythos-5]", "fable-5", {}), ("families: [fable]", "mythos-5", {"staff": True})],
)
def test_an_order_that_misses_a_model_or_a_family(models: str, missed: str, facts: dict[str, object]) -> None:
    proof = proofs(june(("models: [fable-5, mythos-5]", models)))["foreign-persons-are-out"]
    assert proof.answer is Answer.REFUTED
    assert proof.witness is not None
    assert (proof.witness.model, proof.witness.at) == (missed, ORDERED)
    assert known(proof.witness.facts) == facts


AMENDMENT = f"""
order: amendment
issued: 2026-06-14T00:00:00-04:00
from: 2026-06-14T00:00:00-04:00
supersedes: [{LETTER}]
{FORBIDS}"""


def narrows(more: str) -> Proof:
    return prover(june(more=more), june()).prove(claim(Claim.ONLY_NARROWS))


def test_an_amendment_that_narrows() -> None:
    # nobody lifts it, and no licence of the letter says anything of it
    proof = narrows(AMENDMENT + "foreign_person or not staff\n")
    assert proof.answer is Answer.PROVED
    assert proof.rests_on == ("amendment", LETTER)


def test_an_amendment_that_looks_narrower_and_lets_go_of_some() -> None:
    proof = narrows(AMENDMENT + "foreign_person and natural_person\n")
    assert proof.answer is Answer.REFUTED
    assert proof.witness is not None
    assert proof.witness.at == datetime.fromisoformat("2026-06-14T00:00:00-04:00")
    assert proof.witness.facts["natural_person"] is False
    assert proof.witness.before is not None
    assert proof.witness.before.outcome is Outcome.SUBSTITUTE
    assert proof.witness.after.outcome is Outcome.SERVE


GAP = f"""
lift: gap
issued: 2026-06-14T00:00:00-04:00
from: 2026-06-14T00:00:00-04:00
ends: [{LETTER}]
---
order: stricter
issued: 2026-06-14T00:00:00-04:00
from: 2026-06-14T00:00:00.000001-04:00
{FORBIDS}true
"""


def test_a_stricter_order_that_begins_one_microsecond_late() -> None:
    begins = datetime.fromisoformat("2026-06-14T00:00:00-04:00")
    proof = narrows(GAP)
    assert proof.answer is Answer.REFUTED
    assert proof.witness is not None
    assert proof.witness.at == begins
    assert narrows(GAP.replace("00:00:00.000001", "00:00:00")).answer is Answer.PROVED


def test_a_lift_restores_unless_what_it_ends_had_superseded_something() -> None:
    lift = "\n---\nlift: undo\nissued: 2026-06-15T00:00:00-04:00\nfrom: 2026-06-15T00:00:00-04:00\nends: [amendment]\n"
    reading = june(more=AMENDMENT + "foreign_person\n" + lift)
    proof = prover(reading).prove(claim(Claim.LIFT_RESTORES, instruments=("undo",)))
    assert proof.answer is Answer.REFUTED
    assert proof.about == ("undo",)
    assert proof.witness is not None
    assert proof.witness.at == datetime.fromisoformat("2026-06-15T00:00:00-04:00")
    assert proof.witness.before is not None
    assert (proof.witness.before.served, proof.witness.after.served) == ("opus-4.8", "fable-5")
    both = prover(reading).prove(claim(Claim.LIFT_RESTORES, instruments=("undo", "us-doc-2026-06-30")))
    assert both.witness == proof.witness


DEAD = f"""
mandate: contract
issued: 2026-06-01T00:00:00-04:00
from: 2026-06-01T00:00:00-04:00
models: [fable-5]
to: staff
---
licence: relieves-nobody
issued: 2026-06-14T00:00:00-04:00
from: 2026-06-14T00:00:00-04:00
relieves: [{LETTER}]
models: [fable-5]
to: us_citizen and natural_person
---
order: of-weights
issued: 2026-06-14T00:00:00-04:00
from: 2026-06-14T00:00:00-04:00
until: 2026-06-15T00:00:00-04:00
models: [fable-5]
operations: [weights]
forbids: staff
"""


def test_dead_instruments() -> None:
    made = prover(june(more=DEAD))
    everything = made.prove(claim(Claim.NO_DEAD_INSTRUMENT, operations=(Operation.USE,)))
    assert everything.answer is Answer.REFUTED
    # the release of July is the one of June again; nobody has weights, so nobody loses them
    assert everything.about == ("dev-fable-5-2026-07-01", "of-weights", "relieves-nobody")
    named = made.prove(claim(Claim.NO_DEAD_INSTRUMENT, instruments=("contract", LETTER)))
    assert named.about == ("contract",), "a mandate never changes a decision"
    later = replace(named.property, instruments=(LETTER,), from_=datetime(2026, 7, 2, tzinfo=UTC))
    assert made.prove(later).about == (LETTER,), "it was lifted before"


def test_a_mandate_that_an_order_defeats() -> None:
    proof = prover(june(more=DEAD)).prove(claim(Claim.MANDATES_MET))
    assert proof.answer is Answer.REFUTED
    assert proof.about == ("contract",)
    assert proof.witness is not None
    assert known(proof.witness.facts) == {"staff": True}
    assert proof.witness.at == ORDERED
    assert proof.witness.after.verdicts[0].conflicts == ("contract",)


# --- what is no matter of permission


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("fallback: [opus-4.8]", "fallback: [mythos-5]", "fallback"),
        ("title: Opus 4.8, the generation before", "aliases: [opus]", "aliases"),
        ("family: opus", "family: old", "family"),
    ],
)
def test_a_models_document_that_changes_is_neither_narrower_nor_wider(old: str, new: str, field: str) -> None:
    made = prover(june((old, new)), june())
    for each in (Claim.ONLY_NARROWS, Claim.ONLY_WIDENS):
        proof = made.prove(claim(each))
        assert proof.answer is Answer.REFUTED
        assert f"({field})" in proof.because
        assert proof.witness is None
    name = "fable-5" if field == "fallback" else "opus-4.8"
    assert made.prove(claim(Claim.CHANGES_ONLY, models=(name,))).answer is Answer.PROVED
    assert made.prove(claim(Claim.CHANGES_ONLY, models=("mythos-5",))).answer is Answer.REFUTED


def without_model(rulebook: Rulebook, name: str) -> Rulebook:
    models = [each for each in rulebook.catalogue.models.values() if each.name != name]
    return replace(rulebook, catalogue=type(rulebook.catalogue)(models))


def test_models_that_come_and_go() -> None:
    book = june().rulebook(1)
    less = without_model(book, "mythos-5")
    come = Prover(less, book, now=ORDERED, stopwatch=monotonic, limit=60)
    proof = come.prove(claim(Claim.ONLY_NARROWS))
    assert proof.answer is Answer.REFUTED
    assert proof.witness is not None
    assert (proof.witness.model, proof.witness.before) == ("mythos-5", None)
    assert come.prove(claim(Claim.ONLY_WIDENS)).answer is Answer.PROVED
    gone = Prover(book, less, now=ORDERED, stopwatch=monotonic, limit=60)
    assert gone.prove(claim(Claim.ONLY_NARROWS)).answer is Answer.PROVED
    assert gone.prove(claim(Claim.ONLY_WIDENS)).about == ("mythos-5",)


def test_a_fact_that_is_declared_otherwise() -> None:
    book = june().rulebook(1)
    staff = replace(book.facts["staff"], about=About.REQUEST)
    other = replace(book, facts={**book.facts, "staff": staff})
    proof = Prover(book, other, now=ORDERED, stopwatch=monotonic, limit=60).prove(claim(Claim.ONLY_NARROWS))
    assert proof.answer is Answer.REFUTED
    assert proof.about == ("staff",)
    assert staff.kind is Kind.BOOLEAN


def test_against_nothing_everything_that_permits_widens() -> None:
    proof = prover(june()).prove(claim(Claim.ONLY_NARROWS))
    assert proof.answer is Answer.REFUTED
    assert prover(june()).prove(claim(Claim.ONLY_WIDENS)).answer is Answer.PROVED


def test_a_claim_about_what_there_is_not_is_no_proof() -> None:
    with pytest.raises(ValueError, match="there is no instrument `nothing`"):
        prover(june()).prove(claim(Claim.NO_DEAD_INSTRUMENT, instruments=("nothing",)))
    with pytest.raises(ValueError, match=f"`{LETTER}` is no lift"):
        prover(june()).prove(claim(Claim.LIFT_RESTORES, instruments=(LETTER,)))


def test_a_property_whose_time_has_passed_says_so() -> None:
    proof = prover(june()).prove(claim(Claim.NOBODY_ALLOWED, models=("fable-5",), until=ISSUED))
    assert (proof.answer, proof.intervals) == (Answer.PROVED, 0)
    assert proof.because.startswith("it is about no time")


# --- time limits and bugs


def ticking() -> Iterator[float]:
    return (float(number) for number in count())


@pytest.mark.parametrize("seconds", [0.0, 3.0])
def test_a_time_limit_that_runs_out_is_not_decided(seconds: float) -> None:
    """On a stopwatch that is a second further each time somebody looks: before the first question, and amid them."""
    ticks = ticking()
    reading = june()
    made = Prover(None, reading.rulebook(1), now=ISSUED, stopwatch=lambda: next(ticks), limit=seconds)
    asked = next(each for each in reading.documents.properties if each.name == "fable-stays-out-until-the-lift")
    proof = made.prove(asked)
    assert proof.answer is Answer.NOT_DECIDED
    assert proof.because == f"the time limit of {seconds:g} s ran out; nothing is known"
    assert (proof.witness, proof.rests_on) == (None, ())


def test_no_time_at_all_decides_nothing() -> None:
    made = prover(june(), limit=0)
    answers = {made.prove(each).answer for each in june().documents.properties}
    assert answers == {Answer.NOT_DECIDED}


def test_a_solver_that_gives_up_is_not_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("licet.engines.proofs.solver.ask", lambda *_: None)
    proof = prover(june()).prove(claim(Claim.NOBODY_ALLOWED, models=("fable-5",)))
    assert proof.answer is Answer.NOT_DECIDED


def test_a_counterexample_that_the_reference_does_not_confirm_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Formulas, "forbids", lambda *_: FALSE)
    reading = june()
    asked = next(each for each in reading.documents.properties if each.name == "foreign-persons-are-out")
    with pytest.raises(ProofUnsound, match="the reference interpreter does not confirm"):
        prover(reading).prove(asked)


def test_a_circumstance_may_be_unknown_of_a_request() -> None:
    """An address may be of no country: a licence for those in France and for those elsewhere is not for everybody."""
    when = "issued: 2026-06-12T17:21:00-04:00\nfrom: 2026-06-12T18:51:00-04:00\nmodels: [fable-5]\n"
    letters = (
        f"order: by-country\n{when}forbids: true\n---\n"
        f"licence: here-and-elsewhere\n{when}relieves: [by-country]\nto: ip_country == 'FR' or ip_country != 'FR'\n"
    )
    found = prover(june(more=letters), june()).prove(claim(Claim.ONLY_WIDENS))
    assert found.answer is Answer.REFUTED
    assert found.witness is not None
    assert found.witness.facts["ip_country"] is UNKNOWN
    widened = prover(june(more=letters.replace("to: ip_country == 'FR' or ip_country != 'FR'", "to: true")), june())
    assert widened.prove(claim(Claim.ONLY_WIDENS)).answer is Answer.PROVED
