"""Promptfoo's results as JSON (`promptfoo eval -o results.json`): `spec/trials.md`, section Promptfoo.

A score of promptfoo says how well assertions held. Whether that is more or less of what a safeguard should prevent is
the assertions' matter, and has to be said; only its red team's plugins always assert that an attack failed.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from typing import Any

import msgspec

from licet.core.evidence.coverage import Hole
from licet.core.evidence.trial import Came, Source, Trial
from licet.wire.trials.naming import Higher, Naming, NotNamed, came_of, first_name, scored, use_of
from licet.wire.trials.plain import STRUCTURE_ERRORS, lower
from licet.wire.trials.reading import Reading, changed, incomplete
from licet.wire.trials.refusal import Problems, refused

ERROR = 2
"""Promptfoo's `failureReason` where the provider failed; 1 where an assertion did."""

CLOSE = 1e-6


class Usage(msgspec.Struct, frozen=True):
    """Tokens."""

    total: int | None = None


class Grade(msgspec.Struct, frozen=True, rename={"passed": "pass"}):
    """What the assertions came to."""

    passed: bool | None = None
    score: float | None = None


class Response(msgspec.Struct, frozen=True, rename="camel"):
    """Of the answer, only whether it was a refusal by the provider."""

    is_refusal: bool | None = None
    guardrails: Any = None


class TestCase(msgspec.Struct, frozen=True):
    """Of a test, what names it."""

    vars: Any = None
    metadata: dict[str, Any] | None = None


class Provider(msgspec.Struct, frozen=True):
    """Who answered."""

    id: str = ""
    label: str | None = None


class Row(msgspec.Struct, frozen=True, rename="camel"):
    """One result."""

    success: bool
    score: float
    prompt_idx: int = 0
    test_idx: int = 0
    test_case: TestCase = TestCase()
    provider: Provider = Provider()
    named_scores: dict[str, float] | None = None
    grading_result: Grade | None = None
    failure_reason: int = 0
    error: str | None = None
    latency_ms: float | None = None
    token_usage: Usage | None = None
    response: Response | None = None
    metadata: dict[str, Any] | None = None
    vars: Any = None


class Stats(msgspec.Struct, frozen=True):
    """Promptfoo's own counts."""

    successes: int = 0
    failures: int = 0
    errors: int = 0


class Metrics(msgspec.Struct, frozen=True, rename="camel"):
    """Its sums for one prompt and provider."""

    score: float | None = None
    test_pass_count: int | None = None


class Prompt(msgspec.Struct, frozen=True):
    """One column of its matrix."""

    metrics: Metrics | None = None


class Results(msgspec.Struct, frozen=True):
    """The results, version 3."""

    version: int
    results: tuple[Row, ...]
    stats: Stats
    prompts: tuple[Prompt, ...] = ()


class Made(msgspec.Struct, frozen=True, rename="camel"):
    """What wrote the file."""

    promptfoo_version: str = ""


class File(msgspec.Struct, frozen=True, rename="camel"):
    """The file."""

    results: Results
    config: dict[str, Any] = {}
    metadata: Made | None = None


def read_promptfoo(content: bytes, naming: Naming, *, file: str) -> Reading:
    """The trials of results. Raises `TrialsRejected`."""
    try:
        read = _decoder.decode(content)
    except STRUCTURE_ERRORS as error:
        raise refused(file, f"these are no results of promptfoo: {lower(error)}") from None
    if read.results.version != 3:
        raise refused(file, f"these are results of version {read.results.version} of promptfoo's; this reads 3")
    higher = naming.higher or (Higher.BETTER if "redteam" in read.config else None)
    if higher is None:
        said = "a higher score is `better` or `worse`, as the assertions are written: say which with `--higher`"
        raise refused(file, said)
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    trials = _trials(read, naming, higher, digest, Problems(file))
    made = f"promptfoo {read.metadata.promptfoo_version}" if read.metadata else "promptfoo"
    source = Source(file, digest, "promptfoo", len(trials), made=made.strip())
    return Reading((source,), trials, tuple(_disagreements(read.results, file)))


def _trials(read: File, naming: Naming, higher: Higher, digest: str, problems: Problems) -> list[Trial]:
    tries: Counter[tuple[str, str]] = Counter()
    trials = []
    prompts = len({row.prompt_idx for row in read.results.results})
    providers = len({row.provider for row in read.results.results})
    for number, row in enumerate(read.results.results, start=1):
        try:
            trial = _trial(row, naming, higher, digest, tries, several=prompts > max(providers, 1))
        except NotNamed as error:
            problems.add(0, f"result {number}: {error}")
        else:
            trials.append(trial)
    problems.check()
    return trials


def _trial(
    row: Row, naming: Naming, higher: Higher, digest: str, tries: Counter[tuple[str, str]], *, several: bool
) -> Trial:
    metadata = {**(row.test_case.metadata or {}), **(row.metadata or {})}
    content = _content(row)
    model = first_name("the provider", naming.model, row.provider.label, row.provider.id)
    own = f"{model}, prompt {row.prompt_idx + 1}" if several else model
    arm = first_name("the arm", naming.arm, metadata.get(naming.arm_key), own) or "promptfoo"
    item = first_name("the item", metadata.get(naming.item_key or "item")) or f"vars/{content[7:19]}"
    metric = naming.metric or "score"
    low, high = naming.scale or (0.0, 1.0)
    came = _came(row, metadata)
    value = None if came is Came.ERROR else _score(row, naming.metric)
    tries[item, arm] += 1
    return Trial(
        suite=first_name("the suite", naming.suite, metadata.get("suite")) or "promptfoo",
        item=item,
        arm=arm,
        came=came,
        score=None if value is None else scored(value, metric, (low, high), higher),
        family=first_name("the family", metadata.get(naming.family_key), metadata.get("pluginId")),
        use=use_of(metadata, naming),
        attempt=tries[item, arm],
        model=model,
        metric=metric,
        low=low,
        high=high,
        judge=naming.judge or "promptfoo assertions",
        tokens=row.token_usage.total if row.token_usage else None,
        seconds=None if row.latency_ms is None else row.latency_ms / 1000,
        content=content,
        source=digest,
    )


def _came(row: Row, metadata: dict[str, Any]) -> Came:
    if "came" in metadata:
        return came_of(metadata["came"])
    if row.failure_reason == ERROR:
        return Came.ERROR
    return Came.BLOCKED if row.response is not None and _refused(row.response) else Came.SERVED


def _refused(response: Response) -> bool:
    guardrails = response.guardrails
    return bool(response.is_refusal) or (isinstance(guardrails, dict) and guardrails.get("flagged") is True)


def _score(row: Row, metric: str) -> float:
    if not metric:
        return row.score
    named = row.named_scores or {}
    if metric not in named:
        names = ", ".join(f"`{name[:60]}`" for name in sorted(named)) or "none"
        raise NotNamed(f"there is no score `{metric}` among its named scores: {names}")
    return named[metric]


def _content(row: Row) -> str:
    """The digest of what was asked, of the test's variables: the prompt around them is the arm's matter."""
    told = msgspec.json.encode(row.test_case.vars if row.vars is None else row.vars, order="sorted")
    return f"sha256:{hashlib.sha256(told).hexdigest()}"


def _disagreements(results: Results, file: str) -> list[Hole]:
    """Promptfoo's own counts and sums that its results do not give."""
    rows, stats, holes = results.results, results.stats, []
    errors = sum(row.failure_reason == ERROR for row in rows)
    successes = sum(row.success for row in rows)
    told, found = (stats.successes, stats.failures, stats.errors), (successes, len(rows) - successes - errors, errors)
    if sum(told) > len(rows):
        holes.append(
            incomplete(f"`{file}` counts {sum(told)} results and holds {len(rows)}", count=sum(told) - len(rows))
        )
    elif told != found:
        counts = "{} passed, {} failed, {} errors"
        holes.append(changed(f"`{file}` says {counts.format(*told)}; its results give {counts.format(*found)}"))
    holes += _sums(results, file)
    odd = [f"result {at}" for at, row in enumerate(rows, start=1) if _at_odds(row)]
    if odd:
        holes.append(changed(f"`{file}`: {', '.join(odd[:5])}: the score is not that of its grading", count=len(odd)))
    return holes


def _sums(results: Results, file: str) -> list[Hole]:
    sums: defaultdict[int, float] = defaultdict(float)
    holes = []
    for row in results.results:
        sums[row.prompt_idx] += row.score
    for at, prompt in enumerate(results.prompts):
        told = prompt.metrics.score if prompt.metrics else None
        if told is not None and abs(told - sums[at]) > CLOSE * max(1.0, abs(told)):
            said = f"`{file}` says that the scores of prompt {at + 1} sum to {told:g}; its results give {sums[at]:g}"
            holes.append(changed(said))
    return holes


def _at_odds(row: Row) -> bool:
    grade = row.grading_result
    if grade is None or row.failure_reason == ERROR:
        return False
    passes = grade.passed is not None and grade.passed != row.success
    return passes or (grade.score is not None and abs(grade.score - row.score) > CLOSE)


_decoder = msgspec.json.Decoder(File)
