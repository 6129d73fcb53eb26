"""A drill's report as a page: whether it did what it should and nothing else, and what happened to whom."""

from __future__ import annotations

from collections.abc import Sequence

from licet.core.drill import Checked, Drilled, DrillReport
from licet.pages import look
from licet.pages.blocks import Block, Card, Figure, Page, Pairs, Section, Table, Text, table
from licet.pages.charts.bars import Bar, bar_picture
from licet.pages.number import count, instant, length, listing, plural, seconds
from licet.pages.role import Role
from licet.pages.words import Amount, Code, Mark, Names, Word, codes

UNDER = "requests under the drill"


def page(report: DrillReport, *, title: str = "") -> str:
    """A drill's report as one self-contained HTML page; without a title, it has the drill's own."""
    parts = (*subject_sections(report), *cut_section(report), worker_section(report), *check_section(report))
    whole = (verdict_section(report), *parts, basis_section(report))
    return look.render(
        Page("Report of a drill", title or report.title or report.name, lead(report), figures(report), whole)
    )


def lead(report: DrillReport) -> tuple[str, ...]:
    """What it was, for how long, and whether it went as it should."""
    named = plural(len(report.subjects), "named subject")
    lasts = f"{'lasted' if report.is_over else 'lasts'} {length(report.length)}"
    what = f"A drill about {listing(report.models)} for {named}, from {instant(report.begins)}; it {lasts}."
    if report.failures:
        return (what, f"It did not go as it should: {plural(len(report.failures), 'failure')}.")
    return (what, "It touched those who are named and nobody else." if report.is_over else "It is not over yet.")


def figures(report: DrillReport) -> tuple[Figure, ...]:
    """The strip at the top."""
    cuts, workers = report.cuts, [each.seconds for each in report.acknowledged]
    substituted, refused = (
        sum(each.substituted for each in report.subjects),
        sum(each.refused for each in report.subjects),
    )
    return (
        Figure(count(report.touched_others), "records about others that name the drill"),
        Figure(count(refused), "requests refused", Role.LOSES),
        Figure(count(substituted), "requests substituted", Role.SUBSTITUTED),
        Figure(count(report.served), "requests served although drilled", Role.UNCHANGED),
        Figure(count(len(cuts)), "answers cut"),
        Figure(seconds(cuts[-1].seconds) if cuts else "none", "until the last answer was cut"),
        Figure(seconds(max(workers)) if workers else "none", "until the last worker had it"),
    )


def verdict_section(report: DrillReport) -> Section:
    """Whether it did what it should and nothing else."""
    blocks: tuple[Block, ...] = (Text(report.failures, listed=True),) if report.failures else ()
    mark = Mark(Role.REFUTED, "not as it should be") if report.failures else Mark(Role.PROVED, "nothing is amiss")
    if not report.is_over and not report.failures:
        mark = Mark(Role.UNKNOWN, "nothing is amiss so far")
    compared = f"{plural(report.others, 'decision')} about others were made while it lasted, of which "
    compared += f"{count(report.touched_others)} name the drill." if report.touched_others else "none names the drill."
    card = Card("drill-verdict-card", "The drill, and nothing but the drill", mark, (Text((compared,)), *blocks))
    return Section("drill-verdict", "Did it do what it should?", (card,))


def subject_sections(report: DrillReport) -> list[Section]:
    """What happened to each named subject."""
    if not report.subjects:
        return []
    drawn = [Bar(each.subject, requests_of(each)) for each in report.subjects]
    blocks: list[Block] = [subject_table(report.subjects), after_table(report.subjects)]
    if any(bar.total for bar in drawn):
        caption = "What was decided about each named subject"
        blocks.insert(0, bar_picture("drill-requests", caption, drawn, UNDER, "drill-subjects"))
    return [Section("drill-each", "What happened to those who are named", tuple(blocks))]


def requests_of(drilled: Drilled) -> tuple[tuple[Role, float], ...]:
    """The parts of one subject's bar."""
    parts = ((Role.LOSES, drilled.refused), (Role.SUBSTITUTED, drilled.substituted), (Role.UNCHANGED, drilled.served))
    return tuple((role, size) for role, size in parts if size)


def subject_table(subjects: Sequence[Drilled]) -> Table:
    """While it lasted."""
    titles = [
        "Subject",
        "Pseudonym",
        "#Requests",
        "#Refused",
        "#Substituted",
        "By",
        "#Served",
        "#First decision",
        "#Before",
    ]
    rows: list[tuple[Word, ...]] = [
        (
            Code(each.subject),
            Code(each.pseudonym),
            each.requests,
            each.refused,
            each.substituted,
            Names(tuple(f"{model}: {count(number)}" for model, number in each.instead)),
            each.served,
            lasted(each.first),
            each.before,
        )
        for each in subjects
    ]
    return table("drill-subjects", "Requests of each named subject while the drill was in force", titles, rows)


def after_table(subjects: Sequence[Drilled]) -> Table:
    """Open answers, and after its end."""
    titles = [
        "Subject",
        "#Answers cut",
        "#Half after",
        "#Last after",
        "#Ran on",
        "#Restored",
        "#Still refused",
        "#Back after",
    ]
    rows: list[tuple[Word, ...]] = [
        (
            Code(each.subject),
            len(each.cuts),
            lasted(each.median_cut),
            lasted(each.slowest_cut),
            each.ran_on,
            each.restored,
            each.still_refused,
            lasted(each.back),
        )
        for each in subjects
    ]
    return table("drill-after", "Open answers when it began, and requests after its end", titles, rows)


def lasted(duration: float | None) -> Word:
    """A duration, or that there is none."""
    return None if duration is None else Amount(seconds(duration))


def cut_section(report: DrillReport) -> list[Section]:
    """Every answer that it ended."""
    rows: list[tuple[Word, ...]] = [(Code(cut.request), Code(cut.model), lasted(cut.seconds)) for cut in report.cuts]
    if not rows:
        return []
    said = table("drill-cut-answers", "Answers that the drill ended", ["Request", "Model", "#After"], rows)
    return [Section("drill-cuts", "Answers that were cut", (said,))]


def worker_section(report: DrillReport) -> Section:
    """How fast every gate process took it over."""
    rows: list[tuple[Word, ...]] = [
        (Code(each.worker), Mark(Role.PROVED, "acknowledged"), lasted(each.seconds), each.cut)
        for each in report.acknowledged
    ]
    rows += [(Code(each), Mark(Role.REFUTED, "silent"), None, None) for each in report.silent]
    if not rows:
        return Section("drill-workers", "Workers", (Text(("No worker was running.",)),))
    said = table(
        "drill-worker-table", "When each worker had taken it over", ["Worker", "Answer", "#After", "#Answers cut"], rows
    )
    return Section("drill-workers", "Workers", (said,))


def check_section(report: DrillReport) -> list[Section]:
    """What was looked at before it was enacted."""
    return (
        []
        if report.checked is None
        else [Section("drill-check", "Checked before it was enacted", checked(report.checked))]
    )


def checked(check: Checked) -> tuple[Block, ...]:
    """That nobody else is decided otherwise because of it: compared, and where a solver was there, proved."""
    proof = {
        True: Mark(Role.PROVED, "proved for everybody who could ever ask"),
        False: Mark(Role.REFUTED, "not proved"),
    }
    pairs = Pairs(
        (
            ("Others compared", check.subjects),
            ("Classes", check.classes),
            ("Pairs of decisions", check.decisions),
            ("Proof", Mark(Role.UNKNOWN, "no prover was there") if check.proved is None else proof[check.proved]),
            ("Rests on", codes(check.rests_on) if check.rests_on else None),
        )
    )
    taken = (Text(("Taken for granted of facts:",)), Text(check.assumptions, listed=True)) if check.assumptions else ()
    return (pairs, *taken)


def basis_section(report: DrillReport) -> Section:
    """The drill itself, and what the report was made from."""
    pairs = Pairs(
        (
            ("Order", Code(report.name)),
            ("Title", report.title or None),
            ("Reasons", report.reasons or None),
            ("Enacted by", report.actor),
            ("Models", codes(report.models)),
            ("Streams", report.streams),
            ("Enacted", report.enacted),
            ("Begins", report.begins),
            ("Ends", report.ends),
            ("Length", length(report.length)),
            ("Epoch", report.epoch),
            ("Rulebook", Code(report.rulebook)),
            ("Report made", report.at),
            ("Over", "yes" if report.is_over else "no"),
            ("Damaged places of the journal", codes(report.damaged) if report.damaged else None),
        )
    )
    return Section("drill-basis", "The drill", (pairs,))
