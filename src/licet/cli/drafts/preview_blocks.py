"""A preview for people: sentences first, then tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, count, listed, pairs, short
from licet.cli.terminal.told import among
from licet.core.change import NARROWING, WIDENING, Change, Effect
from licet.core.preview import Moment, Preview, Row

TONES = {
    **dict.fromkeys(NARROWING, Tone.BAD),
    **dict.fromkeys(WIDENING, Tone.GOOD),
    Effect.OTHER_SUBSTITUTE: Tone.WARN,
    Effect.SAME: Tone.QUIET,
}


def preview_blocks(preview: Preview, ignored: Sequence[str]) -> list[Block]:
    """What there is to see, the most important first."""
    blocks: list[Block] = [
        pairs(
            ("at", Line(preview.at.isoformat(), Tone.STRONG)),
            ("rulebook", f"{short(preview.before)}, with the draft {short(preview.after)}"),
            ("population", f"{preview.population}: {people(preview)}"),
        )
    ]
    blocks += [Line(text, tone) for text, tone in sentences(preview)]
    blocks += [rows_grid(preview)] if preview.rows else []
    if preview.organisations:
        blocks += [Line("organisations"), organisations_grid(preview)]
    if preview.moments:
        blocks += [Line("over time (pairs of a subject and a model)"), moments_grid(preview.moments)]
    samples = [row for row in preview.rows if row.sample]
    if samples:
        blocks += [Line("some of them"), samples_grid(samples)]
    if ignored:
        blocks.append(Line(f"columns that say nothing of a fact were passed over: {among(ignored, 8)}", Tone.WARN))
    blocks.append(Line(figures(preview), Tone.QUIET))
    return blocks


def people(preview: Preview) -> str:
    """`7 subjects (6 of kind person, 1 of kind workload)`."""
    kinds = listed([f"{number:,} of kind {kind}" for kind, number in preview.kinds])
    return count(preview.accounts, "subject") + (f" ({kinds})" if kinds else "")


def sentences(preview: Preview) -> Iterator[tuple[str, Tone]]:
    """Model by model who loses, gains and is cut off; then for whom it is only a matter of what is not known."""
    changed = [row for row in preview.rows if row.change.effect is not Effect.SAME or row.change.cuts]
    if not changed:
        yield "nothing changes for anybody", Tone.GOOD
    for model in dict.fromkeys(row.change.model for row in changed):
        rows = [row for row in changed if row.change.model == model]
        for effect in dict.fromkeys(row.change.effect for row in rows):
            yield sentence(model, effect, [row for row in rows if row.change.effect is effect]), TONES[effect]
        cut = sum(row.streams for row in rows)
        if cut:
            yield f"{model}: answers that are being streamed to {count(cut, 'subject')} are cut", Tone.BAD


def sentence(model: str, effect: Effect, rows: list[Row]) -> str:
    """`fable-5: 4 subjects lose it, 4 of them served opus-4.8 instead, 1 only because something is not known (lpr)`."""
    number = sum(row.subjects for row in rows)
    verb = VERBS[effect] if number != 1 else VERBS[effect].replace("lose", "loses").replace("gain", "gains")
    text = f"{model}: {count(number, 'subject')} {verb}"
    for served in dict.fromkeys(row.change.becomes for row in rows):
        if served not in (None, model) and effect is not Effect.SAME:
            instead = sum(row.subjects for row in rows if row.change.becomes == served)
            text += f", {instead:,} of them served {served} instead"
    open_ = [row for row in rows if row.change.unknown]
    if open_:
        facts = listed(sorted({fact for row in open_ for fact in row.change.unknown}))
        text += f", {sum(row.subjects for row in open_):,} only because something is not known ({facts})"
    return text


VERBS = {
    Effect.LOSES: "lose it",
    Effect.GAINS: "gain it",
    Effect.LOSES_SUBSTITUTE: "lose its substitute",
    Effect.GAINS_SUBSTITUTE: "gain a substitute",
    Effect.OTHER_SUBSTITUTE: "get another substitute",
    Effect.SAME: "go on as before, but for what is being streamed",
}


def merged(rows: Iterable[Row]) -> list[Row]:
    """The same rows, but one for all that differ only in which facts are not known: few enough to be read."""
    groups: dict[tuple[str, Change, bool], list[Row]] = {}
    for row in rows:
        key = row.kind, row.change._replace(unknown=()), bool(row.change.unknown)
        groups.setdefault(key, []).append(row)
    return [one_of(group) for group in groups.values()]


def one_of(rows: Sequence[Row]) -> Row:
    """Rows that differ only in the facts that are not known, as one with all of these facts."""
    first, facts = rows[0], sorted({fact for row in rows for fact in row.change.unknown})
    return Row(
        first.kind,
        first.change._replace(unknown=tuple(facts)),
        sum(row.subjects for row in rows),
        sum(row.streams for row in rows),
        None if first.requests is None else sum(row.requests or 0.0 for row in rows),
        tuple(dict.fromkeys(name for row in rows for name in row.sample)),
    )


def rows_grid(preview: Preview) -> Grid:
    """One row for each change, whichever facts are not known."""
    daily = preview.journal_days is not None
    columns = ["model", "kind", "effect", "was", "becomes", "by", "unknown", "subjects", "streams cut"]
    rows = [
        [
            *change_cells(row.change, row.kind),
            cell(listed(row.change.by)),
            cell(listed(row.change.unknown), Tone.WARN),
            cell(f"{row.subjects:,}", Tone.STRONG),
            cell(f"{row.streams:,}"),
            *([cell("" if row.requests is None else f"{row.requests:,.1f}")] if daily else []),
        ]
        for row in merged(preview.rows)
    ]
    return Grid(rows, [*columns, "requests a day"] if daily else columns)


def change_cells(change: Change, kind: str) -> list[Line]:
    """A change, in a table."""
    return [
        cell(change.model, Tone.STRONG),
        cell(kind),
        cell(change.effect.value, TONES[change.effect]),
        cell(change.was or "nothing"),
        cell(change.becomes or "nothing"),
    ]


def organisations_grid(preview: Preview) -> Grid:
    """The organisations that are touched most."""
    rows = [
        [
            cell(each.org or "(not known)", Tone.STRONG if each.org else Tone.WARN),
            cell(each.change.model),
            cell(each.change.effect.value, TONES[each.change.effect]),
            cell(each.change.becomes or "nothing"),
            cell(f"{each.subjects:,}"),
        ]
        for each in preview.organisations
    ]
    return Grid(rows, ("organisation", "model", "effect", "becomes", "subjects"))


def moments_grid(moments: Iterable[Moment]) -> Grid:
    """How many are touched from when on."""
    rows = [
        [
            cell(each.at.isoformat(), Tone.STRONG),
            cell(f"{each.loses:,}", Tone.BAD if each.loses else Tone.PLAIN),
            cell(f"{each.gains:,}", Tone.GOOD if each.gains else Tone.PLAIN),
            cell(f"{each.substituted:,}"),
            cell(listed(each.begins)),
            cell(listed([*each.ends, *each.turns])),
        ]
        for each in moments
    ]
    return Grid(rows, ("from", "lose", "gain", "substituted", "begins", "ends"))


def samples_grid(rows: Iterable[Row]) -> Grid:
    """Some subjects of each row."""
    found = [[*change_cells(row.change, row.kind), cell(listed(row.sample))] for row in merged(rows)]
    return Grid(found, ("model", "kind", "effect", "was", "becomes", "subjects"))


def figures(preview: Preview) -> str:
    """How it was worked out."""
    text = f"decided once for each of {preview.classes:,} classes, in {preview.query_seconds:.2f} s"
    if preview.journal_days is not None:
        text += f"; requests are the mean of {preview.journal_days:.1f} days of the journal"
    return text
