"""The report of an order as a page: the order, how it was enforced, what shows that, and how to verify it."""

from __future__ import annotations

from collections.abc import Iterable

from licet.core.report import Act, Placed, Report
from licet.pages import look
from licet.pages.blocks import Block, Card, Figure, Page, Pairs, Section, Text, table
from licet.pages.draft import fields
from licet.pages.number import count, instant, listing, plural, seconds, written
from licet.pages.report_counts import (
    cut_section,
    hour_section,
    model_section,
    relief_section,
    subject_section,
    worker_section,
)
from licet.pages.report_record import basis_section, limit_section, log_section, sourced, verify_section
from licet.pages.role import Role
from licet.pages.words import Amount, Code, Mark, Word, codes

ABOUT = "Compliance report of an order"


def page(report: Report) -> str:
    """The report as one self-contained HTML page, which prints on sheets that say what they are of."""
    sections = (
        verdict_section(report),
        order_section(report),
        enacted_section(report),
        worker_section(report),
        hour_section(report),
        model_section(report),
        cut_section(report),
        subject_section(report),
        relief_section(report),
        proof_section(report),
        log_section(report),
        verify_section(report),
        limit_section(report),
        basis_section(report),
    )
    title = report.text.title or report.name
    return look.render(Page(ABOUT, title, tuple(lead(report)), figures(report), sections, running(report)))


def running(report: Report) -> tuple[str, str]:
    """What stands at the head of each sheet: the order and its digest; the time, and the log's size."""
    log = f", log of {count(report.logged.size)} entries" if report.logged else ", no public log"
    return f"{report.name}  {report.text.digest[:19]}…", f"{written(report.at)}{log}"


def lead(report: Report) -> Iterable[str]:
    """What it is, over what time, what it came to, and whether anything is amiss."""
    span = report.order.span
    lasts = f"until {instant(span.end)}" if span.end else "with no end that is known"
    about = f"The order {report.name} is about {listing(report.models) or 'no model'}."
    yield f"{about} It {'takes' if report.ahead else 'took'} effect {instant(report.effect)}, {lasts}."
    if report.undecided:
        yield "Nobody asked for its models while it was in force, so nothing shows how it was enforced."
    else:
        yield (
            f"Of {plural(report.asked.total, 'request')} for its models it withheld the model in"
            f" {count(report.by_order.withheld)}, from {plural(report.touched.subjects, 'subject')}:"
            f" {count(report.by_order.substituted)} got another model, {count(report.by_order.refused)} were refused."
        )
    if report.failures:
        yield f"It was not enforced as it should be: {plural(len(report.failures), 'matter')} below."
    elif report.gaps:
        yield f"Nothing was found amiss, but something is missing: {plural(len(report.gaps), 'gap')} below."
    elif not report.undecided:
        yield "Nothing was found amiss."


def figures(report: Report) -> tuple[Figure, ...]:
    """The strip at the top."""
    first, cuts = report.first_refused, report.cuts
    relieved = sum(each.decisions for each in report.reliefs)
    return (
        Figure(seconds(first.since_effect) if first else "none", "to the first refusal"),
        Figure(count(report.by_order.refused), "requests refused by it", Role.LOSES),
        Figure(count(report.by_order.substituted), "requests substituted by it", Role.SUBSTITUTED),
        Figure(count(report.touched.subjects), "subjects touched"),
        Figure(count(report.touched.in_doubt), "of them only in doubt", Role.UNKNOWN),
        Figure(count(relieved), "requests relieved by licence", Role.GAINS),
        Figure(seconds(cuts.last) if cuts.last is not None else "none", f"to the last of {plural(cuts.count, 'cut')}"),
        Figure(
            count(report.check.count), "records that breach it", Role.REFUTED if report.check.count else Role.PROVED
        ),
    )


def verdict_section(report: Report) -> Section:
    """Whether anything shows that it was not obeyed, and how that was looked for."""
    check = report.check
    made = (
        f"Looked at were {plural(check.looked_at, 'decision')} under the order about its models, each by its own"
        " record: one that serves such a model must not name the order, or must also name a licence that was in force,"
        " relieves the order and covers the model; its epoch and rulebook must be those of an enactment; none may name"
        " the order before it was enacted; no worker may decide under an older epoch after it acknowledged this one."
    )
    blocks: list[Block] = [Text((made,))]
    if report.failures:
        blocks.append(Text(report.failures, listed=True))
    if report.gaps:
        blocks += [
            Text(("Missing, so that figures may be too low or claims not shown:",)),
            Text(report.gaps, listed=True),
        ]
    if check.breaches:
        rows: list[tuple[Word, ...]] = [
            (Code(each.request), each.at, each.why, Code(each.file)) for each in check.breaches
        ]
        more = (
            f" (the first {len(check.breaches)} of {count(check.count)})" if check.count > len(check.breaches) else ""
        )
        titles = ["Request", "At", "What is wrong", "File"]
        blocks.append(table("report-breaches", f"Records that are not as they have to be{more}", titles, rows))
    blocks += sourced(report, "check", "the journal, record by record; the store's enactments and acknowledgements")
    card = Card("report-verdict-card", "Was anybody served whom it forbids?", verdict(report), tuple(blocks))
    return Section("report-verdict", "Was it obeyed?", (card,))


def verdict(report: Report) -> Mark:
    """The answer, never better than the records."""
    if report.failures:
        return Mark(Role.REFUTED, "not as it should be")
    if report.undecided:
        return Mark(Role.UNKNOWN, "not shown: there are no decisions")
    if report.gaps:
        return Mark(Role.WARNING, "nothing was found amiss in what is there")
    return Mark(Role.PROVED, "no record shows it")


def order_section(report: Report) -> Section:
    """What it says: in sentences, field by field, and in its canonical form."""
    rows = (*fields(report.text), ("Canonical form", Code(report.canonical)))
    blocks: list[Block] = [Text(report.sentences), Pairs(rows)]
    blocks += sourced(
        report, "text", "the store: the document as it was enacted; its digest is that of its canonical form"
    )
    return Section("report-order", "The order", tuple(blocks))


def enacted_section(report: Report) -> Section:
    """Who put it in force and what ended it; and the instants, in their order."""
    blocks: list[Block] = [moments(report), act_card("report-act", "It was enacted", report.order)]
    blocks += [
        act_card(f"report-end-{n}", f"{each.instrument.name} ended it", each)
        for n, each in enumerate(report.ended_by, 1)
    ]
    blocks += sourced(report, "first", "the store's enactments and proposals; the journal's decisions")
    return Section("report-enacted", "How it was put in force, and how it ended", tuple(blocks))


def moments(report: Report) -> Block:
    """Every instant that matters, with the seconds since it took effect."""
    act = report.order.act
    found = [
        ("issued", report.text.issued, "the document"),
        ("proposed", None if report.other_clock else act.proposed, "the store"),
        ("enacted", None if report.other_clock else act.at, "the store"),
        ("takes effect" if report.ahead else "took effect", report.effect, "the document, the store"),
        ("first decision by it", report.first_withheld.at if report.first_withheld else None, "the journal"),
        ("first refusal by it", report.first_refused.at if report.first_refused else None, "the journal"),
        *(
            (f"licence {each.licence.instrument.name}", each.licence.span.start, "the document")
            for each in report.reliefs
        ),
        ("ended", report.order.span.end, "the document that ended it"),
    ]
    dated = [(what, at, where) for what, at, where in found if at is not None]
    rows: list[tuple[Word, ...]] = [
        (what, at, Amount(after((at - report.effect).total_seconds())), where)
        for what, at, where in sorted(dated, key=lambda each: each[1])
    ]
    return table("report-moments", "What happened when", ["What", "At", "#After it took effect", "From"], rows)


def after(duration: float) -> str:
    """Seconds after, or before, an instant."""
    return f"\N{MINUS SIGN}{seconds(-duration)}" if duration < 0 else seconds(duration)


def act_card(name: str, title: str, placed: Placed) -> Card:
    """One enactment: who, when, on what ground."""
    act = placed.act
    mark = Mark(Role.PROVED if act.ground == "narrows" else Role.UNCHANGED, f"epoch {act.epoch}, ground: {act.ground}")
    return Card(name, title, mark, (Pairs(act_pairs(act)),))


def act_pairs(act: Act) -> tuple[tuple[str, Word], ...]:
    """Who, when, and on what ground."""
    return (
        ("Proposed by" if act.approved_by else "Enacted by", act.actor),
        ("Approved by", act.approved_by),
        ("Proposal", Code(act.proposal) if act.proposal else None),
        ("Proposed", act.proposed),
        ("Enacted", act.at),
        ("Rulebook", Code(act.rulebook)),
    )


def proof_section(report: Report) -> Section:
    """What was proved and found when it was enacted."""
    act = report.order.act
    blocks: list[Block] = []
    if act.rests_on:
        said = "It was proved, for everybody who could ever ask, that the enactment only narrows access. That rests on:"
        blocks += [Text((said,)), Pairs((("Rests on", codes(act.rests_on)),))]
    if act.findings:
        blocks += [
            Text(("The review at its enactment found, and the warrant keeps:",)),
            Text(act.findings, listed=True),
        ]
    if not blocks:
        blocks.append(Text((f"No proof or finding was kept with the enactment (its ground: {act.ground}).",)))
    if report.properties:
        rows: list[tuple[Word, ...]] = [(Code(name), title or None) for name, title in report.properties]
        blocks.append(table("report-properties", "Properties that stood then", ["Property", "What it says"], rows))
    blocks += sourced(report, "proofs", "the store: the event of the enactment")
    return Section("report-proofs", "Proofs and findings", tuple(blocks))
