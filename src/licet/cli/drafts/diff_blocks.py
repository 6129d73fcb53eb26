"""A difference for people: how much it is, a table, and each class in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, listed, pairs, short
from licet.core.change import NARROWING, WIDENING, Effect
from licet.core.differences import Difference, Differences

TONES = {
    **dict.fromkeys(NARROWING, Tone.BAD),
    **dict.fromkeys(WIDENING, Tone.GOOD),
    Effect.OTHER_SUBSTITUTE: Tone.WARN,
    Effect.SAME: Tone.QUIET,
}


def diff_blocks(found: Differences, said: Sequence[str]) -> list[Block]:
    """What there is to see, the most important first."""
    return [
        *said_blocks(found, said),
        pairs(("rulebooks", f"{short(found.before)} and {short(found.after)}")),
        Line(f"{found.seconds:.2f} s; taken for granted: {'; '.join(found.assumptions)}", Tone.QUIET),
        Line("nothing was changed", Tone.GOOD),
    ]


def said_blocks(found: Differences, said: Sequence[str]) -> list[Block]:
    """The difference itself."""
    first, *rest = said
    blocks: list[Block] = [Line(first, Tone.STRONG)]
    if not found.complete:
        blocks.append(Line(f"NOT COMPLETE: {found.because}", Tone.BAD))
    blocks += [table(found)] if found.differences else []
    return [*blocks, Grid([[Line("-"), Line(each)] for each in rest])] if rest else blocks


def table(found: Differences) -> Grid:
    """A row for each class."""
    counted = any(each.count is not None for each in found.differences)
    columns = ("model", "effect", "from", "until", "was", "becomes", "by", *(("subjects",) if counted else ()))
    return Grid([row(each, counted=counted) for each in found.differences], columns)


def row(each: Difference, *, counted: bool) -> list[Line]:
    """One class."""
    change = each.change
    effect = change.effect.value + (", not known" if change.unknown else "") + ("" if each.exact else ", and the like")
    model = change.model if each.operation == "use" else f"{change.model} ({each.operation})"
    cells = [
        cell(model, Tone.STRONG),
        cell(effect, TONES[change.effect]),
        cell(each.start.isoformat()),
        cell(each.end.isoformat() if each.end else "no end"),
        cell(change.was or "nothing"),
        cell(change.becomes or "nothing"),
        cell(listed(change.by)),
    ]
    return [*cells, cell(None if each.count is None else f"{each.count:,}")] if counted else cells
