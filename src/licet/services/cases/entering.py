"""What every entry that an officer makes goes through: the law in force, the officer's roles, fields, exhibits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from licet.cases.built_in import rule_of
from licet.cases.fields.read import read_fields
from licet.core.cases.entry import Exhibit
from licet.core.cases.procedure import Procedure
from licet.core.roles import Officer
from licet.services.acts.carried import Doing
from licet.services.acts.persons import acting
from licet.services.acts.refusal import ActRefused
from licet.services.cases.laws import Law, law_of
from licet.services.cases.ports import Casework
from licet.wire.canonical import digest


@dataclass(frozen=True, slots=True)
class Seat:
    """An officer at work on cases: who, by which law, and with what."""

    officer: Officer
    law: Law
    casework: Casework


def casework_of(doing: Doing) -> Casework:
    """What working on cases takes. Raises `ActRefused` where this installation has it not."""
    if doing.casework is None:
        raise ActRefused("cases are not worked on here: nothing says which days are working days")
    return doing.casework


def seat_of(doing: Doing) -> Seat:
    """Who works here. Raises `NotPermitted`, `ActRefused`."""
    casework = casework_of(doing)
    law = law_of(doing.store, casework.calendars, doing.now, casework.shipped)
    return Seat(acting(doing.store, doing.act.actor), law, casework)


def fields_of(procedure: Procedure, event: str, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields of an event in their one spelling; those of no event at all as they are: it is refused anyway."""
    rule = rule_of(procedure, event)
    return dict(raw) if rule is None else read_fields(rule, raw)


def check_exhibits(doing: Doing, named: Iterable[Exhibit]) -> None:
    """Raises `ActRefused` unless the bytes of every exhibit came with the act, or are kept already, and are these."""
    brought = {each.digest: each.content for each in doing.carried.exhibits}
    for each in named:
        content = brought.get(each.digest) or doing.store.exhibit(each.digest)
        if content is None:
            raise ActRefused(f"the exhibit `{each.name}` has to come with this: nothing here has the digest it names")
        if len(content) != each.size or digest(content) != each.digest:
            raise ActRefused(f"the exhibit `{each.name}` is not the document that this names by its digest and size")
