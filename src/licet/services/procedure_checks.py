"""What a proposal does to procedures: nobody's access changes by it, and how cases are decided does."""

from __future__ import annotations

from collections.abc import Iterator

from licet.core.schema import CASE_KINDS
from licet.services.findings import Check, Finding, Severity
from licet.services.rulebooks import Proposal
from licet.services.withholding import listing


def decided_by_two(proposal: Proposal) -> Iterator[Finding]:
    """By which criteria and clocks cases are decided: no proof about permission says anything of it."""
    names = tuple(each.name for each in proposal.written if each.kind in CASE_KINDS)
    if names:
        what = f"{listing(names)}: how cases move, by which criteria and clocks, so two officers decide on it"
        yield Finding(Check.PROCEDURES, Severity.NOTE, what, names)
