"""Garak's `report.jsonl`: `spec/trials.md`, section Garak.

Garak writes each attempt twice: when the answers are there (status 1), and when the detectors have looked (status 2).
A detector's score is a number from 0 to 1 an answer, 1 where the attack hit; its own evaluation counts answers under
`run.eval_threshold` as passed.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from licet.core.evidence.coverage import Hole
from licet.core.evidence.trial import Came, Source, Trial
from licet.wire.trials.naming import Higher, Naming, NotNamed, first_name, name_of, scored
from licet.wire.trials.plain import STRUCTURE_ERRORS, lower
from licet.wire.trials.reading import Reading, changed, incomplete
from licet.wire.trials.refusal import Problems
from licet.wire.trials.scales import NO_METRIC, one_metric

LINE_LIMIT = 32 << 20
"""The longest line, in bytes: it holds a prompt and all answers to it."""

EVALUATED = 2
THRESHOLD = 0.5
"""Garak's own, where the report does not say."""


class Entry(msgspec.Struct, frozen=True):
    """What matters of a line; garak writes more."""

    entry_type: str
    status: int = 0
    uuid: str = ""
    probe_classname: str = ""
    prompt: Any = None
    outputs: tuple[Any, ...] = ()
    detector_results: dict[str, tuple[float | None, ...]] = {}
    probe: str = ""
    detector: str = ""
    passed: int = 0
    total_evaluated: int | None = None
    total: int | None = None
    garak_version: str = ""
    target_type: Any = msgspec.field(default=None, name="plugins.target_type")
    target_name: Any = msgspec.field(default=None, name="plugins.target_name")
    model_type: Any = msgspec.field(default=None, name="plugins.model_type")
    model_name: Any = msgspec.field(default=None, name="plugins.model_name")
    eval_threshold: float | None = msgspec.field(default=None, name="run.eval_threshold")
    generations: int | None = msgspec.field(default=None, name="run.generations")


class Attempt(NamedTuple):
    """What is kept of an attempt: its probe, the digest of its prompt, which answers there were, scores by detector."""

    probe: str
    content: str
    answered: tuple[bool, ...]
    scores: dict[str, tuple[float | None, ...]]
    line: int


def read_garak(lines: Iterable[bytes], naming: Naming, *, file: str) -> Reading:
    """The trials of a report, given as its lines: one an answer. Raises `TrialsRejected`."""
    report = _Report(naming, file)
    digest = hashlib.sha256()
    for number, line in enumerate(lines, start=1):
        digest.update(line)
        report.read(line, number)
    report.problems.check()
    return report.reading(f"sha256:{digest.hexdigest()}")


class _Report:
    """A report as it comes in."""

    def __init__(self, naming: Naming, file: str) -> None:
        self.problems = Problems(file)
        self._naming = naming
        self._file = file
        self._setup = Entry("start_run setup")
        self._version = ""
        self._completed = False
        self._begun: dict[str, str] = {}
        self._done: list[Attempt] = []
        self._evals: list[Entry] = []
        self._holes: list[Hole] = []

    def read(self, line: bytes, number: int) -> None:
        """One line."""
        try:
            if len(line) > LINE_LIMIT:
                raise msgspec.DecodeError(f"the line is longer than {LINE_LIMIT} bytes")
            entry = _decoder.decode(line)
        except STRUCTURE_ERRORS as error:
            self.problems.add(number, f"this is no line of a garak report: {lower(error)}")
            return
        match entry.entry_type:
            case "start_run setup":
                self._setup = entry
            case "init":
                self._version = entry.garak_version
            case "attempt" if entry.status == EVALUATED:
                self._begun.pop(entry.uuid, None)
                answered = tuple(output is not None for output in entry.outputs)
                content = _content(entry.prompt)
                self._done.append(Attempt(entry.probe_classname, content, answered, entry.detector_results, number))
            case "attempt":
                self._begun[entry.uuid] = entry.probe_classname
            case "eval":
                self._evals.append(entry)
            case "completion":
                self._completed = True

    def reading(self, digest: str) -> Reading:
        """All of it. Raises `TrialsRejected`."""
        trials = self._trials(digest)
        self.problems.check()
        source = Source(
            self._file,
            digest,
            "garak",
            len(trials),
            budget=() if self._setup.generations is None else (("tries", float(self._setup.generations)),),
            made=f"garak {self._version}".strip(),
            status="success" if self._completed else "no completion",
        )
        return Reading((source,), trials, (*self._unfinished(), *self._disagreements()))

    def _trials(self, digest: str) -> list[Trial]:
        tries: Counter[tuple[str, str]] = Counter()
        trials: list[Trial] = []
        for attempt in self._done:
            try:
                trials += self._attempt(attempt, digest, tries)
            except NotNamed as error:
                self.problems.add(attempt.line, str(error))
        return one_metric(trials)

    def _attempt(self, attempt: Attempt, digest: str, tries: Counter[tuple[str, str]]) -> list[Trial]:
        naming, model = self._naming, self._model()
        detector = _detector(attempt, naming.metric)
        scores = attempt.scores.get(detector, ())
        if detector and len(scores) != len(attempt.answered):
            raise NotNamed(f"`{detector}` gave {len(scores)} scores for {len(attempt.answered)} answers")
        probe = name_of(attempt.probe, "the probe's name")
        arm = naming.arm or model or "garak"
        low, high = naming.scale or (0.0, 1.0)
        found = []
        item = f"{probe}/{attempt.content[7:19]}"
        for at, answered in enumerate(attempt.answered):
            tries[item, arm] += 1
            score = scores[at] if answered and detector else None
            trial = Trial(
                suite=naming.suite or "garak",
                item=item,
                arm=arm,
                came=Came.SERVED if answered else Came.ERROR,
                score=None if score is None else scored(score, detector, (low, high), naming.higher or Higher.WORSE),
                family=probe,
                use=naming.use,
                attempt=tries[item, arm],
                model=naming.model or model,
                metric=detector or NO_METRIC,
                low=low,
                high=high,
                judge=naming.judge or detector,
                content=attempt.content,
                source=digest,
            )
            found.append(trial)
        return found

    def _model(self) -> str:
        setup = self._setup
        kind = first_name("the target's type", setup.target_type, setup.model_type)
        return f"{kind} {first_name('the target', setup.target_name, setup.model_name)}".strip()

    def _unfinished(self) -> list[Hole]:
        holes = []
        if not self._completed:
            holes.append(incomplete(f"`{self._file}` has no line `completion`: the run did not end"))
        if self._begun:
            said = f"{len(self._begun)} attempts of `{self._file}` were answered and never evaluated"
            holes.append(incomplete(said, tuple(self._begun.values()), len(self._begun)))
        return holes

    def _disagreements(self) -> list[Hole]:
        """Garak's own evaluations that its attempts do not give."""
        threshold = THRESHOLD if self._setup.eval_threshold is None else self._setup.eval_threshold
        passed: Counter[tuple[str, str]] = Counter()
        evaluated: Counter[tuple[str, str]] = Counter()
        for attempt in self._done:
            for detector, scores in attempt.scores.items():
                key = (attempt.probe, detector)
                evaluated[key] += sum(score is not None for score in scores)
                passed[key] += sum(score is not None and score < threshold for score in scores)
        holes = []
        for each in self._evals:
            key = (each.probe, each.detector.removeprefix("detector."))
            total = each.total if each.total_evaluated is None else each.total_evaluated
            if (passed[key], evaluated[key]) != (each.passed, total):
                told = f"{each.passed} of {total}"
                said = f"`{self._file}` says that {told} answers to `{each.probe}` passed `{key[1]}`"
                holes.append(changed(f"{said}; its attempts give {passed[key]} of {evaluated[key]}", (each.probe,)))
        return holes


def _detector(attempt: Attempt, named: str) -> str:
    """The detector whose scores count; empty where nothing was to be scored. Raises `NotNamed`."""
    found = attempt.scores
    if named in found:
        return named
    if len(found) == 1 and not named:
        return name_of(next(iter(found)), "the detector's name")
    if not found and not any(attempt.answered):
        return named
    names = ", ".join(f"`{name[:60]}`" for name in sorted(found)) or "none"
    raise NotNamed(f"the attempt has these detectors: {names}; name one with `--metric`")


def _content(prompt: object) -> str:
    """The digest of what was asked: of its turns' roles and texts."""
    turns = prompt.get("turns") if isinstance(prompt, dict) else prompt
    told = [_turn(each) for each in turns] if isinstance(turns, list) else [["", str(turns)]]
    return f"sha256:{hashlib.sha256(msgspec.json.encode(told)).hexdigest()}"


def _turn(turn: object) -> list[str]:
    if not isinstance(turn, dict):
        return ["", str(turn)]
    content = turn.get("content")
    text = content.get("text") if isinstance(content, dict) else content
    return [str(turn.get("role")), str(text)]


_decoder = msgspec.json.Decoder(Entry)
