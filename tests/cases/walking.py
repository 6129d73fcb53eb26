"""Walks through procedures: well-formed entries for any event, and every state that can be reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from licet.cases.admit import admit
from licet.cases.built_in import rule_of
from licet.cases.decision.missing import standing
from licet.cases.derive import derive
from licet.cases.expiries import run_down
from licet.cases.guards import unmet
from licet.cases.law import CaseLaw
from licet.core.cases.calendar import Table
from licet.core.cases.case import Case
from licet.core.cases.entry import Entry, Exhibit
from licet.core.cases.procedure import CLOCK, Deciding, EventRule, FieldKind, FieldRule, Procedure
from licet.core.roles import Role
from licet.wire.documents import read_cases

START = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
ALL = frozenset(Role)
DIGEST = "sha256:" + "0" * 64
PEOPLE = ("A. Counsel", "B. Counsel", "C. Counsel", "D. Counsel", "E. Counsel", "F. Counsel")


def table(calendar: str) -> Table:
    return Table(calendar, (2000, 2090), frozenset((5, 6)), {}, DIGEST)


@cache
def shipped() -> CaseLaw:
    """The law of cases that comes with Licet, with plain weeks for calendars."""
    documents = read_cases(())
    procedures = {each.digest: each for each in documents.procedures.values()}
    tables = {each.calendar: table(each.calendar) for each in procedures.values()}
    return CaseLaw(procedures, tables, documents.criteria)


VALUES: dict[FieldKind, Any] = {
    **dict.fromkeys((FieldKind.LINE, FieldKind.TEXT, FieldKind.ORGANISATION, FieldKind.SUBJECT), "something"),
    **{kind: ["one"] for kind in (FieldKind.LINES, FieldKind.MODELS, FieldKind.INSTRUMENTS)},
    FieldKind.BOOLEAN: False,
    FieldKind.INTEGER: 1,
    FieldKind.INSTANT: "2026-06-12T21:21:00Z",
    FieldKind.DATE: "2026-06-12",
    FieldKind.COUNTRIES: ["FR"],
    FieldKind.CASES: ["C-1"],
    FieldKind.DIGEST: DIGEST,
}


def value(rule: FieldRule) -> Any:
    """A value that a field can have."""
    if rule.kind is FieldKind.CHOICE:
        return rule.values[0]
    return [rule.values[0]] if rule.kind is FieldKind.CHOICES else VALUES[rule.kind]


def decision(
    law: CaseLaw, procedure: Procedure, kind: Deciding, licences: Sequence[str] = (), **more: Any
) -> dict[str, Any]:
    """A decision of a kind that lacks nothing; `licences` are those that stand."""
    denies = kind in (Deciding.DENY, Deciding.INTENT)
    judged = [
        {
            "criterion": f"{catalogue.name}#{each}",
            "verdict": "fail" if denies else "pass",
            "reasons": "It was looked at.",
            "evidence": [DIGEST],
        }
        for catalogue in law.catalogues(procedure)
        for each in catalogue.criteria
    ]
    terms = {
        "licence": f"licence-{len(licences) + 1}" if licences else "licence-1",
        "relieves": ["us-doc-2026-06-12"],
        "models": ["mythos-5"],
        "operations": ["use"],
        "to": 'org == "one"',
        "from": "2026-06-12T21:21:00+00:00",
        "until": "2030-06-12T21:21:00+00:00",
        "supersedes": list(licences) or ["licence-0"],
    }
    tree: dict[str, Any] = {
        "kind": kind.value,
        "summary": "So it is decided.",
        "basis": ["15 CFR 750.7"],
        "considerations": "The reasons in this case.",
        "reconsideration": "Another showing.",
        "official": "A. Counsel, a.counsel@example.org",
        "appeal": "In writing, within 45 days.",
        "judged": judged,
    }
    if kind is Deciding.GRANT:
        tree["terms"] = {key: each for key, each in terms.items() if key != "supersedes"}
    elif kind is Deciding.VARY:
        tree["terms"] = terms
    elif kind is Deciding.SUSPEND:
        tree["ends"] = {
            "lift": "lift-1",
            "instruments": list(licences) or ["licence-0"],
            "from": "2026-06-12T21:21:00+00:00",
        }
    tree |= more
    return {key: each for key, each in tree.items() if each not in ([], {})}


def fields_of(law: CaseLaw, procedure: Procedure, rule: EventRule, licences: Sequence[str] = ()) -> dict[str, Any]:
    """Every field that an event takes."""
    found = {name: value(need.field) for name, need in rule.needs.items()}
    if rule.decides is not None and CLOCK not in rule.by:
        found["decision"] = decision(law, procedure, rule.decides, licences)
    return found


def party_of(procedure: Procedure, role: str) -> str | None:
    """Who acts in a role of somebody outside: whom the field names that says so."""
    found = procedure.roles.get(role)
    if found is None or not found.party:
        return None
    return str(value(procedure.fields[found.named_by])) if found.named_by else f"the {role}"


def exhibits(count: int) -> tuple[Exhibit, ...]:
    return tuple(Exhibit(f"{each}.pdf", "application/pdf", 10, DIGEST) for each in range(count))


@dataclass(frozen=True)
class Walk:
    """A case on its way: under a procedure, with its entries, at an instant."""

    law: CaseLaw
    procedure: Procedure
    entries: tuple[Entry, ...] = ()
    now: datetime = START
    appealed: Case | None = None

    def case(self) -> Case:
        return derive(self.law, "C-7", self.procedure.digest, self.entries, self.now)

    def licences(self) -> tuple[str, ...]:
        """The licences that stand."""
        appealed = self.appealed.decisions if self.appealed else ()
        return standing((*appealed, *(self.case().decisions if self.entries else ())))

    def entry(self, event: str, **changes: Any) -> Entry:
        """A well-formed entry for an event, as of now, by somebody who has not acted before."""
        rule = rule_of(self.procedure, event)
        assert rule is not None
        role = next((each for each in sorted(rule.by) if each != CLOCK), "officer")
        made = Entry(
            number=len(self.entries) + 1,
            event=event,
            role=role,
            actor=f"officer {len(self.entries)}",
            at=self.now,
            happened=self.now,
            fields=fields_of(self.law, self.procedure, rule, self.licences()),
            party=party_of(self.procedure, role),
            second="F. Counsel" if rule.second else None,
            exhibits=exhibits(rule.exhibits),
        )
        return replace(made, **changes)

    def admit(self, entry: Entry, officer: frozenset[Role] = ALL, **more: Any) -> Case:
        return admit(
            self.law,
            "C-7",
            self.procedure.digest,
            self.entries,
            entry,
            officer=officer,
            now=self.now,
            appealed=self.appealed,
            **more,
        )

    def do(self, event: str, **changes: Any) -> Walk:
        """The walk with an entry that is admitted."""
        made = self.entry(event, **changes)
        self.admit(made)
        return replace(self, entries=(*self.entries, made))

    def wait(self, **time: float) -> Walk:
        """Later, with everything that the clock has to enter by then."""
        return self.until(self.now + timedelta(**time))

    def until(self, now: datetime) -> Walk:
        made = run_down(self.law, "C-7", self.procedure.digest, self.entries, now) if self.entries else ()
        return replace(self, entries=(*self.entries, *made), now=now)

    def idle(self, **time: float) -> Walk:
        """Later, while nobody runs the clock."""
        return replace(self, now=self.now + timedelta(**time))


def appealed_case(law: CaseLaw) -> Case:
    """A case whose decision is appealed: nobody who walks here decided it."""
    procedure = next(each for each in law.procedures.values() if each.name.startswith("licence_application@"))
    return replace(Walk(law, procedure).do("register", actor="Z. Counsel").case(), id="C-1")


def start(law: CaseLaw, procedure: Procedure) -> Walk:
    """Before the first event."""
    is_appeal = procedure.topic.value == "appeal"
    return Walk(law, procedure, appealed=appealed_case(law) if is_appeal else None)


def steps(walk: Walk) -> Iterator[Walk]:
    """Every walk that is one event further: by somebody, or by waiting for the next clock."""
    state = walk.case().state.name if walk.entries else "new"
    happened = {each.event for each in walk.entries}
    fields = walk.case().fields if walk.entries else {}
    for rule in walk.procedure.events.values():
        is_barred = (rule.once and rule.name in happened) or unmet(rule, state, fields) is not None
        if state in rule.froms and rule.by != {CLOCK} and not is_barred:
            yield replace(walk, now=walk.now + timedelta(minutes=1)).do(rule.name)
    if walk.entries:
        due = [each.due for each in walk.case().deadlines if each.is_open and each.due is not None]
        if due:
            yield walk.until(min(due) + timedelta(seconds=1))


def reached(law: CaseLaw, procedure: Procedure) -> Mapping[str, Walk]:
    """A shortest walk to every state that can be reached."""
    found: dict[str, Walk] = {}
    edge: Sequence[Walk] = [start(law, procedure)]
    seen: set[tuple[str, frozenset[str]]] = set()
    while edge:
        further = []
        for walk in edge:
            for step in steps(walk):
                case = step.case()
                running = frozenset(each.clock for each in case.deadlines if each.is_open)
                if (case.state.name, running) not in seen:
                    seen.add((case.state.name, running))
                    found.setdefault(case.state.name, step)
                    further.append(step)
        edge = further
    return found
