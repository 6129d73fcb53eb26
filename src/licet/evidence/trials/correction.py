"""The rate behind an observed one, where it is known how often the judge errs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from licet.core.evidence.estimate import Estimate
from licet.core.evidence.judgement import JudgeQuality
from licet.evidence.statistics.judge_error import corrected


@dataclass(frozen=True, slots=True)
class Correction:
    """How rates are corrected: by the judge's measured quality, with draws that are the same whenever it is asked."""

    quality: JudgeQuality | None
    seed: int

    def of(self, observed: Estimate) -> Estimate:
        """The rate behind an observed one; that one itself where nobody measured the judge or tried anything."""
        if self.quality is None or not observed.n:
            return observed
        drawn = np.random.default_rng(self.seed)
        return corrected(observed, self.quality, level=observed.interval.level, rng=drawn)
