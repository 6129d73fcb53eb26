"""Safeguards as the terminal and JSON show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from licet.cli.terminal.blocks import Block, Grid, Tone, cell, listed
from licet.cli.terminal.trees import Tree
from licet.core.catalogue import Model
from licet.core.rulebook import Rulebook
from licet.core.safeguards import Safeguard
from licet.wire.journal import Led, Screened


def safeguard_blocks(law: Rulebook) -> list[Block]:
    """The safeguards of a rulebook, with the models before which each stands; nothing where there are none."""
    rows = [
        [
            cell("safeguard"),
            cell(each.name, Tone.STRONG),
            cell(listed(_guarded(each, law)) or "no model", Tone.PLAIN if _guarded(each, law) else Tone.WARN),
            cell(listed([side.value for side in each.sides])),
            cell(listed([f"{stage.classifier} {stage.version}" for stage in each.cascade])),
        ]
        for each in _by_name(law)
    ]
    return [Grid(rows, ("kind", "name", "before", "reads", "classifiers"))] if rows else []


def safeguard_trees(law: Rulebook) -> list[Tree]:
    """The same as JSON."""
    return [
        {
            "name": each.name,
            "title": each.title,
            "models": _guarded(each, law),
            "on": [side.value for side in each.sides],
            "cascade": [
                {"classifier": stage.classifier, "version": stage.version, "contract": stage.contract.value}
                for stage in each.cascade
            ],
            "digest": each.digest,
        }
        for each in _by_name(law)
    ]


def said(screened: Iterable[Screened]) -> list[str]:
    """What safeguards said, each by what its last classifier led to."""
    last = {each.safeguard: each for each in screened}
    return [f"{name} {each.led.value}" for name, each in last.items() if each.led is not Led.ASKED_ON]


def _by_name(law: Rulebook) -> Sequence[Safeguard]:
    return sorted(law.safeguards.values(), key=lambda each: each.name)


def _guarded(safeguard: Safeguard, law: Rulebook) -> list[str]:
    models: Iterable[Model] = law.catalogue.models.values()
    return sorted(model.name for model in models if safeguard.stands_before(model))
