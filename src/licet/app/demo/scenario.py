"""A scenario: callers, instants, and what each caller is expected to get from each model at each instant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

FILE = "expected.yaml"
SHEETS = ("models.yaml", "instruments.yaml")
TRUST = "trust.yaml"
PEOPLE = "people.csv"
BEFORE = timedelta(hours=1)
"""How long before the first instant the gate is started."""


class Caller(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who asks, in words for the table, and the official client library that they use."""

    who: str
    client: Literal["openai", "anthropic"]


class Instant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When everybody asks, and what has happened since the instant before, in a word or two."""

    at: datetime
    event: str


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one caller gets from one model at one instant, by which instruments, and which unknown facts matter."""

    outcome: Literal["serve", "substitute", "refuse"]
    instruments: tuple[str, ...]
    served: str | None = None
    unknown: tuple[str, ...] = ()


class StreamEnd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a stream that is open while an order takes effect ends: cut by instruments, or done."""

    how: Literal["cut", "done"]
    instruments: tuple[str, ...] = ()


class Streams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Answers that are asked for at `at`, shortly before a boundary, of one model; and how each caller's ends."""

    at: datetime
    model: str
    ends: dict[str, StreamEnd]


class Place(NamedTuple):
    """One cell of the table."""

    model: str
    caller: str
    instant: int


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `expected.yaml`. `answers` are short names for what `cells` (model, caller, instant) holds."""

    callers: dict[str, Caller]
    instants: tuple[Instant, ...]
    answers: dict[str, Expected]
    cells: dict[str, dict[str, tuple[str, ...]]]
    streams: Streams

    @property
    def start(self) -> datetime:
        """When it begins: everything of an earlier date is in force by then."""
        return self.instants[0].at - BEFORE

    @property
    def models(self) -> tuple[str, ...]:
        """The models that everybody asks for, in the order of the table."""
        return tuple(self.cells)

    def expected(self, place: Place) -> Expected:
        """What this cell holds."""
        return self.answers[self.cells[place.model][place.caller][place.instant]]

    def places(self, instant: int) -> Iterator[Place]:
        """Every cell of one instant."""
        return (Place(model, caller, instant) for model in self.cells for caller in self.callers)


class ScenarioRejectedError(Exception):
    """The expectations are incomplete or malformed."""


def read_scenario(folder: Path) -> Scenario:
    """The scenario in a folder. Raises `ScenarioRejectedError` unless every cell is there, once."""
    try:
        scenario = msgspec.yaml.decode((folder / FILE).read_bytes(), type=Scenario)
    except OSError as error:
        hint = "run this in a clone of the repository, or name a scenario with `--scenario`"
        raise ScenarioRejectedError(f"no scenario at `{folder / FILE}` ({error.strerror}); {hint}") from error
    except msgspec.MsgspecError as error:
        raise ScenarioRejectedError(f"{folder / FILE}: {error}") from error
    for model, rows in scenario.cells.items():
        if list(rows) != list(scenario.callers):
            raise ScenarioRejectedError(f"{folder / FILE}: `{model}` has rows {list(rows)}, not one a caller in order")
        for caller, row in rows.items():
            if len(row) != len(scenario.instants) or not set(row) <= set(scenario.answers):
                raise ScenarioRejectedError(f"{folder / FILE}: `{model}`, `{caller}`: one known answer an instant")
    return scenario
