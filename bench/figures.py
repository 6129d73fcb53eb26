"""Small figures and how they are written: percentiles, units, tables, goals beside what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def percentile(ordered: Sequence[float], part: float) -> float:
    """The value below which `part` (0 to 1) of an ascending sequence lies; nan for an empty one."""
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, aligned so that it also reads well as text; all columns but the first to the right."""
    lines = [list(head), *[list(row) for row in rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]

    def written(line: Sequence[str]) -> str:
        cells = [
            line[0].ljust(widths[0]),
            *[cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)],
        ]
        return f"| {' | '.join(cells)} |"

    rule = f"|{'-' * (widths[0] + 2)}|" + "".join(f"{'-' * (width + 1)}:|" for width in widths[1:])
    return "\n".join([written(lines[0]), rule, *[written(line) for line in lines[1:]]])


def goal(what: str, wanted: str, measured: str, met: bool | None) -> tuple[str, str, str, str]:
    """One row of a table of goals; `met` is None where nothing was measured."""
    return what, wanted, measured, "not measured" if met is None else "met" if met else "**not met**"


def goals(rows: Iterable[tuple[str, str, str, str]]) -> str:
    """The table of goals."""
    return table(("goal", "wanted", "measured", "result"), rows)
