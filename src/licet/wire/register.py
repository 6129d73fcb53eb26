"""The public register as JSON: `register.json`, and one file a case; `spec/register.md`.

Canonical (RFC 8785), so that the same register is the same bytes. What is withheld stands as its class and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

import msgspec

from licet.core.cases.criteria import Criterion
from licet.core.cases.duty import Duty
from licet.core.cases.register.in_force import CalendarInForce, CriteriaInForce, InForce
from licet.core.cases.register.register import Register
from licet.core.cases.register.shown import Hidden, ShownCase
from licet.core.cases.register.times import ClockTimes, Spread

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
    """One case as a JSON tree: its public version, and what the register adds."""
    return {
        "format": CASE_FORMAT,
        "case": case.id,
        "overdue": case.is_overdue,
        "overdue_since": instant(case.overdue_since),
        "erased": instant(case.erased),
        "public": case.public,
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
                "owner": said(each.owner),
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


def said(value: str | Hidden) -> Any:
    """A text, or that it is withheld."""
    return {"withheld": value.secrecy, "why": value.why} if isinstance(value, Hidden) else value


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
        "untimed": times.untimed,
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
