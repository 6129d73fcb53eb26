"""The difference between two rulebooks: who gains and who loses, when, and one of them as an example."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from licet.core.change import NARROWING, WIDENING, Change, Effect
from licet.core.proof import Witness


class Key(NamedTuple):
    """What makes two subjects one class: the same change, but for which facts are unknown of each.

    `open` says whether any are: whether facts that become known could give back what is lost.
    """

    model: str
    was: str | None
    becomes: str | None
    effect: Effect
    by: tuple[str, ...]
    cuts: bool
    open: bool


def difference_key(change: Change) -> Key:
    """The class that a change belongs to. Whoever counts subjects by this key counts what a difference lists."""
    return Key(
        change.model, change.was, change.becomes, change.effect, change.by, change.cuts, open=bool(change.unknown)
    )


@dataclass(frozen=True, slots=True)
class ModelChange:
    """One field of a model's document that differs; None where a rulebook has no such model or no such value."""

    model: str
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One class of subjects that all meet the same change, over `[start, end)` (None: for ever).

    The class is those with one `difference_key`, and they are the same subjects over all of that time. `witness` is one
    of them at `start`, of whom as little is known as can be; `change.unknown` are the witness's.
    Where `exact` is false, there were too many classes to tell apart: this one is everybody with the same model served
    before and after, and `change.by`, `change.cuts` and the rest are those of the witness.
    `count`: how many of a population are in it at `start`; None if there was no population to count.
    """

    change: Change
    operation: str
    start: datetime
    end: datetime | None
    witness: Witness
    count: int | None = None
    exact: bool = True

    @property
    def narrows(self) -> bool:
        """Whether something is lost."""
        return self.change.effect in NARROWING

    @property
    def widens(self) -> bool:
        """Whether something is gained."""
        return self.change.effect in WIDENING


@dataclass(frozen=True, slots=True)
class Differences:
    """Everything that differs between two rulebooks over `[since, until)` (None: for ever); spans are clipped to it.

    `models`: what differs in the documents of models, whether or not it changes a decision.
    `complete`: no class is missing; otherwise `because` says why (a limit, with its figure).
    """

    before: str
    after: str
    since: datetime
    differences: tuple[Difference, ...]
    complete: bool
    because: str = ""
    assumptions: tuple[str, ...] = ()
    seconds: float = 0.0
    until: datetime | None = None
    models: tuple[ModelChange, ...] = ()
