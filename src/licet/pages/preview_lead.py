"""The answer of a preview in a few sentences and figures."""

from __future__ import annotations

from collections.abc import Sequence

from licet.core.change import Effect
from licet.core.preview import Preview, Row
from licet.pages.blocks import Figure
from licet.pages.charts.tally import by_role, changed, grouped, losing, only_unknown, requests, subjects
from licet.pages.number import count, instant, listing, plural, verb
from licet.pages.role import Role

MOST_SAID = 5
"""Models that are named one by one, at most."""


def lead(preview: Preview) -> tuple[str, ...]:
    """Who loses and gains what, from when, in sentences."""
    rows = changed(preview)
    if not rows:
        nobody = f"At {instant(preview.at)} nobody of {plural(preview.accounts, 'subject')} loses or gains anything."
        return (nobody, *later(preview))
    groups = list(grouped(rows, lambda row: row.change.model).items())
    sentences = [f"From {instant(preview.at)}, of {plural(preview.accounts, 'subject')}:"]
    sentences += [model_sentence(model, each) for model, each in groups[:MOST_SAID]]
    if len(groups) > MOST_SAID:
        sentences.append(f"{plural(len(groups) - MOST_SAID, 'more model')} in the table.")
    return (*sentences, *unknown_sentence(rows))


def model_sentence(model: str, rows: Sequence[Row]) -> str:
    """What happens to those who ask for one model."""
    parts: list[str] = []
    for effect, (one, many) in VERBS.items():
        meet = [row for row in rows if row.change.effect is effect]
        if meet:
            number = subjects(meet)
            parts.append(f"{verb(number, one, many)} {model}" + (instead(meet) if effect is Effect.LOSES else ""))
    return "; ".join(parts) + "."


VERBS = {
    Effect.LOSES: ("loses", "lose"),
    Effect.LOSES_SUBSTITUTE: ("loses the substitute for", "lose their substitute for"),
    Effect.OTHER_SUBSTITUTE: ("gets another substitute for", "get another substitute for"),
    Effect.GAINS: ("gains", "gain"),
    Effect.SAME: ("has open streams cut, and nothing else, of", "have open streams cut, and nothing else, of"),
    Effect.GAINS_SUBSTITUTE: ("gains a substitute for", "gain a substitute for"),
}
"""What somebody does to whom an effect happens: one, and many."""


def instead(rows: Sequence[Row]) -> str:
    """What those who lose a model get, in brackets."""
    ways: list[str] = []
    everyone = subjects(rows)
    for model, each in grouped(rows, lambda row: row.change.becomes).items():
        number = subjects(each)
        who = "all are" if number == everyone > 1 else f"{count(number)} {'is' if number == 1 else 'are'}"
        ways.append(f"{who} refused" if model is None else f"{who} served {model}")
    return f" ({listing(ways)})"


def unknown_sentence(rows: Sequence[Row]) -> tuple[str, ...]:
    """How many are touched for want of a fact."""
    touched = only_unknown(rows)
    if not touched:
        return ()
    facts = sorted({fact for row in touched for fact in row.change.unknown})
    whom = f"{count(subjects(touched))} of {count(subjects(losing(rows)))} losses"
    return (f"{whom} are there only because a fact is unknown ({listing(facts, 'or')}).",)


def later(preview: Preview) -> tuple[str, ...]:
    """That something happens at another instant."""
    if not any(each.loses or each.gains or each.substituted for each in preview.moments):
        return ()
    return ("At other instants somebody does: see “Over time”.",)


def figures(preview: Preview) -> tuple[Figure, ...]:
    """The strip at the top."""
    rows = changed(preview)
    tally = by_role(rows)
    unknown, streams, daily = subjects(only_unknown(rows)), sum(row.streams for row in rows), requests(rows)
    strip = [
        Figure(count(tally.get(Role.LOSES, 0)), "lose, and are refused", Role.LOSES),
        Figure(count(tally.get(Role.SUBSTITUTED, 0)), "are served another model", Role.SUBSTITUTED),
        Figure(count(tally.get(Role.GAINS, 0)), "gain", Role.GAINS),
        Figure(count(unknown), "touched only because a fact is unknown", Role.UNKNOWN),
        Figure(count(streams), "would have their open streams cut"),
    ]
    if daily is not None:
        strip.append(Figure(count(round(daily)), "requests a day of theirs"))
    return tuple(strip)
