"""The draft of a decision, to be filled in: all six elements, every criterion by its identifier, and the terms."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from licet.cases.decision.missing import ENDS, JUDGED, WRITES_LICENCE
from licet.core.cases.case import Case
from licet.core.cases.criteria import Criteria, Verdict
from licet.core.cases.decision import Element
from licet.core.cases.procedure import Deciding, EventRule, FieldKind

HINTS = {
    "summary": (Element.DECISION, "the decision in a sentence"),
    "basis": (Element.BASIS, "the clauses that it rests on, as in [15 CFR 750.6]"),
    "considerations": (Element.CONSIDERATIONS, "the reasons in this case"),
    "reconsideration": (Element.RECONSIDERATION, "what to show or change; of a grant, what would end or vary it"),
    "official": (Element.OFFICIAL, "a name with a way to reach them, as in A. Counsel, cases@example.org"),
    "appeal": (Element.APPEAL, "how, where and until when"),
}


def draft(case: Case, rule: EventRule, catalogues: Sequence[Criteria], now: datetime, *, then: str) -> str:
    """The text of a file. What is empty in it is what the decision lacks; lines that begin with `#` are hints.

    `then` is how the filled in file is handed in.
    """
    kind = rule.decides or Deciding.OTHER
    lines = [
        f"# {rule.title}: {kind.value}, in {case.id} ({case.procedure.title}).",
        f"# Fill in what is empty; then: {then}",
        *(line for name in HINTS for line in _element(name)),
    ]
    if kind in JUDGED:
        lines += list(_judged(catalogues, case))
    lines += _promises()
    if kind in WRITES_LICENCE:
        lines += _terms(case, now)
    if kind is Deciding.STAY:
        lines += _stay(case, now)
    if kind in ENDS:
        lines += _ending()
    return "\n".join(lines) + "\n"


def _element(name: str) -> list[str]:
    element, hint = HINTS[name]
    empty = "[]" if name == "basis" else "''"
    return ["", f"# {element.value}: {hint}", f"{name}: {empty}"]


def _judged(catalogues: Iterable[Criteria], case: Case) -> Iterable[str]:
    criteria = [(each.name, one) for each in catalogues for one in each.criteria.values()]
    if not criteria:
        return
    verdicts = ", ".join(each.value for each in Verdict)
    yield ""
    yield f"# every criterion, with a verdict ({verdicts}), the reasons, and the digests of the evidence"
    for placed in case.entries:
        for exhibit in placed.entry.exhibits:
            yield f"#   {exhibit.digest}  {_line(exhibit.name)}, with entry {placed.entry.number}"
    yield "judged:"
    for catalogue, criterion in criteria:
        decisive = " (a grant needs it)" if criterion.decisive else ""
        yield f"  # {criterion.title}{decisive}: {'; '.join(criterion.evidence)}"
        yield f"  - criterion: '{catalogue}#{criterion.id}'"
        yield f"    verdict: {Verdict.INSUFFICIENT.value}"
        yield "    reasons: ''"
        yield "    evidence: []"


def _promises() -> list[str]:
    return [
        "",
        "# conditions that are imposed, and undertakings that were offered; each with an owner and a date:",
        "#   - {id: audit, kind: condition, owner: applicant, text: ..., within: 90 d, every: 1 years, cure: 20 d}",
        "promises: []",
    ]


def _terms(case: Case, now: datetime) -> list[str]:
    name = case.id.lower()
    return [
        "",
        "# the licence that it writes: what it relieves, for which models and operations, and who its holders are",
        "terms:",
        f"  licence: lic-{name}",
        f"  relieves: {_list(case, 'orders')}",
        f"  models: {_list(case, 'models')}",
        "  operations: [use]",
        f"  to: org == {_quoted(_organisation(case))}",
        f"  from: {_in(case, now, 0)}",
        f"  until: {_in(case, now, 4)}",
        f"  review_by: {_in(case, now, 1)}",
        "  supersedes: []",
    ]


def _stay(case: Case, now: datetime) -> list[str]:
    name = case.id.lower()
    return [
        "",
        "# the licence by which what is appealed has no effect meanwhile; leave it out where nothing is to be enacted:",
        f"#   terms: {{licence: stay-{name}, relieves: {_list(case, 'instruments')}, models: [...], to: org == 'NAME',",
        f"#           from: {_in(case, now, 0)}, until: ...}}",
    ]


def _ending() -> list[str]:
    return [
        "",
        "# the lift that it writes, where it ends instruments; leave it out where it ends none:",
        "#   ends: {lift: ..., instruments: [...], from: 2026-07-01T00:00:00Z}",
    ]


def _in(case: Case, now: datetime, years: int) -> str:
    """The beginning of the authority's next day, so many years on; a licence is for four (15 CFR 750.7(g)).

    From 29 February to the last of the month, where there is none.
    """
    zone = ZoneInfo(case.procedure.zone)
    day = now.astimezone(zone).date() + timedelta(days=1)
    last = monthrange(day.year + years, day.month)[1]
    return datetime(day.year + years, day.month, min(day.day, last), tzinfo=zone).isoformat()


def _organisation(case: Case) -> str:
    """Whom the case is about, by the first field that names an organisation; `NAME`, where none does."""
    named = (
        case.fields.get(each.name) for each in case.procedure.fields.values() if each.kind is FieldKind.ORGANISATION
    )
    return next((each for each in named if isinstance(each, str) and each), "NAME")


def _quoted(text: str) -> str:
    """A text in a condition. One with signs that mean something there, or in YAML, is left to whoever decides."""
    return f"'{text}'" if all(each.isalnum() or each in " .-_@/" for each in text) else "'NAME'"


def _line(text: str) -> str:
    """A name from outside, on one line of a comment."""
    return text if text.isprintable() else ascii(text)


def _list(case: Case, name: str) -> str:
    found = case.fields.get(name)
    names = [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
    return f"[{', '.join(names)}]"
