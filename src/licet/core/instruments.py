"""Instruments: immutable documents that change who may use which model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from licet.core.catalogue import Model
from licet.core.conditions import Condition
from licet.core.requirements import Requirement


class Operation(StrEnum):
    """What is done with a model."""

    USE = "use"
    TUNE = "tune"
    WEIGHTS = "weights"


class Streams(StrEnum):
    """What an order does to answers that are being streamed when it takes effect."""

    CUT = "cut"
    FINISH = "finish"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """What every instrument has. It is in force over `[from_, until)`, unless lifted or superseded before.

    `supersedes` names the instruments that end when this one begins: an amendment is a new instrument.
    """

    name: str
    digest: str
    issued: datetime
    from_: datetime
    title: str = ""
    issuer: str = ""
    authority: tuple[str, ...] = ()
    until: datetime | None = None
    supersedes: tuple[str, ...] = ()
    reasons: str = ""
    review_by: datetime | None = None
    appeal: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision(Instrument):
    """An instrument about the use of models: those it names and those of the families it names."""

    models: tuple[str, ...]
    families: tuple[str, ...]
    operations: tuple[Operation, ...]
    condition: Condition
    text: str

    def covers(self, model: Model, operation: str) -> bool:
        """Whether it speaks of this model and operation."""
        return operation in self.operations and self.is_about(model)

    def is_about(self, model: Model) -> bool:
        """Whether it speaks of this model, for some operation."""
        return model.name in self.models or model.family in self.families


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Provision):
    """The developer permits those of whom the condition is definitely true, for as long as the evidence says what it
    `requires`; that is judged for each model that it covers by itself.
    """

    requires: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Provision):
    """An authority forbids those of whom the condition is not definitely false."""

    streams: Streams = Streams.CUT


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence(Provision):
    """Relieves the named orders, for those of whom the condition is definitely true."""

    relieves: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate(Provision):
    """A court or contract requires access; where an order forbids it, the order wins and the conflict is reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift(Instrument):
    """Ends the named instruments."""

    ends: tuple[str, ...]
