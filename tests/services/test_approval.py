"""Two officers: who may enact what, who may approve it, and what happens when the rulebook moves in between."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from licet.adapters.store import create_store
from licet.adapters.store_memory import MemoryStore
from licet.core.proof import Answer, Proof
from licet.services.approval import (
    ApprovalRefused,
    State,
    approve,
    ask_second,
    enact_proposal,
    founding,
    officer,
    proposals,
    reopen,
    same_officer,
    warrant_for_one,
    withdraw,
)
from licet.services.enact import EnactReport
from licet.services.findings import Check, Finding, Review, Severity
from licet.services.ports import Ack, Gone, Silence, Store, StoreConflict
from licet.services.review import ONLY_NARROWS
from licet.services.rulebooks import Proposal, propose
from licet.services.stored import Ground, StoredProposal, Warrant
from licet.wire.documents import SourceFile

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
MODEL = "model: m\nfamily: f\napis: [openai]\nupstream: {url: 'http://127.0.0.1:9'}\n"
RELEASE = "release: {}\nissued: 2026-06-01T00:00:00Z\nfrom: 2026-06-01T00:00:00Z\nmodels: [m]\nto: staff\n"


class Nobody:
    """No gate runs."""

    def push(self, *, timeout: float) -> tuple[Ack | Silence | Gone, ...]:
        """Nobody answers."""
        return ()

    def status(self, *, timeout: float) -> tuple[dict[str, object] | Silence | Gone, ...]:
        """Nobody asks."""
        return ()


NOBODY: object = Nobody()


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Each store, with one model."""
    made: Store = create_store(tmp_path / "state", NOW) if request.param == "sqlite" else MemoryStore()
    first = read(made, MODEL)
    enact(made, first, founding(first))
    yield made
    made.close()


def read(store: Store, text: str) -> Proposal:
    return propose(store, [SourceFile("x.yaml", text.encode(), lambda _: None)])


def enact(store: Store, proposal: Proposal, warrant: Warrant, actor: str = "ann") -> EnactReport:
    return enact_proposal(
        store,
        NOBODY,  # type: ignore[arg-type]
        proposal,
        warrant,
        actor=actor,
        now=NOW,
        stopwatch=time.monotonic,
    )


def seen(answer: Answer = Answer.REFUTED, *findings: Finding) -> Review:
    return Review(Proof(ONLY_NARROWS, answer, rests_on=("stop",), because="somebody is let in"), findings, 0.0)


def waiting(store: Store, text: str = RELEASE.format("r"), actor: str = "ann", later: int = 0) -> StoredProposal:
    now = NOW + timedelta(seconds=later)
    return ask_second(store, read(store, text), summary=b"{}", actor=actor, now=now)


def approved(store: Store, name: str, actor: str = "ben") -> EnactReport:
    return approve(
        store,
        NOBODY,  # type: ignore[arg-type]
        reopen(store, name, actor=actor),
        seen(),
        actor=actor,
        now=NOW,
        stopwatch=time.monotonic,
    )


def names(store: Store) -> set[str]:
    return {each.name for each in store.documents() if each.kind in ("release", "order")}


def test_what_is_proved_to_narrow_is_for_one_officer() -> None:
    end = Finding(Check.NO_END, Severity.NOTE, "it has no end")
    warrant = warrant_for_one(seen(Answer.PROVED, end))
    assert warrant is not None
    assert (warrant.ground, warrant.rests_on, warrant.approved_by) == (Ground.NARROWS, ("stop",), None)
    assert warrant.findings == ("proved: it only narrows access (by stop)", "no end: it has no end")


@pytest.mark.parametrize("answer", [Answer.REFUTED, Answer.NOT_DECIDED])
def test_what_is_not_proved_is_for_two(answer: Answer) -> None:
    assert warrant_for_one(seen(answer)) is None
    alone = warrant_for_one(seen(answer), officers=1)
    assert alone is not None
    assert alone.ground is Ground.ONE_OFFICER


FOR_TWO = (Check.MODELS, Check.STREAMS, Check.TRUST, Check.EVIDENCE, Check.SAFEGUARDS, Check.PROCEDURES)


@pytest.mark.parametrize("check", FOR_TWO)
def test_what_widens_otherwise_than_by_permission_is_for_two(check: Check) -> None:
    assert warrant_for_one(seen(Answer.PROVED, Finding(check, Severity.WARNING, "it may"))) is None


@pytest.mark.parametrize("check", [each for each in Check if each not in FOR_TWO])
def test_a_finding_does_not_keep_one_officer_from_narrowing(check: Check) -> None:
    assert warrant_for_one(seen(Answer.PROVED, Finding(check, Severity.SERIOUS, "look"))) is not None


def test_only_the_first_enactment_is_a_founding(store: Store) -> None:
    with pytest.raises(ApprovalRefused, match="epoch 1 is in force: this is no founding"):
        founding(read(store, RELEASE.format("r")))
    assert store.enactments()[0].ground is Ground.FOUNDING


def test_one_proposes_and_another_approves(store: Store) -> None:
    first = waiting(store)
    assert names(store) == set()
    report = approved(store, first.id)
    assert names(store) == {"r"}
    made = report.enactment
    assert (made.actor, made.approved_by, made.ground, made.proposal) == ("ann", "ben", Ground.TWO_OFFICERS, first.id)
    assert [each.state for each in proposals(store)] == [State.ENACTED]


@pytest.mark.parametrize(
    "name", ["ann", "Ann", " ANN ", "a\u200bnn", "ann\u00a0", "\uff41nn", "a\u00adnn", "ann\t", "\u1d43nn"]
)
def test_nobody_approves_their_own_proposal_under_another_spelling(store: Store, name: str) -> None:
    first = waiting(store)
    with pytest.raises(ApprovalRefused, match="`ann` proposed"):
        reopen(store, first.id, actor=name)
    with pytest.raises(ApprovalRefused, match="`ann` proposed"):
        approve(
            store,
            NOBODY,  # type: ignore[arg-type]
            reopen(store, first.id, actor="ben"),
            seen(),
            actor=name,
            now=NOW,
            stopwatch=time.monotonic,
        )
    assert names(store) == set()


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "\n"])
def test_an_officer_has_a_name(store: Store, name: str) -> None:
    with pytest.raises(ApprovalRefused, match="an officer needs a name"):
        waiting(store, actor=name)
    first = waiting(store)
    with pytest.raises(ApprovalRefused, match="an officer needs a name"):
        reopen(store, first.id, actor=name)


def test_names_are_compared_as_people_read_them() -> None:
    assert officer("  A.   Counsel ") == "A. Counsel"
    assert same_officer("Stra\u00dfe", "STRASSE")
    assert same_officer("Jos\u00e9", "Jose\u0301")
    assert not same_officer("ann", "anne")


def test_a_proposal_is_approved_once(store: Store) -> None:
    first = waiting(store)
    stale = reopen(store, first.id, actor="cleo")
    approved(store, first.id)
    with pytest.raises(ApprovalRefused, match="was approved already, as epoch 2"):
        reopen(store, first.id, actor="cleo")
    with pytest.raises(StoreConflict):
        approve(
            store,
            NOBODY,  # type: ignore[arg-type]
            stale,
            seen(),
            actor="cleo",
            now=NOW,
            stopwatch=time.monotonic,
        )
    assert len(store.enactments()) == 2


def test_of_two_who_approve_at_once_one_wins(store: Store) -> None:
    first = waiting(store)
    ready = [reopen(store, first.id, actor=actor) for actor in ("ben", "cleo")]

    def go(number: int) -> str:
        try:
            approve(
                store,
                NOBODY,  # type: ignore[arg-type]
                ready[number],
                seen(),
                actor=("ben", "cleo")[number],
                now=NOW,
                stopwatch=time.monotonic,
            )
        except StoreConflict:
            return "lost"
        return "won"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(go, range(2))) == ["lost", "won"]
    assert len(store.enactments()) == 2


def test_a_proposal_is_read_again_on_top_of_what_was_enacted_since(store: Store) -> None:
    first = waiting(store)
    assert not reopen(store, first.id, actor="ben").moved
    enact(store, read(store, RELEASE.format("other")), Warrant(Ground.NARROWS))
    again = reopen(store, first.id, actor="ben")
    assert again.moved
    assert again.proposal.before.epoch == 2
    assert {each.name for each in again.proposal.rulebook.instruments} == {"r", "other"}
    report = approved(store, first.id)
    assert report.enactment.rulebook == again.proposal.rulebook.digest != first.rulebook


def test_a_review_of_an_earlier_rulebook_enacts_nothing(store: Store) -> None:
    """Whoever looked before somebody else enacted has looked at another law."""
    first = waiting(store)
    looked = reopen(store, first.id, actor="ben")
    enact(store, read(store, RELEASE.format("other")), Warrant(Ground.NARROWS))
    with pytest.raises(StoreConflict, match="epoch 2 is in force, not 1"):
        approve(
            store,
            NOBODY,  # type: ignore[arg-type]
            looked,
            seen(),
            actor="ben",
            now=NOW,
            stopwatch=time.monotonic,
        )
    assert names(store) == {"other"}
    assert [each.state for each in proposals(store)] == [State.OPEN]


def test_what_no_longer_fits_or_is_enacted_already_is_superseded(store: Store) -> None:
    first, second = waiting(store), waiting(store, RELEASE.format("gone"), later=1)
    enact(store, read(store, RELEASE.format("r").replace("staff", "not staff")), Warrant(Ground.NARROWS))
    enact(store, read(store, RELEASE.format("gone")), Warrant(Ground.NARROWS))
    assert [each.state for each in proposals(store)] == [State.SUPERSEDED, State.SUPERSEDED]
    assert "exists already with another content" in proposals(store)[0].because
    with pytest.raises(ApprovalRefused, match=r"no longer fits what is enacted.*another content"):
        reopen(store, first.id, actor="ben")
    with pytest.raises(ApprovalRefused, match="is enacted already"):
        reopen(store, second.id, actor="ben")
    assert len(store.enactments()) == 3


def test_what_waits_already_is_not_kept_twice(store: Store) -> None:
    first = waiting(store)
    assert waiting(store, actor="ben", later=5) == first
    assert len(store.proposals()) == 1
    withdraw(store, first.id, actor="ann", now=NOW, reason="a slip")
    assert waiting(store, later=5).id != first.id


def test_a_withdrawn_proposal_stays_withdrawn(store: Store) -> None:
    first = waiting(store)
    with pytest.raises(ApprovalRefused, match="needs a reason"):
        withdraw(store, first.id, actor="ben", now=NOW, reason=" ")
    withdraw(store, first.id, actor="ben", now=NOW, reason="the wrong annex")
    with pytest.raises(ApprovalRefused, match="was withdrawn by ben: the wrong annex"):
        reopen(store, first.id, actor="ben")
    with pytest.raises(ApprovalRefused, match="was withdrawn by ben: the wrong annex"):
        withdraw(store, first.id, actor="ann", now=NOW, reason="again")
    assert [each.state for each in proposals(store)] == [State.WITHDRAWN]


def test_a_proposal_that_there_is_not_is_named(store: Store) -> None:
    first = waiting(store)
    with pytest.raises(ApprovalRefused, match=f"there is no proposal `p-0`; open are: {first.id}"):
        reopen(store, "p-0", actor="ben")


def test_lists_come_with_a_proposal(store: Store) -> None:
    text = RELEASE.format("r").replace("to: staff", "uses: {listed: annex.csv}\nto: org in listed")
    proposal = propose(store, [SourceFile("x.yaml", text.encode(), lambda _: b"org\nAcme\n")])
    first = ask_second(store, proposal, summary=b"{}", actor="ann", now=NOW)
    approved(store, first.id)
    assert [each.name for each in read(store, MODEL).before.instruments] == ["r"]
