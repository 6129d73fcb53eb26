"""Licet's own lines of trials, written: `spec/trials.md`, section Lines."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice

import msgspec

from licet.core.evidence.trial import Trial
from licet.wire.trials.plain_form import FORMAT, End, Ended, Head, Line, hole_line, source_line
from licet.wire.trials.reading import Reading

AT_ONCE = 1000
"""Lines in a block."""


def write_plain(reading: Reading) -> Iterator[bytes]:
    """A file of the trials, in blocks: what `read_plain` reads to the same trials, sources and holes."""
    several = len(reading.sources) > 1
    digest = hashlib.sha256()
    for block in _blocks(_head(reading), reading, several=several):
        digest.update(block)
        yield block
    yield _encoder.encode(End(end=Ended(trials=len(reading.trials), digest=f"sha256:{digest.hexdigest()}"))) + b"\n"


def _head(reading: Reading) -> Head:
    sources, holes = map(source_line, reading.sources), map(hole_line, reading.holes)
    return Head(trials=FORMAT, sources=tuple(sources), holes=tuple(holes))


def _blocks(head: Head, reading: Reading, *, several: bool) -> Iterator[bytes]:
    yield _encoder.encode(head) + b"\n"
    rest = iter(reading.trials)
    while some := [_line(trial, several=several) for trial in islice(rest, AT_ONCE)]:
        yield _encoder.encode_lines(some)


def _line(trial: Trial, *, several: bool) -> Line:
    fields = {name: getattr(trial, name) for name in Line.__struct_fields__}
    return Line(**fields if several else {**fields, "source": ""})


_encoder = msgspec.json.Encoder(order="deterministic")
