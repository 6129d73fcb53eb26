"""What a review found, as a table and as a tree; and the review of a proposal in the session's world."""

from __future__ import annotations

from licet.cli.command import Session
from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell
from licet.cli.terminal.trees import Tree, instant
from licet.core.decision import Decision
from licet.core.facts import Unknown
from licet.core.proof import Proof, Witness
from licet.services.checks import People
from licet.services.findings import Review, Severity
from licet.services.review import review
from licet.services.rulebooks import Proposal
from licet.wire.values import to_json

PROOF_SECONDS = 10.0
"""How long each proof may take. Past that, what it would have shown counts as not proved."""

TONES = {Severity.SERIOUS: Tone.BAD, Severity.WARNING: Tone.WARN, Severity.NOTE: Tone.QUIET}


def reviewed(session: Session, proposal: Proposal) -> Review:
    """Every check on a proposal, on the clock that the gate goes by; nobody is counted over the network."""
    store, now = session.installation.store, session.installation.now()
    here = session.admin is None
    return review(
        proposal,
        now,
        prover=session.world.provers(now, limit=PROOF_SECONDS),
        people=People(store.subject_count(), store.subjects, store.confirmed()) if here else None,
        stopwatch=session.world.stopwatch,
    )


def review_blocks(found: Review) -> list[Block]:
    """Whether it only narrows, and each finding."""
    blocks: list[Block] = [Line(found.headline, Tone.GOOD if found.only_narrows else Tone.WARN)]
    rows = [
        [cell(each.check.value, TONES[each.severity]), cell(each.severity.value), cell(each.sentence)]
        for each in found.findings
    ]
    return [*blocks, Grid(rows, ("found", "severity", "what"))] if rows else blocks


def review_tree(found: Review) -> Tree:
    """A review as JSON."""
    return {
        "only_narrows": found.only_narrows,
        "headline": found.headline,
        "narrows": proof_tree(found.narrows),
        "findings": [
            {
                "check": each.check.value,
                "severity": each.severity.value,
                "sentence": each.sentence,
                "instruments": list(each.instruments),
                "witness": witness_tree(each.witness),
            }
            for each in found.findings
        ],
        "seconds": round(found.seconds, 6),
    }


def proof_tree(proof: Proof) -> Tree:
    """Whether access only narrows, and on what that rests."""
    return {
        "answer": proof.answer.value,
        "rests_on": list(proof.rests_on),
        "because": proof.because,
        "witness": witness_tree(proof.witness),
        "assumptions": list(proof.assumptions),
    }


def witness_tree(witness: Witness | None) -> Tree | None:
    """A concrete example. `facts` are those that are known; every other one is unknown."""
    if witness is None:
        return None
    known = {name: to_json(value) for name, value in sorted(witness.facts.items()) if not isinstance(value, Unknown)}
    return {
        "facts": known,
        "model": witness.model,
        "operation": witness.operation,
        "at": instant(witness.at),
        "before": served_tree(witness.before) if witness.before else None,
        "after": served_tree(witness.after),
    }


def served_tree(decision: Decision) -> Tree:
    """What a decision came to, in short."""
    return {
        "outcome": decision.outcome.value,
        "served": decision.served,
        "instruments": list(decision.instruments),
    }
