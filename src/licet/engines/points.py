"""Points: single requests decided in less than a microsecond, with every reason.

A subject's facts are reduced once to a signature (see `signature`). For each model, the bits that its instruments ask
for lead to the verdict, which is worked out when a combination is met for the first time, by the same `judge` as in
the reference interpreter, and looked up from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from licet.core.catalogue import Model
from licet.core.decision import Decision, Outcome, Verdict, judge, outcome_of
from licet.core.facts import Facts
from licet.core.instruments import Operation, Provision
from licet.core.rulebook import Rulebook
from licet.engines.signature import Signatures

Prefix = tuple[Outcome, str, str | None, str, tuple[Verdict, ...], str]
"""A decision without its last element, the instant."""

MOST_REMEMBERED = 16_384
"""Combinations remembered for one model and operation, at most; then all are forgotten and it begins again."""


class Vector:
    """A subject's facts, and the request's, as a signature; `of` are the signatures that it was made by."""

    __slots__ = ("bits", "of")

    def __init__(self, bits: int, of: Signatures) -> None:
        self.bits = bits
        self.of = of


class Ending:
    """Where the way along a model and its fallbacks has led so far, compared by identity.

    `ends`: the last model is allowed, so the way ends here. `prefix`: the decision if it does, but for the instant.
    `after`: where it leads on, by what the next model says.
    """

    __slots__ = ("after", "ends", "prefix", "verdicts")

    def __init__(self, verdicts: tuple[Verdict, ...], operation: str, digest: str) -> None:
        self.verdicts = verdicts
        self.ends = verdicts[-1].allowed
        self.prefix: Prefix = (*outcome_of(verdicts), operation, verdicts, digest)
        self.after: dict[Ending, Ending] = {}


class Point:
    """One model and operation: what its instruments ask for, and the verdicts met so far."""

    __slots__ = ("digest", "fallbacks", "mask", "met", "model", "operation", "provisions", "seen", "signatures")

    def __init__(
        self, model: Model, operation: str, provisions: Iterable[Provision], signatures: Signatures, digest: str
    ) -> None:
        self.model = model
        self.operation = operation
        self.provisions = [each for each in provisions if each.covers(model, operation)]
        self.signatures = signatures
        self.mask = signatures.mask(self.provisions)
        self.digest = digest
        self.fallbacks: tuple[Point, ...] = ()
        self.seen: dict[int, Ending] = {}
        self.met: dict[Verdict, Ending] = {}

    def judged(self, bits: int) -> Ending:
        """The verdict of a combination that is met for the first time."""
        key = bits & self.mask
        verdict = judge(self.model, self.provisions, self.signatures.known(key))
        if len(self.seen) >= MOST_REMEMBERED:
            self.seen.clear()
            self.met.clear()
        # many combinations, few verdicts: equal ones are one, so that the ways from here stay few
        ending = self.met.get(verdict)
        if ending is None:
            ending = self.met[verdict] = Ending((verdict,), self.operation, self.digest)
        self.seen[key] = ending
        return ending

    def onward(self, so_far: Ending, following: Ending) -> Ending:
        """The way one model further, for the first time."""
        if len(so_far.after) >= MOST_REMEMBERED:
            so_far.after.clear()
        ending = Ending(so_far.verdicts + following.verdicts, self.operation, self.digest)
        so_far.after[following] = ending
        return ending


class Points:
    """A rulebook compiled for `[start, end)`, over which it is constant. Safe for use by several threads."""

    def __init__(self, rulebook: Rulebook, at: datetime, signatures: Signatures) -> None:
        self.rulebook = rulebook
        self.digest = rulebook.digest
        self.epoch = rulebook.epoch
        self.start, self.end = rulebook.interval(at)
        self._signatures = signatures
        in_force = [each for each in rulebook.in_force(at) if isinstance(each, Provision)]
        self._points = {
            operation.value: {
                name: Point(model, operation.value, in_force, signatures, rulebook.digest)
                for name, model in rulebook.catalogue.models.items()
            }
            for operation in Operation
        }
        for points in self._points.values():
            for point in points.values():
                point.fallbacks = tuple(points[name] for name in point.model.fallback)

    def vector(self, facts: Facts) -> Vector:
        """A subject's facts, and the request's, prepared for `decide`; good for all the time of this rulebook."""
        return Vector(self._signatures.of(facts), self._signatures)

    def decide(self, vector: Vector, model: str, operation: str, at: datetime, substitution: bool = True) -> Decision:
        """The same decision as the reference interpreter's.

        Raises `KeyError` for a model that is not in the catalogue, `ValueError` for a vector of another rulebook.
        """
        if vector.of is not self._signatures:
            raise ValueError("a vector of another rulebook; make it with this one's `vector`")
        bits = vector.bits
        point = self._points[operation][model]
        ending = point.seen.get(bits & point.mask) or point.judged(bits)
        if substitution and not ending.ends:
            for fallback in point.fallbacks:
                following = fallback.seen.get(bits & fallback.mask) or fallback.judged(bits)
                ending = ending.after.get(following) or point.onward(ending, following)
                if ending.ends:
                    break
        # made of a whole tuple at once, twice as fast as by its arguments
        return tuple.__new__(Decision, (*ending.prefix, at))


def compile_points(rulebook: Rulebook, at: datetime, signatures: Signatures | None = None) -> Points:
    """A rulebook compiled for the interval around `at` over which it is constant.

    `signatures` of the same rulebook, where they are there already, make vectors good for both.
    """
    return Points(rulebook, at, signatures or Signatures(rulebook))
