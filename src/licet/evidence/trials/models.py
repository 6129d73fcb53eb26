"""Which trials are of a model, or of one of several arms: logs name models in more than one way."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from licet.evidence.trials.table import Mask, Table, Words


def of_model(table: Table, model: str) -> Mask:
    """Which trials are of a model: logs may write a provider before its name. One that names none counts as its."""
    return among(table.models, [name for name in table.models.values if is_model(name, model)])


def is_model(name: str, model: str) -> bool:
    """Whether a log's name for a model is this one's, or nothing."""
    return not name or name == model or name.endswith(f"/{model}")


def among(words: Words, texts: Iterable[str]) -> Mask:
    """Which trials have one of these texts."""
    return np.isin(words.codes, [words.code(text) for text in texts])
