"""The second step: drafts that refer to each other become facts, definitions, models and instruments.

Every reference is checked: unknown facts, models, families, definitions and instruments, type errors in conditions,
lifts of what does not exist, cycles. The order of the documents does not matter.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from licet.core.catalogue import Api, Catalogue, Model, Upstream
from licet.core.conditions import Always, Condition, Defined, children
from licet.core.definitions import Annex, Definition, Scope
from licet.core.errors import ConditionRejectedError, Path, Problem
from licet.core.facts import UNKNOWN, About, Fact, Kind, Members, Value
from licet.core.instruments import (
    Instrument,
    Licence,
    Lift,
    Mandate,
    Operation,
    Order,
    Release,
    Streams,
)
from licet.core.meaning import meaning
from licet.core.schema import INSTRUMENTS
from licet.core.shape import Draft, shown
from licet.core.subjects import AttestedFact, Subject

DigestOf = Callable[[Draft], str]

DEEPEST = 20
"""Definitions that use each other, one inside another, at most."""

LARGEST = 10_000
"""Facts that a condition looks at, its definitions written out, at most: each decision looks at them."""

TOO_DEEP = f"definitions that use each other, one inside another, more than {DEEPEST} deep"


@dataclass(frozen=True, slots=True)
class Documents:
    """Documents whose references all lead somewhere."""

    facts: Mapping[str, Fact]
    definitions: Mapping[str, Definition]
    catalogue: Catalogue
    instruments: tuple[Instrument, ...]
    subjects: tuple[Subject, ...]


@dataclass(slots=True)
class Resolving:
    """The drafts by kind and name, what they became so far, and what was found wrong."""

    drafts: dict[str, dict[str, Draft]]
    digest_of: DigestOf
    facts: dict[str, Fact] = field(default_factory=dict)
    definitions: dict[str, Definition | None] = field(default_factory=dict)
    models: dict[str, Model] = field(default_factory=dict)
    instruments: dict[str, Instrument] = field(default_factory=dict)
    subjects: list[Subject] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    extents: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def report(
        self, draft: Draft, path: Path, message: str, *, at_key: bool = False, offset: tuple[int, int] | None = None
    ) -> None:
        self.problems.append(Problem(draft.number, path, message, at_key, offset))

    def of(self, *kinds: str) -> list[Draft]:
        return [draft for kind in kinds for draft in self.drafts.get(kind, {}).values()]


def resolve(drafts: Iterable[Draft], digest_of: DigestOf) -> tuple[Documents, tuple[Problem, ...]]:
    """All documents together, and everything that is wrong with their references.

    Where there are problems, the documents concerned are left out of the result, which then must not be used to
    decide. `digest_of` gives the digest of a draft's canonical form.
    """
    work = Resolving({}, digest_of)
    collect(work, drafts)
    for draft in work.of("fact"):
        work.facts[draft.name] = fact_from(draft.tree)
    for draft in work.of("definition"):
        definition(work, draft, ())
    for draft in work.of("model"):
        work.models[draft.name] = model_from(draft, digest_of)
    check_models(work)
    for draft in work.of(*INSTRUMENTS):
        instrument(work, draft)
    check_supersession(work)
    for draft in work.of("subject"):
        subject(work, draft)
    documents = Documents(
        work.facts,
        {name: known for name, known in work.definitions.items() if known is not None},
        Catalogue(work.models.values()),
        tuple(sorted(work.instruments.values(), key=lambda each: each.name)),
        tuple(work.subjects),
    )
    return documents, tuple(work.problems)


def collect(work: Resolving, drafts: Iterable[Draft]) -> None:
    """Sort drafts by kind and name. The same document twice is one; the same name twice is an error.

    All instruments share one space of names. A model is the operator's own configuration, so a later one replaces.
    """
    taken: dict[tuple[str, str], Draft] = {}
    for draft in drafts:
        space = "instrument" if draft.kind in INSTRUMENTS else draft.kind
        before = taken.get((space, draft.name))
        if before is not None and draft.kind != "model":
            if before.tree != draft.tree:
                hint = "an amendment is a new instrument that `supersedes` it" if space == "instrument" else "rename it"
                message = f"the {before.kind} `{draft.name}` exists already with another content; {hint}"
                work.report(draft, (draft.kind,), message)
            continue
        taken[space, draft.name] = draft
        work.drafts.setdefault(draft.kind, {})[draft.name] = draft


def fact_from(tree: Mapping[str, Any]) -> Fact:
    return Fact(
        name=tree["fact"],
        kind=Kind(tree["type"]),
        about=About(tree["about"]),
        meaning=tree["meaning"],
        source=tree["source"],
        values=frozenset(tree.get("values", ())),
    )


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


def model_from(draft: Draft, digest_of: DigestOf) -> Model:
    tree = draft.tree
    return Model(
        name=draft.name,
        title=tree.get("title", ""),
        family=tree["family"],
        aliases=tuple(tree.get("aliases", ())),
        apis=tuple(Api(api) for api in tree["apis"]),
        upstream=Upstream(
            tree["upstream"]["url"], tree["upstream"].get("name", draft.name), tree["upstream"].get("key_env")
        ),
        fallback=tuple(tree.get("fallback", ())),
        digest=digest_of(draft),
    )


def check_models(work: Resolving) -> None:
    """Names and aliases lead to one model each, and fallbacks exist, speak the same APIs and form no circle."""
    owners: dict[str, str] = {name.casefold(): name for name in work.models}
    if len(owners) < len(work.models):
        for draft in work.of("model"):
            if owners[draft.name.casefold()] != draft.name:
                other = owners[draft.name.casefold()]
                work.report(draft, ("model",), f"`{draft.name}` and `{other}` differ only in case")
    for draft in work.of("model"):
        for position, alias in enumerate(draft.tree.get("aliases", ())):
            owner = owners.setdefault(alias.casefold(), draft.name)
            if owner != draft.name or alias in work.models:
                work.report(draft, ("aliases", position), f"`{alias}` leads to the model `{owner}` already")
        for position, fallback in enumerate(draft.tree.get("fallback", ())):
            check_fallback(work, draft, position, fallback)


def check_fallback(work: Resolving, draft: Draft, position: int, fallback: str) -> None:
    path = ("fallback", position)
    if fallback not in work.models:
        work.report(draft, path, f"unknown model `{fallback}`; known: {names(work.models)}")
        return
    silent = [api.value for api in work.models[draft.name].apis if api not in work.models[fallback].apis]
    if silent:
        message = f"`{fallback}` does not answer on `{silent[0]}`, as `{draft.name}` does; it could not take its place"
        work.report(draft, path, message)
    circle = way(work, fallback, draft.name)
    if circle is not None:
        work.report(
            draft, path, "models that fall back to each other in a circle: " + " -> ".join((draft.name, *circle))
        )


def way(work: Resolving, start: str, goal: str) -> tuple[str, ...] | None:
    """A shortest way along fallbacks from one model to another."""
    ways: dict[str, tuple[str, ...]] = {start: (start,)}
    ahead = deque([start])
    while ahead:
        name = ahead.popleft()
        if name == goal:
            return ways[name]
        for following in work.models[name].fallback:
            if following in work.models and following not in ways:
                ways[following] = (*ways[name], following)
                ahead.append(following)
    return None


CONDITION_OF = {"release": "to", "order": "forbids", "licence": "to", "mandate": "to"}


def instrument(work: Resolving, draft: Draft) -> None:
    """One instrument, with all its references checked."""
    tree = draft.tree
    check_instrument(work, draft)
    common: dict[str, Any] = {
        "name": draft.name,
        "digest": work.digest_of(draft),
        "issued": datetime.fromisoformat(tree["issued"]),
        "from_": datetime.fromisoformat(tree["from"]),
        "title": tree.get("title", ""),
        "issuer": tree.get("issuer", ""),
        "authority": tuple(tree.get("authority", ())),
        "reasons": tree.get("reasons", ""),
        "appeal": tree.get("appeal", ""),
        "source": tree.get("source", ""),
    }
    if draft.kind == "lift":
        work.instruments[draft.name] = Lift(**common, ends=tuple(tree["ends"]))
        return
    key = CONDITION_OF[draft.kind]
    common |= {
        "until": datetime.fromisoformat(tree["until"]) if "until" in tree else None,
        "review_by": datetime.fromisoformat(tree["review_by"]) if "review_by" in tree else None,
        "supersedes": tuple(tree.get("supersedes", ())),
        "models": tuple(tree.get("models", ())),
        "families": tuple(tree.get("families", ())),
        "operations": tuple(Operation(operation) for operation in tree["operations"]),
        "condition": condition_of(work, draft, key) or Always(False),
        "text": tree[key],
    }
    match draft.kind:
        case "release":
            work.instruments[draft.name] = Release(**common)
        case "order":
            work.instruments[draft.name] = Order(**common, streams=Streams(tree["streams"]))
        case "licence":
            work.instruments[draft.name] = Licence(**common, relieves=tuple(tree["relieves"]))
        case _:
            work.instruments[draft.name] = Mandate(**common)


def check_instrument(work: Resolving, draft: Draft) -> None:
    tree = draft.tree
    if draft.kind != "lift" and not tree.get("models") and not tree.get("families"):
        message = f"the {draft.kind} `{draft.name}` is about no model; name some in `models` or `families`"
        work.report(draft, (draft.kind,), message, at_key=True)
    if "until" in tree and datetime.fromisoformat(tree["until"]) <= datetime.fromisoformat(tree["from"]):
        work.report(draft, ("until",), f"`until` is not after `from` ({tree['from']}); it would never be in force")
    for position, name in enumerate(tree.get("models", ())):
        if name not in work.models:
            work.report(draft, ("models", position), f"unknown model `{name}`; known: {names(work.models)}")
    families = {model.family for model in work.models.values()}
    for position, name in enumerate(tree.get("families", ())):
        if name not in families:
            work.report(draft, ("families", position), f"unknown family `{name}`; known: {names(families)}")
    check_names(work, draft, "relieves", ("order",))
    check_names(work, draft, "ends", ("release", "order", "licence", "mandate"))
    check_names(work, draft, "supersedes", (draft.kind,))


def check_names(work: Resolving, draft: Draft, key: str, kinds: tuple[str, ...]) -> None:
    """The instruments that a field names exist and are of a kind that it can name."""
    known = {each.name: each.kind for each in work.of(*INSTRUMENTS)}
    for position, name in enumerate(draft.tree.get(key, ())):
        if known.get(name) not in kinds:
            found = f"`{name}` is a {known[name]}" if name in known else f"there is no instrument `{name}`"
            allowed = names(each for each, kind in known.items() if kind in kinds)
            work.report(draft, (key, position), f"{found}; `{key}` can name {' or '.join(kinds)}: {allowed}")


def check_supersession(work: Resolving) -> None:
    """Nothing supersedes itself, directly or through others."""
    for draft in work.of(*INSTRUMENTS):
        seen: set[str] = set()
        ahead = list(draft.tree.get("supersedes", ()))
        while ahead:
            name = ahead.pop()
            if name == draft.name:
                work.report(draft, ("supersedes",), f"`{draft.name}` supersedes itself, directly or through others")
                break
            if name not in seen and name in work.instruments:
                seen.add(name)
                ahead += work.instruments[name].supersedes


def subject(work: Resolving, draft: Draft) -> None:
    attested: list[AttestedFact] = []
    for name, tree in draft.tree.get("facts", {}).items():
        path = ("facts", name)
        fact = work.facts.get(name)
        if fact is None or fact.about is not About.SUBJECT:
            work.report(draft, path, f"unknown fact `{name}`; known: {names(work.facts)}", at_key=True)
            continue
        value = value_from(tree["value"], tree.get("complete", False), fact)
        if value is None:
            found = shown(tree["value"])
            work.report(draft, (*path, "value"), f"{found} cannot be a value of `{name}`; allowed: {fact.allowed}")
            continue
        until = datetime.fromisoformat(tree["until"]) if "until" in tree else None
        attested.append(
            AttestedFact(
                name, value, tree["attested_by"], tree["how"], tree["level"], datetime.fromisoformat(tree["at"]), until
            )
        )
    work.subjects.append(Subject(draft.name, draft.tree["kind"], tuple(attested)))


def value_from(tree: Any, complete: bool, fact: Fact) -> Value | None:
    """A fact's value as people write it: `true`, `3`, `FR`, `[FR, DE]`, `unknown`; None if it is none of this fact."""
    if tree == "unknown" and "unknown" not in fact.values:
        return UNKNOWN
    value: Any = tree
    if fact.kind.is_set and isinstance(tree, list) and all(isinstance(each, str) for each in tree):
        value = Members(frozenset(tree), complete)
    return value if isinstance(value, bool | int | str | Members) and fact.admits(value) else None
