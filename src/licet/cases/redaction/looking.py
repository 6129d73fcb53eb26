"""The first time through a case: what is withheld anywhere in it, and what is public."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from licet.cases.redaction.classing import class_of, part_class, party_class
from licet.cases.redaction.linking import target_of
from licet.cases.redaction.redacting import Redacting, is_withheld
from licet.cases.secrets import strings
from licet.cases.withholding import CLOSED, DECISION
from licet.core.cases.entry import BuiltIn, Entry
from licet.core.cases.procedure import CLOCK, FieldKind, Secrecy

TELLING: Final = 10_000
"""From here on a number is known again where it stands elsewhere; smaller ones are everywhere."""


def look(work: Redacting) -> None:
    """Go through the case once: what is withheld anywhere, and which organisations are public."""
    for placed in work.case.entries:
        entry = placed.entry
        for name, value in entry.fields.items():
            if name == DECISION and isinstance(value, Mapping):
                _look_at_decision(work, entry, value)
            elif (secrecy := work.classes.of(entry, name)) is Secrecy.PUBLIC:
                _look_at_public(work, entry, name, value)
            elif _is_open_kind(work, entry, name):
                work.secrets.keep(value, secrecy)
            elif isinstance(value, int) and abs(value) >= TELLING:
                work.secrets.keep([str(abs(value)), f"{abs(value):,}"], secrecy)
        _look_beside_fields(work, entry)
    for placed in work.case.entries:
        _look_at_names(work, placed.entry)


def _look_at_names(work: Redacting, entry: Entry) -> None:
    """Who did something, and who takes a party's place, once it is known which names are public."""
    if entry.party is not None and (secrecy := party_class(work, entry)) is not Secrecy.PUBLIC:
        work.secrets.keep(entry.party, secrecy)
    if entry.event == BuiltIn.SUCCEED and (secrecy := class_of(work, entry, "name")) is not Secrecy.PUBLIC:
        work.secrets.keep(entry.fields["name"], secrecy)


def _look_beside_fields(work: Redacting, entry: Entry) -> None:
    """What of an entry stands in no field: who, why late, and the documents that came with it."""
    for exhibit in entry.exhibits:
        stem = exhibit.name.rpartition(".")[0]
        telling = [] if stem.isalpha() else [stem]  # `application.pdf` must not withhold every `application`
        work.secrets.keep([exhibit.name, exhibit.digest, *telling], Secrecy.COMMERCIAL)
    if entry.late:
        work.secrets.keep(entry.late, Secrecy.DELIBERATION)
    for officer in (entry.actor, entry.second):
        if officer is not None and officer != CLOCK:
            work.secrets.keep(officer, Secrecy.PERSONAL)


def _look_at_decision(work: Redacting, entry: Entry, decision: Mapping[str, Any]) -> None:
    for part, value in decision.items():
        secrecy = part_class(work, entry, part)
        if secrecy is not Secrecy.PUBLIC:
            work.secrets.keep(value, secrecy)
        elif part == "official":
            work.open_texts.append(str(value))
    for judged in decision.get("judged") or ():
        work.secrets.keep([each for each in judged.get("evidence", ()) if each not in work.known], Secrecy.COMMERCIAL)


def _is_open_kind(work: Redacting, entry: Entry, name: str) -> bool:
    """Whether a withheld field may hold what one would know again elsewhere. Names of parties are looked at later."""
    if entry.event == BuiltIn.SUCCEED and name == "name":
        return False
    rule = work.classes.rule(entry, name)
    return rule is None or rule.kind not in CLOSED


def _look_at_public(work: Redacting, entry: Entry, name: str, value: Any) -> None:
    """Which organisations a public field names, and which names of parties are public by it."""
    if entry.event == BuiltIn.LINK and name == "target" and is_withheld(target_of(work, value)):
        work.secrets.keep(value, Secrecy.COMMERCIAL)
    rule = work.classes.rule(entry, name)
    if rule is not None and rule.kind is FieldKind.ORGANISATION:
        work.organisations.update(strings(value))
    if rule is not None and rule.kind in (FieldKind.ORGANISATION, FieldKind.LINE, FieldKind.LINES):
        work.named.update(strings(value))
