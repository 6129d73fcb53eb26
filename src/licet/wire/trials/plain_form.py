"""The form of Licet's own lines of trials: `spec/trials.md`, section Lines."""

from __future__ import annotations

from typing import Annotated

import msgspec

from licet.core.evidence.coverage import Gap, Hole
from licet.core.evidence.trial import Came, Source, Use
from licet.wire.trials.naming import LONGEST_NAME

FORMAT = "licet-trials/1"
LINE_LIMIT = 16_384
"""The longest line of a trial, in bytes."""

HEAD_LIMIT = 64 << 20
"""The longest first line, in bytes: it may name a million items that were intended."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]
Word = Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Digest = Annotated[str, msgspec.Meta(pattern="^(sha256:[0-9a-f]{64})?$")]


class Line(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False, eq=False
):
    """A line: `core.evidence.trial.Trial` as it is written. What is as it is by default is left out."""

    suite: Name
    item: Name
    arm: Name
    came: Came
    score: float | None
    family: Word = ""
    use: Use = Use.PROHIBITED
    attempt: Annotated[int, msgspec.Meta(ge=1, le=2**53)] = 1
    model: Word = ""
    metric: Name = "success"
    low: float = 0.0
    high: float = 1.0
    judge: Word = ""
    limit: Name | None = None
    tokens: Count | None = None
    seconds: Annotated[float, msgspec.Meta(ge=0)] | None = None
    content: Digest = ""
    invalid: Annotated[str, msgspec.Meta(max_length=1000)] | None = None
    source: Digest = ""


class SourceLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`core.evidence.trial.Source` as it is written."""

    file: Word
    digest: Annotated[str, msgspec.Meta(pattern="^sha256:[0-9a-f]{64}$")]
    format: Name
    trials: Count
    intended: frozenset[str] | None = None
    budget: tuple[tuple[str, float], ...] = ()
    retries: Count = 0
    made: Word = ""
    status: Word = "success"


class HoleLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`core.evidence.coverage.Hole` as it is written."""

    gap: Gap
    said: str
    arm: str = ""
    items: tuple[str, ...] = ()
    count: Count = 0


class Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The first line: the format with its version, the logs that the trials were read from, and what they lack.

    `sources` is empty in a file that no log is behind: then the file is its own source, and needs no last line.
    """

    trials: str
    sources: tuple[SourceLine, ...] = ()
    holes: tuple[HoleLine, ...] = ()


class Ended(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many trials there are, and the digest of all bytes before the last line."""

    trials: Count
    digest: str


class End(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The last line."""

    end: Ended


def source_of(line: SourceLine, via: str) -> Source:
    """A source as the head of a file with the digest `via` has it."""
    return Source(**msgspec.structs.asdict(line), via=via)


def source_line(source: Source) -> SourceLine:
    """A source, to be written."""
    return SourceLine(**{name: getattr(source, name) for name in SourceLine.__struct_fields__})


def hole_of(line: HoleLine) -> Hole:
    """A hole as a head has it."""
    return Hole(**msgspec.structs.asdict(line))


def hole_line(hole: Hole) -> HoleLine:
    """A hole, to be written."""
    return HoleLine(**{name: getattr(hole, name) for name in HoleLine.__struct_fields__})
