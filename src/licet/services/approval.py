"""Approval: what only narrows needs one officer; everything else is proposed by one and approved by another.

An officer is a name. Until officers sign with keys of their own, it is as good as the accounts of the system on which
the command runs; `SECURITY.md` says so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from licet.core.errors import LicetError
from licet.services.enact import EnactReport, enact
from licet.services.findings import Review
from licet.services.ports import Store, StoreUnavailable, Workers
from licet.services.rulebooks import Proposal, epoch_of, propose_again
from licet.services.stored import Ground, StoredDocument, StoredProposal, Warrant
from licet.wire.documents import DocumentsRejectedError

TWO = 2
"""Officers that a widening needs, unless the configuration says otherwise."""


class ApprovalRefused(LicetError):
    """An approval, a proposal or a withdrawal that this person cannot make, or that there is nothing to make of."""


class State(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    ENACTED = "enacted"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    """It was neither approved nor withdrawn, and what is enacted by now leaves nothing of it, or no room for it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal with what became of it. `because`: why it is superseded."""

    stored: StoredProposal
    state: State
    because: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """A proposal as it would be enacted now. `moved`: the rulebook changed since it was proposed."""

    stored: StoredProposal
    proposal: Proposal
    moved: bool


def officer(name: str) -> str:
    """An officer's name without what nobody sees. Raises `ApprovalRefused` if nothing is left of it."""
    seen = " ".join("".join(each for each in name if each.isprintable() or each.isspace()).split())
    if not seen:
        raise ApprovalRefused("an officer needs a name; give one with `--actor`")
    return seen


def same_officer(one: str, other: str) -> bool:
    """Whether two names are one person's: without regard to case, spacing, or forms of the same letters."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", officer(name)).casefold())


def founding(proposal: Proposal) -> Warrant:
    """The warrant of the first enactment of an installation. Raises `ApprovalRefused` if there was one."""
    if proposal.before.epoch:
        raise ApprovalRefused(f"epoch {proposal.before.epoch} is in force: this is no founding")
    return Warrant(Ground.FOUNDING)


def warrant_for_one(review: Review, *, officers: int = TWO) -> Warrant | None:
    """The warrant by which one officer may enact what was reviewed, or None where a second one has to approve it."""
    findings = sentences(review)
    if review.only_narrows:
        return Warrant(Ground.NARROWS, rests_on=review.narrows.rests_on, findings=findings)
    return None if officers >= TWO else Warrant(Ground.ONE_OFFICER, findings=findings)


def sentences(review: Review) -> tuple[str, ...]:
    """What is kept of a review with an enactment."""
    return (review.headline, *(f"{each.check}: {each.sentence}" for each in review.findings))


def ask_second(store: Store, proposal: Proposal, *, summary: bytes, actor: str, now: datetime) -> StoredProposal:
    """Keep a proposal until a second officer approves it. What waits already, on the same epoch, is not kept twice.

    `summary`: the review as JSON. Raises `StoreConflict` if somebody enacted in between.
    """
    documents = tuple(each.digest for each in proposal.documents)
    for each in store.proposals():
        if each.is_open and (each.documents, each.epoch) == (documents, proposal.before.epoch):
            return each
    return store.propose(
        proposal.documents,
        proposal.lists,
        actor=officer(actor),
        at=now,
        rulebook=proposal.rulebook.digest,
        epoch=proposal.before.epoch,
        summary=summary,
    )


def proposal_named(store: Store, name: str) -> StoredProposal:
    """The proposal with this name. Raises `ApprovalRefused` if there is none."""
    found = next((each for each in store.proposals() if each.id == name), None)
    if found is None:
        waiting = ", ".join(each.id for each in store.proposals() if each.is_open) or "none"
        raise ApprovalRefused(f"there is no proposal `{name}`; open are: {waiting}")
    return found


def reopen(store: Store, name: str, *, actor: str) -> Again:
    """A proposal on top of what is enacted now, for a second officer to see.

    Raises `ApprovalRefused` if it is settled, if `actor` proposed it, if nothing is left of it or it no longer fits;
    `StoreUnavailable` if its documents are not what was proposed.
    """
    stored = proposal_named(store, name)
    check_open(stored)
    if same_officer(stored.actor, actor):
        raise ApprovalRefused(
            f"`{stored.actor}` proposed `{stored.id}`, so somebody else has to approve it: with a key of their own"
            " (`--sign-with FILE`), or, where there are no officers, under another name (`--actor`)"
        )
    try:
        proposal = propose_again(store, documents_of(store, stored))
    except DocumentsRejectedError as error:
        why = "; ".join(error.messages)
        raise ApprovalRefused(f"`{stored.id}` no longer fits what is enacted: {why}") from error
    if not proposal.written:
        raise ApprovalRefused(f"all of `{stored.id}` is enacted already; `licet withdraw` closes it")
    moved = proposal.before.epoch != stored.epoch
    if not moved and proposal.rulebook.digest != stored.rulebook:
        raise StoreUnavailable(
            f"`{stored.id}` does not lead to the rulebook that was proposed: the store is damaged, or this is another"
            " version of Licet; withdraw it and propose it anew"
        )
    return Again(stored, proposal, moved)


def check_open(stored: StoredProposal) -> None:
    """Raises `ApprovalRefused` unless a proposal waits."""
    if stored.enacted is not None:
        raise ApprovalRefused(f"`{stored.id}` was approved already, as epoch {stored.enacted}")
    if stored.withdrawn is not None:
        raise ApprovalRefused(f"`{stored.id}` was withdrawn by {stored.withdrawn.actor}: {stored.withdrawn.reason}")


def documents_of(store: Store, stored: StoredProposal) -> tuple[StoredDocument, ...]:
    """The documents of a proposal. Raises `StoreUnavailable` if they are not those that it names."""
    documents = store.proposed(stored.id)
    if tuple(each.digest for each in documents) != stored.documents:
        raise StoreUnavailable(f"the documents of `{stored.id}` are not those that were proposed: restore a backup")
    return documents


def approve(
    store: Store,
    workers: Workers,
    again: Again,
    review: Review,
    *,
    actor: str,
    now: datetime,
    stopwatch: Callable[[], float],
    timeout: float = 5.0,
) -> EnactReport:
    """Enact what another officer proposed, as it was reviewed, and push it. Both names are kept.

    Raises `ApprovalRefused` if `actor` proposed it, `StoreConflict` if somebody was faster: nothing is enacted then.
    """
    if same_officer(again.stored.actor, actor):
        raise ApprovalRefused(f"`{again.stored.actor}` proposed `{again.stored.id}`: somebody else has to approve it")
    warrant = Warrant(
        Ground.TWO_OFFICERS,
        rests_on=review.narrows.rests_on if review.only_narrows else (),
        approved_by=officer(actor),
        proposal=again.stored.id,
        findings=sentences(review),
    )
    return enact_proposal(
        store,
        workers,
        again.proposal,
        warrant,
        actor=again.stored.actor,
        now=now,
        stopwatch=stopwatch,
        timeout=timeout,
    )


def enact_proposal(
    store: Store,
    workers: Workers,
    proposal: Proposal,
    warrant: Warrant,
    *,
    actor: str,
    now: datetime,
    stopwatch: Callable[[], float],
    timeout: float = 5.0,
) -> EnactReport:
    """Enact a proposal on the epoch that it was made and reviewed for. Raises `StoreConflict` if that has passed."""
    return enact(
        store,
        workers,
        proposal.documents,
        proposal.lists,
        rulebook=proposal.rulebook.digest,
        expected_epoch=proposal.before.epoch,
        warrant=warrant,
        actor=officer(actor),
        now=now,
        stopwatch=stopwatch,
        timeout=timeout,
    )


def withdraw(store: Store, name: str, *, actor: str, now: datetime, reason: str) -> StoredProposal:
    """Take a proposal back; whoever does, it widens nothing. Raises `ApprovalRefused` if it does not wait."""
    stored = proposal_named(store, name)
    check_open(stored)
    if not reason.strip():
        raise ApprovalRefused("a withdrawal needs a reason; give one with `--reason`")
    store.withdraw(stored.id, actor=officer(actor), at=now, reason=reason)
    return stored


def proposals(store: Store) -> tuple[Waiting, ...]:
    """Every proposal with what became of it, oldest first."""
    epoch = epoch_of(store)
    return tuple(_waiting(store, each, epoch) for each in store.proposals())


def _waiting(store: Store, stored: StoredProposal, epoch: int) -> Waiting:
    if stored.enacted is not None:
        return Waiting(stored, State.ENACTED)
    if stored.withdrawn is not None:
        return Waiting(stored, State.WITHDRAWN)
    if stored.epoch == epoch:
        return Waiting(stored, State.OPEN)
    try:
        left = propose_again(store, documents_of(store, stored)).written
    except DocumentsRejectedError as error:
        return Waiting(stored, State.SUPERSEDED, str(error.messages[0]))
    return Waiting(stored, State.OPEN) if left else Waiting(stored, State.SUPERSEDED, "all of it is enacted by now")
