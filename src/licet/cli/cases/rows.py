"""The cells of a row of cases as values: fields by their kind, parts of a decision, instants."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from licet.cli.cases.given import BETWEEN, value
from licet.cli.cases.sheet import Cells
from licet.cli.kinds import Instant
from licet.core.cases.procedure import EventRule
from licet.wire.sheet import SheetProblem

DECISION_TEXTS = ("summary", "considerations", "reconsideration", "official", "appeal")
DECISION_TERMS = ("licence", "to", "from", "until", "review_by")
DECISION_COLUMNS = (
    *(f"decision.{each}" for each in DECISION_TEXTS),
    "decision.basis",
    *(f"decision.terms.{each}" for each in DECISION_TERMS),
)
"""Columns that say of one row what differs from the decision that all rows share."""


def overlaid(rule: EventRule, common: Mapping[str, Any], cells: Cells, problems: list[SheetProblem]) -> dict[str, Any]:
    """The fields of a row: what all rows have in common, and what its cells say."""
    found = deepcopy(dict(common))
    for name, text in cells.values.items():
        if name in rule.needs:
            if name in common:
                problems.append(cells.problem(name, f"`{name}` is given with an option too; leave out one of them"))
            found[name] = value(rule, name, text)
        elif name in DECISION_COLUMNS:
            put(found, name, text)
    return found


def put(fields: dict[str, Any], column: str, text: str) -> None:
    """Put the text of a cell into its place in a decision: `decision.terms.licence`."""
    *path, last = column.split(".")
    place = fields
    for each in path:
        inner = place.get(each)
        place[each] = inner if isinstance(inner, dict) else {}
        place = place[each]
    place[last] = [each.strip() for each in text.split(BETWEEN)] if last == "basis" else text


def instant_of(cells: Cells, now: datetime, problems: list[SheetProblem]) -> datetime | None:
    """The instant in a row's column `happened`; where it is there, `late` has to say why."""
    text = cells.values.get("happened")
    if text is None:
        if "late" in cells.values:
            problems.append(cells.problem("late", "`late` says why it is recorded only now: fill `happened` too"))
        return None
    try:
        found = datetime.fromisoformat(text) if Instant.form.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None:
        form = "an instant with an offset, as in `2026-06-12T18:51:00-04:00`"
        problems.append(cells.problem("happened", f"`{text}` is not {form}"))
    elif found > now:
        problems.append(cells.problem("happened", f"`{text}` is in the future: what will happen is not recorded"))
    elif "late" not in cells.values:
        problems.append(cells.problem("happened", "what is recorded late needs a reason: fill the column `late`"))
    return found
