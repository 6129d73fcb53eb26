"""One safeguard's verdict: its classifiers are asked one after the other, cheap to costly, until one settles it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import NamedTuple

from licet.core.safeguards import Safeguard, Side, Stage
from licet.gate.ports import Classifier, ClassifierFailed, ClassifierFrom
from licet.gate.safeguard.passages import Readings
from licet.wire.journal import Led, Screened, Unjudged


class Judged(NamedTuple):
    """What a safeguard says of a request or an answer, and what each classifier said that was asked, in their order."""

    safeguard: Safeguard
    flags: bool
    said: tuple[Screened, ...]

    @property
    def could_not_judge(self) -> bool:
        """Whether it flags because it could not judge."""
        return bool(self.said) and self.said[-1].led is Led.NOT_JUDGED


class Cascades:
    """Asks classifiers. One that was made stays, for every safeguard and rulebook with the same stage.

    `tell` writes a line of the log.
    """

    def __init__(self, classifier_from: ClassifierFrom, tell: Callable[..., None]) -> None:
        self._classifier_from = classifier_from
        self._tell = tell
        self._made: dict[Stage, Classifier] = {}

    async def judge_all(self, safeguards: Iterable[Safeguard], readings: Readings, side: Side) -> tuple[Judged, ...]:
        """What each of several safeguards says, asked at the same time."""
        asked = tuple(safeguards)
        if len(asked) == 1:
            return (await self.judge(asked[0], readings, side),)
        return tuple(await asyncio.gather(*(self.judge(each, readings, side) for each in asked)))

    async def judge(self, safeguard: Safeguard, readings: Readings, side: Side) -> Judged:
        """What a safeguard says. Whatever goes wrong with a classifier counts as flagged."""
        said: list[Screened] = []
        for stage in safeguard.cascade:
            score = readings if isinstance(readings, Unjudged) else await self._score(stage, readings, side)
            led = led_to(stage, score)
            said.append(screened(safeguard, stage, score, led))
            if led is not Led.ASKED_ON:
                break
        return Judged(safeguard, said[-1].led is not Led.CLEARED, tuple(said))

    def close(self) -> None:
        """Close every classifier. Until then none is: an answer may be judged by a safeguard that was replaced."""
        for each in self._made.values():
            each.close()
        self._made.clear()

    async def _score(self, stage: Stage, texts: tuple[str, ...], side: Side) -> float | Unjudged:
        """A classifier's score, within its time. One that does not let itself be cancelled is not waited for."""
        try:
            task = asyncio.ensure_future(self._classifier(stage).score(texts, side))
        except Exception as error:
            return self._away(stage, error)
        try:
            await asyncio.wait((task,), timeout=float(stage.seconds))
        finally:
            if not task.done():
                task.cancel()
                task.add_done_callback(_let_go)
        if not task.done():
            self._tell("classifier slow", level="warning", classifier=stage.classifier, seconds=str(stage.seconds))
            return Unjudged.SLOW
        failed = asyncio.CancelledError() if task.cancelled() else task.exception()
        return self._away(stage, failed) if failed is not None else _number(task.result())

    def _classifier(self, stage: Stage) -> Classifier:
        made = self._made.get(stage)
        if made is None:
            made = self._made[stage] = self._classifier_from(stage)
        return made

    def _away(self, stage: Stage, error: BaseException) -> Unjudged:
        """Only a `ClassifierFailed` is worded by us; any other error could hold what was judged."""
        why = str(error) if isinstance(error, ClassifierFailed) else type(error).__name__
        self._tell("classifier away", level="warning", classifier=stage.classifier, error=why[:200])
        return Unjudged.AWAY


def no_classifier(stage: Stage) -> Classifier:
    """A gate that was given no classifiers can judge nothing."""
    raise ClassifierFailed(f"`{stage.contract.value}` is not known to this gate")


def no_log(_: str, **__: object) -> None:
    """Nobody is told."""


def led_to(stage: Stage, score: float | Unjudged) -> Led:
    """What a score leads to in a stage."""
    if isinstance(score, Unjudged):
        return Led.NOT_JUDGED
    if score >= float(stage.flags_at):
        return Led.FLAGGED
    if stage.clears_below is None or score < float(stage.clears_below):
        return Led.CLEARED
    return Led.ASKED_ON


def screened(safeguard: Safeguard, stage: Stage, score: float | Unjudged, led: Led) -> Screened:
    """The same for the journal."""
    why = score if isinstance(score, Unjudged) else None
    return Screened(
        safeguard=safeguard.name,
        classifier=stage.classifier,
        version=stage.version,
        threshold=format(stage.flags_at, "f"),
        led=led,
        score=None if isinstance(score, Unjudged) else f"{score:.2f}",
        why=why,
    )


def _number(score: object) -> float | Unjudged:
    """A number from 0 to 1; anything else, NaN too, is no score."""
    if isinstance(score, float | int) and not isinstance(score, bool) and 0 <= score <= 1:
        return float(score)
    return Unjudged.NONSENSE


def _let_go(task: asyncio.Future[float]) -> None:
    """What a classifier that was given up says later is nobody's matter."""
    if not task.cancelled():
        task.exception()
