"""The solver: one request for one sample, and what came of it. A refusal is an outcome; only what fails is an error."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

from inspect_ai.model import ChatMessage, GenerateConfig, Model, ModelOutput, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver

from licet.core.errors import LicetError
from licet.core.evidence.trial import Came
from licet.evals.hearing import Head, hearing
from licet.evals.outcome import Response, came_of
from licet.evals.revealing import refuses

SEEDS = 2**31


class NotAnswered(LicetError):
    """What a provider took for an answer and is none: it made a text of a server's error."""


@solver
def ask(seed: int = 1, same: Sequence[str] = (), refusals: Sequence[str] = ()) -> Solver:
    """Ask once. Each try of each item has a seed of its own, made of `seed`, the item's name and the try.

    `same` are other names of the model, by which a server may call it without that being a fallback; `refusals` are
    beginnings of the policy's own refusals. The sample's metadata gets `attempt`, `came` and `served` (the model that
    answered). Raises what the provider raised where nothing came that can be judged; `came` is then `error`.
    """

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001 - Inspect's signature
        state.metadata |= {"attempt": state.epoch, "came": Came.ERROR.value}
        config = GenerateConfig(seed=seed_of(seed, str(state.sample_id), state.epoch))
        state.output, came = await outcome(get_model(), state.messages, config, same)
        served = state.output.model if came is not Came.BLOCKED else ""
        if came is Came.SERVED and refuses(state.output.completion, refusals):
            came = Came.BLOCKED
        state.metadata |= {"came": came.value, "served": served}
        return state

    return solve


async def outcome(
    model: Model, messages: list[ChatMessage], config: GenerateConfig, same: Sequence[str]
) -> tuple[ModelOutput, Came]:
    """An answer and what came of it: served, by a fallback, or blocked, with an empty answer. Raises what fails."""
    asked = name_at_server(model)
    with hearing(model) as heads:
        try:
            output = await model.generate(messages, config=config)
        except Exception as error:
            if came_of(failed(error, heads), asked, same) is not Came.BLOCKED:
                raise
            return ModelOutput.from_content(model.name, "", stop_reason="content_filter"), Came.BLOCKED
        response = answered(output, heads)
    came = came_of(response, asked, same)
    if came is Came.ERROR:
        raise NotAnswered(f"the server answered with status {response.status}")
    return output, came


def seed_of(seed: int, item: str, attempt: int) -> int:
    """A seed for one try: the same for the same try in every arm, so that arms are paired."""
    return (zlib.crc32(item.encode()) + 7919 * (attempt - 1) + seed) % SEEDS


def name_at_server(model: Model) -> str:
    """The name by which the server is asked for the model: without the provider's own prefixes."""
    spelled = getattr(model.api, "service_model_name", None)
    return str(spelled()) if callable(spelled) else model.name


def answered(output: ModelOutput, heads: Sequence[Head]) -> Response:
    """What a server said with an answer. Where none was heard, the model's name is a provider's, and says nothing."""
    head = heads[-1] if heads else Head(200, {})
    model = output.model if heads else ""
    return Response(head.status, head.headers, model, filtered=output.stop_reason == "content_filter")


def failed(error: BaseException, heads: Sequence[Head]) -> Response:
    """What a server said with an error; status 0 where it said nothing."""
    for each in causes(error):
        status = getattr(each, "status_code", None)
        code = getattr(each, "code", None)
        if isinstance(status, int) and code is not None:
            return Response(status, heads[-1].headers if heads else {}, code=str(code))
    return Response(heads[-1].status if heads else 0, heads[-1].headers if heads else {})


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error, and what led to it."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__
