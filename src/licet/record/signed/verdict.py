"""What a policy says of a checkpoint: accepted or not, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from licet.record.refusal import NotSigned, RecordRefused
from licet.record.signed.checkpoint import Checkpoint, SignedCheckpoint, read_checkpoint
from licet.record.signed.keys import NoteKey
from licet.record.signed.notes import verified
from licet.record.signed.policy import NONE, Policy
from licet.record.spelling import shown


class Cosigned(NamedTuple):
    """Which witness, by the policy's name, saw the checkpoint when (seconds since 1970)."""

    witness: str
    at: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a checkpoint is believed, with one sentence for each thing that this rests on, or that it fails on.

    `checkpoint` is None where the bytes are none; `log` is the key that signed it, None where none did.
    """

    accepted: bool
    reasons: tuple[str, ...]
    checkpoint: Checkpoint | None = None
    log: NoteKey | None = None
    cosigned: tuple[Cosigned, ...] = ()


def judge(policy: Policy, content: bytes, place: str = "checkpoint") -> Verdict:
    """The verdict on the bytes of a signed checkpoint. Total: whatever the bytes are, it never raises."""
    try:
        signed = read_checkpoint(content, place)
    except RecordRefused as error:
        return Verdict(False, (str(error),))
    try:
        return _judge(policy, signed, place)
    except RecordRefused as error:
        return Verdict(False, (error.why,), signed.checkpoint)


def accept(policy: Policy, content: bytes, place: str = "checkpoint") -> Checkpoint:
    """The checkpoint, if the policy accepts it. Raises `NotSigned` with the reasons, `Malformed` if it is none."""
    read_checkpoint(content, place)
    verdict = judge(policy, content, place)
    if not verdict.accepted or verdict.checkpoint is None:
        raise NotSigned(place, "; ".join(verdict.reasons))
    return verdict.checkpoint


def _judge(policy: Policy, signed: SignedCheckpoint, place: str) -> Verdict:
    """Raises `NotSigned` for a wrong signature by a key of the policy."""
    origin = signed.checkpoint.origin
    names = {party.key: name for name, party in policy.witnesses.items()}
    logs = [party.key for party in policy.logs if party.key.name == origin]
    found = verified(signed.note, [*logs, *names], place)
    log = next((each.key for each in found if each.key in logs), None)
    cosigned = tuple(Cosigned(names[each.key], each.at) for each in found if each.at is not None)
    met = policy.quorum == NONE or policy.quorum in policy.met(each.witness for each in cosigned)
    reasons = (
        _of_the_log(log, bool(logs), origin),
        *(f"cosigned by {shown(each.witness)} at {each.at}" for each in cosigned),
        _of_the_quorum(policy, met, {each.witness for each in cosigned}),
    )
    return Verdict(log is not None and met, reasons, signed.checkpoint, log, cosigned)


def _of_the_log(log: NoteKey | None, known: bool, origin: str) -> str:
    if log is not None:
        return f"signed by the log {shown(origin)} with the key {log.id.hex()}"
    return f"not signed by the log {shown(origin)}" if known else f"no log of the policy is called {shown(origin)}"


def _of_the_quorum(policy: Policy, met: bool, cosigned: set[str]) -> str:
    if policy.quorum == NONE:
        return "the policy asks for no cosignatures"
    outcome = "met" if met else "not met"
    group = policy.groups.get(policy.quorum)
    if group is None:
        return f"the quorum is {outcome}: the witness {shown(policy.quorum)}"
    there = sum(member in policy.met(cosigned) for member in group.members)
    return f"the quorum is {outcome}: {there} of {len(group.members)} in {shown(group.name)}, {group.needed} needed"
