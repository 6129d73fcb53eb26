"""The deadlines of a case as a table: gross, what was not counted, net, and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from licet.cases.clocks import spent
from licet.cases.clocks.stretches import length
from licet.cli.cases.countdown import counting, duration
from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, short
from licet.cli.terminal.trees import Tree, instant
from licet.core.cases.clock import Deadline, Tolled


def deadline_blocks(deadlines: Sequence[Deadline], now: datetime) -> list[Block]:
    """Those that are open first, soonest first; below, by which limit and which table each was computed."""
    if not deadlines:
        return [Line("no clock runs", Tone.QUIET)]
    found = sorted(deadlines, key=lambda each: (not each.is_open, each.due or each.gross))
    tolled = any(each.tolled for each in found)
    columns = ("clock", "gross", *(["not counted"] if tolled else []), "due", "left")
    rows = [
        (
            cell(each.title, Tone.STRONG if each.is_open else Tone.QUIET),
            cell(each.gross.isoformat(timespec="seconds"), Tone.QUIET),
            *([cell(uncounted(each.tolled, now))] if tolled else []),
            cell(each.due.isoformat(timespec="seconds") if each.due else "not while time does not count"),
            counting(each, now),
        )
        for each in found
    ]
    return [Grid(rows, columns), *(Line(_because(each), Tone.QUIET) for each in found if each.is_open)]


def uncounted(tolled: Sequence[Tolled], now: datetime) -> str:
    """How long did not count, and why: `3 d (information)`; what lasts is counted up to now."""
    return "; ".join(
        f"{duration(length([spent.uncounted(each, now)]))} ({each.reason}{_open(each)})" for each in tolled
    )


def deadline_tree(deadline: Deadline, now: datetime) -> Tree:
    """A deadline as JSON. `left` is in seconds, negative once it is late, and null where it is not open."""
    counts = deadline.is_open and deadline.due is not None
    return {
        "clock": deadline.clock,
        "title": deadline.title,
        "owner": deadline.owner,
        "started": instant(deadline.started),
        "started_by": deadline.started_by,
        "gross": instant(deadline.gross),
        "tolled": [
            {
                "reason": each.reason,
                "since": instant(each.since),
                "until": instant(each.until),
                "capped": instant(each.capped),
            }
            for each in deadline.tolled
        ],
        "due": instant(deadline.due),
        "left": int((deadline.due - now).total_seconds()) if counts and deadline.due else None,
        "running": deadline.running.value,
        "ended": instant(deadline.ended),
        "warned_from": instant(deadline.warned_from),
        "because": deadline.because,
        "calendar": deadline.calendar,
    }


def _because(deadline: Deadline) -> str:
    found = f"{deadline.title}: {deadline.owner} has {deadline.because}; from entry {deadline.started_by}"
    capped = "".join(
        f"; {each.reason} does not count, at most until {each.capped.isoformat(timespec='seconds')}"
        for each in deadline.tolled
        if each.until is None and each.capped is not None
    )
    return f"{found}{capped}; by the table {short(deadline.calendar)}"


def _open(tolled: Tolled) -> str:
    return ", still" if tolled.until is None else ""
