"""What was seen, on the callers' side and in the gate's journal, held against what the scenario expects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from licet.app.demo.callers import Answer, Ended
from licet.app.demo.scenario import Place, Scenario
from licet.wire.journal import DecisionRecord, EndRecord


class Played(NamedTuple):
    """An answer for each cell, how each stream ended, and the journal's records of both by the decisions' names."""

    answers: Mapping[Place, Answer]
    ends: Mapping[str, Ended]
    decisions: Mapping[str, DecisionRecord]
    ended: Mapping[str, EndRecord]

    def instruments(self, decision: str) -> tuple[str, ...]:
        """The instruments that determined a decision, from its record."""
        record = self.decisions.get(decision)
        return () if record is None else record.instruments


def day(instant: datetime) -> str:
    """A date as the table says it."""
    return f"{instant.day} {instant:%b}"


def differences(scenario: Scenario, played: Played) -> list[str]:
    """Each cell and each stream that differs from the scenario's expectations, named, with what was seen."""
    found = []
    for place in (place for instant in range(len(scenario.instants)) for place in scenario.places(instant)):
        what = cell_difference(scenario, played, place)
        if what:
            at = scenario.instants[place.instant].at
            found.append(f"{day(at)} {at:%H:%M}, {place.caller} asking {place.model}: {what}")
    for caller in scenario.streams.ends:
        what = stream_difference(scenario, played, caller)
        if what:
            found.append(f"the stream of {caller} from {scenario.streams.model}: {what}")
    return found


def cell_difference(scenario: Scenario, played: Played, place: Place) -> str:
    """What is not as expected about one answer and its record; empty if nothing."""
    expected, answer = scenario.expected(place), played.answers.get(place)
    wanted = words(expected.outcome, expected.served, expected.instruments)
    if answer is None:
        return "nothing was seen"
    if (answer.outcome, answer.served) != (expected.outcome, expected.served):
        why = f" ({answer.status}: {answer.text[:200]})" if answer.outcome == "fail" else ""
        return f"expected {wanted}, got {words(answer.outcome, answer.served, answer.told)}{why}"
    record = played.decisions.get(answer.decision)
    if record is None:
        return f"the journal has no record of `{answer.decision}`"
    if (record.requested, record.outcome.value, record.served) != (place.model, answer.outcome, answer.served):
        recorded = words(record.outcome.value, record.served, record.instruments)
        return f"the journal has {recorded} of {record.requested}, the caller got {answer.outcome} {answer.served}"
    if sorted(record.instruments) != sorted(expected.instruments):
        return f"expected {wanted}, got {words(record.outcome.value, record.served, record.instruments)}"
    if sorted(record.unknown) != sorted(expected.unknown):
        return f"expected {names(expected.unknown)} to matter and be unknown, got {names(record.unknown)}"
    return told_difference(answer, record)


def told_difference(answer: Answer, record: DecisionRecord) -> str:
    """A refusal names every instrument behind it; a substitution some of them: those that forbid what was asked."""
    told, recorded = set(answer.told), set(record.instruments)
    honest = told == recorded if answer.outcome == "refuse" else told <= recorded
    if not honest or (answer.outcome == "substitute" and not told):
        return f"the caller was told of {names(answer.told)}, the journal has {names(record.instruments)}"
    return ""


def stream_difference(scenario: Scenario, played: Played, caller: str) -> str:
    """What is not as expected about one stream's end and its record; empty if nothing."""
    expected, end = scenario.streams.ends[caller], played.ends.get(caller)
    if end is None:
        return "nothing was seen"
    if (end.how, sorted(end.told)) != (expected.how, sorted(expected.instruments)):
        wanted = words(expected.how, None, expected.instruments)
        return f"expected {wanted}, got {words(end.how, None, end.told)} ({end.text[:200]})"
    record = played.ended.get(end.decision)
    if record is None or (record.how, sorted(record.instruments)) != (expected.how, sorted(expected.instruments)):
        return f"the journal has {record} of `{end.decision}`"
    return ""


def words(outcome: str, served: str | None, instruments: Sequence[str]) -> str:
    return outcome + (f" {served}" if served else "") + f" by {names(instruments)}"


def names(each: Iterable[str]) -> str:
    return ", ".join(sorted(each)) or "nothing"
