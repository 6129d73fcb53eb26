"""Which paths are carried, which are refused, and why: the gate's surface as a table."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from licet.core.catalogue import Api
from licet.wire.body import FOREIGN_STATE, Uncarried


class Stream(StrEnum):
    """How an endpoint's streams tell an error."""

    NONE = "none"
    CHUNKS = "chunks"
    RESPONSES = "responses"
    MESSAGES = "messages"


class Endpoint(NamedTuple):
    """A path that is carried: `operation` is what it does with the model, `uncarried` the members that it refuses.

    `writes`: its answers are what a model wrote, not numbers alone.
    """

    path: str
    api: Api
    operation: str
    stream: Stream
    uncarried: Uncarried
    writes: bool = True


_ROUTING = "the gate alone decides which model serves; it would not see a choice that is made upstream"
_LATER = "the work would run on after it was decided, where no order reaches it"

_ROUTERS = dict.fromkeys(
    (
        "models",
        "fallbacks",
        "fallback",
        "fallback_models",
        "route",
        "router",
        "provider",
        "providers",
        "plugins",
        "transforms",
        "preset",
        "deployment",
        "deployment_id",
        "engine",
        "engine_id",
        "model_id",
        "model_name",
        "extra_body",
        "api_base",
        "base_url",
        "api_key",
    ),
    _ROUTING,
)
_STATE = dict.fromkeys(
    ("previous_response_id", "conversation", "thread", "container", "assistant_id", "session_id"), FOREIGN_STATE
)
_CHAT = Uncarried(_ROUTERS | _STATE | {"background": _LATER})
_RESPONSES = Uncarried(_ROUTERS | _STATE | {"background": _LATER, "prompt": FOREIGN_STATE})

CARRIED = MappingProxyType(
    {
        endpoint.path: endpoint
        for endpoint in (
            Endpoint("/v1/chat/completions", Api.OPENAI, "use", Stream.CHUNKS, _CHAT),
            Endpoint("/v1/completions", Api.OPENAI, "use", Stream.CHUNKS, _CHAT),
            Endpoint("/v1/embeddings", Api.OPENAI, "use", Stream.NONE, _CHAT, writes=False),
            Endpoint("/v1/responses", Api.OPENAI, "use", Stream.RESPONSES, _RESPONSES),
            Endpoint("/v1/messages", Api.ANTHROPIC, "use", Stream.MESSAGES, _CHAT),
            Endpoint("/v1/messages/count_tokens", Api.ANTHROPIC, "use", Stream.NONE, _CHAT, writes=False),
        )
    }
)
"""The endpoints that reach a model, all by POST."""

MODELS = "/v1/models"

OWN = ("/healthz", "/readyz", "/metrics")
"""Pages of the gate's own, by GET."""

_REFUSED = (
    ("/v1/batches", f"batches are not carried: {_LATER}"),
    ("/v1/messages/batches", f"batches are not carried: {_LATER}"),
    ("/v1/files", f"files are not carried: {FOREIGN_STATE}"),
    ("/v1/uploads", f"uploads are not carried: {FOREIGN_STATE}"),
    ("/v1/vector_stores", f"vector stores are not carried: {FOREIGN_STATE}"),
    ("/v1/containers", f"containers are not carried: {FOREIGN_STATE}"),
    ("/v1/conversations", f"conversations are not carried: {FOREIGN_STATE}"),
    ("/v1/responses/", f"stored responses are not carried: {FOREIGN_STATE}"),
    ("/v1/chat/completions/", f"stored completions are not carried: {FOREIGN_STATE}"),
    ("/v1/threads", f"threads are not carried: {FOREIGN_STATE}"),
    ("/v1/assistants", f"assistants are not carried: {FOREIGN_STATE}"),
    ("/v1/fine_tuning", "fine-tuning is not carried: a tuned model outlives the decision about its base"),
    ("/v1/fine-tunes", "fine-tuning is not carried: a tuned model outlives the decision about its base"),
    ("/v1/evals", f"evals are not carried: {_LATER}"),
    ("/v1/realtime", "realtime sessions are not carried: the model can change inside an open session"),
    ("/v1/audio", "audio is not carried: its bodies are forms, which name their model in more than one way"),
    ("/v1/images", "images are not carried: their bodies may be forms, which name their model in more than one way"),
    ("/v1/videos", f"videos are not carried: {_LATER}"),
    ("/v1/moderations", "moderations are not carried: the model may be left out, and the upstream would choose"),
    ("/v1/organization", "administration is not carried: it would act with the operator's credentials"),
    ("/v1/organizations", "administration is not carried: it would act with the operator's credentials"),
)


def why_refused(path: str) -> str:
    """Why a path that is not in the table is refused."""
    for prefix, reason in _REFUSED:
        if path == prefix or path.startswith(prefix if prefix.endswith("/") else prefix + "/"):
            return reason
    carried = ", ".join(f"POST {known}" for known in CARRIED)
    return f"`{path[:200]}` is not carried: the gate knows {carried}, GET {MODELS} and GET {MODELS}/<name>"
