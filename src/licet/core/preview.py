"""A preview: what a draft does to a whole population, counted before it is in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from licet.core.change import Change


@dataclass(frozen=True, slots=True)
class Row:
    """So many subjects of one kind (`person`, `workload`) meet one change, at one instant.

    `streams`: of `subjects`, those whose streamed answers are ended. `requests`: how many requests a day the journal
    has of them for this model; None where there is no journal to count in. `sample`: some of them, by pseudonym, or by
    name where that was asked for.
    """

    kind: str
    change: Change
    subjects: int
    streams: int
    requests: float | None = None
    sample: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Touched:
    """How many subjects of one organisation meet changes of one effect on one model; `org` None: not known."""

    org: str | None
    change: Change
    subjects: int


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant at which the difference between the two rulebooks is another one, and how many meet what there.

    `loses` and `gains` count pairs of a subject and a model. `begins` and `ends` name instruments of the draft's side;
    `turns` says which releases of it permit models, or no longer do, because of what they require.
    """

    at: datetime
    loses: int
    gains: int
    substituted: int
    begins: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    turns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change for a population of `accounts` subjects if the rulebook `after` took the place of `before`.

    `at` is the instant that `rows` are about; `rows` hold only what changes, unless all was asked for. `population`
    says where the subjects come from. `classes`: into how many classes they fall by the facts that matter.
    """

    at: datetime
    before: str
    after: str
    epoch: int
    population: str
    accounts: int
    kinds: tuple[tuple[str, int], ...]
    models: tuple[str, ...]
    rows: tuple[Row, ...]
    organisations: tuple[Touched, ...]
    moments: tuple[Moment, ...]
    classes: int
    journal_days: float | None
    query_seconds: float
    seconds: float
