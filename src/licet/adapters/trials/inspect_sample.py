"""A sample of an Inspect log as a trial: `spec/trials.md`, section Inspect."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from inspect_ai.log import EvalSample, EvalSpec
from inspect_ai.scorer import Score

from licet.core.evidence.trial import Came, Trial
from licet.wire.trials.naming import (
    Higher,
    Naming,
    NotNamed,
    came_of,
    checked_scale,
    first_name,
    kind_of,
    name_of,
    scored,
    use_of,
)
from licet.wire.trials.scales import NO_METRIC

LIMITS = {"token": "tokens", "time": "time", "working": "time", "message": "messages", "turn": "messages"}
"""Inspect's words for limits; the others are kept as they are."""

LETTERS = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0}
"""Inspect's letters, as its own `value_to_float` has them."""

REFUSED = "content_filter"
"""Inspect's stop reason where the provider withheld the answer."""

GRADER = "grader"
OWN = "licet"
"""The key of an eval's metadata by which Licet's own tasks are known."""


def trial_of(sample: EvalSample, spec: EvalSpec, naming: Naming, source: str) -> Trial:
    """One sample. Raises `NotNamed` for what cannot be a trial's."""
    metadata = sample.metadata or {}
    said = (metadata, spec.task_args or {}, spec.metadata or {})
    metric, score = _chosen(sample, naming.metric)
    own = _declared(spec) if score is None else score.metadata or {}
    low, high = _scale(naming, own)
    came = _came(sample, own)
    name = first_name("the metric", own.get("metric")) or metric or NO_METRIC
    value = None if score is None or came is Came.ERROR else number_of(score.value, naming.metric)
    usage = [each.total_tokens for each in (sample.model_usage or {}).values()]
    return Trial(
        suite=first_name("the suite", naming.suite, *_each("suite", said), spec.dataset.name, spec.task) or "inspect",
        item=name_of(metadata.get(naming.item_key) if naming.item_key else sample.id, "the item"),
        arm=first_name("the arm", naming.arm, *_each(naming.arm_key, said), spec.model) or "inspect",
        came=came,
        score=None if value is None else scored(value, name, (low, high), _higher(naming, own)),
        family=first_name("the family", metadata.get(naming.family_key)),
        use=use_of(metadata, naming),
        attempt=sample.epoch,
        model=first_name("the model", naming.model, spec.model),
        metric=name,
        low=low,
        high=high,
        judge=first_name("the judge", naming.judge, own.get("judge"), _grader(spec), metric),
        limit=None if sample.limit is None else LIMITS.get(sample.limit.type, sample.limit.type),
        tokens=sum(usage) if usage else None,
        seconds=sample.total_time,
        content=_content(metadata),
        invalid=_invalid(sample),
        source=source,
    )


def number_of(value: Any, metric: str = "") -> float | None:
    """A score's value as a number; None for Inspect's own mark of what could not be scored (NaN). Raises `NotNamed`."""
    if isinstance(value, Mapping):
        value = value.get(metric.partition(".")[2])
    match value:
        case bool() | int() | float():
            number = float(value)
            return None if math.isnan(number) else number
        case str() if value in LETTERS:
            return LETTERS[value]
        case str():
            return _parsed(value)
        case _:
            raise NotNamed(f"a score is {kind_of(value)}; name one value of it with `--metric scorer.key`")


def _parsed(text: str) -> float:
    words = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
    try:
        number = words[text.lower()] if text.lower() in words else float(text)
    except ValueError:
        raise NotNamed("a score is text and no number") from None
    if not math.isfinite(number):
        raise NotNamed("a score is no finite number")
    return number


def _chosen(sample: EvalSample, named: str) -> tuple[str, Score | None]:
    """The score that counts, with its scorer. Raises `NotNamed` where several could be meant, or none is there."""
    scores = sample.scores or {}
    if not scores:
        return named.partition(".")[0], None
    if not named and len(scores) == 1:
        name, score = next(iter(scores.items()))
        return name_of(name, "the scorer's name"), score
    for name in (named, named.partition(".")[0]):
        if name in scores:
            return named, scores[name]
    names = ", ".join(f"`{name[:60]}`" for name in sorted(scores))
    raise NotNamed(f"the sample has these scores: {names}; name one with `--metric`")


def _scale(naming: Naming, own: Mapping[str, object]) -> tuple[float, float]:
    if naming.scale is not None:
        return naming.scale
    return checked_scale(own.get("low", 0.0), own.get("high", 1.0))


def _higher(naming: Naming, own: Mapping[str, object]) -> Higher:
    if naming.higher is not None:
        return naming.higher
    return Higher.BETTER if own.get("higher") == Higher.BETTER.value else Higher.WORSE


def _came(sample: EvalSample, own: Mapping[str, object]) -> Came:
    if sample.error is not None:
        return Came.ERROR
    if own.get("came") is not None:
        return came_of(own["came"])
    if sample.model_fallbacks:
        return Came.FALLBACK
    choices = sample.output.choices if sample.output is not None else []
    return Came.BLOCKED if choices and choices[0].stop_reason == REFUSED else Came.SERVED


def _content(metadata: Mapping[str, object]) -> str:
    """The digest of what was asked, where the task wrote it down."""
    value = metadata.get("content")
    return value if isinstance(value, str) and value.startswith("sha256:") and len(value) == 71 else ""


def _invalid(sample: EvalSample) -> str | None:
    if sample.invalidation is None:
        return None
    return f"{sample.invalidation.author}: {sample.invalidation.reason or 'no reason given'}"[:1000]


def _grader(spec: EvalSpec) -> str:
    role = (spec.model_roles or {}).get(GRADER)
    return role.model if role is not None and not isinstance(role, list) else ""


def _declared(spec: EvalSpec) -> Mapping[str, object]:
    """What Licet's own tasks say of their metric beforehand: it holds for a sample that was never scored."""
    metadata = spec.metadata or {}
    return {key: metadata[key] for key in ("metric", "judge") if key in metadata} if OWN in metadata else {}


def _each(key: str, places: tuple[Mapping[str, object], ...]) -> list[object]:
    return [place.get(key) for place in places]
