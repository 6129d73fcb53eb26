"""Evidence as it is enacted: assessments of thresholds, findings, and patches. `spec/evidence.md`.

They decide nothing by themselves; releases may require something of them (`core/requirements`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from licet.core.catalogue import Model
from licet.core.evidence.judgement import Held, Reached
from licet.core.evidence.severity import Level, Reach
from licet.core.instruments import Instrument


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Instrument):
    """A judgement about models, enacted. `judgement` is the digest of the whole judgement; `issuer` says whose it is.

    `assessed` is the instant as of which it was judged.
    """

    models: tuple[str, ...]
    families: tuple[str, ...]
    judgement: str
    assessed: datetime

    def is_about(self, model: Model) -> bool:
        """Whether it speaks of this model."""
        return model.name in self.models or model.family in self.families


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment(Evidence):
    """What evidence says of a threshold."""

    threshold: str
    verdict: Reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Evidence):
    """A reported way around safeguards, reproduced and graded. It is open until it is patched, lifted or superseded.

    `levels` is the range of its severity. What must not be above a level is compared with the worst of the range.
    """

    levels: tuple[Level, Level]
    reach: Reach | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch(Evidence):
    """What evidence says of a patch of the findings that it names."""

    patches: tuple[str, ...]
    verdict: Held
