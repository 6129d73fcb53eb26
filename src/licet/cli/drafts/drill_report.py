"""The report of a drill, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence

from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, count, listed, pairs
from licet.cli.terminal.trees import Tree, instant
from licet.core.drill import Checked, Drilled, DrillReport

DURING = (
    "while it lasted",
    "requests",
    "substituted",
    "refused",
    "served",
    "first after",
    "decided before it got there",
)
ANSWERS = ("open answers", "cut", "half after", "all after", "ran on")
AFTERWARDS = ("after its end", "requests", "served again", "first after", "not served")


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
        Grid([_during(each) for each in seen.subjects], DURING),
    ]
    if any(each.cuts or each.ran_on for each in seen.subjects):
        shown.append(Grid([_answers(each) for each in seen.subjects], ANSWERS))
    if seen.is_over:
        shown.append(Grid([_afterwards(each) for each in seen.subjects], AFTERWARDS))
    shown.append(_others(seen))
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
        f"{count(checked.subjects, 'other')} in {_classes(checked.classes)}, {count(checked.decisions, 'decision')}:"
        f" none differs{proof}"
    )


def _classes(number: int) -> str:
    return f"{number:,} class" + ("" if number == 1 else "es")


def _others(seen: DrillReport) -> Line:
    """That nobody else was touched, from the journal."""
    text = f"others: {count(seen.others, 'decision')} while it lasted, {seen.touched_others:,} name the drill"
    return Line(text, Tone.BAD if seen.touched_others else Tone.GOOD)


def _during(each: Drilled) -> Sequence[Line]:
    instead = listed([f"{number:,} by {model}" for model, number in each.instead])
    return (
        cell(each.subject, Tone.STRONG),
        cell(f"{each.requests:,}"),
        cell(instead or "0", Tone.WARN if instead else Tone.PLAIN),
        cell(f"{each.refused:,}"),
        cell(f"{each.served:,}", Tone.BAD if each.served else Tone.GOOD),
        cell(seconds(each.first)),
        cell(f"{each.before:,}"),
    )


def _answers(each: Drilled) -> Sequence[Line]:
    return (
        cell(each.subject, Tone.STRONG),
        cell(f"{len(each.cuts):,}"),
        cell(seconds(each.median_cut)),
        cell(seconds(each.slowest_cut)),
        cell(f"{each.ran_on:,}"),
    )


def _afterwards(each: Drilled) -> Sequence[Line]:
    asked = each.restored + each.still_refused
    return (
        cell(each.subject, Tone.STRONG),
        cell(f"{asked:,}"),
        cell(f"{each.restored:,}", Tone.GOOD if each.restored else Tone.PLAIN),
        cell(seconds(each.back)),
        cell(f"{each.still_refused:,}", Tone.WARN if each.still_refused else Tone.PLAIN),
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
