"""Points: per-model compiled code that decides single requests in about a microsecond, with every reason.

For each model a function tests the conditions of the instruments that cover it and packs the results into one whole
number. Equal numbers mean equal verdicts, so each number's verdict is worked out once, by the same `judge` as in the
reference interpreter, and looked up from then on. Which unknown facts a refusal names depends on the single atoms of
the conditions as well; their bits are added only where unknown facts matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from licet.core.catalogue import Model
from licet.core.conditions import Condition, atoms, blame, definitions
from licet.core.decision import Decision, Outcome, Verdict, judge, outcome_of
from licet.core.facts import Facts
from licet.core.instruments import Operation, Order, Provision
from licet.core.rulebook import Rulebook
from licet.core.truth import Truth
from licet.engines.source import Layout, Writer, layout

Vector = tuple[object, ...]

MOST_REMEMBERED = 4096
"""Verdicts remembered for one model, at most; then it forgets all of them and begins again."""


class Found(NamedTuple):
    """A verdict, and, if it allows, the decision that serves the model, but for its last element, the instant."""

    verdict: Verdict
    served: tuple[Outcome, str, str | None, str, tuple[Verdict, ...], str] | None


class Points:
    """A rulebook compiled for `[start, end)`, over which it is constant. Safe for use by several threads."""

    def __init__(self, rulebook: Rulebook, at: datetime) -> None:
        self.rulebook = rulebook
        self.digest = rulebook.digest
        self.epoch = rulebook.epoch
        self.start, self.end = rulebook.interval(at)
        self.layout = layout(rulebook.facts.values())
        in_force = [each for each in rulebook.in_force(at) if isinstance(each, Provision)]
        self._points = {
            (model.name, operation.value): Point(model, operation.value, in_force, self.layout, rulebook.digest)
            for model in rulebook.catalogue.models.values()
            for operation in Operation
        }
        self._chains: dict[tuple[Found, ...], tuple[object, ...]] = {}

    def vector(self, facts: Facts) -> Vector:
        """A subject's facts, prepared for `decide`; good for any rulebook that declares the same facts."""
        return self.layout.vector(facts)

    def decide(self, vector: Vector, model: str, operation: str, at: datetime, substitution: bool = True) -> Decision:
        """The same decision as the reference interpreter's. `KeyError` for a model that is not in the catalogue."""
        point = self._points[model, operation]
        found = point.find(vector)
        served = found.served
        if served is not None:
            return tuple.__new__(Decision, (*served, at))
        if not substitution or not point.model.fallback:
            return tuple.__new__(Decision, (*self._ending((found,), operation), at))
        chain = [found]
        for name in point.model.fallback:
            chain.append(self._points[name, operation].find(vector))
            if chain[-1].served is not None:
                break
        return tuple.__new__(Decision, (*self._ending(tuple(chain), operation), at))

    def _ending(self, chain: tuple[Found, ...], operation: str) -> tuple[object, ...]:
        """A decision along a chain of verdicts, but for the instant."""
        ending = self._chains.get(chain)
        if ending is None:
            if len(self._chains) >= MOST_REMEMBERED:
                self._chains.clear()
            verdicts = tuple(found.verdict for found in chain)
            ending = (*outcome_of(verdicts), operation, verdicts, self.digest)
            self._chains[chain] = ending
        return ending


class Point:
    """One model and operation: the provisions that cover it, its compiled function, the verdicts met so far."""

    def __init__(
        self, model: Model, operation: str, in_force: Iterable[Provision], layout: Layout, digest: str
    ) -> None:
        self.model = model
        self.operation = operation
        self.provisions = [each for each in in_force if each.covers(model, operation)]
        self.layout = layout
        self.digest = digest
        self.seen: dict[int, Found | dict[int, Found]] = {}
        self.find: Callable[[Vector], Found] = compiled(self)

    def judged(self, key: int, vector: Vector) -> Found:
        """The verdict of a combination of truths that is met for the first time."""
        found = self.found(key, vector)
        if len(self.seen) >= MOST_REMEMBERED:
            self.seen.clear()
        # a verdict that no fact can change depends on the truths alone
        self.seen[key] = {} if found.verdict.unknown else found
        return found

    def judged_with_unknown(self, by_atoms: dict[int, Found], atoms_key: int, key: int, vector: Vector) -> Found:
        """The verdict of a combination in which unknown facts matter: which ones depends on the single atoms."""
        found = by_atoms.get(atoms_key)
        if found is None:
            if len(by_atoms) >= MOST_REMEMBERED:
                by_atoms.clear()
            found = by_atoms[atoms_key] = self.found(key, vector)
        return found

    def found(self, key: int, vector: Vector) -> Found:
        truths = {provision.name: Truth(key >> 2 * number & 3) for number, provision in enumerate(self.provisions)}
        used = {atom.fact for each in self.provisions for atom in atoms(each.condition)}
        facts = self.layout.facts(vector, used)
        verdict = judge(
            self.model,
            self.provisions,
            lambda provision: truths[provision.name],
            lambda provision: blame(provision.condition, facts),
        )
        if not verdict.allowed:
            return Found(verdict, None)
        return Found(verdict, (*outcome_of((verdict,)), self.operation, (verdict,), self.digest))


def compiled(point: Point) -> Callable[[Vector], Found]:
    """The function that gives a vector's verdict for one model, from source that this module writes."""
    writer = Writer(point.layout)
    conditions = [provision.condition for provision in point.provisions]
    lines = [
        "def find(v):",
        *definition_lines(conditions, writer),
        *provision_lines(point.provisions, writer),
        "found = seen.get(k)",
        "if found.__class__ is Found: return found",
        "if found is None: return judged(k, v)",
        "a = 0",
        *atom_lines(conditions, writer),
        "return judged_with_unknown(found, a, k, v)",
    ]
    names: dict[str, object] = {f"c{number}": constant for number, constant in enumerate(writer.constants)}
    names |= {"Found": Found, "seen": point.seen, "judged": point.judged}
    names["judged_with_unknown"] = point.judged_with_unknown
    code = compile("\n    ".join(lines), f"<licet: {point.model.name!r}>", "exec")
    exec(code, names)  # noqa: S102 - the source holds nothing but what `engines.source` writes
    find: Callable[[Vector], Found] = names["find"]  # type: ignore[assignment]
    return find


def definition_lines(conditions: list[Condition], writer: Writer) -> Iterator[str]:
    """Definitions that are needed more than once are computed once, inner ones first."""
    uses = [each for condition in conditions for each in definitions(condition)]
    often = Counter(each.definition for each in uses)
    for each in uses:
        if often[each.definition] > 1 and each.definition not in writer.shared:
            number = len(writer.shared)
            true, possible = writer.pair(each.condition)
            yield f"t{number} = {true}"
            yield f"p{number} = {possible}"
            writer.shared[each.definition] = (f"t{number}", f"p{number}")


def provision_lines(provisions: list[Provision], writer: Writer) -> Iterator[str]:
    """Two bits for each provision: the number of its truth."""
    yield "k = 0"
    for number, provision in enumerate(provisions):
        true, possible = writer.pair(provision.condition)
        unknown, known = (truth.value << 2 * number for truth in (Truth.UNKNOWN, Truth.TRUE))
        if true == possible:
            yield f"if {true}: k += {known}"
        elif isinstance(provision, Order):
            yield f"if {possible}: k += {known} if {true} else {unknown}"
        else:
            yield f"if {true}: k += {known}"
            yield f"elif {possible}: k += {unknown}"


def atom_lines(conditions: list[Condition], writer: Writer) -> Iterator[str]:
    """Two bits for each distinct atom."""
    distinct = dict.fromkeys(atom for condition in conditions for atom in atoms(condition))
    for number, atom in enumerate(distinct):
        true, possible = writer.pair(atom)
        unknown, known = (truth.value << 2 * number for truth in (Truth.UNKNOWN, Truth.TRUE))
        yield f"if {possible}: a += {known} if {true} else {unknown}"


def compile_points(rulebook: Rulebook, at: datetime) -> Points:
    """A rulebook compiled for the interval around `at` over which it is constant."""
    return Points(rulebook, at)
