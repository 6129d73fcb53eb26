"""A preview as a page: whom a draft touches, from when, by what, and what that was computed on."""

from __future__ import annotations

from collections.abc import Sequence

from licet.core.instruments import Instrument
from licet.core.preview import Moment, Preview, Row, Touched
from licet.pages import look
from licet.pages.blocks import Block, Page, Pairs, Picture, Section, Table, Text, table
from licet.pages.charts.bars import Bar, bar_picture
from licet.pages.charts.chart import picture
from licet.pages.charts.steps import Series, steps
from licet.pages.charts.tally import by_role, changed, grouped, losing, only_unknown, subjects
from licet.pages.draft import draft_section
from licet.pages.number import amount, count, instant, listing, plural, seconds, share
from licet.pages.preview_lead import figures, lead
from licet.pages.role import Role, role_of
from licet.pages.words import Amount, Code, Mark, Names, Word, codes

PAIRS = "subjects, counted once for each model"


def page(preview: Preview, *, title: str, instruments: Sequence[Instrument] = ()) -> str:
    """A preview as one self-contained HTML page. `instruments` are the draft's, to be shown beside it."""
    parts = (*sections(preview), *draft_section(instruments))
    return look.render(Page("Preview of a draft", title, lead(preview), figures(preview), parts))


def sections(preview: Preview) -> tuple[Section, ...]:
    """Everything that a preview says, for a page of its own or beside other results."""
    parts = [touched_section(preview)]
    parts += unknown_section(preview)
    parts += organisation_section(preview)
    parts += moment_section(preview)
    parts += request_section(preview)
    parts += sample_section(preview)
    return (*parts, basis_section(preview))


def touched_section(preview: Preview) -> Section:
    """By model and kind, as bars and as a table."""
    rows = changed(preview)
    blocks: list[Block] = []
    if rows:
        groups = grouped(rows, lambda row: (row.change.model, row.kind))
        blocks.append(Text((f"Counted are {PAIRS}, here and in the figures at the top.",)))
        drawn = [Bar(f"{model} · {kind}", parts_of(each)) for (model, kind), each in groups.items()]
        blocks.append(
            bar_picture(
                "preview-models", "Who is touched, by model and kind of subject", drawn, "subjects", "preview-rows"
            )
        )
    blocks.append(row_table(preview) if preview.rows else Text(("No row: nothing changes for anybody.",)))
    return Section("preview-touched", "Whom it touches", tuple(blocks))


def parts_of(rows: Sequence[Row | Touched]) -> tuple[tuple[Role, float], ...]:
    """The parts of a bar."""
    return tuple(by_role(rows).items())


def row_table(preview: Preview) -> Table:
    """All rows, with every number."""
    titles = [
        "Model",
        "Kind",
        "Effect",
        "Served before",
        "Served after",
        "By",
        "Unknown facts",
        "#Subjects",
        "#Streams cut",
    ]
    daily = any(row.requests is not None for row in preview.rows)
    rows = [(*row_cells(row), *([decimal(row.requests)] if daily else [])) for row in preview.rows]
    return table(
        "preview-rows", f"Every class of change at {instant(preview.at)}", titles + ["#Requests a day"] * daily, rows
    )


def row_cells(row: Row) -> tuple[Word, ...]:
    """One row of the table."""
    change = row.change
    return (
        Code(change.model),
        row.kind,
        Mark(role_of(change), change.effect.value),
        served(change.was),
        served(change.becomes),
        codes(change.by),
        codes(change.unknown),
        row.subjects,
        row.streams,
    )


def served(model: str | None) -> Word:
    """A model that serves, or that none does."""
    return "none" if model is None else Code(model)


def decimal(number: float | None) -> Word:
    """A figure that need not be whole, or none."""
    return None if number is None else Amount(amount(number))


def unknown_section(preview: Preview) -> list[Section]:
    """Who is touched only for want of a fact, by the facts of which one would do."""
    touched = only_unknown(preview.rows)
    if not touched:
        return []
    groups = grouped(touched, lambda row: row.change.unknown)
    drawn = [Bar(listing(facts, "or"), ((Role.UNKNOWN, subjects(each)),)) for facts, each in groups.items()]
    rows: list[tuple[Word, ...]] = [(codes(facts), subjects(each)) for facts, each in groups.items()]
    part = share(subjects(touched), subjects(losing(preview.rows)))
    said = f"{part} of all losses fall on those whom an order may or may not be about. "
    said += "One of these facts, once it is known, may bring the model back."
    return [
        Section(
            "preview-unknown",
            "Only because a fact is unknown",
            (
                Text((said,)),
                bar_picture("preview-facts", "Losses by the fact that is unknown", drawn, PAIRS, "preview-facts-table"),
                table(
                    "preview-facts-table",
                    "Losses by the facts of which one would have to become known",
                    ["Unknown", "#Losses"],
                    rows,
                ),
            ),
        )
    ]


def organisation_section(preview: Preview) -> list[Section]:
    """By organisation, the most touched first."""
    touched = [each for each in preview.organisations if role_of(each.change) is not Role.UNCHANGED]
    if not touched:
        return []
    groups = grouped(touched, lambda each: each.org)
    drawn = [Bar(organisation(org), parts_of(each)) for org, each in groups.items()]
    rows: list[tuple[Word, ...]] = [
        (
            organisation(each.org),
            Code(each.change.model),
            Mark(role_of(each.change), each.change.effect.value),
            served(each.change.was),
            served(each.change.becomes),
            each.subjects,
        )
        for group in groups.values()
        for each in group
    ]
    titles = ["Organisation", "Model", "Effect", "Served before", "Served after", "#Subjects"]
    return [
        Section(
            "preview-organisations",
            "Organisations",
            (
                bar_picture(
                    "preview-orgs", "The organisations that are touched most", drawn, PAIRS, "preview-orgs-table"
                ),
                table("preview-orgs-table", "Organisations, by model and effect", titles, rows),
            ),
        )
    ]


def organisation(name: str | None) -> str:
    """An organisation, or that it is not known."""
    return "organisation not known" if name is None else name


def moment_section(preview: Preview) -> list[Section]:
    """What changes when."""
    moments = preview.moments
    if not moments:
        return []
    said = "Counted are subjects, once for each model. Who loses a model and is served another one is in both columns."
    titles = ["From", "#Lose", "#Are served another model", "#Gain", "Begins", "Ends"]
    numbers = table(
        "preview-moments",
        "Every instant at which the difference becomes another one",
        titles,
        [moment_cells(each) for each in moments],
    )
    blocks: tuple[Block, ...] = (Text((said,)), *moment_picture(moments), numbers)
    return [Section("preview-time", "Over time", blocks)]


def moment_picture(moments: Sequence[Moment]) -> tuple[Picture, ...]:
    """The same as a chart, where there is more than one instant and somebody is touched."""
    series = (
        Series(Role.LOSES, "lose", tuple(each.loses for each in moments)),
        Series(Role.SUBSTITUTED, "are served another model", tuple(each.substituted for each in moments)),
        Series(Role.GAINS, "gain", tuple(each.gains for each in moments)),
    )
    if len(moments) < 2 or not any(any(each.sizes) for each in series):
        return ()
    worst = max(moments, key=lambda each: each.loses)
    words = f"{plural(len(moments), 'instant')}; the most losses are {count(worst.loses)}, from {instant(worst.at)} on."
    drawn = steps([each.at for each in moments], series)
    return (picture("preview-steps", "Losses and gains over time", words, drawn, key=(), table="preview-moments"),)


def moment_cells(moment: Moment) -> tuple[Word, ...]:
    """One instant of the table."""
    ends = Names((*codes(moment.ends).words, *moment.turns))
    return (moment.at, moment.loses, moment.substituted, moment.gains, codes(moment.begins), ends)


def request_section(preview: Preview) -> list[Section]:
    """Requests a day, from the journal, by model."""
    counted = [row for row in changed(preview) if row.requests is not None]
    if not counted:
        return []
    groups: dict[str, dict[Role, float]] = {}
    for row in counted:
        sums = groups.setdefault(row.change.model, {})
        role = role_of(row.change)
        sums[role] = sums.get(role, 0.0) + (row.requests or 0.0)
    drawn = sorted((Bar(model, tuple(sums.items())) for model, sums in groups.items()), key=lambda bar: -bar.total)
    rows: list[tuple[Word, ...]] = [
        (Code(model), Mark(role, role.words), Amount(amount(size)))
        for model, sums in groups.items()
        for role, size in sums.items()
    ]
    days = preview.journal_days
    said = "" if days is None else f" over {amount(days)} {'day' if days == 1 else 'days'}"
    return [
        Section(
            "preview-requests",
            "Requests a day",
            (
                Text((f"Counted in the journal{said}, of those who are touched.",)),
                bar_picture(
                    "preview-daily",
                    "Requests a day of those who are touched",
                    drawn,
                    "requests a day",
                    "preview-daily-table",
                ),
                table("preview-daily-table", "Requests a day, by model", ["Model", "Meaning", "#Requests a day"], rows),
            ),
        )
    ]


def sample_section(preview: Preview) -> list[Section]:
    """Some of those who are touched."""
    rows: list[tuple[Word, ...]] = [
        (
            Code(row.change.model),
            row.kind,
            Mark(role_of(row.change), row.change.effect.value),
            served(row.change.becomes),
            row.subjects,
            codes(row.sample),
        )
        for row in preview.rows
        if row.sample
    ]
    if not rows:
        return []
    titles = ["Model", "Kind", "Effect", "Served after", "#Subjects", "Some of them"]
    return [
        Section("preview-samples", "Samples", (table("preview-samples-table", "Some of each class", titles, rows),))
    ]


def basis_section(preview: Preview) -> Section:
    """What it was computed on."""
    kinds = listing([f"{count(number)} of kind {kind}" for kind, number in preview.kinds])
    pairs = Pairs(
        (
            ("At", preview.at),
            ("Population", preview.population),
            ("Subjects", preview.accounts),
            ("Kinds", kinds or None),
            ("Models", codes(preview.models)),
            ("Classes", preview.classes),
            ("Rulebook before", Code(preview.before)),
            ("Rulebook after", Code(preview.after)),
            ("Epoch", preview.epoch),
            ("Days of journal", decimal(preview.journal_days)),
            ("Query", seconds(preview.query_seconds)),
            ("Altogether", seconds(preview.seconds)),
        )
    )
    return Section("preview-basis", "What this was computed on", (pairs,))
