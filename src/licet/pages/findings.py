"""What a review found, the worst first, for the page of a draft."""

from __future__ import annotations

from licet.pages.blocks import Section, Text, table
from licet.pages.number import plural, seconds
from licet.pages.role import Role
from licet.pages.words import Mark, Word, codes, givens
from licet.services.findings import Finding, Review, Severity

SEVERITIES = {Severity.SERIOUS: Role.REFUTED, Severity.WARNING: Role.WARNING, Severity.NOTE: Role.UNCHANGED}


def findings_section(review: Review) -> Section:
    """Whether it only narrows, and every finding with somebody it is about."""
    first = review.headline
    said = Text((first[:1].upper() + first[1:] + ".", f"Looked at in {seconds(review.seconds)}."))
    if not review.findings:
        return Section("findings", "What the checks found", (said, Text(("Nothing else was found.",))))
    titles = ["Finding", "Severity", "About", "Instruments", "For example, somebody with"]
    caption = f"{plural(len(review.findings), 'finding')}, the worst first"
    rows = [cells(each) for each in review.findings]
    return Section("findings", "What the checks found", (said, table("findings-table", caption, titles, rows)))


def cells(finding: Finding) -> tuple[Word, ...]:
    """One finding."""
    return (
        finding.sentence,
        Mark(SEVERITIES[finding.severity], finding.severity.value),
        finding.check.value,
        codes(finding.instruments),
        givens(finding.witness.facts) if finding.witness else None,
    )
