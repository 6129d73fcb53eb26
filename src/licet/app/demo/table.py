"""The result as one table that a person understands at a glance, with its legend and every difference named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from rich import box
from rich.table import Table
from rich.text import Text

from licet.app.demo.callers import Answer, Ended
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


class Played(NamedTuple):
    """Everything that was seen: an answer for each cell, and how each stream ended."""

    answers: Mapping[Place, Answer]
    ends: Mapping[str, Ended]


def differences(scenario: Scenario, played: Played) -> list[str]:
    """Each cell that differs from the scenario's expectations, named, with what was expected and what was seen."""
    places = (place for instant in range(len(scenario.instants)) for place in scenario.places(instant))
    cells = (difference(scenario, place, played.answers.get(place)) for place in places)
    ends = (stream_difference(scenario, caller, played.ends.get(caller)) for caller in scenario.streams.ends)
    return [found for found in (*cells, *ends) if found]


def difference(scenario: Scenario, place: Place, answer: Answer | None) -> str:
    expected, at = scenario.expected(place), scenario.instants[place.instant].at
    cell = f"{day(at)} {at:%H:%M}, {place.caller} asking {place.model}"
    if answer is None:
        return f"{cell}: nothing was seen"
    seen = (answer.outcome, answer.served, answer.instruments)
    if seen == (expected.outcome, expected.served, tuple(sorted(expected.instruments))):
        return ""
    why = f" ({answer.status}: {answer.text[:200]})" if answer.outcome == "fail" else ""
    wanted = words(expected.outcome, expected.served, expected.instruments)
    return f"{cell}: expected {wanted}, got {words(*seen)}{why}"


def stream_difference(scenario: Scenario, caller: str, end: Ended | None) -> str:
    expected = scenario.streams.ends[caller]
    if end is not None and (end.how, end.instruments) == (expected.how, expected.instruments):
        return ""
    got = "nothing" if end is None else f"{words(end.how, None, end.instruments)} ({end.text[:200]})"
    wanted = words(expected.how, None, expected.instruments)
    return f"the stream of {caller} from {scenario.streams.model}: expected {wanted}, got {got}"


def words(outcome: str, served: str | None, instruments: Sequence[str]) -> str:
    return outcome + (f" {served}" if served else "") + " by " + (", ".join(instruments) or "no instrument")


def letters(instruments: Sequence[Instrument]) -> dict[str, str]:
    """A letter for each instrument that is not a release, in the order in which they take effect."""
    others = [each for each in in_order(instruments) if not isinstance(each, Release)]
    return {each.name: chr(ord("A") + position) for position, each in enumerate(others)}


def in_order(instruments: Sequence[Instrument]) -> list[Instrument]:
    return sorted(instruments, key=lambda each: (each.from_, each.name))


def day(instant: datetime) -> str:
    return f"{instant.day} {instant:%b}"


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
        expected = scenario.expected(place)
        right = (answer.outcome, answer.served) == (expected.outcome, expected.served)
        cells.append((each.at, cell(answer.outcome, said(answer), answer.instruments, marks, wide, right)))
    end = played.ends.get(caller) if model == scenario.streams.model else None
    if end is None:
        cells.append((scenario.streams.at, Text("")))
    else:
        right = end.how == scenario.streams.ends[caller].how
        word = {"cut": "cut", "done": "ran on"}.get(end.how, "failed")
        cells.append((scenario.streams.at, cell(end.how, word, end.instruments, marks, wide, right)))
    return [text for _, text in sorted(cells, key=lambda pair: pair[0])]


def said(answer: Answer) -> str:
    if answer.outcome == "substitute":
        return answer.served or ""
    return {"serve": "served", "refuse": "refused"}.get(answer.outcome, f"failed {answer.status or ''}".strip())


def cell(
    outcome: str, word: str, instruments: Sequence[str], marks: Mapping[str, str], wide: bool, right: bool
) -> Text:
    """A glyph, in wide tables a word, and the letters of the instruments; the last one only where one relieves."""
    letter = max((marks[name] for name in instruments if name in marks), default="")
    style = STYLES[outcome] if right else STYLES["fail"]
    text = Text(GLYPHS[outcome] + (f" {word}" if wide else ""), style=style)
    if letter:
        text.append(f" {letter}", style="bold")
    return text if right else text.append(" ≠", style=STYLES["fail"])


def legend(scenario: Scenario, instruments: Sequence[Instrument]) -> Iterator[Text]:
    """What the glyphs and letters mean, from the instruments' own words."""
    glyphs = Text()
    for outcome, meaning in (
        ("serve", "served"),
        ("substitute", "another model served instead, and said so"),
        ("refuse", "refused, with reasons"),
        ("cut", "stream cut, with a reason in the stream"),
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
