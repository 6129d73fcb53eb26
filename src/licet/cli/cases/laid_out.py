"""A procedure laid out for people: states by events, what each event needs, clocks with their limits and sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from licet.cli.cases.needs import actor_words, needs, open_line
from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, listed, pairs, short
from licet.core.cases.clock import ClockRule, Expiry
from licet.core.cases.criteria import Criteria
from licet.core.cases.limit_text import limit_text
from licet.core.cases.procedure import NEW, CaseRole, EventRule, Procedure, State

FEW = 3
"""Events that a cell names; more stand below the table."""


def procedure_blocks(procedure: Procedure) -> list[Block]:
    """All of it: what it is, where a case can be, what can happen there, who may do what, and the clocks."""
    blocks: list[Block] = [
        pairs(
            ("procedure", Line(procedure.name, Tone.STRONG)),
            ("title", procedure.title),
            ("topic", procedure.topic.value),
            ("sources", "; ".join(procedure.sources)),
            ("as of", procedure.as_of.isoformat()),
            ("days", f"by `{procedure.calendar}`, in {procedure.zone}"),
            ("criteria", listed(procedure.criteria)),
            ("appeals", procedure.appeals or ""),
            ("form", procedure.form or ""),
            ("kept", f"{limit_text(procedure.retention.limit)} after its latest event ({procedure.retention.source})"),
            ("digest", procedure.digest),
        ),
        *duty_blocks(procedure),
        roles_grid(procedure),
        transitions_grid(procedure),
        events_grid(procedure),
        *others_lines(procedure),
        *source_lines((each.name, each.source) for each in procedure.events.values()),
    ]
    if procedure.clocks:
        blocks.append(clocks_grid(tuple(procedure.clocks.values())))
        blocks += [Line(_stands_still(each)) for each in procedure.clocks.values() if each.tolls]
        blocks += source_lines((each.name, each.source) for each in procedure.clocks.values())
    lines = [Line(open_line(procedure, each)) for each in procedure.opening]
    return [*blocks, Line("a case is opened with", Tone.QUIET), *lines]


def transitions_grid(procedure: Procedure) -> Grid:
    """States by events: a row for each state and what can happen there, with where that leads."""
    states = (State(NEW, "(no case yet)", "", False, None), *procedure.states.values())
    return Grid([row for state in states for row in _rows(procedure, state)], ("state", "event", "by", "leads to"))


def events_grid(procedure: Procedure) -> Grid:
    """What each event needs and what it does to clocks."""
    rows = [
        (cell(each.name, Tone.STRONG), cell(each.title), cell(needs(each)), cell(_does(each)))
        for each in procedure.events.values()
    ]
    return Grid(rows, ("event", "is", "needs", "does"))


def others_lines(procedure: Procedure) -> list[Line]:
    """The long lists of events of which somebody else than their doers must do what is said above."""
    found = dict.fromkeys(tuple(sorted(each.unlike)) for each in procedure.events.values())
    return [Line(f"those {len(each)} events: {listed(each)}", Tone.QUIET) for each in found if len(each) > FEW]


def source_lines(sources: Iterable[tuple[str, str]]) -> list[Line]:
    """The sources, each with all that rests on it."""
    found: dict[str, list[str]] = {}
    for name, source in sources:
        if source:
            found.setdefault(source, []).append(name)
    return [Line(f"{listed(names)}: {source}", Tone.QUIET) for source, names in found.items()]


def roles_grid(procedure: Procedure) -> Grid:
    """Who may do what: each role with who that is, and the events that it may cause."""
    rows = [
        (
            cell(role.name, Tone.STRONG),
            cell(actor_words(role, role.name) + _whose(role)),
            cell(listed([each.name for each in procedure.events.values() if role.name in each.by])),
        )
        for role in procedure.roles.values()
    ]
    return Grid(rows, ("role", "who", "may"))


def _whose(role: CaseRole) -> str:
    if role.several:
        return "; several may act in it"
    return f"; named by the field {role.named_by}" if role.named_by else ""


def clocks_grid(clocks: Sequence[ClockRule]) -> Grid:
    """Who has how long for what, and what happens then."""
    rows = [
        (
            cell(each.name, Tone.STRONG),
            cell(each.owner),
            cell("; ".join(f"{limit_text(one.limit)}{f' if {one.text}' if one.text else ''}" for one in each.limits)),
            cell(runs_out(each)),
        )
        for each in clocks
    ]
    return Grid(rows, ("clock", "who", "limit", "when it runs out"))


def runs_out(clock: ClockRule) -> str:
    """What happens when a clock runs out, in words."""
    then = f"{clock.event}, by itself" if clock.expiry is Expiry.EVENT else "it is missed"
    return f"{then}; that can be appealed" if clock.appealable else then


def duty_blocks(procedure: Procedure) -> list[Block]:
    """What the duty is, where the procedure is one to report incidents."""
    duty = procedure.duty
    if duty is None:
        return []
    since = f" since {duty.since.isoformat()}" if duty.since else ""
    facts = pairs(
        ("duty", f"{duty.jurisdiction}: to {duty.to}"),
        ("stands", f"{duty.standing.value}{since}"),
        ("of which", duty.standing_note),
    )
    tests = [
        (cell(each.name, Tone.STRONG), cell(each.title), cell(each.text), cell(each.source)) for each in duty.tests
    ]
    return [facts, *([Grid(tests, ("test", "is", "holds where", "source"))] if tests else [])]


def criteria_blocks(criteria: Criteria) -> list[Block]:
    """A catalogue: each criterion with its identifier, what shows it, and whether a grant needs it."""
    rows = [
        (
            cell(each.id, Tone.STRONG),
            cell(each.title),
            cell(each.statement),
            cell("; ".join(each.evidence)),
            cell("yes" if each.decisive else "", Tone.WARN),
            cell(each.source, Tone.QUIET),
        )
        for each in criteria.criteria.values()
    ]
    return [
        pairs(
            ("criteria", Line(criteria.name, Tone.STRONG)),
            ("title", criteria.title),
            ("sources", "; ".join(criteria.sources)),
            ("as of", criteria.as_of.isoformat()),
            ("digest", short(criteria.digest)),
        ),
        Grid(rows, ("criterion", "title", "asks", "shown by", "decisive", "source")),
    ]


def _rows(procedure: Procedure, state: State) -> list[list[Line]]:
    possible = [each for each in procedure.events.values() if state.name in each.froms]
    name = Line(state.name, Tone.STRONG)
    if not possible:
        return [[name, Line("(final)" if state.final else "(nothing)", Tone.QUIET), Line(), Line()]]
    return [
        [name if at == 0 else Line(), cell(each.name), cell(listed(sorted(each.by))), cell(each.to or "(stays)")]
        for at, each in enumerate(possible)
    ]


def _does(rule: EventRule) -> str:
    parts = [
        f"starts {listed(rule.starts)}" if rule.starts else "",
        f"meets {listed(rule.meets)}" if rule.meets else "",
        f"stops {listed(rule.stops)}" if rule.stops else "",
        *(f"holds {clock} ({reason})" for clock, reason in rule.tolls),
        *(f"resumes {clock} ({reason})" for clock, reason in rule.resumes),
        f"not by whoever did {_unlike(rule)}" if rule.unlike else "",
        "once" if rule.once else "",
        *(f"in {state} only if {guard.text}" for state, guard in rule.guards.items()),
        "may be recorded late" if rule.late else "",
    ]
    return "; ".join(filter(None, parts))


def _unlike(rule: EventRule) -> str:
    return listed(sorted(rule.unlike)) if len(rule.unlike) <= FEW else f"one of those {len(rule.unlike)} events"


def _stands_still(clock: ClockRule) -> str:
    reasons = "; ".join(
        f"{each.title}{f', at most {limit_text(each.cap)}' if each.cap else ''}" for each in clock.tolls.values()
    )
    return f"time of {clock.name} that does not count: {reasons}"
