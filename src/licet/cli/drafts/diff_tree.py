"""A difference as JSON, in the form that `spec/cli.md` promises."""

from __future__ import annotations

from collections.abc import Sequence

from licet.cli.drafts.preview_tree import change_tree
from licet.cli.review import witness_tree
from licet.cli.terminal.trees import Tree, instant
from licet.core.differences import Difference, Differences
from licet.services.diff import Side


def diff_tree(found: Differences, before: Side, after: Side, said: Sequence[str]) -> Tree:
    """Everything that was found."""
    return {
        "since": instant(found.since),
        "until": instant(found.until),
        "before": side_tree(before),
        "after": side_tree(after),
        "complete": found.complete,
        "because": found.because or None,
        "differences": [difference_tree(each) for each in found.differences],
        "models": [
            {"model": each.model, "field": each.field, "before": each.before, "after": each.after}
            for each in found.models
        ],
        "sentences": list(said),
        "assumptions": list(found.assumptions),
        "seconds": round(found.seconds, 6),
    }


def side_tree(side: Side) -> Tree:
    """One side."""
    return {"name": side.name, "rulebook": side.rulebook.digest, "epoch": side.rulebook.epoch}


def difference_tree(difference: Difference) -> Tree:
    """One class."""
    return {
        **change_tree(difference.change),
        "operation": difference.operation,
        "from": instant(difference.start),
        "until": instant(difference.end),
        "exact": difference.exact,
        "subjects": difference.count,
        "witness": witness_tree(difference.witness),
    }
