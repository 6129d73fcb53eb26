"""What a proposal does to safeguards: a new one only narrows; one that is replaced may let through what it did not."""

from __future__ import annotations

from collections.abc import Iterator

from licet.core.rulebook import Rulebook
from licet.core.safeguards import SHIPPED, Contract
from licet.services.findings import Check, Finding, Severity
from licet.services.rulebooks import Proposal


def safeguards_changed(proposal: Proposal) -> Iterator[Finding]:
    """Safeguards that are new, and those that are replaced: with others' eyes, for nothing proves what they flag."""
    before, after = proposal.before, proposal.rulebook
    for name in sorted({each.name for each in proposal.written if each.kind == "safeguard"}):
        models = _guarded(after, name)
        if name not in before.safeguards:
            where = f"stands before {_listed(models)}" if models else "stands before no model"
            sentence = f"the safeguard {name} is new: it {where}, and what it flags another model answers or none"
            severity = Severity.WARNING if blind(after, name) else Severity.NOTE
            yield Finding(Check.SAFEGUARD_NEW, severity, f"{sentence}{blind(after, name)}")
            continue
        left = [each for each in _guarded(before, name) if each not in models]
        uncovered = f"; it no longer stands before {_listed(left)}" if left else ""
        sentence = f"the safeguard {name} is replaced: what was flagged may pass from now on{uncovered}"
        yield Finding(Check.SAFEGUARDS, Severity.WARNING, f"{sentence}{blind(after, name)}")


def blind(rulebook: Rulebook, name: str) -> str:
    """What follows where it names an embedded classifier that no gate has: all that reaches it is turned away."""
    for stage in rulebook.safeguards[name].cascade:
        if stage.contract is Contract.EMBEDDED and (stage.classifier, stage.version) != SHIPPED:
            ships = 'classifier: {}, version: "{}"'.format(*SHIPPED)
            named = f"{stage.classifier} {stage.version}"
            return (
                f"; the embedded classifier {named} is not there, so whatever reaches it could not be judged and is"
                f" turned away: the one that ships is {{{ships}}}"
            )
    return ""


def _guarded(rulebook: Rulebook, name: str) -> list[str]:
    safeguard = rulebook.safeguards[name]
    return [model.name for model in rulebook.catalogue.models.values() if safeguard.stands_before(model)]


def _listed(models: list[str]) -> str:
    return ", ".join(models)
