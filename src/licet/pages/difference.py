"""The difference between two rulebooks as a page: sentences, when each change holds, and one of each class."""

from __future__ import annotations

from collections.abc import Sequence

from licet.core.change import Effect
from licet.core.differences import Difference, Differences
from licet.pages import look
from licet.pages.blocks import Block, Figure, Page, Pairs, Section, Table, Text, table
from licet.pages.charts.bars import MOST
from licet.pages.charts.chart import picture
from licet.pages.charts.spans import Stretch, spans
from licet.pages.number import count, instant, plural, seconds, verb
from licet.pages.role import Role, ordered, role_of
from licet.pages.words import Code, Mark, Word, codes, givens


def page(differences: Differences, sentences: Sequence[str], *, title: str) -> str:
    """A difference as one self-contained HTML page. `sentences` say it in words, the most important first."""
    parts = sections(differences, sentences)
    return look.render(Page("Difference between two rulebooks", title, lead(differences), figures(differences), parts))


def lead(differences: Differences) -> tuple[str, ...]:
    """How many classes differ, since when, and whether that is all."""
    since = f"From {instant(differences.since)} {until(differences)}"
    if differences.complete and not differences.differences:
        return (f"{since}, the two rulebooks decide the same for everybody: there is no difference.",)
    narrows = sum(each.narrows for each in differences.differences)
    widens = sum(each.widens for each in differences.differences)
    number = len(differences.differences)
    meet = "meets" if number == 1 else "meet"
    said = f"{since}, {plural(number, 'class', 'classes')} of subjects {meet} a difference: "
    said += f"{verb(narrows, 'loses', 'lose')} something, {verb(widens, 'gains', 'gain')} something."
    return (said, *incomplete(differences))


def until(differences: Differences) -> str:
    """Until when was looked."""
    return "on" if differences.until is None else f"until {instant(differences.until)}"


def incomplete(differences: Differences) -> tuple[str, ...]:
    """That classes may be missing, and why."""
    return () if differences.complete else ("This is not all of it: " + differences.because.removesuffix(".") + ".",)


def figures(differences: Differences) -> tuple[Figure, ...]:
    """The strip at the top: classes by meaning."""
    found = [role_of(each.change) for each in differences.differences]
    named = (
        (Role.LOSES, "classes lose, and are refused"),
        (Role.SUBSTITUTED, "classes are served another model"),
        (Role.GAINS, "classes gain"),
    )
    strip = [Figure(count(found.count(role)), label, role) for role, label in named]
    strip.append(Figure("all" if differences.complete else "not all", "classes are found"))
    return tuple(strip)


def sections(differences: Differences, sentences: Sequence[str]) -> tuple[Section, ...]:
    """Everything that a difference says, for a page of its own or beside other results."""
    said = [Section("difference-words", "In sentences", (Text(tuple(sentences), listed=True),))] if sentences else []
    return (*said, *class_sections(differences), *model_section(differences), basis_section(differences))


def class_sections(differences: Differences) -> list[Section]:
    """When each class meets its change, and somebody of each class."""
    found = differences.differences
    if not found:
        return []
    when: tuple[Block, ...] = (timeline(differences), class_table(found))
    said = ["One of each class, at the instant at which its change begins, with a value for every declared fact."]
    if not all(each.exact for each in found):
        said.append(
            "Where it says “and the like”, there were too many classes to tell apart: the reasons are this one's."
        )
    who = Text(tuple(said))
    return [
        Section("difference-when", "Who, what and when", when),
        Section("difference-witnesses", "One of each class", (who, witness_table(found))),
    ]


def timeline(differences: Differences) -> Block:
    """A row for each class, from its beginning to its end."""
    found = differences.differences
    rows = [
        Stretch(f"{n}. {what(each)}", role_of(each.change), each.start, each.end) for n, each in enumerate(found, 1)
    ]
    first = min(found, key=lambda each: each.start)
    endless = sum(each.end is None for each in found)
    words = f"{plural(len(found), 'class', 'classes')}, {count(endless)} of them without an end; "
    words += f"the first begins at {instant(first.start)}."
    if len(found) > MOST:
        words += f" Only the first {MOST} are drawn."
    key = ordered(row.role for row in rows)
    return picture(
        "difference-spans",
        "When each change holds",
        words,
        spans(rows, differences.since),
        key=key,
        table="difference-classes",
    )


def what(difference: Difference) -> str:
    """A change in a few words: `loses fable-5`, `fable-5: gains a substitute, for want of a fact`."""
    change = difference.change
    simple = change.effect in (Effect.LOSES, Effect.GAINS)
    said = f"{change.effect.value} {change.model}" if simple else f"{change.model}: {change.effect.value}"
    said += "" if difference.operation == "use" else f" ({difference.operation})"
    return f"{said}, for want of a fact" if change.unknown else said


def class_table(found: Sequence[Difference]) -> Table:
    """Every class with its change and its time; with counts where there was a population."""
    counted = any(each.count is not None for each in found)
    titles = ["Class", "Change", "Served before", "Served after", "From", "Until", "By", "Streams"]
    rows = [(n, *class_cells(each), *([each.count] if counted else [])) for n, each in enumerate(found, 1)]
    name, caption = "difference-classes", "Every class of subjects that meets a change"
    return table(name, caption, titles + ["#Subjects"] * counted, rows)


def class_cells(difference: Difference) -> tuple[Word, ...]:
    """One class of the table."""
    change = difference.change
    return (
        Mark(role_of(change), what(difference) + ("" if difference.exact else ", and the like")),
        "none" if change.was is None else Code(change.was),
        "none" if change.becomes is None else Code(change.becomes),
        difference.start,
        difference.end or "no end",
        codes(change.by),
        "cut" if change.cuts else "run on",
    )


def model_section(differences: Differences) -> list[Section]:
    """What differs in the documents of models, whether or not it changes a decision."""
    if not differences.models:
        return []
    rows: list[tuple[Word, ...]] = [
        (Code(each.model), each.field, each.before, each.after) for each in differences.models
    ]
    said = table("difference-models-table", "Fields of models that differ", ["Model", "Field", "Before", "After"], rows)
    return [Section("difference-models", "Models", (said,))]


def witness_table(found: Sequence[Difference]) -> Table:
    """Somebody of each class."""
    rows: list[tuple[Word, ...]] = [
        (n, Mark(role_of(each.change), what(each)), codes(each.change.unknown), givens(each.witness.facts))
        for n, each in enumerate(found, 1)
    ]
    titles = ["Class", "Change", "Would have to become known", "Facts of one of them"]
    return table("difference-facts", "A witness of each class", titles, rows)


def basis_section(differences: Differences) -> Section:
    """What it was computed on, and what was taken for granted."""
    pairs = Pairs(
        (
            ("Since", differences.since),
            ("Until", differences.until or "no end"),
            ("Rulebook before", Code(differences.before)),
            ("Rulebook after", Code(differences.after)),
            ("Complete", "yes: no class is missing" if differences.complete else f"no: {differences.because}"),
            ("Took", seconds(differences.seconds)),
        )
    )
    taken = (
        (Text(("Taken for granted of facts:",)), Text(differences.assumptions, listed=True))
        if differences.assumptions
        else ()
    )
    return Section("difference-basis", "What the difference rests on", (pairs, *taken))
