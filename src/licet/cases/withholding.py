"""Of which class each part of an entry is, for the public: by its procedures, and by what was withheld later.

What no procedure knows is withheld: nothing is public by mistake. `spec/redaction.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from licet.core.by_identity import ByIdentity
from licet.core.cases.case import Case
from licet.core.cases.entry import BuiltIn, Entry
from licet.core.cases.procedure import FieldKind, FieldRule, Procedure, Secrecy

DECISION: Final = "decision"
PARTY: Final = "party"
"""What an entry `withhold` names where it is about who did something, and not about a field."""

P: Final = Secrecy.PUBLIC
BUILT_IN: Final[Mapping[str, Mapping[str, Secrecy]]] = {
    BuiltIn.NOTE: {"secrecy": P},
    BuiltIn.LINK: {"relation": P, "target": P},
    BuiltIn.MOVE: {"procedure": P, "state": P, "why": P},
    BuiltIn.HOLD: {"name": Secrecy.INVESTIGATION, "why": Secrecy.INVESTIGATION},
    BuiltIn.RELEASE: {"name": Secrecy.INVESTIGATION, "why": Secrecy.INVESTIGATION},
    BuiltIn.DISCHARGE: {"obligation": P},
    BuiltIn.BREACH: {"obligation": P, "why": Secrecy.COMMERCIAL},
    BuiltIn.RAN_OUT: {},
    BuiltIn.SUCCEED: {"role": P, "name": Secrecy.PERSONAL, "why": Secrecy.DELIBERATION},
    BuiltIn.WITHHOLD: {"entry": P, "field": P, "secrecy": P, "why": P},
}
"""The classes of the fields of what can happen in every case; a note says its own."""

SECRECY: Final = {each.value: each for each in Secrecy}

CLOSED: Final = frozenset(
    {FieldKind.BOOLEAN, FieldKind.INTEGER, FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.COUNTRIES}
)
"""Kinds of which a value is one of few, and says nothing where it stands elsewhere."""


class Reclassed(NamedTuple):
    """A class that an entry `withhold` gave, and the number of that entry."""

    secrecy: Secrecy
    by: int


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of everything in one case. `procedures` are all that it went under; the newest comes first."""

    procedures: tuple[Procedure, ...]
    changed: Mapping[tuple[int, str], Reclassed] = field(hash=False)
    given: dict[tuple[str, str], Secrecy] = field(default_factory=dict, hash=False, compare=False)
    """What the procedures say, by event and field, as far as that was asked."""

    rules: dict[tuple[str, str], FieldRule | None] = field(default_factory=dict, hash=False, compare=False)
    """The rules of fields, by event and field, as far as they were asked."""

    open_: bool = False
    """Whether everything counts as public: for those who may see the whole."""

    def of(self, entry: Entry, name: str) -> Secrecy:
        """The class of a field of an entry, or of a part of its decision (`decision.considerations`)."""
        if self.open_:
            return Secrecy.PUBLIC
        changed = self.changed.get((entry.number, name)) if self.changed else None
        if changed is not None:
            return changed.secrecy
        if entry.event == BuiltIn.NOTE:
            return self._given(entry, name)
        key = entry.event, name
        found = self.given.get(key)
        if found is None:
            found = self.given[key] = self._given(entry, name)
        return found

    def by(self, entry: Entry, name: str) -> int | None:
        """The entry that gave a part its class; None: it always had it."""
        changed = self.changed.get((entry.number, name)) if self.changed else None
        return changed.by if changed else None

    def party(self, entry: Entry) -> Secrecy | None:
        """The class that was given to the name of who did something; None where none was."""
        if self.open_:
            return Secrecy.PUBLIC
        changed = self.changed.get((entry.number, PARTY)) if self.changed else None
        return changed.secrecy if changed and PARTY not in entry.fields else None

    def rule(self, entry: Entry, name: str) -> FieldRule | None:
        """The rule of a field, by the newest procedure that knows it."""
        key = entry.event, name
        if key not in self.rules:
            self.rules[key] = next(iter(self._rules(entry, name)), None)
        return self.rules[key]

    def _rules(self, entry: Entry, name: str) -> Iterable[FieldRule]:
        for procedure in self.procedures:
            event = procedure.events.get(entry.event)
            need = event.needs.get(name) if event else None
            rule = need.field if need else procedure.fields.get(name)
            if rule is not None:
                yield rule

    def _given(self, entry: Entry, name: str) -> Secrecy:
        if entry.event in BUILT_IN:
            return _built_in(entry, name)
        part = name.partition(".")[0]
        rules = list(self._rules(entry, part))
        if not rules:
            return Secrecy.PUBLIC if part == DECISION else Secrecy.DELIBERATION
        # given under one version in confidence, it stays so under every other
        found = next((each.secrecy for each in rules if each.secrecy is not Secrecy.PUBLIC), Secrecy.PUBLIC)
        named = any(each.kind is FieldKind.SUBJECT for each in rules)
        return Secrecy.PERSONAL if named and found is Secrecy.PUBLIC else found


def parts(entry: Entry) -> tuple[str, ...]:
    """What an entry `withhold` can name of an entry: its fields, the members of its decision, and who did it.

    None of another entry `withhold`: what was withheld, and why, stays public.
    """
    if entry.event == BuiltIn.WITHHOLD:
        return ()
    decision = entry.fields.get(DECISION)
    members = tuple(f"{DECISION}.{each}" for each in decision) if isinstance(decision, Mapping) else ()
    who = (PARTY,) if entry.party is not None and PARTY not in entry.fields else ()
    return (*entry.fields, *members, *who)


def classes(case: Case, earlier: Iterable[Procedure] = ()) -> Classes:
    """The classes of a case; `earlier` are the procedures that it went under before its present one."""
    changed: dict[tuple[int, str], Reclassed] = {}
    withheld = [each.entry for each in case.entries if each.entry.event == BuiltIn.WITHHOLD]
    for entry in sorted(withheld, key=lambda each: each.number):
        place = (entry.fields["entry"], entry.fields["field"])
        changed[place] = Reclassed(Secrecy(entry.fields["secrecy"]), entry.number)
    others = tuple(each for each in earlier if each.digest != case.procedure.digest)
    return Classes((case.procedure, *others), changed, *_ASKED.of(case.procedure, *others))


class Asked(NamedTuple):
    """What was asked of some procedures before: it is the same for every case that went under just these."""

    given: dict[tuple[str, str], Secrecy]
    rules: dict[tuple[str, str], FieldRule | None]


_ASKED: Final = ByIdentity(lambda *_: Asked({}, {}))
"""By procedures. The names of fields in entries are those of rules, so that no more is asked of one than it has."""


def _built_in(entry: Entry, name: str) -> Secrecy:
    if entry.event == BuiltIn.NOTE and name == "text":
        said: Any = entry.fields.get("secrecy")
        return SECRECY.get(str(said), Secrecy.DELIBERATION)
    return BUILT_IN[entry.event].get(name, Secrecy.DELIBERATION)
