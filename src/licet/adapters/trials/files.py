"""Trials from files and folders, whatever their format."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from io import BufferedReader
from pathlib import Path

from licet.wire.trials.garak import LINE_LIMIT, read_garak
from licet.wire.trials.naming import Naming
from licet.wire.trials.plain import read_plain
from licet.wire.trials.promptfoo import read_promptfoo
from licet.wire.trials.reading import Reading
from licet.wire.trials.recognise import LOOK, Format, recognise
from licet.wire.trials.refusal import refused
from licet.wire.trials.scales import check_scales

BLOCK = 1 << 20
LARGEST_RESULTS = 256 << 20
"""Bytes that results of promptfoo may have: they are one JSON document, which is read in one piece."""

SUFFIXES = (".eval", ".json", ".jsonl")
RECEIPTS = ".receipts.jsonl"

Report = Callable[[str, float], None]
"""Told now and then what is being done, and how far it is (0 to 1)."""

ReadInspect = Callable[[Path, str, Naming, Report], Reading]
"""Reads an Inspect log whose bytes have this digest."""


def read_trials(
    paths: Sequence[Path], naming: Naming, report: Report, *, inspect: ReadInspect, named: Format | None = None
) -> Reading:
    """The trials of files, and of all files in folders that are in a format which is known, together.

    Raises `TrialsRejected`: what cannot be read, the same file twice, a metric with two scales. `named` is the format
    of all of them, where it is not to be recognised.
    """
    with _uncollected():
        readings = [
            _read(path, naming, report, inspect, named or _format(path)) for path in expanded(paths, named=named)
        ]
    return together(readings)


def together(readings: Sequence[Reading]) -> Reading:
    """Several readings as one. Raises `TrialsRejected`."""
    if len(readings) == 1:
        check_scales(readings[0].trials, readings[0].sources)
        return readings[0]
    sources = tuple(source for reading in readings for source in reading.sources)
    seen: dict[str, str] = {}
    for source in sources:
        if source.digest in seen:
            raise refused(
                source.file, f"it has the same bytes as `{seen[source.digest]}`: its trials would count twice"
            )
        seen[source.digest] = source.file
    trials = [trial for reading in readings for trial in reading.trials]
    check_scales(trials, sources)
    return Reading(sources, trials, tuple(hole for reading in readings for hole in reading.holes))


def expanded(paths: Sequence[Path], *, named: Format | None = None) -> list[Path]:
    """Files as they are named; of a folder those that are in a format which is known. Raises `TrialsRejected`."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        within = sorted(each for each in path.iterdir() if each.suffix in SUFFIXES and each.is_file())
        logs = [each for each in within if not each.name.endswith(RECEIPTS) and (named or recognise(_beginning(each)))]
        if not logs:
            raise refused(str(path), "the folder holds no log in a format that is known")
        found += logs
    return found


def _format(path: Path) -> Format:
    found = recognise(_beginning(path))
    if found is None:
        formats = ", ".join(f"`{each}`" for each in Format)
        raise refused(str(path), f"its format is none that is known; name it with `--format`: {formats}")
    return found


def _beginning(path: Path) -> bytes:
    with _opened(path) as file:
        return file.read(LOOK)


def _read(path: Path, naming: Naming, report: Report, inspect: ReadInspect, format_: Format) -> Reading:
    match format_:
        case Format.LINES:
            return read_plain(_blocks(path, report), file=str(path))
        case Format.GARAK:
            return read_garak(_lines(path, report), naming, file=str(path))
        case Format.PROMPTFOO:
            return read_promptfoo(_whole(path), naming, file=str(path))
        case Format.INSPECT:
            return _unchanged(path, naming, report, inspect)


def _unchanged(path: Path, naming: Naming, report: Report, inspect: ReadInspect) -> Reading:
    """A log that Inspect reads from its place: it has to be the same before and afterwards."""
    digest = _digest(path)
    reading = inspect(path, digest, naming, report)
    if _digest(path) != digest:
        raise refused(str(path), "the log changed while it was read: wait until the run has ended")
    return reading


def _digest(path: Path) -> str:
    with _opened(path) as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _whole(path: Path) -> bytes:
    with _opened(path) as file:
        content = file.read(LARGEST_RESULTS + 1)
    if len(content) > LARGEST_RESULTS:
        raise refused(str(path), f"the results have more than {LARGEST_RESULTS >> 20} MiB; split the run")
    return content


def _blocks(path: Path, report: Report) -> Iterator[bytes]:
    with _opened(path) as file:
        size, done = max(path.stat().st_size, 1), 0
        for block in iter(partial(file.read, BLOCK), b""):
            yield block
            done += len(block)
            report(f"reading {path.name}", done / size)


def _lines(path: Path, report: Report) -> Iterator[bytes]:
    """Lines, none longer than garak's reader looks at, and a byte."""
    with _opened(path) as file:
        size, done = max(path.stat().st_size, 1), 0
        for line in iter(partial(file.readline, LINE_LIMIT + 1), b""):
            yield line
            done += len(line)
            report(f"reading {path.name}", done / size)


def _opened(path: Path) -> BufferedReader:
    if not path.is_file():
        raise refused(str(path), "there is no such file" if not path.exists() else "this is no file")
    try:
        return path.open("rb")
    except OSError as error:
        raise refused(str(path), f"cannot be read: {(error.strerror or '').lower()}") from error


@contextmanager
def _uncollected() -> Iterator[None]:
    """Nothing is in cycles here, and looking for them among millions of new values takes a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
