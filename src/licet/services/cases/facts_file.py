"""The facts of an incident from a YAML file: the fields of the form by name, each known, or said to be unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from licet.cases.duties import SUMS
from licet.cases.fields.read import FieldsRejected, read_fields
from licet.core.cases.procedure import EventRule, FieldKind, FieldRule
from licet.core.errors import LicetError
from licet.core.schema import FORMS
from licet.wire import yaml
from licet.wire.yaml import YamlDocument

TITLE = "title"
UNKNOWN = "unknown"
SUM = "killed_or_injured"
APART = (
    "an incident is told by facts of its own: a finding is not an incident, and an incident is not an order. They are"
    " linked, never merged: leave this out, open the incident, and link it with `--concerns NAME`"
)
"""What somebody is told who hands in another kind of document as an incident."""


class FactsRejected(LicetError):
    """A file that is not the facts of an incident, with everything that is wrong with it, one line each."""


@dataclass(frozen=True, slots=True)
class FactsFile:
    """What a file says: what the incident is called, and its facts as plain JSON (None: recorded as unknown)."""

    title: str | None
    facts: Mapping[str, Any]


def read_facts(name: str, content: bytes, event: EventRule) -> FactsFile:
    """The facts in a file; `event` is the one that opens an incident, which takes all of them.

    Raises `FactsRejected`, and `YamlRejectedError` for what is no YAML.
    """
    documents = yaml.read(name, content)
    if len(documents) != 1 or not isinstance(documents[0].tree, dict) or not documents[0].tree:
        raise FactsRejected(f"{name}: the facts of one incident are one mapping: fields of the form, by name")
    document, tree = documents[0], documents[0].tree
    kind = next((each for each in tree if each in FORMS), None)
    if kind is not None:
        raise FactsRejected(
            f"{document.place((kind,), at_key=True)}: `{kind}` begins another kind of document; {APART}"
        )
    said = {each: None if value == UNKNOWN else value for each, value in tree.items()}
    facts = _read(document, event, said)
    title = facts.pop(TITLE, None)
    negative = [each for each, value in facts.items() if isinstance(value, int) and value < 0]
    if negative:
        raise FactsRejected("\n".join(f"{document.place((each,))}: `{each}` is less than nothing" for each in negative))
    impossible = _impossible(facts)
    if impossible is not None:
        raise FactsRejected(f"{document.place((SUM,))}: {impossible}")
    return FactsFile(title, facts)


def _impossible(facts: Mapping[str, Any]) -> str | None:
    """Who was killed or injured, each counted once, is no fewer than either number, and no more than both together."""
    whole, parts = facts.get(SUM), [facts.get(each) for each in SUMS[SUM]]
    known = [each for each in parts if isinstance(each, int)]
    if not isinstance(whole, int) or not known:
        return None
    if whole < max(known):
        return f"`{SUM}` is {whole:,}, which is fewer than {max(known):,}"
    if len(known) == len(parts) and whole > sum(known):
        return f"`{SUM}` is {whole:,}, which is more than {' and '.join(f'{each:,}' for each in known)} together"
    return None


def _read(document: YamlDocument, event: EventRule, said: Mapping[str, Any]) -> dict[str, Any]:
    """The fields, read as the event reads them, but that none has to be there."""
    absent = TITLE in event.needs and said.get(TITLE) is None
    try:
        found = read_fields(event, {**said, TITLE: "-"} if absent else said)
    except FieldsRejected as error:
        raise FactsRejected(
            "\n".join(
                f"{document.place((each.field,), at_key=each.field not in event.needs)}: `{each.field}`: {each.says}"
                for each in error.problems
            )
        ) from error
    if absent:
        del found[TITLE]
    return found


def check_past(fields: Mapping[str, FieldRule], facts: Mapping[str, Any], now: datetime) -> None:
    """Raises `FactsRejected` where something is said to have happened later than `now`."""
    later = []
    for name, value in facts.items():
        rule = fields.get(name)
        if rule is None or value is None:
            continue
        if rule.kind is FieldKind.INSTANT and datetime.fromisoformat(value) > now:
            later.append(name)
        # a day has begun somewhere up to 14 hours before it begins in UTC
        if rule.kind is FieldKind.DATE and (date.fromisoformat(value) - now.date()).days > 1:
            later.append(name)
    if later:
        said = "; ".join(f"`{each}` ({facts[each]})" for each in later)
        raise FactsRejected(f"{said} would be later than {now.isoformat()}; only what has happened is a fact")
