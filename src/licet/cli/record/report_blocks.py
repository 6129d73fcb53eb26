"""The report of an order for a terminal: tables, and a bar for each hour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, count, listed, pairs
from licet.core.report import Counts, Hour, OfModel, Report

COUNTED = ("requests", "served", "substituted", "refused", "substituted by it", "refused by it", "relieved")
MOST_HOURS = 24
"""Hours that are shown; the page and `--json` have them all."""

WIDTH = 30
"""Characters of the longest bar."""

SERVED, SUBSTITUTED, REFUSED = "=", "~", "x"


def report_blocks(seen: Report) -> list[Block]:
    """Everything that a person wants to know first; the page has the rest."""
    models = [Grid([model_row(each) for each in seen.of_models], ("model", *COUNTED, "instead"))]
    sections: tuple[tuple[str, Iterable[Block]], ...] = (
        ("Order", order(seen)),
        ("Effect", [effect(seen)]),
        ("Models", models if seen.of_models else ()),
        ("Hours", hours(seen)),
        ("Workers", workers(seen)),
        ("Unknown facts", doubts(seen)),
        ("Exceptions", exceptions(seen)),
        ("Check it", check(seen)),
    )
    blocks: list[Block] = [Line(f"{seen.name}: {seen.text.title or listed(seen.models)}", Tone.STRONG)]
    for heading, content in sections:
        told = list(content)
        blocks += [Line(), Line(heading, Tone.STRONG), *told] if told else []
    return blocks


def order(seen: Report) -> Iterator[Block]:
    """What it says, and who put it in force."""
    act, span = seen.order.act, seen.order.span
    by = f" by {act.actor}" + (f", approved by {act.approved_by}" if act.approved_by else "")
    yield from (Line(each) for each in seen.sentences[:2])
    yield pairs(
        ("digest", seen.text.digest),
        ("enacted", f"{act.at.isoformat(timespec='seconds')} as epoch {act.epoch}{by} ({act.ground})"),
        ("takes effect" if seen.ahead else "took effect", seen.effect.isoformat()),
        ("until", f"{span.end.isoformat()}{ended_by(seen)}" if span.end else "no end is known"),
    )


def effect(seen: Report) -> Grid:
    """What it came to, and how fast."""
    touched, first, cuts = seen.touched, seen.first_refused, seen.cuts
    since = "" if first is None or first.since_enactment is None else f", {first.since_enactment:.3f} s from enactment"
    last = "" if cuts.last is None else f", half after {cuts.half:.3f} s, the last after {cuts.last:.3f} s"
    spared = count(seen.spared.count, "answer")
    return pairs(
        ("first refusal", "" if first is None else f"after {first.since_effect:.3f} s{since}, request {first.request}"),
        ("cut", f"{count(cuts.count, 'answer')}{last}"),
        ("not cut", f"{spared} open as it took effect" if seen.spared.count else ""),
        ("flagged by safeguards", count(seen.flagged, "request") if seen.flagged else ""),
        ("touched", f"{count(touched.subjects, 'subject')}, of them {touched.in_doubt:,} only in doubt"),
    )


def doubts(seen: Report) -> Iterator[Block]:
    """Whom it touched for want of which facts."""
    rows = [
        (cell(listed(each.facts), Tone.WARN), cell(f"{each.decisions:,}"), cell(f"{each.subjects:,}"))
        for each in seen.touched.doubts
    ]
    if rows:
        yield Grid(rows, ("unknown", "decisions", "subjects"))


def exceptions(seen: Report) -> Iterator[Block]:
    """Who was relieved of it."""
    rows = [
        (cell(each.licence.instrument.name), cell(f"{each.decisions:,}"), cell(f"{each.subjects:,}"))
        for each in seen.reliefs
    ]
    if rows:
        yield Grid(rows, ("relieved by", "decisions", "subjects"))


def check(seen: Report) -> Iterator[Block]:
    """What it was read from, how anybody verifies it, and whether anything is amiss."""
    log = seen.logged
    size = "" if log is None else count(log.size, "entry")
    yield pairs(("journal", journal(seen)), ("log", "" if log is None else f"{log.origin}, {size}, {entries(seen)}"))
    yield from (Line(each.line, Tone.QUIET) for each in seen.commands if each.about in ("log", "check", "first"))
    yield from verdict(seen)


def ended_by(seen: Report) -> str:
    """By what."""
    return f" by {listed([each.instrument.name for each in seen.ended_by])}" if seen.ended_by else ""


def journal(seen: Report) -> str:
    """What was read."""
    read = seen.journal
    sealed = f" ({read.segments} sealed)" if read.segments else ""
    return f"{count(read.records, 'record')} in {count(read.files, 'file')}{sealed}"


def entries(seen: Report) -> str:
    """The indices of its entries."""
    assert seen.logged is not None
    found = [str(each.at) for each in seen.logged.entries]
    more = f" and {len(found) - 12} more" if len(found) > 12 else ""
    return f"about it: {listed(found[:12]) or 'none'}{more}"


def counted(asked: Counts, by_order: Counts) -> Sequence[Line]:
    """The cells of `COUNTED`."""
    return (
        cell(f"{asked.total:,}"),
        cell(f"{asked.served:,}", Tone.GOOD if asked.served else Tone.PLAIN),
        cell(f"{asked.substituted:,}", Tone.WARN if asked.substituted else Tone.PLAIN),
        cell(f"{asked.refused:,}", Tone.BAD if asked.refused else Tone.PLAIN),
        cell(f"{by_order.substituted:,}"),
        cell(f"{by_order.refused:,}"),
        cell(f"{by_order.served:,}"),
    )


def model_row(each: OfModel) -> Sequence[Line]:
    """One model."""
    instead = listed([f"{number:,} by {model}" for model, number in each.instead])
    return (cell(each.model, Tone.STRONG), *counted(each.asked, each.by_order), cell(instead))


def hours(seen: Report) -> Iterator[Block]:
    """A bar for each of the first hours in which anything was decided."""
    shown = seen.hours[:MOST_HOURS]
    if not shown:
        return
    most = max(each.asked.total for each in shown)
    rows = [
        (cell(f"{each.at:%Y-%m-%dT%H:%MZ}"), cell(f"{each.asked.total:,}"), cell(bar(each, most))) for each in shown
    ]
    yield Grid(rows, ("hour", "requests", f"{SERVED} served {SUBSTITUTED} substituted {REFUSED} refused"))
    if len(seen.hours) > len(shown):
        yield Line(f"{count(len(seen.hours) - len(shown), 'more hour')}: see `--html` or `--json`", Tone.QUIET)


def bar(hour: Hour, most: int) -> str:
    """The bar of one hour; what there is of an outcome has one character at least."""
    parts = ((SERVED, hour.asked.served), (SUBSTITUTED, hour.asked.substituted), (REFUSED, hour.asked.refused))
    return "".join(mark * max(1, round(WIDTH * size / most)) for mark, size in parts if size)


def workers(seen: Report) -> Iterator[Block]:
    """When each had taken it over."""
    rows = [
        (
            cell(each.worker, Tone.STRONG),
            cell(each.acknowledged and each.acknowledged.isoformat(timespec="milliseconds")),
            cell("" if each.seconds is None or seen.other_clock else f"{each.seconds:.3f} s"),
            cell(each.first and each.first.isoformat(timespec="milliseconds")),
            cell(f"{each.before:,}"),
            cell(f"{each.late:,}", Tone.BAD if each.late else Tone.GOOD),
        )
        for each in seen.workers
    ]
    if rows:
        yield Grid(rows, ("worker", "acknowledged", "after", "first under it", "before", "late"))


def verdict(seen: Report) -> Iterator[Block]:
    """Whether anything is amiss or missing."""
    yield from (Line(each, Tone.BAD) for each in seen.failures)
    yield from (Line(each, Tone.WARN) for each in seen.gaps)
    for breach in seen.check.breaches[:MOST_HOURS]:
        yield Line(f"{breach.file}: {breach.request}: {breach.why}", Tone.BAD)
    looked = f"of {count(seen.check.looked_at, 'decision')} under the order"
    if seen.undecided:
        yield Line("nobody asked for its models under it: nothing shows how it was enforced", Tone.WARN)
    elif not seen.failures:
        yield Line(f"{looked}, by their own records none serves whom it forbids", Tone.GOOD)
    yield Line("the page (`--html`) says what this cannot show, and how each figure is verified", Tone.QUIET)
