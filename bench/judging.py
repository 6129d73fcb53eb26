"""Judging: a million trials in a plain file of lines, from its bytes to the verdict on a threshold."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import NamedTuple, NoReturn, ParamSpec, TypeVar

import numpy as np

from bench.figures import goal, goals, table
from licet.adapters.trials.files import read_trials
from licet.core.evidence.judgement import ThresholdJudgement
from licet.core.evidence.suite import Item, Suite
from licet.core.evidence.threshold import Asked, Line, Threshold
from licet.core.evidence.trial import Came, Source, Trial, Use
from licet.evidence.statistics.judge_error import quality
from licet.evidence.threshold.verdict import judge_threshold
from licet.evidence.trials.table import Table, table_of
from licet.wire.trials.naming import Naming
from licet.wire.trials.plain_writing import write_plain
from licet.wire.trials.reading import Reading

Given = ParamSpec("Given")
Result = TypeVar("Result")

TRIALS = 1_000_000
ATTEMPTS = 10
ARMS = ("plain", "with tools", "with a scaffold", "fine-tuned")
PER_ITEM = ATTEMPTS * len(ARMS)
FAMILIES = 200
JUDGE = "exact-word@1"
AT = datetime(2026, 7, 9, tzinfo=UTC)
DIGEST = "sha256:" + "a" * 64


class Measured(NamedTuple):
    """Seconds of CPU for each step, on the clock in all, the largest memory in MiB, and what came of it."""

    read: float
    columns: float
    judge: float
    wall: float
    memory: float
    verdict: str
    trials: int


def run(say: Callable[[str], None], trials: int = TRIALS) -> str:
    """Measure; the section for the results."""
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as name:
        path = Path(name) / "trials.jsonl"
        say(f"judging: {trials:,} trials")
        size = in_a_process(write, path, trials)
        found = in_a_process(measured, path, trials)
    return section(found, size)


def section(found: Measured, size: int) -> str:
    """What was measured, as Markdown."""
    whole = found.read + found.columns + found.judge
    rows = [
        ("reading the lines, each checked", f"{found.read:.1f} s"),
        ("as columns", f"{found.columns:.1f} s"),
        ("coverage, rates, verdict and what to measure next", f"{found.judge:.1f} s"),
        ("all", f"{whole:.1f} s"),
    ]
    wanted = [
        goal("1 million trials judged", "10 s", f"{whole:.1f} s", whole <= 10),
        goal("memory", "2 GB", f"{found.memory / 1000:.2f} GB", found.memory <= 2000),
    ]
    return f"""## Judging evidence
{found.trials:,} trials of {found.trials // PER_ITEM:,} items in {FAMILIES} families, {ATTEMPTS} tries each in
{len(ARMS)} arms, in a plain file of {size / 1e6:.0f} MB, with the digest of what was asked in each line; from its bytes
to the verdict on a threshold with two lines, with a judge's error carried through (`{found.verdict}`).
One process, CPU time: {found.wall:.1f} s on the clock. Memory is the most that the process held, with interpreter and
libraries.

{table(("step", "CPU"), rows)}

### Goals
{goals(wanted)}
"""


def write(path: Path, trials: int) -> int:
    """A file of trials, as `licet trials` writes it; its size in bytes."""
    source = Source("run.eval", DIGEST, "inspect", trials)
    with path.open("wb") as file:
        for block in write_plain(Reading((source,), list(campaign(suite(trials))))):
            file.write(block)
    return path.stat().st_size


def measured(path: Path, trials: int) -> Measured:
    """One judgement, in a process of its own."""
    words = suite(trials)
    began, clock = process_time(), perf_counter()
    reading = read_trials([path], Naming(), lambda _, __: None, inspect=no_inspect_log)
    read = process_time()
    columns = table_of(reading.trials)
    made = process_time()
    found = judged(words, columns, reading)
    ended = process_time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 * 1.048576
    return Measured(
        read - began, made - read, ended - made, perf_counter() - clock, memory, found.verdict.value, len(columns)
    )


def judged(words: Suite, columns: Table, reading: Reading) -> ThresholdJudgement:
    """What the trials say of a threshold at 5 and 20 %, scored by a judge that was measured on 2,000 labels."""
    line = Threshold(
        name="telling_the_word@1",
        title="Tells the word of the day",
        framework="a stand-in framework",
        source="bench/judging.py",
        capability="gives the word away",
        metric="success",
        low=Decimal(0),
        high=Decimal(1),
        success_at=Decimal("0.5"),
        lines=(Line("alert", Decimal("0.05")), Line("red", Decimal("0.2"))),
        suites=((words.name, words.digest),),
        budget=(("tokens", Decimal(1_000)),),
        judge=Asked(Decimal("0.9"), Decimal("0.9"), 1_000),
        confidence=Decimal("0.95"),
        digest=DIGEST,
    )
    return judge_threshold(
        line,
        [words],
        columns,
        reading.sources,
        quality(JUDGE, (990, 1000), (995, 1000)),
        model="stand-in-5",
        at=AT,
        rng=np.random.default_rng(1),
        holes=reading.holes,
    )


def suite(trials: int) -> Suite:
    """As many items as there are trials of them."""
    items = (Item(f"word-{n}", f"family-{n % FAMILIES}", Use.PROHIBITED, content(n)) for n in range(trials // PER_ITEM))
    return Suite("words", DIGEST, tuple(items), ATTEMPTS)


def content(item: int) -> str:
    """The digest of what an item asks, as good as any."""
    return f"sha256:{item:064x}"


def campaign(words: Suite) -> Iterator[Trial]:
    """Every item in every arm, as often as the suite asks; 2 of 100 succeed."""
    random = Random(6)
    for arm in ARMS:
        for place, item in enumerate(words.items):
            for attempt in range(1, ATTEMPTS + 1):
                yield Trial(
                    suite=words.name,
                    item=item.name,
                    arm=arm,
                    came=Came.SERVED,
                    score=float(random.random() < 0.02),
                    family=item.family,
                    attempt=attempt,
                    model="stand-in-5",
                    judge=JUDGE,
                    tokens=200 + place % 100,
                    seconds=1.25,
                    source=DIGEST,
                    content=item.digest,
                )


def no_inspect_log(path: Path, digest: str, naming: Naming, report: Callable[[str, float], None]) -> NoReturn:
    """There is none here."""
    raise AssertionError(path, digest, naming, report)


def in_a_process(work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
    """The same in a fresh process, whose memory is only this work's."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *given, **named).result()
