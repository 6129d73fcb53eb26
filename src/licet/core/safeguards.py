"""Safeguards: classifiers that stand between the gate and a model. `spec/safeguards.md`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from licet.core.catalogue import Model


class Contract(StrEnum):
    """How a classifier is asked."""

    EMBEDDED = "embedded"
    MODERATION = "openai-moderation"
    CHAT = "openai-chat"
    GUARDRAIL = "litellm-guardrail"


class Side(StrEnum):
    """What a classifier looks at: what the caller sent, or what the model answers."""

    REQUEST = "request"
    ANSWER = "answer"


SHIPPED = ("licet-demonstration-head", "e8f63a560006")
"""Name and version of the only classifier that a stage with the contract `embedded` can ask."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One classifier of a cascade: its name and version, how it is asked, and what its score (0 to 1) leads to.

    A score of at least `flags_at` flags; one below `clears_below` clears; in between the next stage is asked. The last
    stage has no `clears_below`: what it does not flag it clears. `url` is a base URL without `/v1`, `model` its name
    there, `key_env` the variable with the key. `policy` is the system message of a chat classifier; `categories` those
    of a moderation's categories that count (none: all). `seconds` is how long it may take.
    """

    classifier: str
    version: str
    contract: Contract
    flags_at: Decimal
    clears_below: Decimal | None = None
    url: str = ""
    model: str = ""
    key_env: str | None = None
    policy: str = ""
    categories: tuple[str, ...] = ()
    seconds: Decimal = Decimal(2)


@dataclass(frozen=True, slots=True)
class Safeguard:
    """A cascade of classifiers, cheap to costly, in front of models; a later document of its name takes its place.

    What it flags, or cannot judge, is answered by the requested model's next fallback that is allowed and that its own
    safeguards do not flag; the caller is told. Nothing falls open.
    """

    name: str
    title: str
    models: tuple[str, ...]
    families: tuple[str, ...]
    sides: tuple[Side, ...]
    cascade: tuple[Stage, ...]
    reasons: str
    appeal: str
    digest: str

    def stands_before(self, model: Model) -> bool:
        """Whether it guards this model."""
        return model.name in self.models or model.family in self.families
