"""An enforcement claim, and the verdict on it: that nobody of whom something holds was served something."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from licet.core import annex
from licet.core.conditions import Condition, OneOf, atoms, evaluate
from licet.core.definitions import Annex, Definition, Scope
from licet.core.errors import LicetError
from licet.core.facts import Facts
from licet.core.grammar import parse
from licet.core.instruments import Operation, Provision
from licet.core.meaning import meaning
from licet.core.properties import Certainty
from licet.core.rulebook import Rulebook
from licet.core.truth import Truth
from licet.record.log.findings import Finding


class NotAClaim(LicetError):
    """A claim that says nothing: an unknown name, times that do not go together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnforcementClaim:
    """Between `since` and `until` nobody of whom `whom` holds was served one of `models`.

    `whom` is a condition as instruments have them; `uses` says what its local names stand for: the whole name of a
    definition, or the bytes of a list. Whom it holds of is meant `definite`: of whom it is known; `possible`: of whom
    it is not known to be false. `grace`: how long a change of facts takes to reach the gate. `operations`: what it must
    not have been served for; every operation, if nothing else is said.
    """

    models: tuple[str, ...]
    whom: str
    since: datetime
    until: datetime
    certainty: Certainty = Certainty.DEFINITE
    uses: Mapping[str, str | bytes] = field(default_factory=dict)
    grace: timedelta = timedelta(seconds=1)
    operations: tuple[Operation, ...] = tuple(Operation)

    def __post_init__(self) -> None:
        if not self.models:
            raise NotAClaim("a claim is about at least one model")
        if not self.operations:
            raise NotAClaim("a claim is about at least one operation")
        if self.until <= self.since:
            raise NotAClaim(f"`{self.until.isoformat()}` is not after `{self.since.isoformat()}`")
        if self.grace < timedelta(0):
            raise NotAClaim("the grace is not negative")

    def __str__(self) -> str:
        models = " or ".join(f"`{each}`" for each in self.models)
        whom = "holds" if self.certainty is Certainty.DEFINITE else "holds or may hold"
        return (
            f"between {self.since.isoformat()} and {self.until.isoformat()} nobody of whom `{self.whom}` {whom} was "
            f"served {models}{self._purpose()}"
        )

    def is_about(self, operation: str) -> bool:
        """Whether answers to this operation are among those of the claim; one that nobody knows always is."""
        return operation not in set(Operation).difference(self.operations)

    def _purpose(self) -> str:
        asked = [each.value for each in Operation if each in self.operations]
        return "" if len(asked) == len(Operation) else f" for {' or '.join(f'`{each}`' for each in asked)}"


class Outcome(StrEnum):
    """What verifying a claim came to."""

    HOLDS = "holds"
    DOES_NOT_HOLD = "does not hold"
    NOT_SHOWN = "not shown"


@dataclass(frozen=True, slots=True)
class Tally:
    """How much was looked at. `elsewhere`: requests that were refused for a reason outside the rulebook, such as a key
    that does not reach the model. `late`: decisions under an epoch that another had replaced for longer than the grace.
    `answers`: those by one of the claim's models that were given while the claim is about.
    `behind`: decisions that go by facts that had changed within the grace. `excused`: answers by the claim's models to
    one of whom it held by then, but not for longer than the grace. `flagged`: requests that safeguards flagged or could
    not judge. `stopped`: answers that they ended."""

    decisions: int = 0
    serve: int = 0
    substitute: int = 0
    refuse: int = 0
    elsewhere: int = 0
    late: int = 0
    answers: int = 0
    subjects: int = 0
    segments: int = 0
    rulebooks: int = 0
    behind: int = 0
    excused: int = 0
    flagged: int = 0
    stopped: int = 0


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """Whether a claim holds.

    `violations`: what shows that it does not, each with its place; the first hundred of `violated`. `missing`: what
    would have to be shown before it can be said to hold, likewise of `lacking`. `names`: what the names in `whom` that
    are no facts stand for. `limits`: what was not looked at, and
    could not be.
    """

    claim: EnforcementClaim
    outcome: Outcome
    violations: tuple[Finding, ...]
    violated: int
    missing: tuple[Finding, ...]
    lacking: int
    tally: Tally
    names: tuple[tuple[str, str], ...]
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Whom:
    """A claim's condition, typed in the scope of a rulebook, and what its names that are no facts stand for."""

    condition: Condition
    certainty: Certainty
    names: tuple[tuple[str, str], ...] = ()

    def holds(self, facts: Facts) -> bool:
        """Whether somebody with these facts is among those whom the claim is about."""
        truth = evaluate(self.condition, facts)
        return truth is Truth.TRUE if self.certainty is Certainty.DEFINITE else truth is not Truth.FALSE


def whom_of(claim: EnforcementClaim, rulebook: Rulebook) -> Whom:
    """Whom a claim is about, in the words of this rulebook.

    A name that is no fact and is not in `uses` stands for the one definition that begins with it, or for the list that
    instruments call so. Raises `NotAClaim`, `ConditionRejectedError`.
    """
    unknown = sorted(set(claim.models) - rulebook.catalogue.models.keys())
    if unknown:
        there = ", ".join(f"`{each}`" for each in sorted(rulebook.catalogue.models))
        raise NotAClaim(f"there is no model `{unknown[0]}` in the log; there are: {there or 'none'}")
    syntax = parse(claim.whom)
    names = {node.id for node in ast.walk(syntax) if isinstance(node, ast.Name)}
    _check_facts(names, claim, rulebook)
    uses = {name: _used(name, claim, rulebook) for name in sorted(names) if name not in rulebook.facts}
    known = {name: used for name, used in uses.items() if used is not None}
    told = tuple((name, _told(used)) for name, used in known.items())
    return Whom(meaning(syntax, Scope(rulebook.facts, known)), claim.certainty, told)


def _check_facts(names: set[str], claim: EnforcementClaim, rulebook: Rulebook) -> None:
    """That no fact of the log hides a definition or a list: who makes the log may declare a fact of any name."""
    for name in sorted(names & rulebook.facts.keys()):
        hidden = [each for each in rulebook.definitions if each.startswith(f"{name}@")]
        if name in claim.uses or hidden:
            told = (
                f"beside {' and '.join(f'`{each}`' for each in sorted(hidden))}"
                if hidden
                else "not what the claim says"
            )
            raise NotAClaim(f"`{name}` is a fact in the log, {told}: give what you mean a name of its own with --uses")


def _told(used: Definition | Annex) -> str:
    if isinstance(used, Annex):
        return f"a list of {len(used.members)}, {used.digest or 'as the instruments have it'}"
    return f"the definition `{used.name}`: {used.text} (source: {used.source})"


def _used(name: str, claim: EnforcementClaim, rulebook: Rulebook) -> Definition | Annex | None:
    target = claim.uses.get(name)
    if isinstance(target, bytes):
        return Annex(annex.digest_of(target), annex.members_of(target, None))
    if target is not None:
        if target not in rulebook.definitions:
            raise NotAClaim(f"there is no definition `{target}` in the log")
        return rulebook.definitions[target]
    found = [each for each in rulebook.definitions if each.startswith(f"{name}@")]
    if len(found) > 1:
        raise NotAClaim(f"`{name}` may be {' or '.join(f'`{each}`' for each in sorted(found))}; say which one is meant")
    return rulebook.definitions[found[0]] if found else _list_called(name, rulebook)


def _list_called(name: str, rulebook: Rulebook) -> Annex | None:
    """The list that instruments use under this name, if there is one and they agree on it."""
    found = {
        frozenset(map(str, atom.choices))
        for instrument in rulebook.instruments
        if isinstance(instrument, Provision)
        for atom in atoms(instrument.condition)
        if isinstance(atom, OneOf) and atom.list_name == name
    }
    if len(found) > 1:
        raise NotAClaim(f"instruments call {len(found)} lists `{name}`; say which one is meant, with its file")
    return Annex("", found.pop()) if found else None
