"""From judgements of findings and patches to a security advisory that others' tools read. `spec/csaf.md`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from licet import __version__
from licet.core.evidence.judgement import FindingJudgement, Held, PatchJudgement, Regression, Reproduced, UseCost
from licet.core.evidence.severity import Grade
from licet.services.judging.advisory_notes import coverage_note, finding_notes, notes_of, patch_notes, prose
from licet.services.judging.asking import JudgingRefused
from licet.services.judging.figures import percent, rated, stated
from licet.services.judging.words import headline, sentence, severity, verdict_of
from licet.wire.csaf import (
    Advisory,
    Impact,
    Note,
    Product,
    Publisher,
    Reference,
    Remedy,
    RemedyIs,
    Revision,
    Stage,
    Status,
    Tlp,
    Vulnerability,
    named_information,
    one_version,
)
from licet.wire.judgement.kept import Kept, digest_of

ENGINE: Final = "licet"
FINDING, PATCH = "licet finding", "licet patch"
TRIED, PATCHED = "tried", "patched"

SAYS = {
    Held.HOLDS: Status.FIXED,
    Held.FAILS: Status.AFFECTED,
    Held.UNDECIDED: Status.OPEN,
    Held.INSUFFICIENT: Status.OPEN,
}
"""What a patch makes of the patched model. Only a patch that holds fixes."""


@dataclass(frozen=True, slots=True)
class Release:
    """How an advisory is released: by whom, with whom it may be shared, how far it is, under which name.

    `version` is what the model's version is called; empty: the day of the judgement. `name` is the advisory's
    identifier; empty: what was judged.
    """

    publisher: Publisher
    tlp: Tlp = Tlp.AMBER
    stage: Stage = Stage.DRAFT
    version: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        if self.publisher.name.strip() != self.publisher.name or not self.publisher.name.isprintable():
            raise JudgingRefused(f"`{self.publisher.name}` is no name of a publisher: write one line of text")
        if not self.publisher.name:
            raise JudgingRefused("an advisory is published by somebody: `--publisher NAME`")
        if not an_address(self.publisher.namespace):
            raise JudgingRefused(
                f"`{self.publisher.namespace}` is no address that a publisher is known under: write one with its"
                " scheme, as in `https://example.com`"
            )
        if self.version and not one_version(self.version):
            raise JudgingRefused(
                f"`{self.version}` does not name one version of a model: write a line of text without `<`, `>` and"
                " words of a range (`before`, `all`, `versions`, ...)"
            )


def advisory_of(kept: Kept, release: Release, patches: Sequence[Kept] = ()) -> Advisory:
    """The advisory of a finding, with what patches do about it, or of a patch. Raises `JudgingRefused`."""
    match kept.judgement:
        case FindingJudgement() as finding:
            return _of_finding(kept, finding, release, patches)
        case PatchJudgement() as patch:
            return _of_patch(kept, patch, release)
        case _:
            raise JudgingRefused("an advisory is about a finding or a patch; a threshold has assessment results")


def an_address(text: str) -> bool:
    """Whether this is a URI with a scheme and something in it."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    plain = text.isascii() and text.isprintable() and not any(each in text for each in ' "<>\\^`{|}')
    return plain and bool(parts.scheme) and bool(parts.netloc or parts.path)


def _of_finding(kept: Kept, found: FindingJudgement, release: Release, patches: Sequence[Kept]) -> Advisory:
    fixes = [(each, _patch(each, found)) for each in patches]
    affected = found.reproduced is Reproduced.YES
    held = next((patch for _, patch in fixes if affected and patch.verdict is Held.HOLDS), None)
    products = [_tried(found.model, found.at, release)]
    status = [(Status.AFFECTED if affected else Status.OPEN, (TRIED,))]
    if held is not None:
        products.append(_patched(held, release))
        status.append((Status.FIXED, (PATCHED,)))
    vulnerability = Vulnerability(
        title=f"{found.subject}: a way around the safeguards of {found.model}",
        system=FINDING,
        id=found.subject,
        notes=(*finding_notes(found), *_costs(patch for _, patch in fixes)),
        status=tuple(status),
        released=found.at,
        known=_known(found),
        remedies=_remedies([patch for _, patch in fixes], found.at) if affected else (),
        impacts=(Impact(_impact(found.grade), found.at, (TRIED,)),) if affected else (),
        references=tuple(_reference(each) for each in (kept, *patches)),
    )
    return _advisory(kept, found, release, _revisions(found), products, (vulnerability,), _severity(found))


def _of_patch(kept: Kept, patch: PatchJudgement, release: Release) -> Advisory:
    worked = patch.before is not None and patch.before.interval.low > 0
    status = _merged(((Status.AFFECTED if worked else Status.OPEN, (TRIED,)), (_patched_is(patch), (PATCHED,))))
    main = Vulnerability(
        title=f"the way around the safeguards of {patch.model} that {patch.subject} is to close",
        system=PATCH,
        id=patch.subject,
        notes=(*patch_notes(patch), *_costs([patch])),
        status=status,
        released=patch.at,
        remedies=(_remedy(patch, _not_fixed(status)),),
        references=(_reference(kept),),
    )
    again = tuple(
        Vulnerability(
            title=f"{each.finding}: an earlier way around the safeguards of {patch.model}",
            system=FINDING,
            id=each.finding,
            notes=(Note("How often it works with the patch", f"{stated(each.rate)}: {each.held.value}"),),
            status=((SAYS[each.held], (PATCHED,)),),
            released=patch.at,
            remedies=_still_open(each, patch.at),
            references=(_reference(kept),),
        )
        for each in patch.earlier
    )
    products = (_tried(patch.model, patch.at, release), _patched(patch, release))
    revisions = (Revision(patch.at, f"as judged: {verdict_of(patch).value}"),)
    return _advisory(kept, patch, release, revisions, products, (main, *again))


def _advisory(
    kept: Kept,
    judged: FindingJudgement | PatchJudgement,
    release: Release,
    revisions: tuple[Revision, ...],
    products: Iterable[Product],
    vulnerabilities: tuple[Vulnerability, ...],
    severe: str = "",
) -> Advisory:
    summary = Note("What was judged", prose((sentence(judged), *judged.why)), "summary")
    return Advisory(
        id=" ".join((release.name or judged.subject).split()),
        title=headline(judged),
        publisher=release.publisher,
        tlp=release.tlp,
        stage=release.stage,
        engine=ENGINE,
        engine_version=__version__,
        model=judged.model,
        revisions=revisions,
        products=tuple(products),
        notes=(summary, coverage_note(judged), *notes_of(judged)),
        vulnerabilities=vulnerabilities,
        references=(_reference(kept),),
        severity=severe,
    )


def _patch(kept: Kept, found: FindingJudgement) -> PatchJudgement:
    patch = kept.judgement
    if not isinstance(patch, PatchJudgement):
        raise JudgingRefused(f"the judgement of `{patch.subject}` is not of a patch: name one of `licet judge patch`")
    if patch.model != found.model:
        raise JudgingRefused(f"the patch `{patch.subject}` is of `{patch.model}`, and the finding of `{found.model}`")
    return patch


def _tried(model: str, at: datetime, release: Release) -> Product:
    version = release.version or f"as served on {at.date().isoformat()}"
    return Product(TRIED, version, f"{model}, {version}")


def _patched(patch: PatchJudgement, release: Release) -> Product:
    version = f"{release.version or f'as served on {patch.at.date().isoformat()}'}, patched"
    return Product(PATCHED, version, f"{patch.model}, {version} ({patch.subject})")


def _merged(parts: Iterable[tuple[Status, tuple[str, ...]]]) -> tuple[tuple[Status, tuple[str, ...]], ...]:
    """Each status once, with all its products."""
    found: dict[Status, tuple[str, ...]] = {}
    for status, products in parts:
        found[status] = (*found.get(status, ()), *products)
    return tuple(found.items())


def _known(found: FindingJudgement) -> datetime:
    """Since when it was known at the latest: the report's date, or the first assessment."""
    dates = [found.at, *(at for at, _, _ in found.earlier)]
    if found.frozen is not None:
        dates.append(found.frozen.baseline_date)
    return min(dates)


def _revisions(found: FindingJudgement) -> tuple[Revision, ...]:
    """Every assessment, the newest last. Raises `JudgingRefused` where an earlier one is not earlier."""
    if any(at > found.at for at, _, _ in found.earlier):
        raise JudgingRefused(
            f"an earlier assessment is as of a later instant than {found.at.isoformat()}, and an advisory has its"
            " revisions in order: judge it as of an instant after all of them, with `--at`"
        )
    earlier = (
        Revision(at, f"as assessed against `{baselines}`: {severity(grade)}")
        for at, baselines, grade in sorted(found.earlier, key=lambda each: each[0])
    )
    against = f" against `{found.baseline_set}`" if found.baseline_set else ""
    return (*earlier, Revision(found.at, f"as assessed{against}: {_said(found)}"))


def _said(found: FindingJudgement) -> str:
    return _severity(found) or verdict_of(found).value


def _severity(found: FindingJudgement) -> str:
    """The severity, of what was reproduced; nothing is severe that was not."""
    return severity(found.grade) if found.reproduced is Reproduced.YES else ""


def _impact(grade: Grade) -> str:
    return f"{severity(grade)} by {grade.rubric}; this is no CVSS score"


def _remedies(patches: Sequence[PatchJudgement], at: datetime) -> tuple[Remedy, ...]:
    """What there is against it: patches that hold; else that there is none, and what was tried."""
    held = tuple(_remedy(each) for each in patches if each.verdict is Held.HOLDS)
    if held:
        return held
    tried = "; ".join(f"of `{each.subject}`: {sentence(each)}" for each in patches)
    return (Remedy(RemedyIs.NONE, tried or "no patch has been judged so far", at, (TRIED,)),)


def _patched_is(patch: PatchJudgement) -> Status:
    """The patched model against the technique itself: where only an earlier finding works again, that is open."""
    status = SAYS[patch.verdict]
    return Status.OPEN if status is Status.AFFECTED and patch.after.interval.high < patch.bound else status


def _not_fixed(status: Iterable[tuple[Status, tuple[str, ...]]]) -> tuple[str, ...]:
    return tuple(product for each, products in status if each is not Status.FIXED for product in products)


def _still_open(regression: Regression, at: datetime) -> tuple[Remedy, ...]:
    if regression.held is Held.HOLDS:
        return ()
    details = f"{rated(regression.rate)} of the tries work with the patch: {regression.held.value}"
    return (Remedy(RemedyIs.NONE, details, at, (PATCHED,)),)


def _remedy(patch: PatchJudgement, products: tuple[str, ...] = (TRIED,)) -> Remedy:
    holds = patch.verdict is Held.HOLDS
    details = (
        f"{patch.subject}: {sentence(patch)}; the technique works in {rated(patch.after)} of the tries with it, under"
        f" the bound of {percent(patch.bound)}"
        if holds
        else f"of `{patch.subject}`: {sentence(patch)}"
    )
    return Remedy(RemedyIs.FIX if holds else RemedyIs.NONE, details, patch.at, products)


def _costs(patches: Iterable[PatchJudgement]) -> tuple[Note, ...]:
    return tuple(
        Note(f"What {patch.subject} costs", "\n".join(_cost(each) for each in patch.costs))
        for patch in patches
        if patch.costs
    )


def _cost(cost: UseCost) -> str:
    served, fallback, blocked = cost.after
    before = "" if cost.before is None else f", before {rated(cost.before[0])}"
    return (
        f"{cost.use.value}: served {rated(served)}{before}; served by fallback {rated(fallback)}, blocked"
        f" {rated(blocked)}; about {served.estimand.value}"
    )


def _reference(kept: Kept) -> Reference:
    digest = digest_of(kept)
    return Reference(named_information(digest), f"the judgement of `{kept.judgement.subject}`, {digest}")
