"""Drafts of thresholds and of judgements become values, and what releases require leads somewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from unicodedata import normalize

from licet.core.errors import Path
from licet.core.evidence.instruments import Assessment, Evidence, Finding, Patch
from licet.core.evidence.judgement import Held, Reached
from licet.core.evidence.severity import LEVEL_NAMED, Level, Reach
from licet.core.evidence.threshold import Asked, Line, Threshold
from licet.core.requirements import Assessed, FindingsAtMost, HeadStart, Requirement, Safeguarded
from licet.core.resolve_trust import span
from licet.core.resolving import Resolving, names
from licet.core.shape import Draft

EVIDENCE = ("assessment", "finding", "patch")
HALF = Decimal("0.5")


def threshold_from(work: Resolving, draft: Draft) -> Threshold:
    """One threshold; what is wrong with its numbers is reported."""
    tree = draft.tree
    low, high = map(Decimal, tree["scale"])
    success_at, confidence = Decimal(tree["success_at"]), Decimal(tree["confidence"])
    if not low <= success_at <= high:
        message = f"`{success_at}` is not on the scale from `{low}` to `{high}`"
        work.report(draft, ("success_at",), message)
    if not HALF < confidence < 1:
        work.report(draft, ("confidence",), f"`{confidence}` is no level of a bound; allowed: above 0.5 and below 1")
    return Threshold(
        name=draft.name,
        title=tree.get("title", ""),
        framework=tree["framework"],
        source=tree["source"],
        capability=tree["capability"],
        metric=tree["metric"],
        low=low,
        high=high,
        success_at=success_at,
        lines=tuple(sorted((Line(name, Decimal(at)) for name, at in tree["lines"].items()), key=lambda each: each.at)),
        suites=tuple(sorted(tree["suites"].items())),
        budget=tuple(sorted((what, Decimal(spent)) for what, spent in tree.get("budget", {}).items())),
        judge=_asked(tree.get("judge")),
        confidence=confidence,
        digest=work.digest_of(draft),
    )


def _asked(tree: Mapping[str, Any] | None) -> Asked | None:
    if tree is None:
        return None
    return Asked(Decimal(tree["sensitivity"]), Decimal(tree["specificity"]), tree["labels"])


def evidence_from(work: Resolving, draft: Draft, common: Mapping[str, Any]) -> Evidence:
    """One assessment, finding or patch; what is wrong with it is reported."""
    tree = draft.tree
    assessed = datetime.fromisoformat(tree["assessed"])
    if assessed > datetime.fromisoformat(tree["from"]):
        message = f"`{tree['assessed']}` is after `from` ({tree['from']}); nothing counts before it was judged"
        work.report(draft, ("assessed",), message)
    check_issuer(work, draft, ("issuer",), tree.get("issuer", ""))
    judged: dict[str, Any] = {
        **common,
        "models": tuple(tree.get("models", ())),
        "families": tuple(tree.get("families", ())),
        "judgement": tree["judgement"],
        "assessed": assessed,
    }
    match draft.kind:
        case "assessment":
            check_threshold(work, draft, ("threshold",), tree["threshold"])
            return Assessment(**judged, threshold=tree["threshold"], verdict=Reached(tree["verdict"]))
        case "finding":
            reach = Reach(tree["reach"]) if "reach" in tree else None
            return Finding(**judged, levels=_levels(tree["levels"]), reach=reach)
        case _:
            return Patch(**judged, patches=tuple(tree["patches"]), verdict=Held(tree["verdict"]))


def _levels(tree: str | list[str]) -> tuple[Level, Level]:
    low, high = (tree, tree) if isinstance(tree, str) else tree
    return LEVEL_NAMED[low], LEVEL_NAMED[high]


def requirements_from(work: Resolving, draft: Draft) -> tuple[Requirement, ...]:
    """What a release requires; what leads nowhere is reported."""
    return tuple(
        _requirement(work, draft, ("requires", place), tree)
        for place, tree in enumerate(draft.tree.get("requires", ()))
    )


def _requirement(work: Resolving, draft: Draft, path: Path, tree: Mapping[str, Any]) -> Requirement:
    if "threshold" in tree:
        check_threshold(work, draft, (*path, "threshold"), tree["threshold"])
        within = span(tree["within"]) if "within" in tree else None
        for place, issuer in enumerate(tree.get("by", ())):
            check_issuer(work, draft, (*path, "by", place), issuer)
        return Assessed(tree["threshold"], tuple(map(Reached, tree["verdict"])), tuple(tree.get("by", ())), within)
    if "findings_at_most" in tree:
        return FindingsAtMost(LEVEL_NAMED[tree["findings_at_most"]])
    if "head_start" in tree:
        releases = work.drafts.get("release", {})
        if tree["of"] not in releases:
            work.report(draft, (*path, "of"), f"there is no release `{tree['of']}`; known: {names(releases)}")
        return HeadStart(tree["of"], span(tree["head_start"]))
    safeguards = work.drafts.get("safeguard", {})
    if tree["safeguard"] not in safeguards:
        message = f"there is no safeguard `{tree['safeguard']}`; known: {names(safeguards)}"
        work.report(draft, (*path, "safeguard"), message)
    return Safeguarded(tree["safeguard"])


def check_issuer(work: Resolving, draft: Draft, path: Path, issuer: str) -> None:
    """An issuer is spelled as it looks: two that look the same to whoever decides are the same to what is required."""
    if not issuer.isprintable() or " ".join(issuer.split()) != issuer or normalize("NFC", issuer) != issuer:
        message = f"{issuer!a} is not spelled as it looks; write one line of visible characters, with single spaces"
        work.report(draft, path, message)


def check_threshold(work: Resolving, draft: Draft, path: Path, name: str) -> None:
    """A threshold that a document names exists, in this version."""
    thresholds = work.drafts.get("threshold", {})
    if name not in thresholds:
        work.report(draft, path, f"unknown threshold `{name}`; known: {names(thresholds)}")


def check_head_starts(work: Resolving) -> None:
    """No release waits for a head start over itself, directly or through others."""
    waits: dict[str, list[str]] = {
        draft.name: [each["of"] for each in draft.tree.get("requires", ()) if "of" in each]
        for draft in work.of("release")
    }
    for draft in work.of("release"):
        circle = _way(waits, waits[draft.name], draft.name)
        if circle:
            shown = " -> ".join((draft.name, *circle))
            work.report(draft, ("requires",), f"releases that wait for each other's head start in a circle: {shown}")


def _way(waits: Mapping[str, list[str]], starts: list[str], goal: str) -> tuple[str, ...]:
    """A way from some releases to one, along what they wait for; nothing if there is none."""
    ways: dict[str, tuple[str, ...]] = {name: (name,) for name in starts}
    ahead = list(starts)
    while ahead:
        name = ahead.pop(0)
        if name == goal:
            return ways[name]
        for following in waits.get(name, ()):
            if following not in ways:
                ways[following] = (*ways[name], following)
                ahead.append(following)
    return ()
