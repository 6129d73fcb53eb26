"""The result as one table that a person understands at a glance, with its legend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from rich import box
from rich.table import Table
from rich.text import Text

from licet.app.demo.callers import Answer
from licet.app.demo.compare import Played, cell_difference, day, stream_difference
from licet.app.demo.scenario import Place, Scenario
from licet.core.instruments import Instrument, Release

GLYPHS = {"serve": "●", "substitute": "◐", "refuse": "✕", "cut": "✂", "done": "●", "fail": "!"}
STYLES = {
    "serve": "green",
    "substitute": "yellow",
    "refuse": "red",
    "cut": "bold red",
    "done": "green",
    "fail": "bold white on red",
}
WIDE = 110
"""From this width on, cells have words beside their glyphs."""


def letters(instruments: Sequence[Instrument]) -> dict[str, str]:
    """A letter for each instrument that is not a release, in the order in which they take effect."""
    others = [each for each in in_order(instruments) if not isinstance(each, Release)]
    return {each.name: chr(ord("A") + position) for position, each in enumerate(others)}


def in_order(instruments: Sequence[Instrument]) -> list[Instrument]:
    return sorted(instruments, key=lambda each: (each.from_, each.name))


def result(scenario: Scenario, instruments: Sequence[Instrument], played: Played, width: int) -> Table:
    """The table: callers down, time across, a block for each model."""
    marks = letters(instruments)
    wide = width >= WIDE
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1 if wide else 0, 0, 0), pad_edge=False, show_edge=False)
    table.add_column(Text("\n2026, Eastern\n"), no_wrap=True)
    for heading in headings(scenario):
        table.add_column(Text("\n".join(heading)), no_wrap=True)
    for model in scenario.models:
        rows = [row(scenario, played, model, caller, marks, wide) for caller in scenario.callers]
        table.add_row(Text(model, style="bold"), *[""] * len(table.columns[1:]))
        if len({tuple(cell.plain for cell in cells) for cells in rows}) == 1:
            table.add_row(f"  all {len(rows)} callers", *rows[0])
        else:
            for caller, cells in zip(scenario.callers.values(), rows, strict=True):
                table.add_row("  " + caller.who, *cells)
        if model != scenario.models[-1]:
            table.add_row()
    return table


def headings(scenario: Scenario) -> Iterator[tuple[str, str, str]]:
    """Day, time and event of each column; the streams have theirs where they belong in time."""
    streams = scenario.streams.at
    columns = [(each.at, f"{each.at:%H:%M}", each.event) for each in scenario.instants]
    columns.append((streams, f"{streams + timedelta(minutes=1):%H:%M}", "stream"))  # the minute in which they end
    for at, clock, event in sorted(columns):
        yield day(at), clock, event


def row(
    scenario: Scenario, played: Played, model: str, caller: str, marks: Mapping[str, str], wide: bool
) -> list[Text]:
    """One caller's cells for one model."""
    cells: list[tuple[datetime, Text]] = []
    for instant, each in enumerate(scenario.instants):
        place = Place(model, caller, instant)
        answer = played.answers.get(place)
        if answer is None:
            cells.append((each.at, Text("")))
            continue
        right = not cell_difference(scenario, played, place)
        behind = played.instruments(answer.decision)
        cells.append((each.at, cell(answer.outcome, said(answer), behind, marks, wide, right)))
    end = played.ends.get(caller) if model == scenario.streams.model else None
    if end is None:
        cells.append((scenario.streams.at, Text("")))
    else:
        right = not stream_difference(scenario, played, caller)
        word = {"cut": "cut", "done": "ran on"}.get(end.how, "failed")
        cells.append((scenario.streams.at, cell(end.how, word, end.told, marks, wide, right)))
    return [text for _, text in sorted(cells, key=lambda pair: pair[0])]


def said(answer: Answer) -> str:
    if answer.outcome == "substitute":
        return answer.served or ""
    return {"serve": "served", "refuse": "refused"}.get(answer.outcome, f"failed {answer.status}")


def cell(
    outcome: str, word: str, instruments: Sequence[str], marks: Mapping[str, str], wide: bool, right: bool
) -> Text:
    """A glyph, in wide tables a word, and the letters of the instruments; the last one only where one relieves."""
    letter = max((marks[name] for name in instruments if name in marks), default="")
    style = STYLES[outcome] if right else STYLES["fail"]
    if outcome == "refuse" and not letter and right:
        style = "dim red"  # never released to them: no order did this, so it should not catch the eye
    text = Text(GLYPHS[outcome] + (f" {word}" if wide else ""), style=style)
    if letter:
        text.append(f" {letter}", style="bold")
    return text if right else text.append(" ≠", style=STYLES["fail"])


def legend(scenario: Scenario, instruments: Sequence[Instrument]) -> Iterator[Text]:
    """What the glyphs and letters mean, from the instruments' own words."""
    glyphs = Text()
    for outcome, meaning in (
        ("serve", "served"),
        ("substitute", "another model instead, and told so"),
        ("refuse", "refused, with reasons"),
        ("cut", "stream cut, with the reason in it"),
    ):
        glyphs.append(f"{GLYPHS[outcome]} ", style=STYLES[outcome]).append(f"{meaning}   ")
    yield glyphs
    marks = letters(instruments)
    for each in in_order(instruments):
        if each.name in marks:
            zoned = each.from_.astimezone(scenario.instants[0].at.tzinfo)
            text = Text(f"{marks[each.name]} ", style="bold")
            kind = type(each).__name__.lower()
            yield text.append(f"{kind} {each.name}, from {day(zoned)} {zoned:%H:%M}: {each.title}", style="not bold")
    yield Text("no letter: by the developer's release to that caller, or, refused, because there is none", style="dim")
