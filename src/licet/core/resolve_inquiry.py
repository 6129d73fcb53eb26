"""Drafts of inquiries become inquiries: what they ask fits together, and they name suites as those are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from licet.core.errors import Path
from licet.core.evidence.inquiry import (
    NEEDED,
    ROLES,
    Asks,
    BaselineSet,
    Earlier,
    Inquiry,
    PublicModel,
    Regress,
    Role,
    Suites,
)
from licet.core.evidence.rubric import CJS, RUBRICS
from licet.core.evidence.severity import LEVEL_NAMED, Axis, Level, Rubric, Scores
from licet.core.evidence.threshold import Asked
from licet.core.evidence.universality import EIGHT_OF_EIGHT, UNIVERSALS
from licet.core.resolving import Resolving
from licet.core.shape import Draft
from licet.core.shape_inquiry import AXES

Tree = Mapping[str, Any]

ONLY: Mapping[Asks, tuple[str, ...]] = {
    Asks.FINDING: (
        "baselines",
        "margin",
        "reproduced_at",
        "rubric",
        "axes",
        "categories",
        "universal",
        "raised",
        "earlier",
    ),
    Asks.PATCH: ("bound", "ordinary", "loss_at_most", "regressions"),
}
"""Fields that only an inquiry about one of the two has."""

SHARES = ("margin", "reproduced_at", "bound", "loss_at_most", "confidence")
BELOW_HALF = ("margin", "bound", "loss_at_most")
HALF = Decimal("0.5")
LEAST_CONFIDENCE = Decimal("0.8")
NO_CERTAINTY = (
    "a bound that is never wrong bounds nothing, and one that is mostly wrong does not either;"
    " give a level from 0.8 and below 1, as in `0.95`"
)


def inquiry_from(work: Resolving, draft: Draft) -> Inquiry:
    """One inquiry; what does not fit together in it is reported."""
    tree = draft.tree
    asks = Asks(tree["asks"])
    rubric = RUBRICS.get(tree.get("rubric", ""), CJS)
    found = Inquiry(
        name=draft.name,
        title=tree.get("title", ""),
        asks=asks,
        model=tree["model"],
        suites=tuple(tree["suites"].items()),
        metric=tree["metric"],
        low=Decimal(tree["scale"][0]),
        high=Decimal(tree["scale"][1]),
        success_at=Decimal(tree["success_at"]),
        arms=tuple((Role(role), arm) for role, arm in tree["arms"].items()),
        digest=work.digest_of(draft),
        confidence=Decimal(tree["confidence"]),
        sources=tuple(tree.get("sources", ())),
        budget=tuple((name, Decimal(each)) for name, each in tree.get("budget", {}).items()),
        judge=asked_from(tree.get("judge")),
        rubric=rubric,
        **(finding_fields(tree) if asks is Asks.FINDING else patch_fields(tree)),
    )
    check(work, draft, found)
    return found


def asked_from(tree: Tree | None) -> Asked | None:
    """What a judge must be shown to have."""
    if tree is None:
        return None
    return Asked(Decimal(tree["sensitivity"]), Decimal(tree["specificity"]), tree["labels"])


def finding_fields(tree: Tree) -> dict[str, Any]:
    """What only an inquiry about a finding has."""
    level, why = raised_from(tree.get("raised"))
    return {
        "baselines": baselines_from(tree["baselines"]) if "baselines" in tree else None,
        "margin": Decimal(tree["margin"]) if "margin" in tree else None,
        "reproduced_at": Decimal(tree.get("reproduced_at", "0.5")),
        "axes": axes_from(tree.get("axes", {})),
        "categories": tuple((name, tuple(each)) for name, each in tree.get("categories", {}).items()),
        "universal": UNIVERSALS[tree["universal"]] if "universal" in tree else EIGHT_OF_EIGHT,
        "raised": level,
        "raised_why": why,
        "earlier": tuple(sorted(map(earlier_from, tree.get("earlier", ())), key=lambda each: each.at)),
    }


def patch_fields(tree: Tree) -> dict[str, Any]:
    """What only an inquiry about a patch has."""
    suites = tuple(tree["suites"].items())
    return {
        "bound": Decimal(tree["bound"]) if "bound" in tree else None,
        "ordinary": tuple(tree.get("ordinary", {}).items()),
        "loss_at_most": Decimal(tree.get("loss_at_most", "0")),
        "regressions": tuple(
            Regress(each["finding"], each["arm"], tuple(each["suites"].items()) if "suites" in each else suites)
            for each in tree.get("regressions", ())
        ),
    }


def baselines_from(tree: Tree) -> BaselineSet:
    """A set of public models."""
    models = tuple(
        PublicModel(each["arm"], each["model"], each["version"], datetime.fromisoformat(each["since"]))
        for each in tree["models"]
    )
    frozen, current = (datetime.fromisoformat(tree[date]) for date in ("frozen", "current"))
    return BaselineSet(tree["name"], frozen, current, models)


def axes_from(tree: Tree) -> tuple[tuple[Axis, Scores], ...]:
    """Axes with their intervals; a rubric's values are few, so binary fractions spell them exactly."""
    return tuple(
        (AXES[name], Scores(float(each["low"]), float(each["high"]), each["why"])) for name, each in tree.items()
    )


def earlier_from(tree: Tree) -> Earlier:
    """One earlier assessment."""
    at = datetime.fromisoformat(tree["at"])
    return Earlier(at, tree["baselines"], axes_from(tree["axes"]), *raised_from(tree.get("raised")))


def raised_from(tree: Tree | None) -> tuple[Level | None, str]:
    """The level that judgement raises to, and why."""
    return (None, "") if tree is None else (LEVEL_NAMED[tree["level"]], tree["why"])


def check(work: Resolving, draft: Draft, found: Inquiry) -> None:
    """Everything that must fit together."""
    check_fields(work, draft, found)
    check_arms(work, draft, found)
    check_numbers(work, draft, found)
    check_suites(work, draft, found)
    check_baselines(work, draft, found)
    check_axes(work, draft, found.rubric)


def check_fields(work: Resolving, draft: Draft, found: Inquiry) -> None:
    """What belongs to the other kind of inquiry is not there, and what is needed is."""
    tree = draft.tree
    for asks, names in ONLY.items():
        for name in (each for each in names if each in tree and asks is not found.asks):
            message = f"`{name}` is of a {asks.value}, and this inquiry asks about a {found.asks.value}; leave it out"
            work.report(draft, (name,), message, at_key=True)
    if found.asks is Asks.PATCH and found.bound is None:
        work.report(draft, ("asks",), "of a patch, `bound` is needed: the rate that the technique must stay under")
    if found.baselines is not None and found.margin is None:
        message = "`baselines` need a `margin`: without one, no difference can be told from no difference found"
        work.report(draft, ("baselines",), message, at_key=True)
    if Role.ORDINARY_AFTER in dict(found.arms) and not found.ordinary:
        work.report(draft, ("arms", Role.ORDINARY_AFTER), "it needs `ordinary`, the suites that are run in it")
    if found.ordinary and Role.ORDINARY_AFTER not in dict(found.arms):
        work.report(draft, ("ordinary",), f"it needs the arm `{Role.ORDINARY_AFTER}`, in which they are run")


def check_arms(work: Resolving, draft: Draft, found: Inquiry) -> None:
    """Arms have roles of what is asked, and no two stand for the same trials."""
    for role, _ in found.arms:
        if role not in ROLES[found.asks]:
            allowed = ", ".join(f"`{each}`" for each in ROLES[found.asks])
            message = f"`{role}` is no arm of a {found.asks.value}; its arms are {allowed}"
            work.report(draft, ("arms", role), message, at_key=True)
    if NEEDED[found.asks] not in dict(found.arms):
        message = f"a {found.asks.value} needs the arm `{NEEDED[found.asks]}`"
        work.report(draft, ("arms",), message, at_key=True)
    if Role.ORDINARY_BEFORE in dict(found.arms) and Role.ORDINARY_AFTER not in dict(found.arms):
        work.report(draft, ("arms", Role.ORDINARY_BEFORE), f"it is compared with `{Role.ORDINARY_AFTER}`; add that arm")
    taken = set[tuple[str, str]]()
    for arm, suites in found.plan:
        for suite, _ in suites:
            if (arm, suite) in taken:
                work.report(draft, ("arms",), f"the arm `{arm}` has two roles with the suite `{suite}`; name it once")
            taken.add((arm, suite))


def check_numbers(work: Resolving, draft: Draft, found: Inquiry) -> None:
    """Shares are shares, and a success lies on the scale."""
    tree = draft.tree
    for name in (each for each in SHARES if each in tree):
        if not 0 <= Decimal(tree[name]) <= 1:
            work.report(draft, (name,), f"`{tree[name]}` is not a share from 0 to 1, as in `0.05`")
    if not LEAST_CONFIDENCE <= found.confidence < 1:
        work.report(draft, ("confidence",), NO_CERTAINTY)
    for name in (each for each in BELOW_HALF if each in tree and Decimal(tree[each]) >= HALF):
        work.report(draft, (name,), f"`{tree[name]}` says of half of all tries that they count as none; give less")
    if found.reproduced_at == 0:
        work.report(
            draft, ("reproduced_at",), "what never works would be reproduced; give a share above 0, as in `0.5`"
        )
    if found.bound is not None and found.bound == 0:
        work.report(draft, ("bound",), "no number of tries shows that a rate is 0; give a bound above it, as in `0.01`")
    if found.margin is not None and found.margin == 0:
        work.report(draft, ("margin",), "no number of tries shows that a gain is exactly 0; give a margin above it")
    if not found.low < found.success_at <= found.high:
        message = f"`{found.success_at}` does not lie on the scale [{found.low}, {found.high}], above its lowest value"
        work.report(draft, ("success_at",), message)


def check_suites(work: Resolving, draft: Draft, found: Inquiry) -> None:
    """A suite has one digest in the whole inquiry, and it is that of the suite where that is at hand."""
    at_hand = {each.name: work.digest_of(each) for each in work.of("suite")}
    for path, suites in named_suites(found):
        for name, digest in suites:
            known = at_hand.setdefault(name, digest)
            if known != digest:
                message = f"the suite `{name}` has the digest `{known}`, and `{digest}` is pinned here"
                work.report(draft, (*path, name), message)


def named_suites(found: Inquiry) -> list[tuple[Path, Suites]]:
    """Where an inquiry names suites."""
    places: list[tuple[Path, Suites]] = [(("suites",), found.suites), (("ordinary",), found.ordinary)]
    places += [
        (("regressions", place, "suites"), each.suites)
        for place, each in enumerate(found.regressions)
        if each.suites != found.suites
    ]
    return places


def check_baselines(work: Resolving, draft: Draft, found: Inquiry) -> None:
    """The dates of a set of public models are in order."""
    if found.baselines is None:
        return
    if found.baselines.current < found.baselines.frozen:
        work.report(draft, ("baselines", "current"), "it is before `frozen`; a set does not move backwards")


def check_axes(work: Resolving, draft: Draft, rubric: Rubric) -> None:
    """Scores are values of the rubric; whether there is a gain at all is measured, never stated."""
    tree = draft.tree
    check_scores(work, draft, ("axes",), tree.get("axes", {}), rubric)
    for place, each in enumerate(tree.get("earlier", ())):
        check_scores(work, draft, ("earlier", place, "axes"), each["axes"], rubric)
    gain = tree.get("axes", {}).get("gain")
    if gain is not None and float(gain["low"]) <= rubric.stops_at:
        message = "whether there is a gain is measured; give what it is worth if there is one, from `1`"
        work.report(draft, ("axes", "gain", "low"), message)


def check_scores(work: Resolving, draft: Draft, path: Path, axes: Tree, rubric: Rubric) -> None:
    for name, each in axes.items():
        values = [Decimal(str(value)) for value, _ in rubric.values[AXES[name]]]
        for end in ("low", "high"):
            if Decimal(each[end]) not in values:
                known = ", ".join(f"`{value.normalize():f}`" for value in values)
                message = f"`{each[end]}` is no value of the axis; the rubric has {known}"
                work.report(draft, (*path, name, end), message)
