"""Sealing: journal files with millions of decisions become Parquet, commitments and facts, checked by reading back."""

from __future__ import annotations

import os
import resource
import secrets
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from time import perf_counter
from typing import NamedTuple, TypeVar

from bench.figures import table
from licet.adapters.journal_file import JournalFile
from licet.adapters.segments_sealing import SealingFolder
from licet.adapters.store import create_store
from licet.core.attestations import Attestation
from licet.core.decision import Outcome
from licet.core.facts import Value
from licet.services.keys import pseudonym
from licet.services.record.keeping.sealing import seal
from licet.services.stored import SubjectRecord
from licet.wire.journal import DecisionRecord, encode

Result = TypeVar("Result")

DECISIONS = 10_000_000
SUBJECTS = 100_000
A_FILE = 256 << 20
"""Bytes at which the gate begins a new file."""

A_WRITE = 10_000
"""Records appended at a time."""

START = datetime(2026, 6, 12, tzinfo=UTC)
PEPPER = b"p" * 32


class Spent(NamedTuple):
    """Seconds on the clock, and of all processors together."""

    wall: float
    cpu: float


def run(say: Callable[[str], None], decisions: int = DECISIONS) -> str:
    """Measure; the section for the results."""
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as name:
        folder = Path(name)
        store = create_store(folder / "state", START)
        people = [f"subject-{each:06}" for each in range(SUBJECTS)]
        store.add_subjects(_records(people), actor="bench", at=START)
        journal = folder / "journal"
        files, size = build(journal, decisions, people)
        say(f"sealing  built {files} files, {size / 2**30:.1f} GiB")
        segments = SealingFolder(folder / "segments", journal)
        report, spent = measured(partial(seal, segments, store, (PEPPER,), secrets.token_bytes, START))
        assert sum(each.entry.records for each in report.sealed) == decisions + 2 * files
        assert not report.troubles
        say(f"sealing  {decisions:,} decisions in {spent.wall:.1f} s, {spent.cpu:.1f} s of processors")
        kept = sum(each.entry.bytes for each in report.sealed)
        wanted = next(segments.payloads(report.sealed[files // 2], 1, 2)).split(b'"id":"')[1][:32].decode()
        found, looked = measured(partial(segments.find, wanted))
        assert found is not None
        opened, proved = measured(partial(segments.opening, *found))
        assert wanted in opened.content.decode()
        store.close()
    return _section(decisions, files, size, kept, spent, looked, proved)


def build(journal: Path, decisions: int, people: Sequence[str]) -> tuple[int, int]:
    """Write closed journal files, as gates leave them; how many, and their bytes."""
    journal.mkdir(mode=0o700)
    each = A_FILE // (len(encode(_decision(Random(0), 0, "5f1d" * 8))) + 4)
    parts = [(at, min(each, decisions - at)) for at in range(0, decisions, each)]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        sizes = list(pool.map(partial(_write, journal, people), parts))
    return len(sizes), sum(sizes)


def measured(work: Callable[[], Result]) -> tuple[Result, Spent]:
    """What some work comes to, and what it takes, its child processes included."""
    before, start = _processors(), perf_counter()
    result = work()
    return result, Spent(perf_counter() - start, _processors() - before)


def _write(journal: Path, people: Sequence[str], part: tuple[int, int]) -> int:
    first, count = part
    random = Random(first)
    pseudonyms = [pseudonym(PEPPER, each) for each in people]
    file = JournalFile.create(journal, f"w{first:09}", START, 0)
    for start in range(first, first + count, A_WRITE):
        numbers = range(start, min(start + A_WRITE, first + count))
        frames = [encode(_decision(random, number, random.choice(pseudonyms))) for number in numbers]
        file.append(b"".join(frames), len(frames))
    file.finish(START + timedelta(days=1))
    return file.size


def _decision(random: Random, number: int, subject: str) -> DecisionRecord:
    serves = random.random() < 0.7
    return DecisionRecord(
        id=f"{random.getrandbits(128):032x}",
        at=START + timedelta(microseconds=8_000 * number),
        key=subject[:8],
        subject=subject,
        api="openai",
        endpoint="/v1/chat/completions",
        operation="use",
        stream=random.random() < 0.5,
        requested=random.choice(("fable-5", "mythos-5", "opus-4.8")),
        outcome=Outcome.SERVE if serves else Outcome.REFUSE,
        served="fable-5" if serves else None,
        instruments=("dev-fable-5",) if serves else ("us-doc-2026-06-12",),
        unknown=() if serves else ("us_citizen",),
        rulebook="sha256:" + "5f1d" * 16,
        epoch=3,
    )


def _records(people: Sequence[str]) -> Iterator[SubjectRecord]:
    for number, name in enumerate(people):
        values: dict[str, Value] = {"us_citizen": number % 3 == 0, "natural_person": True, "org": f"org-{number % 100}"}
        attestations = (
            Attestation(name, fact, value, "registry", "passport", "high", START) for fact, value in values.items()
        )
        yield SubjectRecord(name, "person", tuple(attestations))


def _processors() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in usages)


def _section(decisions: int, files: int, size: int, kept: int, spent: Spent, looked: Spent, proved: Spent) -> str:
    rows = [
        ("seal, check by reading back, facts", f"{spent.wall:.1f} s", f"{spent.cpu:.1f} s"),
        ("decisions a second", f"{decisions / spent.wall:,.0f}", ""),
        ("of processors, a decision", "", f"{spent.cpu / decisions * 1e6:.1f} µs"),
        ("find one decision by its id", f"{looked.wall * 1e3:.0f} ms", f"{looked.cpu * 1e3:.0f} ms"),
        ("open it: salt and path", f"{proved.wall * 1e3:.0f} ms", f"{proved.cpu * 1e3:.0f} ms"),
    ]
    return f"""## Sealing the journal

{decisions:,} decisions about {SUBJECTS:,} subjects in {files} closed journal files ({size / 2**30:.1f} GiB) become
Parquet ({kept / 2**30:.2f} GiB) with a commitment to every record; the Parquet is read back before it counts.
The facts of every subject of every segment are committed to, too. Everything is durable. Processors: of all processes
together.

{table(("", "clock", "processors"), rows)}
"""
