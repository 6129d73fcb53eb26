"""The classifier that ships, as a stage asks it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from licet.core.safeguards import Side, Stage
from licet.gate.classifiers.head import Head, HeadDamaged, read_head
from licet.gate.ports import ClassifierFailed

PIECE = 2_000
"""Characters looked at before others may go on: a millisecond's work."""

OVERLAP = 240
"""Characters that two pieces share, a window's length: no passage falls between."""


class Embedded:
    """The head, one piece of a text at a time."""

    def __init__(self, head: Head) -> None:
        self._head = head

    async def score(self, texts: Sequence[str], side: Side) -> float:  # noqa: ARG002 - it was trained on both
        """See the port."""
        worst = 0.0
        for text in texts:
            for start in range(0, max(len(text), 1), PIECE - OVERLAP):
                if start:
                    await asyncio.sleep(0)
                worst = max(worst, self._head.score(text[start : start + PIECE]))
                if start + PIECE >= len(text):
                    break
        return worst

    def close(self) -> None:
        """See the port."""


def embedded(stage: Stage) -> Embedded:
    """The classifier of a stage. Raises `ClassifierFailed` if the stage means another head, or another version."""
    head = shipped()
    for what, meant, there in (("name", stage.classifier, head.name), ("version", stage.version, head.version)):
        if meant != there:
            raise ClassifierFailed(f"the embedded classifier's {what} is `{there}`, and not `{meant}`")
    return Embedded(head)


@cache
def shipped() -> Head:
    """The head that ships. Raises `ClassifierFailed`."""
    try:
        return read_head(files("licet.gate.classifiers").joinpath("head.json").read_bytes())
    except (OSError, HeadDamaged) as error:
        raise ClassifierFailed(str(error)) from error
