"""The enactment of documents as an act: it names their digests and that of the rulebook that results."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from licet.services.acts.carried import Carried
from licet.services.acts.content import TRUST, Act
from licet.services.acts.ports import StoredAct
from licet.services.acts.refusal import ActRefused
from licet.services.approval import TWO, documents_of, proposal_named, sentences, warrant_for_one
from licet.services.findings import Review
from licet.services.ports import Store, StoreConflict
from licet.services.rulebooks import Proposal, propose_again
from licet.services.stored import Enactment, Ground, StoredProposal, Warrant
from licet.wire.canonical import digest

Reviewing = Callable[[Proposal], Review]
"""Every check on a proposal, with a prover where there is one; it may take some seconds."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Documents as an act names them, read on top of what is in force, with their review."""

    proposal: Proposal
    review: Review

    @property
    def trusts(self) -> bool:
        """Whether there are trust documents among them."""
        return any(each.kind == TRUST for each in self.proposal.written)


def fields_of(proposal: Proposal, by: str) -> dict[str, Any]:
    """What an act says of documents."""
    return {
        "documents": [{"kind": each.kind, "name": each.name, "digest": each.digest} for each in proposal.written],
        "lists": [each.digest for each in proposal.lists],
        "on": proposal.before.epoch,
        "rulebook": proposal.rulebook.digest,
        "by": by,
    }


def check_documents(store: Store, act: Act, carried: Carried, reviewing: Reviewing) -> Checked:
    """Read what came with an act on top of what is in force. Raises `ActRefused` unless it is what the act says.

    `DocumentsRejectedError` where the documents do not read, `StoreConflict` if somebody enacted in between.
    """
    for each in carried.documents:
        if digest(each.canonical) != each.digest:
            raise ActRefused(f"the document `{each.name}` does not have the digest that it says")
    if any(digest(each.content) != each.digest for each in carried.lists):
        raise ActRefused("a list does not have the digest that it says")
    proposal = propose_again(cast(Store, _WithLists(store, carried)), carried.documents)
    return _checked(act, proposal, reviewing)


def check_proposed(store: Store, act: Act, stored: StoredProposal, reviewing: Reviewing) -> Checked:
    """The same, of documents that wait in the store."""
    return _checked(act, propose_again(store, documents_of(store, stored)), reviewing)


def _checked(act: Act, proposal: Proposal, reviewing: Reviewing) -> Checked:
    if proposal.before.epoch != act.fields["on"]:
        raise StoreConflict(
            f"epoch {proposal.before.epoch} is in force, and this was signed for what epoch {act.fields['on']} leads"
            " to: withdraw it if it waits, and enact it anew"
        )
    if fields_of(proposal, act.fields["by"]) != dict(act.fields):
        raise ActRefused("what came with this act is not what it names: the digests of documents or rulebook differ")
    return Checked(proposal, reviewing(proposal))


def warrant_alone(checked: Checked, needed: int) -> Warrant | None:
    """The warrant by which one officer may enact this, or None. Trust documents are never proved to narrow."""
    if checked.trusts and needed >= TWO:
        return None
    return warrant_for_one(checked.review, officers=needed)


def warrant_of_two(checked: Checked, proposal: StoredProposal, approver: str) -> Warrant:
    """The warrant of what one officer proposed and another one approved."""
    review = checked.review
    return Warrant(
        Ground.TWO_OFFICERS,
        rests_on=review.narrows.rests_on if review.only_narrows else (),
        approved_by=approver,
        proposal=proposal.id,
        findings=sentences(review),
    )


def enact(store: Store, act: Act, checked: Checked, warrant: Warrant, now: datetime) -> Enactment:
    """Put the documents in force; nobody is told yet."""
    proposal = checked.proposal
    return store.enact(
        proposal.documents,
        proposal.lists,
        actor=act.actor,
        at=now,
        rulebook=proposal.rulebook.digest,
        expected_epoch=proposal.before.epoch,
        warrant=warrant,
    )


def keep(
    store: Store, act: StoredAct, checked: Checked, summary: Mapping[str, Any], actor: str, now: datetime
) -> StoredProposal:
    """Keep documents beside the act that names them, until somebody approves it."""
    proposal = checked.proposal
    return store.propose(
        proposal.documents,
        proposal.lists,
        actor=actor,
        at=now,
        rulebook=proposal.rulebook.digest,
        epoch=proposal.before.epoch,
        summary=json.dumps({**summary, "act": act.id}, sort_keys=True).encode(),
    )


def proposal_of(store: Store, act: str) -> StoredProposal:
    """The documents that wait beside an act. Raises `ActRefused`."""
    found = next((each for each in store.proposals() if act_of(each) == act), None)
    if found is None:
        raise ActRefused(f"the documents of `{act}` are not there")
    return found


def act_of(proposal: StoredProposal) -> str | None:
    """The act by which documents were proposed; None where that was before there were officers."""
    named = json.loads(proposal.summary).get("act")
    return named if isinstance(named, str) else None


def act_named(store: Store, name: str) -> str:
    """The act that is meant by the ID of an act or of a proposal. Raises `ActRefused`, `ApprovalRefused`."""
    if not name.startswith("p-"):
        return name
    found = act_of(proposal_named(store, name))
    if found is None:
        raise ActRefused(
            f"`{name}` was proposed before there were officers, and nobody signed it: withdraw it, and enact it anew"
        )
    return found


class _WithLists:
    """A store, with lists that are about to come into it."""

    def __init__(self, store: Store, carried: Carried) -> None:
        self.documents = store.documents
        self.enactments = store.enactments
        self._store = store
        self._lists = {each.digest: each.content for each in carried.lists}

    def list_content(self, digest: str) -> bytes | None:
        """See `services.ports.Store`."""
        return self._lists[digest] if digest in self._lists else self._store.list_content(digest)
