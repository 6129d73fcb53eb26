"""What was decided under an order, counted: by hour, by model, by subject, by licence; and answers that were cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from licet.core.report import Bin, Counts, Hour, Report
from licet.pages.blocks import Block, Meaning, Pairs, Section, Text, table
from licet.pages.charts.bars import Bar, bar_picture
from licet.pages.charts.chart import picture
from licet.pages.charts.columns import Column, columns
from licet.pages.number import count, instant, listing, plural, seconds, utc
from licet.pages.report_record import sourced
from licet.pages.role import Role
from licet.pages.words import Amount, Code, Mark, Names, Word, codes

KEY = (
    Meaning(Role.UNCHANGED, "served"),
    Meaning(Role.SUBSTITUTED, "substituted: another model served"),
    Meaning(Role.LOSES, "refused"),
)
"""What the colours of outcomes mean here."""

HOURS = 72
"""Hours after it took effect that have a column each; over a longer time there are columns of days, too."""

DAYS = 200
"""Days that have a column each; over a longer time, weeks."""

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
MONDAY = datetime(1970, 1, 5, tzinfo=UTC)

COUNTED = ["#Requests", "#Served", "#Substituted", "#Refused", "#Substituted by it", "#Refused by it", "#Relieved"]


def outcomes(counts: Counts) -> tuple[tuple[Role, int], ...]:
    """The parts of a column or bar."""
    return ((Role.UNCHANGED, counts.served), (Role.SUBSTITUTED, counts.substituted), (Role.LOSES, counts.refused))


def counted(asked: Counts, by_order: Counts) -> tuple[Word, ...]:
    """The cells of `COUNTED`."""
    named = (by_order.substituted, by_order.refused, by_order.served)
    return (asked.total, asked.served, asked.substituted, asked.refused, *named)


def added(counts: Iterable[Counts]) -> Counts:
    """The sum."""
    sums = [0, 0, 0]
    for each in counts:
        sums = [one + other for one, other in zip(sums, each, strict=True)]
    return Counts(*sums)


def hour_section(report: Report) -> Section:
    """Requests for its models over time."""
    blocks: list[Block] = []
    before = f"In the day before it took effect there were {plural(report.before.total, 'request')} for its models"
    blocks.append(Text((f"{before}, of which {count(report.before.served)} were served.", *afterwards(report))))
    start = utc(report.effect).replace(minute=0, second=0, microsecond=0)
    near = [each for each in report.hours if start <= each.at < start + HOURS * HOUR]
    if near:
        end = min(start + HOURS * HOUR, max(near[-1].at + HOUR, min(utc(report.until), start + DAY)))
        blocks += over_time("hours", "By the hour, from when it took effect", near, HOUR, (start, end))
    long = utc(report.until) - start > HOURS * HOUR
    if report.hours and (long or len(near) < len(report.hours)):
        unit, words = (DAY, "By the day") if utc(report.until) - start <= DAYS * DAY else (WEEK, "By the week")
        summed = summed_up(report.hours, unit)
        blocks += over_time("days", words, summed, unit, (summed[0].at, max(summed[-1].at + unit, utc(report.until))))
    if not report.hours:
        blocks.append(Text(("There is no decision about its models in this time.",)))
    if report.flagged:
        said = (
            f"Of these, safeguards flagged {plural(report.flagged, 'request')}: what those came to is no order's doing."
        )
        blocks.append(Text((said,)))
    source = "the journal: decisions about its models under its epoch or a later one, by the instant decided for (UTC)"
    return Section("report-hours", "What was decided, by the hour", (*blocks, *sourced(report, "hours", source)))


def afterwards(report: Report) -> tuple[str, ...]:
    """How it went on when it had ended."""
    if report.after is None:
        return ()
    said = f"In the day after its end there were {count(report.after.total)}, of which {count(report.after.served)}"
    still = f" {plural(report.outlived, 'decision')} still named it after its end." if report.outlived else ""
    return (f"{said} were served.{still}",)


def over_time(
    name: str, caption: str, rows: Sequence[Hour], unit: timedelta, time: tuple[datetime, datetime]
) -> list[Block]:
    """A chart and its table."""
    drawn = [Column(each.at, outcomes(each.asked)) for each in rows]
    most = max(rows, key=lambda each: each.asked.total)
    total = added(each.asked for each in rows)
    words = (
        f"{plural(total.total, 'request')}: {count(total.served)} served, {count(total.substituted)} substituted,"
        f" {count(total.refused)} refused; the most, {count(most.asked.total)}, from {instant(most.at)} on."
    )
    anchor = f"report-{name}-table"
    cells: list[tuple[Word, ...]] = [(each.at, *counted(each.asked, each.by_order)) for each in rows]
    drawing = columns(drawn, unit, *time, "requests")
    return [
        picture(f"report-{name}-chart", caption, words, drawing, key=KEY, table=anchor),
        table(anchor, f"{caption}: requests for its models", ["From", *COUNTED], cells),
    ]


def summed_up(hours: Sequence[Hour], unit: timedelta) -> list[Hour]:
    """Hours added up to days or weeks (which begin on Mondays)."""
    groups: dict[datetime, list[Hour]] = {}
    for each in hours:
        groups.setdefault(each.at - (each.at - MONDAY) % unit, []).append(each)
    return [
        Hour(at, added(each.asked for each in group), added(each.by_order for each in group))
        for at, group in groups.items()
    ]


def model_section(report: Report) -> Section:
    """By model, and what served instead."""
    blocks: list[Block] = []
    drawn = [Bar(each.model, tuple(part for part in outcomes(each.asked) if part[1])) for each in report.of_models]
    if any(bar.total for bar in drawn):
        caption = "Requests for each of its models"
        blocks.append(bar_picture("report-model-chart", caption, drawn, "requests", "report-models", KEY))
    rows: list[tuple[Word, ...]] = [
        (Code(each.model), *counted(each.asked, each.by_order), instead(each.instead)) for each in report.of_models
    ]
    titles = ["Model", *COUNTED, "By it, instead"]
    blocks.append(table("report-models", "Requests for each of its models while it was in force", titles, rows))
    source = "the journal: `requested`, `served` and `instruments` of the same decisions"
    return Section("report-model", "By model", (*blocks, *sourced(report, "models", source)))


def instead(served: tuple[tuple[str, int], ...]) -> Names:
    """Which models served instead, and how often."""
    return Names(tuple(f"{model}: {count(number)}" for model, number in served))


def cut_section(report: Report) -> Section:
    """Answers that were ended, and how fast."""
    cuts, spared = report.cuts, report.spared
    blocks: list[Block] = []
    if cuts.count:
        pairs: tuple[tuple[str, Word], ...] = (
            ("Answers cut", cuts.count),
            ("Half had ended after", lasted(cuts.half)),
            ("90 % after", lasted(cuts.most)),
            ("99 % after", lasted(cuts.nearly_all)),
            ("The last after", lasted(cuts.last)),
            ("By model", instead(cuts.models)),
            ("When facts about the caller changed", cuts.unmeasured or None),
        )
        blocks.append(Pairs(pairs))
        if cuts.bins:
            drawn = [Bar(stretch(each), ((Role.LOSES, each.number),)) for each in cuts.bins]
            caption = "How long after it came to apply each of them had ended"
            key = (Meaning(Role.LOSES, "answers cut"),)
            blocks.append(bar_picture("report-cut-chart", caption, drawn, "answers", "report-cuts", key))
            rows: list[tuple[Word, ...]] = [(stretch(each), each.number) for each in cuts.bins]
            blocks.append(table("report-cuts", caption, ["Ended after", "#Answers"], rows))
    else:
        blocks.append(Text(("No answer was cut by it.",)))
    ran = listing([f"{count(number)} {how}" for how, number in spared.ended]) or "none"
    said = (
        f"Open as it took effect, and not cut: {count(spared.count)} (ended more than a second later: {ran}; without a"
        f" recorded end: {count(spared.no_end)}). These are answers to callers whom it does not forbid, or that it lets"
        " finish; that it was so for each is recomputed by `licet verify`."
    )
    blocks.append(Text((said,)))
    source = "the journal: `end` records that name the order, from the boundary or enactment that made it apply"
    return Section("report-cut", "Answers that were cut", (*blocks, *sourced(report, "cuts", source)))


def stretch(each: Bin) -> str:
    """A bin of the histogram."""
    if each.below is None:
        return f"{seconds(each.least)} or more"
    return f"under {seconds(each.below)}" if not each.least else f"{seconds(each.least)} to {seconds(each.below)}"


def lasted(duration: float | None) -> Word:
    """A duration, or that there is none."""
    return None if duration is None else Amount(seconds(duration))


def subject_section(report: Report) -> Section:
    """Whom it touched, and whom only for want of a fact."""
    touched = report.touched
    pairs = Pairs(
        (
            ("Subjects touched", touched.subjects),
            ("Got another model at least once", touched.substituted),
            ("Were refused at least once", touched.refused),
            ("Touched only in doubt", touched.in_doubt),
            ("Decisions that name no subject", touched.nobody or None),
        )
    )
    blocks: list[Block] = [pairs]
    if touched.doubts:
        said = (
            "In these decisions facts were unknown of which one, once it is known, may change the decision. Touched"
            " only in doubt is who was in such decisions and in no other."
        )
        drawn = [Bar(listing(each.facts, "or"), ((Role.UNKNOWN, each.subjects),)) for each in touched.doubts]
        rows: list[tuple[Word, ...]] = [(codes(each.facts), each.decisions, each.subjects) for each in touched.doubts]
        caption = "Subjects touched where facts were unknown"
        key = (Meaning(Role.UNKNOWN, "these facts were unknown"),)
        blocks += [
            Text((said,)),
            bar_picture("report-doubt-chart", caption, drawn, "subjects", "report-doubts", key),
            table("report-doubts", f"{caption}, by fact", ["Unknown", "#Decisions", "#Subjects"], rows),
        ]
    source = "the journal: pseudonyms, which only who holds the state's secret can lead back to accounts"
    return Section("report-subjects", "Whom it touched", (*blocks, *sourced(report, "subjects", source)))


def relief_section(report: Report) -> Section:
    """Licences that relieved it, and how often they did."""
    rows: list[tuple[Word, ...]] = []
    for each in report.reliefs:
        licence, span = each.licence.instrument, each.licence.span
        end = "no end is known" if span.end is None else span.end
        rows.append((Code(licence.name), licence.title or None, span.start, end, each.decisions, each.subjects))
    titles = ["Licence", "Title", "From", "Until", "#Decisions", "#Subjects"]
    blocks: list[Block] = (
        [table("report-reliefs", "Licences that relieve it", titles, rows)]
        if rows
        else [Text(("No licence relieves it.",))]
    )
    source = "the store: licences that name the order; the journal: decisions that name both"
    return Section("report-exceptions", "Exceptions", (*blocks, *sourced(report, "reliefs", source)))


def worker_section(report: Report) -> Section:
    """How each gate process came to enforce it."""
    rows: list[tuple[Word, ...]] = [
        (
            Code(each.worker),
            took_over(each.acknowledged, each.first),
            each.acknowledged,
            None if report.other_clock else lasted(each.seconds),
            each.first,
            each.before,
            lasted(each.lag),
            each.late,
        )
        for each in report.workers
    ]
    titles = ["Worker", "It", "Acknowledged", "#After", "First decision under it", "#Before", "#Last of these", "#Late"]
    said = (
        "A worker that starts after the enactment reads it by itself and acknowledges nothing. Before: decisions about"
        " its models that were still made under an older epoch after it had taken effect; late: those of them that were"
        " made after the acknowledgement."
    )
    blocks: list[Block] = [Text((said,))]
    if rows:
        blocks.append(table("report-worker-table", "When each worker had taken it over", titles, rows))
    else:
        blocks.append(Text(("No worker acknowledged it, and none decided about its models.",)))
    source = "the store's acknowledgements; the journal's files, each of which is one worker's"
    return Section("report-workers", "Workers", (*blocks, *sourced(report, "workers", source)))


def took_over(acknowledged: datetime | None, first: datetime | None) -> Mark:
    """How a worker came to enforce it."""
    if acknowledged is not None:
        return Mark(Role.PROVED, "acknowledged")
    return Mark(Role.UNCHANGED, "began with it") if first is not None else Mark(Role.REFUTED, "never shown")
