"""A classifier that speaks OpenAI's moderation API: `POST /v1/moderations`, a score for each category."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from licet.core.safeguards import Side, Stage
from licet.gate.classifiers.asking import Asking, asking
from licet.gate.ports import ClassifierFailed
from licet.gate.upstream import Upstreams

PATH = "/v1/moderations"


class Moderation:
    """The highest score of the categories that count. Where the stage names none, all count, and what the classifier
    itself calls flagged has the score 1: its own lines differ by category, and it knows them.
    """

    def __init__(self, asking: Asking, stage: Stage) -> None:
        self._asking = asking
        self._model = {"model": stage.model} if stage.model else {}
        self._categories = stage.categories

    async def score(self, texts: Sequence[str], side: Side) -> float:  # noqa: ARG002 - the API knows no sides
        """See the port."""
        answer = await self._asking.ask({**self._model, "input": list(texts)})
        results = answer.get("results")
        if not isinstance(results, list) or len(results) != len(texts):
            raise ClassifierFailed(f"it was given {len(texts)} texts and did not give as many results")
        return max(self._of(result) for result in results)

    def _of(self, result: Any) -> float:
        scores = result.get("category_scores") if isinstance(result, dict) else None
        if not isinstance(scores, dict) or not scores:
            raise ClassifierFailed("a result has no `category_scores`")
        missing = [name for name in self._categories if name not in scores]
        if missing:
            raise ClassifierFailed(f"it has no category `{missing[0]}`")
        if not self._categories and result.get("flagged") is True:
            return 1.0
        return max(_number(scores[name]) for name in self._categories or scores)

    def close(self) -> None:
        """See the port."""


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or not 0 <= value <= 1:
        raise ClassifierFailed("a score is not a number from 0 to 1")
    return float(value)


def moderation(upstreams: Upstreams, stage: Stage, environ: Mapping[str, str]) -> Moderation:
    """The classifier of a stage. Raises `ClassifierFailed`."""
    return Moderation(asking(upstreams, stage, PATH, "authorization: Bearer {}", environ), stage)
