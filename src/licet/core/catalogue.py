"""The models that are served, and the only names that lead to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Api(StrEnum):
    """A family of HTTP endpoints that a model answers on."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where a model is really served: a base URL without `/v1`, its name there, the variable with the key."""

    url: str
    name: str
    key_env: str | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A name that is served. `fallback` lists the models that may serve instead, in order; it does not chain."""

    name: str
    title: str
    family: str
    aliases: tuple[str, ...]
    apis: tuple[Api, ...]
    upstream: Upstream
    fallback: tuple[str, ...]
    digest: str


class Catalogue:
    """The models by name. A name resolves exactly or not at all: no case folding, trimming or nearest match."""

    def __init__(self, models: Iterable[Model]) -> None:
        self.models: dict[str, Model] = {model.name: model for model in models}
        self._names = dict(self.models)
        for model in self.models.values():
            self._names.update(dict.fromkeys(model.aliases, model))

    def resolve(self, name: str) -> Model | None:
        """The model with exactly this name or alias."""
        return self._names.get(name)
