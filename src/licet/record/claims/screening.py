"""What a record says of safeguards, held against those that its rulebook has. `spec/safeguards.md`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from licet.core.rulebook import Rulebook
from licet.core.safeguards import Safeguard, Side, Stage
from licet.record.sealed.screened import ASKED_ON, CLEARED, FLAGGED, NOT_JUDGED, Screened

ROUNDED = Decimal("0.005")
"""How far a score with two digits may be from what it was."""


def why_not_said(said: Sequence[Screened], side: Side, rulebook: Rulebook) -> str | None:
    """Why safeguards of this rulebook cannot have said this; None if they can.

    Those that are named stand in the rulebook, look at this side, and each was asked in the order of its cascade, with
    the classifiers, versions and thresholds that it has, until one settled it.
    """
    for name in dict.fromkeys(each.safeguard for each in said):
        safeguard = rulebook.safeguards.get(name)
        if safeguard is None or side not in safeguard.sides:
            return f"it names the safeguard `{name[:80]}`, which was not in force for {side.value}s"
        why = _why_not_its(safeguard, [each for each in said if each.safeguard == name], side)
        if why is not None:
            return why
    return None


def why_unheard(said: Sequence[Screened], served: str | None, rulebook: Rulebook) -> str | None:
    """Why a model should not have served: a safeguard before it was not asked of the request, or did not clear it."""
    model = rulebook.catalogue.models.get(served or "")
    if model is None:
        return None
    last = {each.safeguard: each.led for each in said}
    for safeguard in rulebook.safeguards.values():
        if Side.REQUEST in safeguard.sides and safeguard.stands_before(model) and last.get(safeguard.name) != CLEARED:
            told = last.get(safeguard.name, "not asked")
            return f"`{served}` was served, before which the safeguard `{safeguard.name}` stands: {told}"
    return None


def flagged(said: Iterable[Screened], rulebook: Rulebook) -> frozenset[str]:
    """The models before which a safeguard stands that flagged."""
    names = {each.safeguard for each in said if each.flags}
    if not names:
        return frozenset()
    standing = [rulebook.safeguards[name] for name in names if name in rulebook.safeguards]
    models = rulebook.catalogue.models.values()
    return frozenset(model.name for model in models if any(each.stands_before(model) for each in standing))


def _why_not_its(safeguard: Safeguard, said: Sequence[Screened], side: Side) -> str | None:
    """In an answer, each classifier has said the most that it said of any part: so any of them may have settled it."""
    if len(said) > len(safeguard.cascade):
        return f"it has more classifiers of the safeguard `{safeguard.name}` than there are"
    for place, (each, stage) in enumerate(zip(said, safeguard.cascade, strict=False)):
        named = (each.classifier, each.version, Decimal(each.threshold))
        if named != (stage.classifier, stage.version, stage.flags_at):
            return f"it names another classifier, version or threshold than the safeguard `{safeguard.name}` has"
        if not _follows(each, stage):
            return f"a score of {each.score} does not lead to `{each.led}` in the safeguard `{safeguard.name}`"
        settled = each.led != ASKED_ON
        if side is Side.REQUEST and settled != (place == len(said) - 1):
            return f"the cascade of the safeguard `{safeguard.name}` does not end where it was settled"
    return None


def _follows(said: Screened, stage: Stage) -> bool:
    if said.led == NOT_JUDGED or said.score is None:
        return True
    score = Decimal(said.score)
    clears_below = stage.flags_at if stage.clears_below is None else stage.clears_below
    if said.led == FLAGGED:
        return score + ROUNDED >= stage.flags_at
    if said.led == CLEARED:
        return score - ROUNDED <= clears_below
    return stage.clears_below is not None and clears_below - ROUNDED <= score <= stage.flags_at + ROUNDED
