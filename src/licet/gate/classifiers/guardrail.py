"""A classifier that speaks LiteLLM's generic guardrail API: `POST /beta/litellm_basic_guardrail_api`.

It answers with an action and no score: `NONE` is 0, `BLOCKED` is 1. `GUARDRAIL_INTERVENED` asks the gateway to put
other texts in the place of the caller's; the gate changes nobody's words, so that counts as `BLOCKED`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from licet.core.safeguards import Side, Stage
from licet.gate.classifiers.asking import Asking, asking
from licet.gate.ports import ClassifierFailed
from licet.gate.upstream import Upstreams

PATH = "/beta/litellm_basic_guardrail_api"
ACTIONS = {"NONE": 0.0, "BLOCKED": 1.0, "GUARDRAIL_INTERVENED": 1.0}
INPUT_TYPES = {Side.REQUEST: "request", Side.ANSWER: "response"}


class Guardrail:
    """What the guardrail would have done. `new_id` names each question."""

    def __init__(self, asking: Asking, new_id: Callable[[], str], model: str = "") -> None:
        self._asking = asking
        self._new_id = new_id
        self._model = {"model": model} if model else {}

    async def score(self, texts: Sequence[str], side: Side) -> float:
        """See the port."""
        question = {"texts": list(texts), "input_type": INPUT_TYPES[side], "litellm_call_id": self._new_id()}
        answer = await self._asking.ask({**question, **self._model})
        action = answer.get("action")
        if not isinstance(action, str) or action not in ACTIONS:
            raise ClassifierFailed("its answer has no `action` of the API")
        return ACTIONS[action]

    def close(self) -> None:
        """See the port."""


def guardrail(upstreams: Upstreams, stage: Stage, environ: Mapping[str, str], new_id: Callable[[], str]) -> Guardrail:
    """The classifier of a stage. Raises `ClassifierFailed`."""
    return Guardrail(asking(upstreams, stage, PATH, "x-api-key: {}", environ), new_id, stage.model)
