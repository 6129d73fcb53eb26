"""A preview as plain JSON, in the form that `spec/cli.md` promises."""

from __future__ import annotations

from collections.abc import Sequence

from licet.cli.terminal.trees import Tree, instant
from licet.core.change import Change
from licet.core.preview import Moment, Preview, Row, Touched


def preview_tree(preview: Preview, ignored: Sequence[str]) -> Tree:
    """Everything that a preview says."""
    return {
        "at": instant(preview.at),
        "epoch": preview.epoch,
        "population": preview.population,
        "accounts": preview.accounts,
        "kinds": dict(preview.kinds),
        "models": list(preview.models),
        "rows": [row_tree(row) for row in preview.rows],
        "organisations": [touched_tree(each) for each in preview.organisations],
        "moments": [moment_tree(each) for each in preview.moments],
        "ignored": list(ignored),
        "classes": preview.classes,
        "journal_days": preview.journal_days,
        "query_seconds": round(preview.query_seconds, 6),
        "seconds": round(preview.seconds, 6),
    }


def change_tree(change: Change) -> Tree:
    """What happens to somebody who asks for a model."""
    return {
        "model": change.model,
        "was": change.was,
        "becomes": change.becomes,
        "effect": change.effect.value,
        "by": list(change.by),
        "unknown": list(change.unknown),
        "cuts": change.cuts,
    }


def row_tree(row: Row) -> Tree:
    """So many subjects of a kind, and what happens to them."""
    return {
        "kind": row.kind,
        **change_tree(row.change),
        "subjects": row.subjects,
        "streams": row.streams,
        "requests": row.requests,
        "sample": list(row.sample),
    }


def touched_tree(touched: Touched) -> Tree:
    """So many subjects of an organisation, and what happens to them."""
    change = touched.change
    return {
        "org": touched.org,
        "model": change.model,
        "was": change.was,
        "becomes": change.becomes,
        "effect": change.effect.value,
        "subjects": touched.subjects,
    }


def moment_tree(moment: Moment) -> Tree:
    """An instant at which the difference changes."""
    return {
        "at": instant(moment.at),
        "loses": moment.loses,
        "gains": moment.gains,
        "substituted": moment.substituted,
        "begins": list(moment.begins),
        "ends": list(moment.ends),
        "turns": list(moment.turns),
    }
