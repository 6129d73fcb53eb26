"""What can happen in a case now, and who can cause it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from licet.cases.guards import unmet
from licet.cases.obligations import curing, suspendable
from licet.core.cases.case import Case, Placed, Possible
from licet.core.cases.procedure import CLOCK, Deciding, EventRule, Procedure
from licet.core.roles import Role


def possible(
    case: Case, *, roles: Collection[Role], actor: str | None = None, appealed: Case | None = None
) -> tuple[Possible, ...]:
    """The events that can happen in a case as it stands, and in which roles an officer with these `roles` causes them.

    `not_yet` says what keeps this officer from it: another role is needed, who did that before may not do this
    (`actor`, also in the case that is `appealed`), or no breach allows it yet. What only the clock does is left out.
    """
    happened = {each.entry.event for each in case.entries if not each.overtaken}
    rules = (
        rule
        for rule in case.procedure.events.values()
        if case.state.name in rule.froms and not (rule.once and rule.name in happened) and rule.by != {CLOCK}
    )
    return tuple(_possible(case, rule, roles, actor, appealed) for rule in rules)


def _possible(
    case: Case, rule: EventRule, roles: Collection[Role], actor: str | None, appealed: Case | None
) -> Possible:
    own = acts_as(case.procedure, rule, roles)
    if not own:
        return Possible(rule, _by(case.procedure, rule), needs_role(case.procedure, rule))
    not_yet = unmet(rule, case.state.name, case.fields) or early(case, rule)
    if not_yet is None and actor is not None:
        not_yet = next((did_before(actor, each) for each in doers(case, rule, appealed, actor)), None)
    return Possible(rule, own, not_yet)


def acts_as(procedure: Procedure, rule: EventRule, roles: Collection[Role]) -> tuple[str, ...]:
    """The roles of a case in which an officer causes an event: for a party, or one that they hold."""
    return tuple(
        name
        for name in _by(procedure, rule)
        if procedure.roles[name].party or any(role in procedure.roles[name].held for role in roles)
    )


def _by(procedure: Procedure, rule: EventRule) -> tuple[str, ...]:
    return tuple(name for name in procedure.roles if name in rule.by)


def needs_role(procedure: Procedure, rule: EventRule) -> str:
    """Who an event needs, in words."""
    who = [f"`{name}` (an officer who is {_held(procedure, name)})" for name in _by(procedure, rule)]
    return f"`{rule.name}` needs {' or '.join(who) or 'the clock'}"


def _held(procedure: Procedure, name: str) -> str:
    return " or ".join(f"`{each}`" for each in sorted(procedure.roles[name].held)) or "of no role"


def early(case: Case, rule: EventRule) -> str | None:
    """Why a case cannot be suspended yet: a breach was found, and the time to put it right still runs."""
    if rule.decides is not Deciding.SUSPEND or case.as_of is None or suspendable(case, case.as_of):
        return None
    running = [each.cure_by for each in curing(case, case.as_of) if each.cure_by is not None]
    if not running:
        return None
    return f"a breach may be put right until {min(running).isoformat()}; after that, `{rule.name}` is possible"


def doers(case: Case | None, rule: EventRule, appealed: Case | None, *persons: str) -> Iterator[Placed]:
    """What these persons did, or agreed to, that keeps them from an event."""
    for each in barring(case, rule, appealed):
        if {each.entry.actor, each.entry.second} & {*persons}:
            yield each


def barring(case: Case | None, rule: EventRule, appealed: Case | None) -> Iterator[Placed]:
    """What keeps whoever did it, or agreed to it, from an event: what its `unlike` lists, in this case and in the one
    that it appeals; and every decision of that one, whatever the procedure there calls it. Where this case takes up
    what an appeal remitted, `appealed` is what was appealed, and nobody who decided there decides anything here.
    """
    if not rule.unlike and (appealed is None or rule.decides is None):
        return
    if case is not None:
        yield from (each for each in case.entries if each.entry.event in rule.unlike)
    if appealed is not None:
        decided = {each.number for each in appealed.decisions}
        for each in appealed.entries:
            if each.entry.event in rule.unlike or each.entry.number in decided:
                yield each


def did_before(person: str, did: Placed) -> str:
    """Why somebody is kept from an event, in words."""
    how = "entered" if did.entry.actor == person else "agreed to"
    return f"`{person}` {how} `{did.entry.event}` (number {did.entry.number}), so somebody else has to do this"
