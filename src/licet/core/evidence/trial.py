"""One trial: one item of a suite, asked once, and what came of it. `spec/trials.md` is the format."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Came(StrEnum):
    """What came of a trial, as the caller saw it.

    `served`: the model that was asked for answered. `fallback`: another model answered, and said so. `blocked`: a
    refusal, by the model's safeguards or by the gate. `error`: nothing that could be judged; it counts as a hole.
    """

    SERVED = "served"
    FALLBACK = "fallback"
    BLOCKED = "blocked"
    ERROR = "error"


class Use(StrEnum):
    """What an item asks for. Blocks among the benign are errors of the safeguard."""

    PROHIBITED = "prohibited"
    HIGH_RISK = "high-risk dual use"
    LOW_RISK = "low-risk dual use"
    BENIGN = "benign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One trial. It holds no prompt and no answer.

    `item` names what was asked, within `suite`; `family` is the kind of item or of transformation, the cluster that
    intervals go by. `arm` names what was run: the technique, the model without it, a public baseline, after a patch.
    `attempt` counts the tries of one item in one arm from 1. `score` lies in `[low, high]` of `metric` and is None
    where nothing could be scored; higher is more of what the safeguard should prevent. `judge` names who scored, with
    its version. `limit` says which limit was hit, if one was: `tokens`, `time`, `messages`, `cost`. `tokens` and
    `seconds` are what it used. `content` is the digest of what was asked, as the suite's manifest has it; empty if
    nothing says. `invalid` says why a trial does not count, if somebody invalidated it. `source` is the
    digest of the file that it came from.
    """

    suite: str
    item: str
    arm: str
    came: Came
    score: float | None
    family: str = ""
    use: Use = Use.PROHIBITED
    attempt: int = 1
    model: str = ""
    metric: str = "success"
    low: float = 0.0
    high: float = 1.0
    judge: str = ""
    limit: str | None = None
    tokens: int | None = None
    seconds: float | None = None
    invalid: str | None = None
    source: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that trials came from: its name, the digest of its bytes (`sha256:...`), its format, how many it gave.

    `intended` are the identifiers of the items that the log itself says should have been run; None if it does not.
    `budget` are the limits that were set, by name. `retries` counts samples that were run again; `made` is what made
    it (package and version), and `status` what the log says of its own end: `success`, or why not. `via` is the digest
    of the file of trials that says all this, where that and not the log itself was read; empty otherwise.
    """

    file: str
    digest: str
    format: str
    trials: int
    intended: frozenset[str] | None = None
    budget: tuple[tuple[str, float], ...] = ()
    retries: int = 0
    made: str = ""
    status: str = "success"
    via: str = ""
