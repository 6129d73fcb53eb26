"""The report of a drill, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence

from licet.cli.blocks import Block, Grid, Line, Tone, cell, count, listed, pairs
from licet.cli.trees import Tree, instant
from licet.core.drill import Checked, Drilled, DrillReport

COLUMNS = ("subject", "requests", "substituted", "refused", "served", "first after", "cut", "after", "served again")


def report_blocks(seen: DrillReport, *, running: bool = False) -> list[Block]:
    """The report in tables and sentences."""
    left = (seen.ends - seen.at).total_seconds()
    state = f"{left:,.0f} s left" if left > 0 else "over"
    shown: list[Block] = [
        Line(f"{seen.name}: {listed(seen.models)}, {state}", Tone.STRONG),
        pairs(
            ("in force", f"{seen.begins.isoformat(timespec='seconds')} to {seen.ends.isoformat(timespec='seconds')}"),
            ("enacted", f"as epoch {seen.epoch} by {seen.actor}"),
            ("workers", _workers(seen)),
            ("compared before", _compared(seen.checked) if seen.checked else ""),
        ),
        Grid([_row(each, seen) for each in seen.subjects], COLUMNS),
        _others(seen),
    ]
    shown += [Line(each, Tone.BAD) for each in seen.failures]
    if running:
        shown.append(Line("Ctrl-C leaves it alone; it ends by itself", Tone.QUIET))
    return shown


def _workers(seen: DrillReport) -> str:
    acks = sorted(seen.acknowledged, key=lambda each: each.seconds)
    if not acks:
        return "none was running"
    return f"{count(len(acks), 'acknowledgement')}, the last after {acks[-1].seconds:.3f} s"


def _compared(checked: Checked) -> str:
    proof = {None: "", True: "; proved for everybody", False: "; not proved for everybody"}[checked.proved]
    return (
        f"{count(checked.subjects, 'other')} in {checked.classes:,} classes, {count(checked.decisions, 'decision')}:"
        f" none differs{proof}"
    )


def _others(seen: DrillReport) -> Line:
    """That nobody else was touched, from the journal."""
    text = f"others: {count(seen.others, 'decision')} while it lasted, {seen.touched_others:,} name the drill"
    return Line(text, Tone.BAD if seen.touched_others else Tone.GOOD)


def _row(each: Drilled, seen: DrillReport) -> Sequence[Line]:
    instead = listed([f"{number:,} by {model}" for model, number in each.instead])
    cut = f"{len(each.cuts):,}"
    if each.cuts:
        cut += f", half after {seconds(each.median_cut)}, all after {seconds(each.slowest_cut)}"
    if each.ran_on:
        cut += f"; {each.ran_on:,} ran on"
    early = f" (+{each.before:,} before it reached their worker)" if each.before else ""
    back = f"{each.restored:,}, first after {seconds(each.back)}" if each.restored else "nobody asked"
    back = f"{back}, {each.still_refused:,} not" if each.still_refused else back
    return (
        cell(each.subject, Tone.STRONG),
        cell(f"{each.requests:,}{early}"),
        cell(instead or "0", Tone.WARN if instead else Tone.PLAIN),
        cell(f"{each.refused:,}"),
        cell(f"{each.served:,}", Tone.BAD if each.served else Tone.GOOD),
        cell(seconds(each.first)),
        cell(cut),
        cell(f"{each.restored + each.still_refused:,}" if seen.is_over else ""),
        cell(back if seen.is_over else "", Tone.GOOD if each.restored else Tone.PLAIN),
    )


def seconds(length: float | None) -> str:
    """A length of time, to the millisecond."""
    return "" if length is None else f"{length:.3f} s"


def report_tree(seen: DrillReport) -> Tree:
    """The report as JSON."""
    return {
        "name": seen.name,
        "title": seen.title,
        "reasons": seen.reasons,
        "actor": seen.actor,
        "models": list(seen.models),
        "streams": seen.streams,
        "epoch": seen.epoch,
        "rulebook": seen.rulebook,
        "enacted": instant(seen.enacted),
        "begins": instant(seen.begins),
        "ends": instant(seen.ends),
        "at": instant(seen.at),
        "over": seen.is_over,
        "subjects": [drilled_tree(each) for each in seen.subjects],
        "others": seen.others,
        "touched_others": seen.touched_others,
        "acknowledged": [
            {"worker": each.worker, "seconds": each.seconds, "cut": each.cut} for each in seen.acknowledged
        ],
        "silent": list(seen.silent),
        "checked": checked_tree(seen.checked) if seen.checked else None,
        "damaged": list(seen.damaged),
        "failures": list(seen.failures),
    }


def drilled_tree(each: Drilled) -> Tree:
    """One subject as JSON."""
    return {
        "subject": each.subject,
        "pseudonym": each.pseudonym,
        "requests": each.requests,
        "served": each.served,
        "substituted": dict(each.instead),
        "refused": each.refused,
        "first_after": each.first,
        "cut": [{"request": cut.request, "model": cut.model, "after": cut.seconds} for cut in each.cuts],
        "cut_median": each.median_cut,
        "cut_slowest": each.slowest_cut,
        "ran_on": each.ran_on,
        "before": each.before,
        "restored": each.restored,
        "still_refused": each.still_refused,
        "restored_after": each.back,
    }


def checked_tree(checked: Checked) -> Tree:
    """What was compared before, as JSON."""
    return {
        "subjects": checked.subjects,
        "classes": checked.classes,
        "decisions": checked.decisions,
        "proved": checked.proved,
        "rests_on": list(checked.rests_on),
        "assumptions": list(checked.assumptions),
    }
