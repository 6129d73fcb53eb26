"""Trials as JSON: `spec/cli.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from licet.cli.terminal.trees import Tree
from licet.core.evidence.coverage import Hole
from licet.core.evidence.estimate import Estimand
from licet.core.evidence.trial import Source
from licet.services.trials import ArmCount, Checked, Look
from licet.wire.trials.labels import Validation
from licet.wire.trials.reading import Reading


def reading_tree(reading: Reading, counts: Sequence[ArmCount], written: Path | None) -> Tree:
    """A reading, without its trials: those are in the file that was written."""
    return {
        "trials": len(reading.trials),
        "sources": [source_tree(each) for each in reading.sources],
        "arms": [_arm_tree(each) for each in counts],
        "holes": [hole_tree(each) for each in reading.holes],
        "written": None if written is None else str(written),
    }


def source_tree(source: Source) -> Tree:
    """A source."""
    return {
        "file": source.file,
        "format": source.format,
        "digest": source.digest,
        "via": source.via or None,
        "trials": source.trials,
        "intended": None if source.intended is None else sorted(source.intended),
        "budget": dict(source.budget),
        "retries": source.retries,
        "made": source.made,
        "status": source.status,
    }


def hole_tree(hole: Hole) -> Tree:
    """A hole."""
    return {"gap": hole.gap.value, "said": hole.said, "arm": hole.arm, "items": list(hole.items), "count": hole.count}


def _arm_tree(each: ArmCount) -> Tree:
    return {
        "source": each.source,
        "arm": each.arm,
        "trials": each.trials,
        **{came.value: number for came, number in each.came},
        "unscored": each.unscored,
        "limits": each.limits,
        "invalid": each.invalid,
    }


def look_tree(looks: Sequence[Look] | None) -> list[Tree] | None:
    """Rates so far; null where nobody asked."""
    if looks is None:
        return None
    return [
        {
            "suite": each.suite,
            "arm": each.arm,
            "model": each.model,
            "metric": each.metric,
            "hits": each.hits,
            "tries": each.tries,
            "once": None if each.once is None else [each.once.low, each.once.high],
            "always": None if each.always is None else [each.always.low, each.always.high],
            "estimand": Estimand.ITEMS.value,
        }
        for each in looks
    ]


def check_tree(found: Checked) -> Tree:
    """A check."""
    return {
        "same": found.same,
        "trials": found.trials,
        "differences": [
            {"item": each.item, "arm": each.arm, "attempt": each.attempt, "fields": list(each.fields)}
            for each in found.differences
        ],
        "holes": [hole_tree(each) for each in found.holes],
    }


def label_tree(found: Mapping[str, Validation]) -> Tree:
    """Judges and their counts."""
    return {
        "judges": [
            {"judge": judge, "positives": list(each.positives), "negatives": list(each.negatives)}
            for judge, each in found.items()
        ]
    }
