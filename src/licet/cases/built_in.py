"""What can happen in every case, as rules like those of a procedure: who may do it, and what it takes.

`OFFICER` is the role of an officer in what is built in; the roles that are not parties may do it as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from licet.core.cases.entry import BuiltIn
from licet.core.cases.procedure import CLOCK, EventRule, FieldKind, FieldRule, Need, Procedure, Secrecy

OFFICER: Final = "officer"
"""The role in which an officer does what is possible in every case, where they name none of the procedure's."""

RELATIONS: Final = ("appeals", "concerns", "part of", "follows", "licensed by", "ordered by")


def _field(name: str, kind: FieldKind, meaning: str, values: Iterable[str] = (), required: bool = True) -> Need:
    return Need(FieldRule(name, kind, meaning, Secrecy.DELIBERATION, tuple(values)), required)


def _rule(
    event: BuiltIn, title: str, meaning: str, *needs: Need, second: bool = False, late: bool = False
) -> EventRule:
    return EventRule(
        name=event.value,
        title=title,
        meaning=meaning,
        froms=frozenset(),
        to=None,
        by=frozenset((CLOCK if event is BuiltIn.RAN_OUT else OFFICER,)),
        needs={need.field.name: need for need in needs},
        second=second,
        late=late,
    )


_CLASSES = tuple(each.value for each in Secrecy)
_WHY = _field("why", FieldKind.TEXT, "why")
_OBLIGATION = _field("obligation", FieldKind.LINE, "which condition or undertaking, as the case names it")

BUILT_IN: Final[Mapping[str, EventRule]] = {
    rule.name: rule
    for rule in (
        _rule(
            BuiltIn.NOTE,
            "Note",
            "Somebody writes something down.",
            _field("text", FieldKind.TEXT, "what is noted"),
            _field("secrecy", FieldKind.CHOICE, "its class", _CLASSES),
        ),
        _rule(
            BuiltIn.LINK,
            "Link",
            "It is linked to something else.",
            _field("relation", FieldKind.CHOICE, "how", RELATIONS),
            _field("target", FieldKind.LINE, "a case, an instrument, a finding, or a document by its digest"),
        ),
        _rule(
            BuiltIn.MOVE,
            "Move to another version",
            "It goes on under another version of its procedure.",
            _field("procedure", FieldKind.DIGEST, "the digest of that version"),
            _field("state", FieldKind.LINE, "the state in which it goes on"),
            _WHY,
            second=True,
        ),
        _rule(
            BuiltIn.HOLD,
            "Legal hold",
            "Nothing of it may be destroyed.",
            _field("name", FieldKind.LINE, "what the hold is called"),
            _WHY,
        ),
        _rule(
            BuiltIn.RELEASE,
            "End of a legal hold",
            "A legal hold ends.",
            _field("name", FieldKind.LINE, "what the hold is called"),
            _WHY,
            second=True,
        ),
        _rule(
            BuiltIn.DISCHARGE,
            "Obligation met",
            "A condition or an undertaking is met.",
            _OBLIGATION,
            late=True,
        ),
        _rule(
            BuiltIn.BREACH,
            "Breach",
            "A condition or an undertaking is found broken. The time to put it right begins.",
            _OBLIGATION,
            _WHY,
            late=True,
        ),
        _rule(
            BuiltIn.RAN_OUT, "Ran out", "A clock ran out that makes nothing happen but that it is missed.", late=True
        ),
        _rule(
            BuiltIn.SUCCEED,
            "Another party",
            "Another takes the place of a party from here on: a successor, or the right name where it was wrong.",
            _field("role", FieldKind.LINE, "the party's role in the case"),
            _field("name", FieldKind.LINE, "who is in it from now on"),
            _WHY,
            second=True,
        ),
        _rule(
            BuiltIn.WITHHOLD,
            "Another class",
            "A field of an earlier entry gets another class.",
            _field("entry", FieldKind.INTEGER, "the number of the entry"),
            _field("field", FieldKind.LINE, "the name of the field"),
            _field("secrecy", FieldKind.CHOICE, "its class from now on", _CLASSES),
            _WHY,
            second=True,
        ),
    )
}


def rule_of(procedure: Procedure, event: str) -> EventRule | None:
    """What a procedure, or every case, says of an event; None where there is no such event."""
    return procedure.events.get(event) or BUILT_IN.get(event)
