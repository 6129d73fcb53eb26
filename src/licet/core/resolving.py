"""The work of resolving: what the documents became so far, what was found wrong, and the conditions in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from licet.core.catalogue import Model
from licet.core.conditions import Condition, Defined, children
from licet.core.definitions import Annex, Definition, Scope
from licet.core.errors import ConditionRejectedError, Path, Problem
from licet.core.facts import Fact
from licet.core.instruments import Instrument
from licet.core.meaning import meaning
from licet.core.properties import Property
from licet.core.shape import Draft
from licet.core.subjects import Subject

DigestOf = Callable[[Draft], str]

DEEPEST = 20
"""Definitions that use each other, one inside another, at most."""

LARGEST = 10_000
"""Facts that a condition looks at, its definitions written out, at most: each decision looks at them."""

TOO_DEEP = f"definitions that use each other, one inside another, more than {DEEPEST} deep"


@dataclass(slots=True)
class Resolving:
    """The drafts by kind and name, what they became so far, and what was found wrong."""

    drafts: dict[str, dict[str, Draft]]
    digest_of: DigestOf
    facts: dict[str, Fact] = field(default_factory=dict)
    definitions: dict[str, Definition | None] = field(default_factory=dict)
    models: dict[str, Model] = field(default_factory=dict)
    instruments: dict[str, Instrument] = field(default_factory=dict)
    properties: dict[str, Property] = field(default_factory=dict)
    subjects: list[Subject] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    extents: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def report(
        self, draft: Draft, path: Path, message: str, *, at_key: bool = False, offset: tuple[int, int] | None = None
    ) -> None:
        self.problems.append(Problem(draft.number, path, message, at_key, offset))

    def of(self, *kinds: str) -> list[Draft]:
        return [draft for kind in kinds for draft in self.drafts.get(kind, {}).values()]


def definition(work: Resolving, draft: Draft, above: tuple[str, ...]) -> Definition | None:
    """A definition, those that it uses first. `above` are the ones on the way to it."""
    if draft.name in above:
        circle = " -> ".join((*above[above.index(draft.name) :], draft.name))
        work.report(draft, ("definition",), f"definitions that use each other in a circle: {circle}")
        return None
    if len(above) >= DEEPEST:
        work.report(draft, ("definition",), TOO_DEEP)
        return None
    if draft.name not in work.definitions:
        condition = condition_of(work, draft, "holds_if", (*above, draft.name))
        work.definitions[draft.name] = None
        if condition is not None:
            tree = draft.tree
            work.definitions[draft.name] = Definition(
                draft.name, tree.get("title", ""), tree["source"], condition, tree["holds_if"], work.digest_of(draft)
            )
    return work.definitions[draft.name]


def condition_of(work: Resolving, draft: Draft, key: str, above: tuple[str, ...] = ()) -> Condition | None:
    """The typed condition in one field, in the scope of the facts and of what the document uses."""
    scope = Scope(work.facts, uses_of(work, draft, above))
    if len(scope.uses) < len(draft.tree.get("uses", ())):
        return None
    try:
        condition = meaning(draft.syntax[key], scope)
    except ConditionRejectedError as error:
        work.report(draft, (key,), str(error), offset=error.offset)
        return None
    size, depth = work.extents[draft.kind, draft.name] = extent(work, condition)
    if size > LARGEST:
        message = f"with its definitions written out, it looks at {size} facts; the most allowed are {LARGEST}"
        work.report(draft, (key,), message)
    if draft.kind == "definition" and depth >= DEEPEST:
        work.report(draft, (key,), TOO_DEEP)
    return condition if size <= LARGEST and depth <= DEEPEST else None


def extent(work: Resolving, condition: Condition) -> tuple[int, int]:
    """How many atoms a condition has, its definitions written out, and how many levels of definitions.

    Definitions that use others twice grow by powers, so they are counted without walking them again.
    """
    if isinstance(condition, Defined):
        size, depth = work.extents["definition", condition.definition]
        return size, depth + 1
    parts = [extent(work, part) for part in children(condition)]
    return sum(size for size, _ in parts) or 1, max((depth for _, depth in parts), default=0)


def uses_of(work: Resolving, draft: Draft, above: tuple[str, ...]) -> dict[str, Definition | Annex]:
    """What the local names of a document stand for; those that lead nowhere are reported and left out."""
    uses: dict[str, Definition | Annex] = {}
    for local, target in draft.tree.get("uses", {}).items():
        path = ("uses", local)
        if local in work.facts:
            work.report(draft, path, f"`{local}` is the name of a fact; choose another local name", at_key=True)
        elif isinstance(target, dict):
            key = f"{target['digest']} {target.get('column', '')}"
            uses[local] = Annex(target["digest"], draft.members[key])
        elif target in work.drafts.get("definition", {}):
            found = definition(work, work.drafts["definition"][target], above)
            if found is not None:
                uses[local] = found
        else:
            work.report(draft, path, f"unknown definition `{target}`; known: {names(work.drafts.get('definition'))}")
    return uses


def names(known: Iterable[str] | None) -> str:
    """Known names, for an error message."""
    return ", ".join(f"`{name}`" for name in sorted(known or ())) or "none"
