"""What an advisory says in words: rates with their intervals, breadth, gain, severity, what the evidence covers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from licet.core.evidence.estimate import Comparison
from licet.core.evidence.judgement import Baseline, FamilyRate, FindingJudgement, Judgement, PatchJudgement, Reproduced
from licet.core.evidence.severity import Grade
from licet.services.judging.figures import compared, how, percent, stated, tested
from licet.services.judging.words import next_words, sentence, severity, sums
from licet.wire.csaf import Note

SEVERITY = (
    "Severity follows the Cyber Jailbreak Severity (CJS) draft. It is no CVSS score and cannot be turned into one, so"
    " this advisory has no scores."
)


def prose(sentences: Iterable[str]) -> str:
    """Sentences without full stops as a text with them."""
    return " ".join(f"{each[:1].upper()}{each[1:]}." for each in sentences if each)


def finding_notes(found: FindingJudgement) -> tuple[Note, ...]:
    """What is said of a finding."""
    notes = [Note("Verdict", prose((sentence(found), *found.why)), "summary"), Note("How often", _rates(found))]
    if found.families:
        notes.append(Note("By family", _families(found.families)))
    if found.breadth.n:
        notes.append(Note("Breadth", f"the share of families in which it worked: {stated(found.breadth)}"))
    if found.baselines:
        notes.append(Note("Gain over public models without any bypass", _gains(found)))
    if found.reproduced is Reproduced.YES:
        notes += _graded(found)
    return tuple(notes)


def patch_notes(patch: PatchJudgement) -> tuple[Note, ...]:
    """What is said of a patch; what it costs is a note of its own."""
    before = "not measured" if patch.before is None else stated(patch.before)
    text = (
        f"it must work in under {percent(patch.bound)} of the tries\n"
        f"before: {before}\nafter: {stated(patch.after)} ({how(patch.after.interval)})"
    )
    if patch.observed is not None:
        text += f"\nas counted, with the judge's errors: {stated(patch.observed)}"
    verdict = Note("Verdict", prose((sentence(patch), *patch.why)), "summary")
    return (verdict, Note("How often the technique works", text))


def coverage_note(judged: Judgement) -> Note:
    """What the evidence covers, and what would have been found."""
    coverage = judged.coverage
    lines = [f"missing ({each.gap.value}): {each.said}" for each in coverage.holes] or ["nothing is missing"]
    if coverage.detectable is not None:
        lines.append(f"the smallest true rate that would have been found: {percent(coverage.detectable)}")
    lines += judged.indicators
    lines += [f"{each.file} ({each.format}, {each.trials:,} trials): {each.digest}" for each in judged.sources]
    return Note("What the evidence covers", "\n".join(lines))


def notes_of(judged: Judgement) -> tuple[Note, ...]:
    """What is said of every judgement: how good who scored is, and what to measure next."""
    return tuple(_general(judged))


def _general(judged: Judgement) -> Iterator[Note]:
    if judged.judge is not None:
        judge = judged.judge
        yield Note(
            "Who scored",
            f"{judge.judge}: sensitivity {stated(judge.sensitivity)}, specificity {stated(judge.specificity)}",
        )
    if judged.next is not None:
        yield Note("The cheapest next measurement", next_words(judged.next))
    if isinstance(judged, FindingJudgement):
        yield Note("Severity", SEVERITY, "general")


def _rates(found: FindingJudgement) -> str:
    lines = [f"with the technique: {stated(found.rate)} ({how(found.rate.interval)})"]
    if found.observed is not None and found.observed != found.rate:
        lines.append(f"as counted, with the judge's errors: {stated(found.observed)}")
    if found.plain is not None:
        lines.append(f"without it: {stated(found.plain)}")
    if found.unguarded is not None:
        lines.append(f"the model without its safeguards: {stated(found.unguarded)}")
    return "\n".join(lines)


def _families(families: tuple[FamilyRate, ...]) -> str:
    return "\n".join(f"{each.family}: {stated(each.rate)}" for each in families)


def _gains(found: FindingJudgement) -> str:
    dated = "" if found.baseline_date is None else f" of {found.baseline_date.date().isoformat()}"
    lines = [f"the set `{found.baseline_set}`{dated}", *(_gain(each) for each in found.baselines)]
    if found.gain is not None:
        lines.append(f"over the best of them: {_compared(found.gain)} ({tested(found.gain)})")
    return "\n".join(lines)


def _compared(gain: Comparison) -> str:
    return f"{compared(gain)}, about {gain.difference.estimand.value}"


def _gain(baseline: Baseline) -> str:
    return f"{baseline.arm} ({baseline.model}): {stated(baseline.rate)}; gain {_compared(baseline.gain)}"


def _graded(found: FindingJudgement) -> Iterator[Note]:
    yield Note("Severity, with its range", _grade(found.grade))
    if found.reach is not None:
        test = f", by the test `{found.universal}`" if found.universal else ""
        yield Note("Class", f"{found.reach.value}{test}")
    if found.frozen is not None:
        date = found.frozen.baseline_date.date().isoformat()
        yield Note(f"Severity against the baselines of {date}", _grade(found.frozen.grade))


def _grade(grade: Grade) -> str:
    lines = [f"{severity(grade)}, sum {sums(grade)}, by {grade.rubric}"]
    for axis, scores in grade.axes:
        span = f"{scores.low:g}" if scores.low == scores.high else f"{scores.low:g} to {scores.high:g}"
        lines.append(f"{axis.value}: {span}" + (f" ({scores.why})" if scores.why else ""))
    if grade.deciding is not None:
        lines.append(f"the axis that decides: {grade.deciding.value}")
    if grade.raised is not None:
        lines.append(f"raised to {grade.raised.word}: {grade.why}")
    return "\n".join(lines)
