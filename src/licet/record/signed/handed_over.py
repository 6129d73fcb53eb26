"""Following a log's key from one hand-over to the next: whom a policy that knows an older key may believe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from licet.record.log.findings import Finding
from licet.record.signed.keys import NoteKey
from licet.record.signed.policy import Party, Policy

HandOver = tuple[int, NoteKey, NoteKey]
"""The index of the entry, the key that hands over and the one that takes over; both signed that."""


def successors(policy: Policy, hand_overs: Sequence[HandOver]) -> Policy:
    """The policy that also believes every key to which one of its log keys handed over, directly or through others."""
    believed = [party.key for party in policy.logs]
    for _, old, new in hand_overs:
        if old in believed and new not in believed:
            believed.append(new)
    known = {party.key for party in policy.logs}
    return replace(policy, logs=policy.logs + tuple(Party(key) for key in believed if key not in known))


def check_signer(signer: NoteKey, size: int, hand_overs: Sequence[HandOver]) -> list[Finding]:
    """That the key which signed the checkpoint of `size` entries had not handed over before, or taken over later.

    From the entry after a hand-over on the new key signs; the checkpoint that ends with it may be signed by either.
    """
    current: set[NoteKey] = set()
    for at, old, new in hand_overs:
        current = {old, new} if at == size - 1 else {new}
    if not hand_overs or signer in current:
        return []
    at = hand_overs[-1][0]
    return [Finding("checkpoint", f"signed by the key {signer.id.hex()}, though entry {at} handed over to another")]
