"""Who may enact a safeguard: one officer where it is new, two where it replaces another."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from licet.adapters.store_memory import MemoryStore
from licet.core.rulebook import Rulebook
from licet.core.safeguards import SHIPPED
from licet.engines.proofs.prover import Prover
from licet.gate.classifiers.embedded import shipped
from licet.services.approval import enact_proposal, founding, warrant_for_one
from licet.services.findings import Check, Review
from licet.services.lifting import LiftRefused, check_lift
from licet.services.ports import Ack, Gone, Silence
from licet.services.review import review
from licet.services.rulebooks import Proposal, in_force, propose
from licet.services.stored import Ground
from licet.wire.documents import SourceFile

NOW = datetime(2026, 7, 1, tzinfo=UTC)
MODEL = "model: {}\nfamily: f\napis: [openai]\nupstream: {{url: 'http://127.0.0.1:9'}}\n---\n"
RELEASE = "release: r\nissued: 2026-06-01T00:00:00Z\nfrom: 2026-06-01T00:00:00Z\nmodels: [m]\nto: staff\n---\n"
SAFEGUARD = (
    "safeguard: {}\nmodels: [{}]\ncascade: [{{classifier: a, version: '1', contract: embedded, flags_at: {}}}]\n---\n"
)


class Nobody:
    """No gate runs."""

    def push(self, *, timeout: float) -> tuple[Ack | Silence | Gone, ...]:
        """Nobody answers."""
        return ()

    def status(self, *, timeout: float) -> tuple[dict[str, object] | Silence | Gone, ...]:
        """Nobody asks."""
        return ()

    def set_clock(self, at: datetime, *, timeout: float) -> tuple[Ack | Silence | Gone, ...]:
        """Nobody's clock."""
        return ()


def read(store: MemoryStore, text: str) -> Proposal:
    return propose(store, [SourceFile("x.yaml", text.encode(), lambda _: None)])


def enact(store: MemoryStore, text: str) -> Review:
    """Enact it, after a review."""
    proposal = read(store, text)
    seen = review(proposal, NOW, prover=prover, people=None, stopwatch=time.monotonic)
    warrant = warrant_for_one(seen, officers=1) if proposal.before.epoch else founding(proposal)
    assert warrant is not None
    enact_proposal(store, Nobody(), proposal, warrant, actor="ann", now=NOW, stopwatch=time.monotonic)
    return seen


def prover(before: Rulebook, after: Rulebook) -> Prover:
    return Prover(before, after, now=NOW, stopwatch=time.monotonic, limit=60)


@pytest.fixture(name="store")
def fixture() -> MemoryStore:
    store = MemoryStore()
    enact(store, MODEL.format("m") + MODEL.format("n") + RELEASE)
    return store


def test_a_new_safeguard_needs_one_officer(store: MemoryStore) -> None:
    before = in_force(store)
    seen = enact(store, SAFEGUARD.format("word", "m", "0.9"))
    assert seen.only_narrows and warrant_for_one(seen).ground is Ground.NARROWS  # type: ignore[union-attr]
    assert [each.check for each in seen.findings] == [Check.SAFEGUARD_NEW]
    assert "stands before m" in seen.findings[0].sentence
    after = in_force(store)
    assert after.digest != before.digest and after.safeguards["word"].stands_before(after.catalogue.models["m"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SAFEGUARD.format("word", "m", "0.95"), "what was flagged may pass"),
        (SAFEGUARD.format("word", "m", "0.5"), "what was flagged may pass"),
        (SAFEGUARD.format("word", "n", "0.9"), "no longer stands before m"),
        (SAFEGUARD.format("word", "m", "0.9").replace("models: [m]\n", ""), "no longer stands before m"),
    ],
)
def test_one_that_replaces_another_needs_two(store: MemoryStore, text: str, said: str) -> None:
    enact(store, SAFEGUARD.format("word", "m", "0.9"))
    seen = enact(store, text)
    assert not seen.only_narrows and warrant_for_one(seen) is None
    [found] = [each for each in seen.findings if each.check is Check.SAFEGUARDS]
    assert said in found.sentence and "word" in found.sentence


def test_a_later_one_takes_the_place_of_an_earlier_one(store: MemoryStore) -> None:
    enact(store, SAFEGUARD.format("word", "m", "0.9") + SAFEGUARD.format("other", "m, n", "0.9"))
    enact(store, SAFEGUARD.format("word", "n", "0.9"))
    law = in_force(store)
    assert sorted(law.safeguards) == ["other", "word"] and law.safeguards["word"].models == ("n",)
    assert not read(store, SAFEGUARD.format("word", "n", "0.9")).written


def test_an_earlier_one_can_come_back(store: MemoryStore) -> None:
    for score in ("0.9", "0.5", "0.9"):
        enact(store, SAFEGUARD.format("word", "m", score))
        assert str(in_force(store).safeguards["word"].cascade[0].flags_at) == score


def test_an_embedded_classifier_that_no_gate_has_is_warned_of() -> None:
    store = MemoryStore()
    enact(store, MODEL.format("m") + RELEASE)
    new = next(
        each for each in enact(store, SAFEGUARD.format("s", "m", "0.5")).findings if each.check is Check.SAFEGUARD_NEW
    )
    assert "the embedded classifier a 1 is not there" in new.sentence
    head, version = SHIPPED
    right = SAFEGUARD.replace("classifier: a, version: '1'", f"classifier: {head}, version: {version}")
    other = next(
        each for each in enact(store, right.format("t", "m", "0.5")).findings if each.check is Check.SAFEGUARD_NEW
    )
    assert "is not there" not in other.sentence


def test_the_name_that_officers_are_told_is_that_of_the_head_that_ships() -> None:
    assert (shipped().name, shipped().version) == SHIPPED


def test_a_safeguard_is_not_lifted_and_the_error_says_how_it_ends() -> None:
    store = MemoryStore()
    enact(store, MODEL.format("m") + RELEASE)
    enact(store, SAFEGUARD.format("s", "m", "0.5"))
    with pytest.raises(LiftRefused, match="enact a safeguard of that name without `models`"):
        check_lift(in_force(store), ["s"], NOW)
