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

from licet.core.catalogue import Model
from licet.core.conditions import Condition, atoms, blame, definitions
from licet.core.decision import Decision, Outcome, Verdict, judge, outcome_of
from licet.core.facts import Facts
from licet.core.instruments import Operation, Order, Provision
from licet.core.rulebook import Rulebook
from licet.core.truth import Truth
from licet.engines.source import Layout, Writer, layout

Vector = tuple[object, ...]

Prefix = tuple[Outcome, str, str | None, str, tuple[Verdict, ...], str]
"""A decision without its last element, the instant."""

Find = Callable[[Vector], "Found"]

MOST_REMEMBERED = 4096
"""Verdicts remembered for one model, at most; then it forgets all of them and begins again."""


class Found:
    """A verdict, and, if it allows, the decision that serves the model, but for its last element, the instant.

    Compared by identity: each model has one for each verdict that it remembers.
    """

    __slots__ = ("served", "verdict")

    def __init__(self, verdict: Verdict, served: Prefix | None) -> None:
        self.verdict = verdict
        self.served = served


class Points:
    """A rulebook compiled for `[start, end)`, over which it is constant. Safe for use by several threads."""

    def __init__(self, rulebook: Rulebook, at: datetime) -> None:
        self.rulebook = rulebook
        self.digest = rulebook.digest
        self.epoch = rulebook.epoch
        self.start, self.end = rulebook.interval(at)
        self.layout = layout(rulebook.facts.values())
        in_force = [each for each in rulebook.in_force(at) if isinstance(each, Provision)]
        self._ways: dict[str, dict[str, tuple[Find, tuple[Find, ...]]]] = {}
        for operation in Operation:
            finds: dict[str, Find] = {
                name: Point(model, operation.value, in_force, self.layout, rulebook.digest).find
                for name, model in rulebook.catalogue.models.items()
            }
            self._ways[operation.value] = {
                name: (find, tuple(finds[each] for each in rulebook.catalogue.models[name].fallback))
                for name, find in finds.items()
            }
        self._endings: dict[tuple[Found, ...], Prefix] = {}

    def vector(self, facts: Facts) -> Vector:
        """A subject's facts, prepared for `decide`; good for any rulebook that declares the same facts."""
        return self.layout.vector(facts)

    def decide(self, vector: Vector, model: str, operation: str, at: datetime, substitution: bool = True) -> Decision:
        """The same decision as the reference interpreter's. `KeyError` for a model that is not in the catalogue."""
        find, fallbacks = self._ways[operation][model]
        found = find(vector)
        served = found.served
        if served is not None:
            return _decision(Decision, (*served, at))
        chain: tuple[Found, ...] = (found,)
        if substitution:
            for find in fallbacks:
                found = find(vector)
                chain = (*chain, found)
                if found.served is not None:
                    break
        return _decision(Decision, (*(self._endings.get(chain) or self._ending(chain, operation)), at))

    def _ending(self, chain: tuple[Found, ...], operation: str) -> Prefix:
        """The decision along a chain of verdicts, but for the instant, for the first time."""
        if len(self._endings) >= MOST_REMEMBERED:
            self._endings.clear()
        verdicts = tuple(found.verdict for found in chain)
        self._endings[chain] = ending = (*outcome_of(verdicts), operation, verdicts, self.digest)
        return ending


_decision = tuple.__new__
"""Makes a named tuple of a whole tuple at once, twice as fast as by its arguments."""


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
        self.seen: dict[int, Found] = {}
        self.open: dict[int, dict[int, Found]] = {}
        self.find: Find = compiled(self)

    def judged(self, key: int, vector: Vector) -> Found:
        """The verdict of a combination of truths that is met for the first time."""
        found = self.found(key, vector)
        for memory in (self.seen, self.open):
            if len(memory) >= MOST_REMEMBERED:
                memory.clear()
        if found.verdict.unknown:
            self.open[key] = {}
        else:  # no fact can change it, so it depends on the truths alone
            self.seen[key] = found
        return found

    def judged_open(self, by_atoms: dict[int, Found], atoms_key: int, key: int, vector: Vector) -> Found:
        """The verdict of a combination in which unknown facts matter: which ones depends on the single atoms."""
        found = self.found(key, vector)
        if len(by_atoms) >= MOST_REMEMBERED:
            by_atoms.clear()
        by_atoms[atoms_key] = found
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


def compiled(point: Point) -> Find:
    """The function that gives a vector's verdict for one model, from source that this module writes."""
    writer = Writer(point.layout)
    conditions = [provision.condition for provision in point.provisions]
    lines = [
        "def find(v):",
        *definition_lines(conditions, writer),
        *provision_lines(point.provisions, writer),
        "found = seen(k)",
        "if found is not None: return found",
        "by_atoms = open(k)",
        "if by_atoms is None: return judged(k, v)",
        "a = 0",
        *atom_lines(conditions, writer),
        "return by_atoms.get(a) or judged_open(by_atoms, a, k, v)",
    ]
    names: dict[str, object] = {f"c{number}": constant for number, constant in enumerate(writer.constants)}
    names |= {"seen": point.seen.get, "open": point.open.get}
    names |= {"judged": point.judged, "judged_open": point.judged_open}
    code = compile("\n    ".join(lines), f"<licet: {point.model.name!r}>", "exec")
    exec(code, names)  # noqa: S102 - the source holds nothing but what `engines.source` writes
    find: Find = names["find"]  # type: ignore[assignment]
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
