"""What the journal says of safeguards, read strictly. `spec/journal.md`."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from licet.record.refusal import Malformed

FLAGGED, CLEARED, ASKED_ON, NOT_JUDGED = "flagged", "cleared", "asked on", "could not be judged"
WHY = ("away", "slow", "nonsense", "unreadable", "too long")


class Screened(NamedTuple):
    """What one classifier of a safeguard said of a request or an answer; numbers as they are written."""

    safeguard: str
    classifier: str
    version: str
    threshold: str
    led: str
    score: str | None = None
    why: str | None = None

    @property
    def flags(self) -> bool:
        """Whether it took the model away."""
        return self.led in (FLAGGED, NOT_JUDGED)


_NEEDED = {"safeguard", "classifier", "version", "threshold", "led"}
_score = re.compile(r"0\.[0-9]{2}|1\.00")
_read: dict[str, tuple[Screened, ...]] = {}
READ_LIMIT = 10_000


def read_written(written: str, place: str) -> tuple[Screened, ...]:
    """The same from its JSON: there are few of them, and each is then one value. Raises `Malformed`, `ValueError`."""
    found = _read.get(written)
    if found is None:
        if len(_read) >= READ_LIMIT:
            _read.clear()
        found = _read[written] = read_screened(json.loads(written, object_pairs_hook=_unique), place)
    return found


def read_screened(value: Any, place: str) -> tuple[Screened, ...]:
    """What classifiers said. Raises `Malformed`."""
    if not isinstance(value, list):
        raise Malformed(place, "not a list")
    return tuple(_one(each, f"{place}[{index}]") for index, each in enumerate(value))


def _one(tree: Any, place: str) -> Screened:
    if not isinstance(tree, dict) or not _NEEDED <= tree.keys() <= _NEEDED | {"score", "why"}:
        raise Malformed(place, "not an object with the keys of what a classifier said")
    if not all(isinstance(each, str) for each in tree.values()):
        raise Malformed(place, "a value that is not a string")
    said = Screened(**tree)
    judged = said.led in (FLAGGED, CLEARED, ASKED_ON)
    if not judged and said.led != NOT_JUDGED:
        raise Malformed(f"{place}: `led`", "not `flagged`, `cleared`, `asked on` or `could not be judged`")
    if judged and (said.score is None or said.why is not None or not _score.fullmatch(said.score)):
        raise Malformed(f"{place}: `score`", "not a score from 0 to 1 with two digits, and no `why` beside it")
    if not judged and (said.score is not None or said.why not in WHY):
        raise Malformed(f"{place}: `why`", "not why it could not be judged, without a score")
    try:
        Decimal(said.threshold)
    except InvalidOperation:
        raise Malformed(f"{place}: `threshold`", "not a number") from None
    return said


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found
