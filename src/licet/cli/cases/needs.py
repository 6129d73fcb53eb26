"""What an event needs, in words, and as a command line that somebody completes."""

from __future__ import annotations

import shlex

from licet.core.cases.case import Case
from licet.core.cases.entry import BuiltIn
from licet.core.cases.procedure import CLOCK, CaseRole, EventRule, FieldKind, FieldRule, Need, Procedure

SAMPLES = {
    FieldKind.LINE: "…",
    FieldKind.TEXT: "…",
    FieldKind.BOOLEAN: "true",
    FieldKind.INTEGER: "0",
    FieldKind.INSTANT: "2026-06-12T17:21:00-04:00",
    FieldKind.DATE: "2026-06-12",
    FieldKind.CHOICE: "…",
    FieldKind.LINES: "…;…",
    FieldKind.CHOICES: "…",
    FieldKind.COUNTRIES: "US;FR",
    FieldKind.ORGANISATION: "ORG",
    FieldKind.SUBJECT: "SUBJECT",
    FieldKind.MODELS: "MODEL",
    FieldKind.INSTRUMENTS: "INSTRUMENT",
    FieldKind.CASES: "C-1",
    FieldKind.DIGEST: "sha256:…",
}
"""What stands in a command line for a value that somebody has to write."""


def needs(rule: EventRule) -> str:
    """What an event needs, in a line: its fields, exhibits, a second officer; what may come with it in brackets."""
    if rule.decides is not None:
        return f"a decision ({rule.decides.value}){_second(rule)}"
    must = [each.field.name for each in rule.needs.values() if each.required]
    may = [each.field.name for each in rule.needs.values() if not each.required]
    exhibits = f"{rule.exhibits} exhibit{'s' if rule.exhibits > 1 else ''}" if rule.exhibits else ""
    found = [*must, *([exhibits] if exhibits else []), *(f"[{each}]" for each in may)]
    return (", ".join(found) or "nothing") + _second(rule)


def actor_words(role: CaseRole | None, name: str) -> str:
    """Who that is: somebody outside, or an officer with one of these roles."""
    if name == CLOCK:
        return "the clock, by itself"
    if role is None:
        return name
    held = " or ".join(sorted(role.held))
    return f"{role.title}, recorded by an officer" if role.party else f"{role.title} (an officer who is {held})"


def act_line(case: Case, rule: EventRule, role: CaseRole | None) -> str:
    """A command line by which an event is caused, on what was seen of the case; to be completed where `…` stands."""
    who = _role(rule, role, None if role is None else case.parties.get(role.name))
    if rule.decides is not None:
        return f"licet case decide {case.id} {quoted(rule.name)} decision.yaml{who} --on {case.number}"
    fields = [f" --field {quoted(f'{each.field.name}={sample(each.field)}')}" for each in _required(rule)]
    exhibits = " --exhibit FILE" * rule.exhibits
    return f"licet case act {case.id} {quoted(rule.name)}{who}{''.join(fields)}{exhibits} --on {case.number}"


def open_line(procedure: Procedure, rule: EventRule, party: str | None = None) -> str:
    """A command line by which a case is opened, by a party where one is named."""
    role = next((procedure.roles[each] for each in sorted(rule.by) if each in procedure.roles), None)
    event = f" --event {quoted(rule.name)}" if len(procedure.opening) > 1 else ""
    fields = [f" --field {quoted(f'{each.field.name}={sample(each.field)}')}" for each in _required(rule)]
    exhibits = " --exhibit FILE" * rule.exhibits
    base = procedure.name.partition("@")[0]
    return f"licet case open {base}{event}{_role(rule, role, party)}{''.join(fields)}{exhibits}"


BUILT_IN_LINES = {
    BuiltIn.NOTE: "licet case note {case} '…'",
    BuiltIn.LINK: "licet case link {case} RELATION TARGET",
    BuiltIn.HOLD: "licet case hold {case} NAME --why '…'",
    BuiltIn.RELEASE: "licet case release {case} NAME --why '…'",
    BuiltIn.WITHHOLD: "licet case withhold {case} ENTRY FIELD --class CLASS --why '…'",
    BuiltIn.DISCHARGE: "licet case discharge {case} OBLIGATION",
    BuiltIn.BREACH: "licet case breach {case} OBLIGATION --why '…'",
    BuiltIn.SUCCEED: "licet case succeed {case} ROLE NAME --why '…'",
    BuiltIn.MOVE: "licet case move {case} PROCEDURE --state STATE --why '…'",
}


def quoted(text: str) -> str:
    """A word for a shell; `…` needs no quotes in any."""
    return text if text.replace("…", "").replace("=", "").isidentifier() else shlex.quote(text)


def sample(rule: FieldRule) -> str:
    """What stands for a value: one of its choices, or its form."""
    return "|".join(rule.values) if rule.kind is FieldKind.CHOICE and rule.values else SAMPLES[rule.kind]


def _required(rule: EventRule) -> list[Need]:
    return [each for each in rule.needs.values() if each.required]


def _role(rule: EventRule, role: CaseRole | None, party: str | None) -> str:
    if role is None:
        return ""
    if role.party:
        return f" --party {quoted(f'{role.name}={party or chr(0x2026)}')}"
    return f" --role {quoted(role.name)}" if len(rule.by - {CLOCK}) > 1 else ""


def _second(rule: EventRule) -> str:
    return "; a second officer" if rule.second else ""
