"""A case in the words of its procedure, out of its public version. Nothing else of it is looked at.

Instants of entries are public; every other value comes from the public version, so that what is withheld there is
withheld here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from licet.cases.built_in import BUILT_IN
from licet.cases.redaction.redacting import is_withheld
from licet.core.by_identity import ByIdentity
from licet.core.cases.case import Case, Placed
from licet.core.cases.clock import Deadline
from licet.core.cases.criteria import Criteria
from licet.core.cases.decision import Element, Kept, Obligation
from licet.core.cases.procedure import Procedure
from licet.core.cases.register.shown import (
    Hidden,
    ShownCase,
    ShownDeadline,
    ShownDecision,
    ShownEntry,
    ShownField,
    ShownLink,
    ShownObligation,
    ShownShift,
    ShownVerdict,
)
from licet.services.cases.register.times import is_overdue

DECISION: Final = "decision"
AS_OF: Final = "as_of"
"""What the public version says and a file of the register does not: it would be another file each time."""

ELEMENTS: Final = {
    "summary": Element.DECISION.value,
    "basis": Element.BASIS.value,
    "considerations": Element.CONSIDERATIONS.value,
    "reconsideration": Element.RECONSIDERATION.value,
    "official": Element.OFFICIAL.value,
    "appeal": Element.APPEAL.value,
}
"""The six elements, in their order, by what a decision calls them."""

ALSO: Final = {"promises": "conditions and undertakings", "terms": "what it permits", "ends": "what it ends"}

Tree = Mapping[str, Any]


def shown(case: Case, tree: Tree, criteria: Mapping[str, Criteria], now: datetime) -> ShownCase:
    """A case with its public version. `criteria` are the catalogues, by name."""
    words = WORDS.of(case.procedure)
    both = list(_both(case.entries, tree["entries"]))
    entries = tuple([_entry(words, case.procedure, placed, each) for placed, each in both])
    decided = {each.number: each.decision.kind.value for each in case.decisions}
    made = [(placed, each) for placed, each in both if each["number"] in decided] if decided else []
    return ShownCase(
        id=case.id,
        procedure=case.procedure.name,
        procedure_title=case.procedure.title,
        procedure_digest=case.procedure.digest,
        state_title=case.state.title,
        meaning=case.state.meaning,
        final=case.state.final,
        outcome=case.state.outcome,
        opened=case.opened,
        updated=case.updated,
        entries=entries,
        deadlines=tuple(
            [_deadline(case, words, each, public, now) for each, public in _both(case.deadlines, tree["deadlines"])]
        ),
        obligations=tuple(
            _obligation(each, public, now) for each, public in _both(case.obligations, tree["obligations"])
        ),
        decisions=tuple(_decision(placed, each, decided[each["number"]], criteria) for placed, each in made),
        links=tuple(ShownLink(each["relation"], value_of(each["target"])) for each in tree["links"]),
        withheld=tuple(_withheld(words, tree)),
        whole=tree["whole"],
        public={name: value for name, value in tree.items() if name != AS_OF},
    )


def _both(values: Iterable[Any], trees: Iterable[Tree]) -> Iterable[tuple[Any, Tree]]:
    return zip(values, trees, strict=True)


def value_of(tree: Any) -> Any:
    """A value of the public version, or that it is withheld."""
    return Hidden(tree["withheld"], tree["why"]) if type(tree) is dict and is_withheld(tree) else tree


class Words:
    """What a procedure calls its states and roles, and what its fields say, as far as that was asked."""

    __slots__ = ("_meanings", "_procedure", "_roles", "_states")

    def __init__(self, procedure: Procedure) -> None:
        self._procedure = procedure
        self._states = {name: each.title for name, each in procedure.states.items()}
        self._roles = {name: each.title for name, each in procedure.roles.items()}
        self._meanings: dict[tuple[str, str], str] = {}

    def state(self, name: str) -> str:
        """What a state is called; its name, where only an earlier version had it."""
        return self._states.get(name, name)

    def role(self, name: str) -> str:
        """What a role is called."""
        return self._roles.get(name, name)

    def meaning(self, event: str, name: str) -> str:
        """What a field says, in words."""
        found = self._meanings.get((event, name))
        if found is None:
            found = self._meanings[event, name] = self._meaning(event, name)
        return found

    def _meaning(self, event: str, name: str) -> str:
        rule = self._procedure.events.get(event) or BUILT_IN.get(event)
        need = None if rule is None else rule.needs.get(name)
        found = self._procedure.fields.get(name) if need is None else need.field
        return name if found is None else found.meaning


WORDS: Final = ByIdentity(Words)
"""By procedure."""


def _entry(words: Words, procedure: Procedure, placed: Placed, tree: Tree) -> ShownEntry:
    entry = placed.entry
    event = entry.event
    fields = [
        ShownField(name, words.meaning(event, name), value_of(value))
        for name, value in tree["fields"].items()
        if name != DECISION or is_withheld(value)
    ]
    return ShownEntry(
        number=entry.number,
        event=event,
        title=tree["title"],
        role=words.role(entry.role),
        who=_who(tree),
        at=entry.at,
        happened=entry.happened,
        before=words.state(placed.before),
        after=words.state(placed.after),
        fields=tuple(fields),
        exhibits=tree["exhibits"],
        overtaken=placed.overtaken,
        backdated=placed.backdated,
        late=value_of(tree["late"]) if "late" in tree else None,
        shifts=tuple([_shift(procedure, each) for each in tree["shifts"]]) if "shifts" in tree else (),
    )


def _who(tree: Tree) -> str | Hidden | None:
    if "party" in tree:
        found: str | Hidden = value_of(tree["party"])
        return found
    return None if tree["officer"] is None else f"officer {tree['officer']}"


def _shift(procedure: Procedure, tree: Tree) -> ShownShift:
    rule = procedure.clocks.get(tree["clock"])
    title = tree["clock"] if rule is None else rule.title
    if "moved" in tree:
        hidden = value_of(tree["moved"])
        return ShownShift(title, hidden, hidden)
    return ShownShift(title, tree["before"], tree["after"])


def _deadline(case: Case, words: Words, deadline: Deadline, tree: Tree, now: datetime) -> ShownDeadline:
    hidden = value_of(tree["started"])
    is_hidden = isinstance(hidden, Hidden)
    return ShownDeadline(
        clock=deadline.clock,
        title=deadline.title,
        owner=words.role(deadline.owner),
        started_by=deadline.started_by,
        running=deadline.running,
        ended=deadline.ended,
        overdue=is_overdue(deadline, final=case.state.final, now=now),
        started=None if is_hidden else deadline.started,
        due=None if is_hidden else deadline.due,
        because="" if is_hidden else deadline.because,
        tolled=_tolled(case.procedure, deadline) if deadline.tolled else (),
        calendar=deadline.calendar,
        hidden=hidden if is_hidden else None,
    )


def _tolled(procedure: Procedure, deadline: Deadline) -> tuple[tuple[str, datetime, datetime | None], ...]:
    rule = procedure.clocks.get(deadline.clock)
    titles = {} if rule is None else {reason: toll.title for reason, toll in rule.tolls.items()}
    return tuple([(titles.get(each.reason, each.reason), each.since, each.until) for each in deadline.tolled])


def _obligation(owed: Obligation, tree: Tree, now: datetime) -> ShownObligation:
    hidden = is_withheld(tree["due"])
    due = owed.cure_by if owed.kept is Kept.BROKEN and owed.cure_by is not None else owed.due
    late = owed.kept is Kept.OVERDUE or (owed.kept is Kept.BROKEN and due is not None and due < now)
    over = owed.kept in (Kept.DISCHARGED, Kept.ENDED)
    return ShownObligation(
        id=value_of(tree["id"]),
        kind=owed.promise.kind.value,
        owner=value_of(tree["owner"]),
        text=value_of(tree["text"]),
        due=None if hidden or over else due,
        kept=owed.kept.value,
        overdue=late,
    )


def _decision(placed: Placed, tree: Tree, kind: str, criteria: Mapping[str, Criteria]) -> ShownDecision:
    """A decision: where the whole of it is withheld, each of its elements is."""
    found = tree["fields"].get(DECISION, {})
    whole = value_of(found)
    parts = dict.fromkeys(ELEMENTS, found) if isinstance(whole, Hidden) else found
    judged = parts.get("judged", ())
    more = [ShownField(name, words, _flat(value_of(parts[name]))) for name, words in ALSO.items() if parts.get(name)]
    if is_withheld(judged):
        more.append(ShownField("judged", "what was found of each criterion", value_of(judged)))
        judged = ()
    return ShownDecision(
        number=tree["number"],
        at=placed.entry.at,
        kind=kind,
        title=tree["title"],
        elements=tuple(ShownField(name, words, value_of(parts.get(name, ""))) for name, words in ELEMENTS.items()),
        judged=tuple(_verdict(each, criteria) for each in judged),
        more=tuple(more),
    )


def _flat(value: Any) -> Any:
    """Conditions and undertakings by their texts; they stand in full where they are obligations."""
    if isinstance(value, list):
        return [
            f"{each['id']}: {each['text']}" if isinstance(each, Mapping) and "text" in each else each for each in value
        ]
    return value


def _verdict(tree: Tree, criteria: Mapping[str, Criteria]) -> ShownVerdict:
    catalogue, _, name = tree["criterion"].partition("#")
    found = criteria[catalogue].criteria.get(name) if catalogue in criteria else None
    title = "" if found is None else found.title
    return ShownVerdict(catalogue, name, title, tree["verdict"], value_of(tree.get("reasons", "")))


def _withheld(words: Words, tree: Tree) -> Iterable[tuple[int, str, Hidden]]:
    """Everything that is withheld, in the order in which it would stand."""
    for entry in tree["entries"]:
        if type(party := entry.get("party")) is dict:
            yield entry["number"], "who did it", value_of(party)
        if "late" in entry and is_withheld(entry["late"]):
            yield entry["number"], "why it was recorded late", value_of(entry["late"])
        for name, value in entry["fields"].items():
            if type(value) is not dict:
                continue
            if is_withheld(value):
                yield entry["number"], words.meaning(entry["event"], name), value_of(value)
            elif name == DECISION:
                yield from ((entry["number"], what, hidden) for what, hidden in _withheld_parts(value))
    for deadline in tree["deadlines"]:
        if is_withheld(deadline["started"]):
            what = f"when this clock started and is due: {deadline['title']}"
            yield deadline["started_by"], what, value_of(deadline["started"])


def _withheld_parts(decision: Tree) -> Iterable[tuple[str, Hidden]]:
    for part, said in decision.items():
        if is_withheld(said):
            yield f"of the decision: {(ELEMENTS | ALSO).get(part, part)}", value_of(said)
