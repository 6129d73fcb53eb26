"""Values on the command line that are more than a string."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import click

from licet.cli.terminal.exits import Misnamed
from licet.core.catalogue import Model
from licet.core.facts import About, Fact, Value
from licet.core.rulebook import Rulebook
from licet.services.subjects import NATURAL_PERSON
from licet.wire.people import read_people
from licet.wire.sheet import SheetRejected


class Instant(click.ParamType[datetime | None]):
    """RFC 3339 with an offset, as in `2026-06-12T18:51:00-04:00`, or `now`."""

    name = "instant"
    form = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime | None:
        """The instant; None for `now`, which only the world can tell."""
        if value == "now":
            return None
        if not self.form.fullmatch(value):
            self.fail(f"`{value}` is not an instant with an offset, as in `2026-06-12T18:51:00-04:00`", param, ctx)
        try:
            return datetime.fromisoformat(value)
        except ValueError as error:
            self.fail(f"`{value}` is no instant: {error}", param, ctx)


INSTANT = Instant()


class Written(Instant):
    """An instant that is written out, for an end: there is none where the option is left away."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The instant."""
        found = super().convert(value, param, ctx)
        if found is None:
            self.fail("`now` is not understood here: write the instant, as in `2026-06-12T18:51:00-04:00`", param, ctx)
        return found


WRITTEN = Written()


class InstantOrNow(Instant):
    """An instant or `now`, where that is something else than leaving the option away."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The instant, or `now`."""
        return super().convert(value, param, ctx) or "now"


INSTANT_OR_NOW = InstantOrNow()


class Duration(click.ParamType[timedelta]):
    """A length of time: `90`, `90s`, `10m`, `2h`; a number by itself is in seconds."""

    name = "duration"
    form = re.compile(r"([0-9]{1,9})([smh]?)", re.ASCII)
    seconds: ClassVar[dict[str, int]] = {"": 1, "s": 1, "m": 60, "h": 3600}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """The length; never negative, and not nothing."""
        found = self.form.fullmatch(value)
        if found is None or int(found[1]) == 0:
            self.fail(f"`{value}` is not a length of time, as in `90s`, `10m` or `2h`", param, ctx)
        return timedelta(seconds=int(found[1]) * self.seconds[found[2]])


DURATION = Duration()


def utc(instant: datetime | None) -> datetime | None:
    """The same instant in UTC, as the store has them."""
    return instant.astimezone(UTC) if instant is not None else None


def model_named(rulebook: Rulebook, name: str) -> Model:
    """The model with exactly this name or alias. Raises `Misnamed`."""
    model = rulebook.catalogue.resolve(name)
    if model is None:
        known = ", ".join(sorted(rulebook.catalogue.models)) or "none: `licet enact` a model first"
        raise Misnamed(f"there is no model `{name}`; there are {known}")
    return model


def facts_from(text: str, declared: Mapping[str, Fact]) -> dict[str, Value]:
    """Facts as they are written in one argument, `us_citizen=false,citizenships=FR;DE`, read as a row of a CSV file is.

    `kind=workload` makes it a workload; otherwise it is a person, and so a natural person. Raises `Misnamed`.
    """
    cells = {"subject": "somebody", "kind": "person"}
    for part in filter(None, text.split(",")):
        name, equals, value = part.partition("=")
        if not equals or not value:
            raise Misnamed(f"`{part}` is not a fact with a value, as in `us_citizen=false` or `citizenships=FR;DE`")
        if name in cells and name != "kind":
            raise Misnamed(f"`{name}` is there twice")
        cells[name] = value
    columns = [name for name, fact in declared.items() if fact.about is About.SUBJECT]
    for name in cells:
        if name not in ("subject", "kind") and name.removesuffix("_complete") not in columns:
            raise Misnamed(f"`{name}` is not a fact that can be attested; there are {', '.join(sorted(columns))}")
    lines = [",".join(row).encode() + b"\n" for row in (cells.keys(), cells.values())]
    try:
        person = next(iter(read_people(lines, declared, file="facts")))
    except SheetRejected as error:
        raise Misnamed("; ".join(problem.message for problem in error.problems)) from error
    natural = person.kind == "person" and NATURAL_PERSON in declared
    implied: dict[str, Value] = {NATURAL_PERSON: True} if natural else {}
    return implied | person.facts
