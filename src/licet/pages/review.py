"""A draft on one page: whom it touches, what it changes and when, what is proved of it, and the draft itself."""

from __future__ import annotations

from collections.abc import Sequence

from licet.core.differences import Differences
from licet.core.instruments import Instrument
from licet.core.preview import Preview
from licet.core.proof import Answer, Proof
from licet.pages import difference, look, preview, preview_lead, proof
from licet.pages.blocks import Figure, Page, Section
from licet.pages.draft import draft_section
from licet.pages.findings import findings_section
from licet.pages.number import count, plural
from licet.pages.role import Role
from licet.services.dossier import Dossier
from licet.services.findings import Review, Severity


def page_of(dossier: Dossier, *, title: str) -> str:
    """A dossier as one self-contained HTML page."""
    own, _ = dossier.proposal.told_apart()
    found = [dossier.proposal.rulebook.instrument(each.name) for each in own]
    return page(
        dossier.preview,
        dossier.differences,
        dossier.proofs,
        title=title,
        draft=[each for each in found if each is not None],
        sentences=dossier.sentences,
        checks=dossier.review,
        left_out=dossier.left_out,
        one_officer=dossier.one_officer,
    )


def page(
    previewed: Preview | None,
    differences: Differences | None,
    proofs: Sequence[Proof],
    *,
    title: str,
    draft: Sequence[Instrument] = (),
    sentences: Sequence[str] = (),
    checks: Review | None = None,
    left_out: Sequence[str] = (),
    one_officer: bool | None = None,
) -> str:
    """What an officer reads before a draft is in force, as one self-contained HTML page.

    What was not computed (None, or no proof) is left out, and `left_out` says what and why. `sentences` say the
    difference in words, `checks` are what was found by the review that is made at every enactment. `one_officer`: one
    is enough to put it in force; None where that was not asked.
    """
    opening = [*signed(checks, one_officer), *(f"{each[:1].upper()}{each[1:]}." for each in left_out)]
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
        opening += proof.lead(proofs)
        figures.append(proved(proofs))
        answers, *details = proof.sections(proofs)
        sections = [answers, *sections, *details]
    if checks is not None:
        sections.insert(0, findings_section(checks))
    sections += draft_section(draft)
    return look.render(Page("Review of a draft", title, (*opening, *lead), tuple(figures), tuple(sections)))


def signed(checks: Review | None, one_officer: bool | None) -> tuple[str, ...]:
    """What is serious; then who may put it in force, and why."""
    if checks is None or one_officer is None:
        return ()
    serious = sum(each.severity is Severity.SERIOUS for each in checks.findings)
    first = checks.headline[:1].upper() + checks.headline[1:]
    return (
        *((f"{plural(serious, 'finding is', 'findings are')} serious.",) if serious else ()),
        f"{first}.",
        "One officer may put it in force." if one_officer else "It needs a second officer.",
    )


def proved(proofs: Sequence[Proof]) -> Figure:
    """How many properties hold."""
    number = sum(each.answer is Answer.PROVED for each in proofs)
    role = Role.PROVED if number == len(proofs) else Role.REFUTED
    return Figure(f"{count(number)} of {count(len(proofs))}", "properties are proved", role)
