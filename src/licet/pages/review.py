"""A draft on one page: whom it touches, what it changes and when, what is proved of it, and the draft itself."""

from __future__ import annotations

from collections.abc import Sequence

from licet.core.differences import Differences
from licet.core.instruments import Instrument
from licet.core.preview import Preview
from licet.core.proof import Proof
from licet.pages import difference, look, preview, preview_lead, proof
from licet.pages.blocks import Figure, Page, Section
from licet.pages.draft import draft_section
from licet.pages.findings import findings_section
from licet.services.findings import Review


def page(
    previewed: Preview | None,
    differences: Differences | None,
    proofs: Sequence[Proof],
    *,
    title: str,
    draft: Sequence[Instrument] = (),
    sentences: Sequence[str] = (),
    checks: Review | None = None,
) -> str:
    """What an officer reads before a draft is in force, as one self-contained HTML page.

    What was not computed (None, or no proof) is left out. `sentences` say the difference in words, `checks` are what
    was found by the review that is made at every enactment.
    """
    lead: list[str] = []
    figures: list[Figure] = []
    sections: list[Section] = []
    if previewed is not None:
        lead += preview_lead.lead(previewed)
        figures += preview_lead.figures(previewed)
        sections += preview.sections(previewed)
    if differences is not None:
        lead += difference.lead(differences)
        sections += difference.sections(differences, sentences)
    if proofs:
        lead += proof.lead(proofs)
        figures += proof.figures(proofs)
        answers, *details = proof.sections(proofs)
        sections = [answers, *sections, *details]
    if checks is not None:
        sections.insert(0, findings_section(checks))
    sections += draft_section(draft)
    return look.render(Page("Review of a draft", title, tuple(lead), tuple(figures), tuple(sections)))
