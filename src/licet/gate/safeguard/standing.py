"""Which safeguards stand before which models, and what they have said of one request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from licet.core.rulebook import Rulebook
from licet.core.safeguards import Safeguard, Side
from licet.gate.safeguard.cascade import Judged
from licet.wire.journal import Screened


class Standing:
    """The safeguards of a rulebook by model, worked out once. A model without any is in neither table."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.request = _by_model(rulebook, Side.REQUEST)
        self.answer = _by_model(rulebook, Side.ANSWER)


class Heard:
    """What safeguards said of one request so far. A safeguard is known by its digest: one that was replaced is new."""

    def __init__(self) -> None:
        self._judged: dict[str, Judged] = {}

    def unheard(self, standing: Standing, models: Iterable[str]) -> tuple[Safeguard, ...]:
        """The safeguards before some models that have not said anything yet, each once."""
        found = {
            safeguard.digest: safeguard
            for model in models
            for safeguard in standing.request.get(model, ())
            if safeguard.digest not in self._judged
        }
        return tuple(found.values())

    def take(self, judged: Iterable[Judged]) -> None:
        """Remember what safeguards said."""
        self._judged.update((each.safeguard.digest, each) for each in judged)

    def flagged(self, standing: Standing) -> frozenset[str]:
        """The models that some safeguard flags for this request."""
        if not any(each.flags for each in self._judged.values()):
            return frozenset()
        return frozenset(model for model, safeguards in standing.request.items() if any(map(self._flags, safeguards)))

    def flagging(self, standing: Standing, models: Iterable[str]) -> tuple[Judged, ...]:
        """The safeguards before some models that flag, by name."""
        there = {each.digest for model in models for each in standing.request.get(model, ())}
        return tuple(each for each in self._said(standing) if each.flags and each.safeguard.digest in there)

    def said(self, standing: Standing) -> tuple[Screened, ...]:
        """What each classifier said, for the journal; only of safeguards that stand there now."""
        return tuple(screened for each in self._said(standing) for screened in each.said)

    def _said(self, standing: Standing) -> list[Judged]:
        now = {each.digest for safeguards in standing.request.values() for each in safeguards}
        found = [each for each in self._judged.values() if each.safeguard.digest in now]
        return sorted(found, key=lambda each: each.safeguard.name)

    def _flags(self, safeguard: Safeguard) -> bool:
        judged = self._judged.get(safeguard.digest)
        return judged is not None and judged.flags


def _by_model(rulebook: Rulebook, side: Side) -> Mapping[str, tuple[Safeguard, ...]]:
    found: dict[str, tuple[Safeguard, ...]] = {}
    for model in rulebook.catalogue.models.values():
        before = [each for each in rulebook.safeguards.values() if side in each.sides and each.stands_before(model)]
        if before:
            found[model.name] = tuple(sorted(before, key=lambda each: each.name))
    return MappingProxyType(found)
