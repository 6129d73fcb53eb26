"""The cheapest next measurement of an inquiry whose evidence is not complete: what closes the first of its gaps."""

from __future__ import annotations

from licet.core.evidence.coverage import Gap, Hole
from licet.core.evidence.judgement import JudgeQuality
from licet.core.evidence.measurement import Measurement
from licet.evidence.coverage.labels import judge_next
from licet.evidence.coverage.mending import AGAIN, OF_BUDGET, OF_JUDGES, ORDER, missing_tries, settled
from licet.evidence.inquiry.inquired import Inquired, plan_of
from licet.evidence.sayings import counted
from licet.evidence.trials.runs import runs_of


def closing(known: Inquired, quality: JudgeQuality | None) -> Measurement:
    """What closes the first gap, and what then stays open."""
    gaps = {hole.gap for hole in known.coverage.holes}
    for of in ORDER:
        mended = [gap for gap in of if gap in gaps]
        if mended:
            found = mending(known, of, quality)
            left = sorted(gaps - set(mended))
            return Measurement(found.arm, found.more, found.what, found.assuming, settled(mended, left))
    return Measurement("", None, "run the arms that the inquiry names, in full")


def mending(known: Inquired, of: tuple[Gap, ...], quality: JudgeQuality | None) -> Measurement:
    """What mends one kind of gap."""
    holes = [hole for hole in known.coverage.holes if hole.gap in of]
    arms = ", ".join(dict.fromkeys(hole.arm for hole in holes if hole.arm))
    if of is OF_JUDGES:
        return judge_next(known.inquiry.judge, quality)
    if of is AGAIN:
        missing = tries_missing(known)
        return Measurement(
            arms, missing or None, f"run what is missing or came to nothing: {counted(missing, 'trial')}"
        )
    if of is OF_BUDGET:
        return Measurement(arms, None, f"spend the rest of the declared budget: {said(holes)}")
    what = f"find the logs, manifests and judge as the inquiry names them, or run it again: {said(holes)}"
    return Measurement(arms, None, what)


def said(holes: list[Hole]) -> str:
    """What was found, in one sentence."""
    return "; ".join(hole.said for hole in holes)


def tries_missing(known: Inquired) -> int:
    """How many tries of all arms are missing, or came to nothing."""
    plan = plan_of(known.inquiry, known.suites)
    runs = (runs_of(known.table, each.suite, each.arm, scored=each.scored) for each in plan.intended)
    return sum(map(missing_tries, runs))
