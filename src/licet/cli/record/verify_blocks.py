"""A verification as blocks for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence

from licet.cli.terminal.blocks import Block, Line, Tone, pairs
from licet.cli.terminal.trees import Tree
from licet.record.log.findings import Finding
from licet.services.record.verifying import Verification

MOST_SHOWN = 20
"""Findings of one kind on a terminal; `--json` has a hundred."""


def tree_of(verification: Verification) -> Tree:
    """The verification as JSON: `spec/cli.md`."""
    return {
        "what": verification.what,
        "claimed": verification.claimed,
        "verdict": verification.verdict,
        "ok": verification.good,
        "sentence": verification.sentence,
        "rests_on": list(verification.rests_on),
        "findings": [each._asdict() for each in verification.findings],
        "found": verification.found,
        "missing": [each._asdict() for each in verification.missing],
        "lacking": verification.lacking,
        "limits": list(verification.limits),
        "again": list(verification.again),
        **dict(verification.details),
    }


def blocks_of(verification: Verification) -> list[Block]:
    """The verdict first, what it comes to in a sentence, then why, in lines below each other."""
    tone = Tone.GOOD if verification.good else Tone.BAD
    blocks: list[Block] = [Line(verification.headline, tone), Line(verification.sentence)]
    if verification.names:
        blocks.append(pairs(*verification.names))
    blocks += _listed("rests on", verification.rests_on, Tone.PLAIN)
    blocks += _found("against it", verification.findings, verification.found, Tone.BAD)
    blocks += _found("missing", verification.missing, verification.lacking, Tone.WARN)
    if verification.figures:
        blocks.append(pairs(*((name, value) for name, value in verification.figures)))
    blocks += _listed("does not show", verification.limits, Tone.QUIET)
    if verification.again:
        blocks += [Line("check it again:", Tone.QUIET), *(Line(command, Tone.QUIET) for command in verification.again)]
    return blocks


def _listed(name: str, lines: Sequence[str], tone: Tone) -> list[Block]:
    if not lines:
        return []
    return [pairs(*((name if not at else " ", Line(line, tone)) for at, line in enumerate(lines)))]


def _found(name: str, findings: Sequence[Finding], count: int, tone: Tone) -> list[Block]:
    shown = [str(each) for each in findings[:MOST_SHOWN]]
    if count > len(shown):
        shown.append(f"and {count - len(shown):,} more")
    return _listed(name, shown, tone)
