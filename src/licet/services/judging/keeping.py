"""Keeping a judgement: with what was asked, with earlier assessments of the same, and made again to compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from licet.core.evidence.judgement import AnyJudgement, FindingJudgement
from licet.core.evidence.severity import Grade
from licet.core.evidence.trial import Source
from licet.services.judging.asking import JudgingRefused
from licet.wire.judgement.kept import Kept, tree_of
from licet.wire.trials.labels import Validation

CLOSE = 1e-9
"""Two computers may differ in the last digits of a number."""

Earlier = tuple[datetime, str, Grade]


class Difference(NamedTuple):
    """Where two judgements differ: the place in the JSON, what it was, and what it is now."""

    place: str
    was: str
    now: str


def with_earlier(found: AnyJudgement, assessments: Sequence[Kept]) -> AnyJudgement:
    """A finding with the grades of earlier judgements of it. Raises `JudgingRefused` for those of anything else."""
    if not assessments:
        return found
    if not isinstance(found, FindingJudgement):
        raise JudgingRefused("only a finding has earlier assessments")
    more = [assessment(found, each.judgement) for each in assessments]
    return replace(found, earlier=merged((*found.earlier, *more)))


def assessment(found: FindingJudgement, before: AnyJudgement) -> Earlier:
    """An earlier judgement's grade."""
    if not isinstance(before, FindingJudgement) or (before.subject, before.model) != (found.subject, found.model):
        raise JudgingRefused(
            f"the earlier judgement is of `{before.subject}` on `{before.model}`, and this one of `{found.subject}` on"
            f" `{found.model}`: name one of the same"
        )
    if before.at >= found.at:
        raise JudgingRefused(
            f"the earlier judgement is as of {before.at.isoformat()}, which is not before {found.at.isoformat()}"
        )
    return before.at, before.baseline_set, before.grade


def merged(assessments: Sequence[Earlier]) -> tuple[Earlier, ...]:
    """Each once, the newest last."""
    once: list[Earlier] = []
    for each in sorted(assessments, key=lambda each: (each[0], each[1])):
        if each not in once:
            once.append(each)
    return tuple(once)


def again_with_earlier(found: AnyJudgement, before: AnyJudgement) -> AnyJudgement:
    """A finding that was judged again, with the earlier assessments that the judgement was given."""
    if isinstance(found, FindingJudgement) and isinstance(before, FindingJudgement):
        return replace(found, earlier=merged((*found.earlier, *before.earlier)))
    return found


def validations_of(kept: Kept) -> Mapping[str, Validation]:
    """What the labels came to, as the judgement has it."""
    judge = kept.judgement.judge
    return {} if judge is None else {judge.judge: Validation(judge.positives, judge.negatives)}


def log_differences(before: Sequence[Source], now: Sequence[Source]) -> tuple[Difference, ...]:
    """Logs that are not those that were judged, by their digests."""
    was, are = {each.digest: each for each in before}, {each.digest: each for each in now}
    missing = [Difference(f"log {was[each].file}", each, "not given") for each in was if each not in are]
    added = [Difference(f"log {are[each].file}", "not judged", each) for each in are if each not in was]
    return (*missing, *added)


def differences(before: Kept, now: Kept) -> tuple[Difference, ...]:
    """Everything in which two judgements differ but the names of files, which may lie elsewhere now."""
    return tuple(differing("$", comparable(before), comparable(now)))


def comparable(kept: Kept) -> Any:
    """A judgement's tree in which files are named by their digests, and stand in order."""
    tree = tree_of(kept)
    names = {each.file: each.digest for each in kept.judgement.sources}
    sources = [{**each, "file": "", "via": ""} for each in tree["says"]["sources"]]
    tree["says"]["sources"] = sorted(sources, key=lambda each: str(each["digest"]))
    return renamed(tree, {name: names[name] for name in sorted(names, key=len, reverse=True) if name})


def renamed(tree: Any, names: Mapping[str, str]) -> Any:
    """A tree in whose texts files are called by their digests."""
    match tree:
        case str():
            for name, digest in names.items():
                tree = tree.replace(name, digest)
            return tree
        case list():
            return [renamed(each, names) for each in tree]
        case dict():
            return {key: renamed(each, names) for key, each in tree.items()}
        case _:
            return tree


def differing(place: str, was: Any, now: Any) -> list[Difference]:
    """Where two trees differ, in their order."""
    if isinstance(was, dict) and isinstance(now, dict):
        keys = [*was, *(key for key in now if key not in was)]
        return [each for key in keys for each in differing(f"{place}.{key}", was.get(key), now.get(key))]
    if isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        pairs = enumerate(zip(was, now, strict=True))
        return [each for at, (one, two) in pairs for each in differing(f"{place}[{at}]", one, two)]
    return [] if same(was, now) else [Difference(place, shown(was), shown(now))]


def same(was: Any, now: Any) -> bool:
    """Whether two values are the same, numbers but for their last digits."""
    if isinstance(was, float | int) and isinstance(now, float | int) and not isinstance(was, bool):
        return abs(was - now) <= CLOSE * max(1.0, abs(was), abs(now))
    return bool(was == now)


def shown(value: Any) -> str:
    """A value, shortened."""
    text = f"a list of {len(value)}" if isinstance(value, list) else str(value)
    return text if len(text) <= 80 else text[:79] + "…"
