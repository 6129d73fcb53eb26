"""Acts in the log: that an officer did something, of what kind, when, and what became of it; not to whom.

What exactly was done is about persons, and so is who did it. The log has a commitment to the one and pseudonyms of the
others, all by the installation's secret: nothing has to be kept to open them, and what was erased opens no more.
"""

from __future__ import annotations

from hmac import digest as keyed_digest

from licet.record.log.entries import Act
from licet.record.log.fields import Actor
from licet.record.log.opening import Opening, opening
from licet.services.acts.ports import StoredAct


def pseudonym(secret: bytes, actor: str) -> str:
    """What the log calls an officer: only who holds the secret can lead it back."""
    return f"officer-{keyed_digest(secret, f'officer:{actor}'.encode(), 'sha256').hex()[:12]}"


def act_name(secret: bytes, act: str) -> str:
    """What the log calls an act. Its own name is a digest of its content, by which anybody could confirm a guess."""
    return f"act-{keyed_digest(secret, f'act:{act}'.encode(), 'sha256').hex()[:16]}"


def act_opening(secret: bytes, act: StoredAct) -> Opening:
    """What opens the commitment to an act's content."""
    return opening("act", keyed_digest(secret, f"act salt:{act.id}".encode(), "sha256"), act.content)


def act_entry(act: StoredAct, secret: bytes, *, settled: bool) -> Act:
    """The entry that an officer did something, or of what became of that."""
    content = act_opening(secret, act).commitment if act.content else None  # without content: it was erased
    settlement = act.settlement
    if not settled or settlement is None:
        role, outcome = ("officer", "alone") if act.alone else ("proposer", "proposed")
        by = (Actor(role, pseudonym(secret, act.actor)),)
        return Act(act_name(secret, act.id), act.kind, outcome, act.at, by, content)
    role = "approver" if settlement.outcome == "approved" else "officer"
    by = (Actor(role, pseudonym(secret, settlement.actor)),)
    return Act(act_name(secret, act.id), act.kind, settlement.outcome, settlement.at, by, content)
