"""The journal's writer: the latency of one record, the rate with many waiting, beside the bare disk."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

import uvloop

from bench.figures import percentile, table
from licet.adapters.journal import JournalWriter, open_journal
from licet.core.decision import Outcome
from licet.wire.journal import DecisionRecord, encode

SECONDS = 2.0
WAITERS = (1, 16, 64, 256)
WORK = 60e-6
"""Seconds of Python on the event loop for each record, in the rows that say so: about what a gate does."""

RECORD = DecisionRecord(
    id="01jz6k3q4m0000000000000000",
    at=datetime(2026, 7, 1, 12, tzinfo=UTC),
    key="abcd2345",
    subject="5f1d" * 8,
    api="openai",
    endpoint="/v1/chat/completions",
    operation="use",
    stream=False,
    requested="fable-5",
    outcome=Outcome.SUBSTITUTE,
    served="opus-4.8",
    instruments=("dev-opus-4.8", "us-doc-2026-06-12"),
    unknown=("us_citizen",),
    rulebook="sha256:" + "5f1d" * 16,
    epoch=3,
)


class Load(NamedTuple):
    """What one load showed; seconds."""

    name: str
    rate: float
    median: float
    p99: float
    cpu: float


def run(say: Callable[[str], None]) -> str:
    """Measure; the section for the results."""
    loads = []
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        loads.append(bare(Path(folder)))
        for work in (0.0, WORK):
            for waiters in WAITERS:
                load = uvloop.run(appending(Path(folder) / f"{waiters}-{work}", waiters, work))
                say(f"journal  {load.name:36}  {load.rate:9,.0f}/s  p50 {load.median * 1e6:6.0f} µs")
                loads.append(load)
    rows = [
        (
            load.name,
            f"{load.rate:,.0f}",
            f"{load.median * 1e6:.0f} µs",
            f"{load.p99 * 1e6:.0f} µs",
            f"{load.cpu * 1e6:.0f} µs",
        )
        for load in loads
    ]
    return f"""## The journal

Records of {len(encode(RECORD))} bytes, each waited for until it is durable, on the disk that holds this directory;
{SECONDS:.0f} s a row, under uvloop. "Busy" rows spend {WORK * 1e6:.0f} µs of Python on the event loop for each record,
as a gate does; that time is in their rate, latency and CPU. CPU is of the whole process, the writer's thread included.

{table(("load", "records/s", "p50", "p99", "CPU a record"), rows)}
"""


def bare(folder: Path) -> Load:
    """The disk alone: one thread, one write and sync after the other, no event loop."""
    frame = encode(RECORD)
    descriptor = os.open(folder / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_DSYNC, 0o600)
    latencies, begin, cpu = [], perf_counter(), process_time()
    while (start := perf_counter()) < begin + SECONDS:
        os.write(descriptor, frame)
        latencies.append(perf_counter() - start)
    os.close(descriptor)
    return load_of("the disk alone, one after the other", latencies, perf_counter() - begin, process_time() - cpu)


async def appending(folder: Path, waiters: int, work: float) -> Load:
    """So many tasks, each with one record in the air at a time."""
    journal = open_journal(folder, "bench", RECORD.at)
    latencies: list[float] = []
    begin, cpu = perf_counter(), process_time()
    await asyncio.gather(*[waiter(journal, begin + SECONDS, work, latencies) for _ in range(waiters)])
    elapsed, cpu = perf_counter() - begin, process_time() - cpu
    await journal.close(RECORD.at)
    return load_of(f"{waiters} waiting{', busy' if work else ''}", latencies, elapsed, cpu)


async def waiter(journal: JournalWriter, until: float, work: float, latencies: list[float]) -> None:
    while (start := perf_counter()) < until:
        await journal.append(RECORD)
        latencies.append(perf_counter() - start)
        if work:
            await asyncio.sleep(0)
            busy_until = perf_counter() + work
            while perf_counter() < busy_until:
                pass


def load_of(name: str, latencies: list[float], elapsed: float, cpu: float) -> Load:
    latencies.sort()
    count = len(latencies)
    return Load(name, count / elapsed, percentile(latencies, 0.5), percentile(latencies, 0.99), cpu / count)
