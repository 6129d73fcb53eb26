"""A procedure as a page: what it rests on, its diagram, states, events, clocks and times, and its cases."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from licet.core.cases.procedure import CLOCK, EventRule, Procedure
from licet.core.cases.register.in_force import InForce
from licet.core.cases.register.places import criteria_place, list_place, procedure_place
from licet.pages.blocks import Block, Column, Drawing, Figure, Pairs, Section, Table, Text
from licet.pages.diagram import diagram
from licet.pages.number import count, instant, plural, whole
from licet.pages.register.frame import render, to
from licet.pages.register.times import HOW, times
from licet.pages.role import Role
from licet.pages.words import Code, Link, Mark, Names, Word


def procedure_page(each: InForce) -> bytes:
    """The page of a procedure."""
    procedure = each.procedure
    place = procedure_place(procedure.name)
    sections = (
        about(each, place),
        *clock_sections(each),
        cases(each, place),
        Section("diagram", "States and events", (drawn(procedure), *states(procedure))),
        Section("events", "What can happen", (events(procedure), *fields(procedure))),
        *duty(each),
    )
    return render(place, f"{procedure.title} ({procedure.name})", lead(each), sections, figures=figures(each))


def lead(each: InForce) -> tuple[str, ...]:
    """Since when it is in force."""
    since = "It came with Licet" if each.since is None else f"It is in force since {instant(whole(each.since))}"
    if each.current:
        return (f"{since}; new cases are opened under it.",)
    return (f"{since}. New cases are opened under a later version; cases that began under this one keep it.",)


def figures(each: InForce) -> tuple[Figure, ...]:
    """Its cases and its clocks in numbers."""
    missed, overdue = sum(one.missed for one in each.clocks), sum(one.overdue for one in each.clocks)
    return (
        Figure(count(overdue), "deadlines overdue now", Role.REFUTED if overdue else None),
        Figure(count(missed), "deadlines missed", Role.REFUTED if missed else None),
        Figure(count(each.cases), "cases"),
        Figure(count(each.open), "of them open"),
    )


def about(each: InForce, place: str) -> Section:
    """What it rests on."""
    procedure = each.procedure
    catalogues = tuple(to(place, criteria_place(name), name) for name in procedure.criteria)
    appeals: Word = None
    if procedure.appeals is not None:
        appeals = to(place, procedure_place(procedure.appeals), procedure.appeals)
    rows: tuple[tuple[str, Word], ...] = (
        ("Sources", Names(tuple(sourced(source) for source in procedure.sources))),
        ("As of", procedure.as_of.isoformat()),
        ("Digest", Code(procedure.digest)),
        ("Judged by", Names(catalogues) if catalogues else None),
        ("Appealed by", appeals),
        ("Days are counted in", f"{procedure.zone}, by the calendar {procedure.calendar}"),
        ("Kept for", procedure.retention.source),
    )
    return Section("about", "What it rests on", (Pairs(rows),))


def sourced(source: str) -> Word:
    """A source: an address leads there."""
    return Link(source) if source.startswith(("https://", "http://")) else source


def clock_sections(each: InForce) -> Iterable[Section]:
    """Its clocks, with the times that cases took."""
    procedure = each.procedure
    if not procedure.clocks:
        return
    blocks: list[Block] = [Text((HOW,)), *times("clock", procedure.title, each.clocks)]
    rows: list[tuple[Word, ...]] = []
    for rule, seen in zip(procedure.clocks.values(), each.clocks, strict=True):
        then = "it is missed" if rule.event is None else procedure.events[rule.event].title
        tolls = Names(tuple(toll.title for toll in rule.tolls.values())) if rule.tolls else None
        appealable = "yes" if rule.appealable else "no"
        rows.append(
            (rule.title, seen.limit, role(procedure, rule.owner), then, tolls, appealable, sourced(rule.source))
        )
    titles = ("Clock", "Limit", "Who has to act", "When it runs out", "Does not count", "Missing it can be appealed")
    columns = tuple(Column(title) for title in (*titles, "Source"))
    blocks.append(Table("clocks-rules", "The clocks", columns, tuple(rows), stacks=True))
    yield Section("clocks", "Clocks, and how they were kept", tuple(blocks))


def role(procedure: Procedure, name: str) -> str:
    """A role's title."""
    found = procedure.roles.get(name)
    return "the clock" if name == CLOCK else name if found is None else found.title


def cases(each: InForce, place: str) -> Section:
    """Its cases: by state, by outcome, by decision; and where they are listed."""
    procedure = each.procedure
    if not each.cases:
        return Section("cases", "Cases", (Text(("There is no case under it yet.",)),))
    blocks: list[Block] = [Text((f"{plural(each.cases, 'case')}, {count(each.open)} of them open.",))]
    rows = tuple((procedure.states[name].title, number) for name, number in each.states.items() if number)
    blocks.append(counted("by-state", "Cases by state", "State", rows))
    if each.outcomes:
        blocks.append(counted("by-outcome", "Cases by outcome", "Outcome", tuple(each.outcomes.items())))
    if each.decisions:
        blocks.append(counted("by-decision", "Decisions by kind", "Kind", tuple(each.decisions.items()), "Decisions"))
    links = (("All of them, page by page", to(place, list_place(procedure.name, 1), "the list")),)
    return Section("cases", "Cases", (*blocks, Pairs(links)))


def counted(name: str, caption: str, title: str, rows: tuple[tuple[str, int], ...], of: str = "Cases") -> Table:
    """A small table of counts."""
    return Table(name, caption, (Column(title), Column(of, figures=True)), rows)


def drawn(procedure: Procedure) -> Block:
    """Its diagram, which says in words what it shows."""
    caption = "The states, and what leads from one to the next"
    return Drawing("states-drawn", caption, Markup(diagram(procedure, alone=False)))  # noqa: S704 (the diagram escapes its texts)


def states(procedure: Procedure) -> Iterable[Block]:
    """The states, in a table."""
    rows = tuple(
        (each.title, each.meaning or None, Mark(Role.PROVED, "closed") if each.final else Mark(Role.UNCHANGED, "open"))
        for each in procedure.states.values()
    )
    yield Table(
        "states", "The states", tuple(Column(one) for one in ("State", "Meaning", "A case is")), rows, stacks=True
    )


def events(procedure: Procedure) -> Table:
    """The events, who may cause each, from where, to where."""
    titles = ("Event", "What it is", "Who", "From", "To", "It takes", "Source")
    rows = tuple(event(procedure, each) for each in procedure.events.values())
    return Table("events-table", "The events", tuple(Column(title) for title in titles), rows, stacks=True)


def event(procedure: Procedure, each: EventRule) -> tuple[Word, ...]:
    """The row of an event."""
    states = procedure.states
    froms = tuple(begun(procedure, each, name) for name in ordered(procedure, each.froms))
    needs = tuple(f"{name}{'' if need.required else ' (optional)'}" for name, need in each.needs.items())
    second = ("a second officer",) if each.second else ()
    return (
        each.title,
        each.meaning or None,
        Names(tuple(role(procedure, name) for name in sorted(each.by))),
        Names(froms),
        "stays" if each.to is None else states[each.to].title,
        Names((*needs, *second)) if needs or second else None,
        sourced(each.source) if each.source else None,
    )


def begun(procedure: Procedure, each: EventRule, state: str) -> str:
    """From where an event happens, and what must hold of the case there."""
    title = procedure.states[state].title if state in procedure.states else "the beginning"
    guard = each.guards.get(state)
    return title if guard is None else f"{title}, only if {guard.text}"


def ordered(procedure: Procedure, names: Iterable[str]) -> list[str]:
    """States in the order in which the procedure has them, the beginning first."""
    order = {name: n for n, name in enumerate(procedure.states)}
    return sorted(names, key=lambda name: order.get(name, -1))


def fields(procedure: Procedure) -> Iterable[Block]:
    """The fields that events take, and which of them the public sees."""
    found = {need.field.name: need.field for each in procedure.events.values() for need in each.needs.values()}
    if not found:
        return
    rows = tuple((Code(name), one.meaning, one.kind.value, one.secrecy.value) for name, one in sorted(found.items()))
    columns = tuple(Column(title) for title in ("Field", "Meaning", "Kind", "Class"))
    yield Table("fields", "The fields; only those of the class public are shown", columns, rows, stacks=True)


def duty(each: InForce) -> Iterable[Section]:
    """Where it is a duty to report incidents: whose, and how often it was done."""
    found = each.procedure.duty
    if found is None:
        return
    rows: tuple[tuple[str, Word], ...] = (
        ("Jurisdiction", found.jurisdiction),
        ("Reported to", found.to),
        ("How this law stands", found.standing.value),
        ("In force since", None if found.since is None else found.since.isoformat()),
        ("Note", found.standing_note or None),
    )
    made = tuple((each.procedure.events[name].title, each.events.get(name, 0)) for name in found.reports)
    table = Table("reports", "Reports made", (Column("Report"), Column("Made", figures=True)), made)
    yield Section("duty", "The duty", (Pairs(rows), table))
