"""What a decision grants and what it ends: the terms of a licence, and of a lift."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from licet.cases.decision.reading import (
    at,
    attempt,
    digest,
    filled,
    known,
    line,
    listed,
    needs,
    spelled,
    spelled_instant,
)
from licet.core.cases.decision import Ending, Terms
from licet.core.errors import Path
from licet.core.form import Shape
from licet.core.shape import FACT_NAME, RESERVED, condition, used
from licet.core.shaping import Shaping, Tree

TERMS: Final = (
    *("licence", "relieves", "models", "families", "operations"),
    *("uses", "to", "from", "until", "review_by", "supersedes"),
)
ENDS: Final = ("lift", "instruments", "from")
NOWHERE: Final = datetime.min.replace(tzinfo=UTC)
"""Stands for an instant that was reported as a problem; nobody gets to see it."""

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Members:
    """The members of one mapping of a decision, each read at its place; what does not read is noted, and empty."""

    shaping: Shaping
    path: Path
    raw: Mapping[str, Tree]

    def _at(self, key: str, read: Callable[[Path, Tree], Read], otherwise: Read) -> Read:
        return attempt(lambda: read((*self.path, key), self.raw.get(key)), otherwise)

    def name(self, key: str) -> str:
        """The name of an instrument."""
        return self._at(key, lambda path, value: spelled(Shape.INSTRUMENT_NAME)(self.shaping, path, value), "")

    def names(self, key: str, one: Shape, words: Shape) -> tuple[str, ...]:
        """Several names, each once."""
        nothing: tuple[str, ...] = ()
        return self._at(key, lambda path, value: listed(self.shaping, path, value, spelled(one), words.value), nothing)

    def operations(self, key: str) -> tuple[str, ...]:
        """What may be done; `use`, where that is not said."""
        words = Shape.OPERATIONS.value
        nothing: tuple[str, ...] = ()
        found = self._at(key, lambda path, value: listed(self.shaping, path, value, _operation, words), nothing)
        return found or ("use",)

    def condition(self, key: str) -> str:
        """A condition, in its one spelling."""
        return self._at(key, lambda path, value: condition(self.shaping, path, value), "")

    def when(self, key: str) -> datetime | None:
        """An instant."""
        return self._at(key, lambda path, value: at(self.shaping, path, value), None)

    def uses(self, key: str) -> Mapping[str, Any]:
        """What local names stand for."""
        nothing: Mapping[str, Any] = {}
        return self._at(key, lambda path, value: _uses(self.shaping, path, value), nothing)


def read_terms(shaping: Shaping, path: Path, value: Tree) -> Terms | None:
    """What a grant permits; None where a decision has no terms. Raises `Refused` where they cannot be read at all."""
    if value is None:
        return None
    raw = known(shaping, path, value, TERMS, "terms")
    needs(shaping, path, raw, ("licence", "to", "from"), "terms")
    before = len(shaping.problems)
    members = Members(shaping, path, raw)
    terms = Terms(
        licence=members.name("licence"),
        relieves=members.names("relieves", Shape.INSTRUMENT_NAME, Shape.INSTRUMENT_NAMES),
        models=members.names("models", Shape.MODEL_NAME, Shape.MODEL_NAMES),
        families=members.names("families", Shape.FAMILY_NAME, Shape.FAMILY_NAMES),
        operations=members.operations("operations"),
        to=members.condition("to"),
        since=members.when("from") or NOWHERE,
        until=members.when("until"),
        review_by=members.when("review_by"),
        supersedes=members.names("supersedes", Shape.INSTRUMENT_NAME, Shape.INSTRUMENT_NAMES),
        uses=members.uses("uses"),
    )
    if len(shaping.problems) == before and terms.until is not None and terms.until <= terms.since:
        shaping.report((*path, "until"), "`until` is not after `from`: the licence would never be in force")
    return terms


def read_ending(shaping: Shaping, path: Path, value: Tree) -> Ending | None:
    """What a decision ends; None where it ends nothing. Raises `Refused` where that cannot be read at all."""
    if value is None:
        return None
    raw = known(shaping, path, value, ENDS, "what it ends")
    needs(shaping, path, raw, ("lift", "from"), "what it ends")
    members = Members(shaping, path, raw)
    return Ending(
        lift=members.name("lift"),
        ends=members.names("instruments", Shape.INSTRUMENT_NAME, Shape.INSTRUMENT_NAMES),
        since=members.when("from") or NOWHERE,
    )


def terms_tree(terms: Terms) -> dict[str, Any]:
    """The terms as plain JSON, without what is empty."""
    tree: dict[str, Any] = {
        name: list(getattr(terms, name)) for name in ("relieves", "models", "families", "operations", "supersedes")
    }
    instants = {"from": terms.since, "until": terms.until, "review_by": terms.review_by}
    tree |= {name: spelled_instant(each) for name, each in instants.items()}
    tree |= {"licence": terms.licence, "to": terms.to, "uses": dict(terms.uses)}
    return filled({name: tree[name] for name in TERMS})


def ending_tree(ending: Ending) -> dict[str, Any]:
    """What a decision ends, as plain JSON."""
    tree = {"lift": ending.lift, "instruments": list(ending.ends), "from": spelled_instant(ending.since)}
    return filled(tree)


def _operation(shaping: Shaping, path: Path, value: Tree) -> str:
    if value not in ("use", "tune", "weights"):
        raise shaping.wrong(path, value, Shape.OPERATIONS.value)
    return str(value)


def _uses(shaping: Shaping, path: Path, value: Tree) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise shaping.wrong(path, value, Shape.USES.value)
    found: dict[str, Any] = {}
    for local in sorted(value):
        place = (*path, local)
        if not FACT_NAME.fullmatch(local) or RESERVED.fullmatch(local):
            shaping.report(place, f"`{local}` is no local name; allowed: {Shape.FACT_NAME.value}", at_key=True)
            continue
        found[local] = attempt(lambda local=local: _use(shaping, path, local, value[local]), None)  # type: ignore[misc]
    return found


def _use(shaping: Shaping, path: Path, local: str, target: Tree) -> Any:
    """A definition as instruments name them; a list only with its digest, for its bytes are not here to be read."""
    if isinstance(target, str) and "@" in target:
        return used(shaping, path, {local: target})[local]
    place = (*path, local)
    raw = known(shaping, place, target, ("list", "column", "digest"), "a list")
    needs(shaping, place, raw, ("list", "digest"), "a list, which is pinned by its digest,")
    pinned = {"list": line(shaping, (*place, "list"), raw["list"])}
    if "column" in raw:
        pinned["column"] = line(shaping, (*place, "column"), raw["column"])
    return pinned | {"digest": digest(shaping, (*place, "digest"), raw["digest"])}
