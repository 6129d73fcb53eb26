"""The public register as JSON: `register.json`, and one file a case; `spec/register.md`.

Canonical (RFC 8785), so that the same register is the same bytes. What is withheld stands as its class and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

import msgspec

from licet.core.cases.criteria import Criterion
from licet.core.cases.duty import Duty
from licet.core.cases.register import (
    CalendarInForce,
    ClockTimes,
    CriteriaInForce,
    Hidden,
    InForce,
    Register,
    ShownCase,
    ShownDeadline,
    ShownDecision,
    ShownEntry,
    ShownField,
    ShownObligation,
    ShownVerdict,
    Spread,
)

FORMAT: Final = "licet-register-v1"
CASE_FORMAT: Final = "licet-register-case-v1"

_encoder = msgspec.json.Encoder(order="sorted")


def case_json(case: ShownCase) -> bytes:
    """One case as a file."""
    return _encoder.encode(case_tree(case))


def register_json(register: Register) -> bytes:
    """The register as a file."""
    return _encoder.encode(register_tree(register))


def case_tree(case: ShownCase) -> dict[str, Any]:
    """One case as a JSON tree."""
    return {
        "format": CASE_FORMAT,
        "case": case.id,
        "procedure": {
            "name": case.procedure,
            "title": case.procedure_title,
            "topic": case.topic,
            "digest": case.procedure_digest,
        },
        "state": {
            "name": case.state,
            "title": case.state_title,
            "final": case.final,
            "outcome": case.outcome,
        },
        "opened": instant(case.opened),
        "updated": instant(case.updated),
        "erased": instant(case.erased),
        "digest": case.digest,
        "entries": [_entry(each) for each in case.entries],
        "deadlines": [_deadline(each) for each in case.deadlines],
        "obligations": [_obligation(each) for each in case.obligations],
        "decisions": [_decision(each) for each in case.decisions],
        "links": [{"relation": each.relation, "target": each.target} for each in case.links],
    }


def register_tree(register: Register) -> dict[str, Any]:
    """The register as a JSON tree."""
    return {
        "format": FORMAT,
        "at": instant(register.at),
        "base_url": register.base_url,
        "cases": {"all": register.cases, "open": register.open, "erased": register.erased},
        "overdue": [
            {
                "case": each.case,
                "procedure": each.procedure_title,
                "what": each.what,
                "owner": each.owner,
                "due": instant(each.due),
            }
            for each in register.overdue
        ],
        "procedures": [_procedure(each) for each in register.procedures],
        "criteria": [_criteria(each) for each in register.criteria],
        "calendars": [_calendar(each) for each in register.calendars],
        "months": [
            {"month": f"{each.first:%Y-%m}", "cases": each.cases, "open": each.open} for each in register.months
        ],
    }


def instant(at: datetime | None) -> str | None:
    """An instant as it was written, with its offset."""
    return None if at is None else at.isoformat()


def said(value: Any) -> dict[str, Any]:
    """A value, or that it is withheld."""
    if isinstance(value, Hidden):
        return {"withheld": value.secrecy, "why": value.why}
    return {"value": value}


def _fields(fields: Iterable[ShownField]) -> list[dict[str, Any]]:
    return [{"name": each.name, "meaning": each.meaning, **said(each.value)} for each in fields]


def _entry(entry: ShownEntry) -> dict[str, Any]:
    tree: dict[str, Any] = {
        "number": entry.number,
        "event": entry.event,
        "title": entry.title,
        "role": entry.role,
        "at": instant(entry.at),
        "happened": instant(entry.happened),
        "before": entry.before,
        "after": entry.after,
        "fields": _fields(entry.fields),
        "exhibits": entry.exhibits,
    }
    if entry.who is not None:
        tree["party"] = said(entry.who)
    if entry.overtaken:
        tree["overtaken"] = True
    if entry.backdated:
        tree["late"] = said(entry.late)
        tree["shifts"] = [{"clock": each.clock, "before": each.before, "after": each.after} for each in entry.shifts]
    return tree


def _deadline(deadline: ShownDeadline) -> dict[str, Any]:
    return {
        "clock": deadline.clock,
        "title": deadline.title,
        "owner": deadline.owner,
        "started": instant(deadline.started),
        "started_by": deadline.started_by,
        "gross": instant(deadline.gross),
        "due": instant(deadline.due),
        "stands": deadline.running.value,
        "overdue": deadline.overdue,
        "ended": instant(deadline.ended),
        "tolled": [
            {"for": reason, "since": instant(since), "until": instant(until)}
            for reason, since, until in deadline.tolled
        ],
        "calendar": deadline.calendar,
        "because": deadline.because,
    }


def _decision(decision: ShownDecision) -> dict[str, Any]:
    return {
        "number": decision.number,
        "at": instant(decision.at),
        "kind": decision.kind,
        "title": decision.title,
        "elements": _fields(decision.elements),
        "judged": [_verdict(each) for each in decision.judged],
        "more": _fields(decision.more),
    }


def _verdict(found: ShownVerdict) -> dict[str, Any]:
    return {
        "criterion": f"{found.catalogue}#{found.criterion}",
        "title": found.title,
        "verdict": found.verdict,
        "reasons": said(found.reasons),
    }


def _obligation(owed: ShownObligation) -> dict[str, Any]:
    return {
        "id": owed.id,
        "kind": owed.kind,
        "owner": owed.owner,
        "text": said(owed.text),
        "due": instant(owed.due),
        "stands": owed.kept,
        "overdue": owed.overdue,
    }


def _procedure(each: InForce) -> dict[str, Any]:
    procedure = each.procedure
    return {
        "name": procedure.name,
        "title": procedure.title,
        "topic": procedure.topic.value,
        "digest": procedure.digest,
        "sources": list(procedure.sources),
        "as_of": day(procedure.as_of),
        "since": instant(each.since),
        "current": each.current,
        "criteria": list(procedure.criteria),
        "appeals": procedure.appeals,
        "calendar": procedure.calendar,
        "zone": procedure.zone,
        "retention": {"source": procedure.retention.source},
        "duty": None if procedure.duty is None else _duty(procedure.duty),
        "cases": {"all": each.cases, "open": each.open, "erased": each.erased},
        "states": dict(each.states),
        "outcomes": dict(each.outcomes),
        "decisions": dict(each.decisions),
        "events": dict(each.events),
        "clocks": [_clock(times) for times in each.clocks],
    }


def _duty(duty: Duty) -> dict[str, Any]:
    return {
        "jurisdiction": duty.jurisdiction,
        "to": duty.to,
        "standing": duty.standing.value,
        "since": None if duty.since is None else day(duty.since),
        "note": duty.standing_note,
    }


def _clock(times: ClockTimes) -> dict[str, Any]:
    return {
        "clock": times.clock,
        "title": times.title,
        "owner": times.owner,
        "limit": times.limit,
        "source": times.source,
        "started": times.started,
        "met": times.met,
        "missed": times.missed,
        "stopped": times.stopped,
        "open": times.open,
        "tolled": times.tolled,
        "overdue": times.overdue,
        "gross": _spread(times.gross),
        "net": _spread(times.net),
    }


def _spread(spread: Spread | None) -> dict[str, Any] | None:
    """Times in whole seconds: canonical JSON has one spelling for those."""
    if spread is None:
        return None
    return {
        "median_seconds": round(spread.median),
        "median_at_least": spread.median_at_least,
        "worst_seconds": round(spread.worst),
        "worst_at_least": spread.worst_at_least,
    }


def _criteria(each: CriteriaInForce) -> dict[str, Any]:
    catalogue = each.criteria
    return {
        "name": catalogue.name,
        "title": catalogue.title,
        "digest": catalogue.digest,
        "sources": list(catalogue.sources),
        "as_of": day(catalogue.as_of),
        "since": instant(each.since),
        "criteria": _catalogue(catalogue.criteria),
    }


def _catalogue(criteria: Mapping[str, Criterion]) -> list[dict[str, Any]]:
    return [
        {
            "id": each.id,
            "title": each.title,
            "statement": each.statement,
            "evidence": list(each.evidence),
            "decisive": each.decisive,
            "source": each.source,
        }
        for each in criteria.values()
    ]


def _calendar(each: CalendarInForce) -> dict[str, Any]:
    calendar = each.calendar
    return {
        "name": calendar.name,
        "title": calendar.title,
        "digest": calendar.digest,
        "sources": list(calendar.source),
        "as_of": day(calendar.as_of),
        "since": instant(each.since),
        "tables": list(each.tables),
    }


def day(of: date) -> str:
    """A day: `2026-06-12`."""
    return of.isoformat()
