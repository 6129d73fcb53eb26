"""What the draft of a decision still lacks, each in a sentence that says what to add; nothing: it can be signed.

The elements are those of 15 CFR 750.6(a). Whether evidence exists, or orders and models do, is not known here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from licet.core.cases.case import Decided
from licet.core.cases.criteria import Criteria, Criterion, Judged, Verdict
from licet.core.cases.decision import Decision, Ending, Promise, Terms
from licet.core.cases.procedure import Deciding

WRITES_LICENCE: Final = frozenset({Deciding.GRANT, Deciding.VARY})
MAY_WRITE_LICENCE: Final = WRITES_LICENCE | {Deciding.STAY}
"""A stay may: it relieves of what is appealed while that is not decided, and ends by itself."""

ENDS: Final = frozenset({Deciding.SUSPEND, Deciding.VARY, Deciding.UPHOLD, Deciding.REMIT})
"""Those that may end instruments. (An appeal that is upheld or remitted may end what was appealed.)"""

JUDGED: Final = frozenset(
    {Deciding.GRANT, Deciding.DENY, Deciding.INTENT, Deciding.UPHOLD, Deciding.VARY, Deciding.REMIT}
)
"""Those that decide on the matter, so by every criterion; a stay, a suspension and the like do not."""

NEGATIVE: Final = frozenset({Deciding.DENY, Deciding.INTENT})

SAYS_NOTHING: Final = frozenset(
    {"none", "none stated", "not stated", "n/a", "na", "tbd", "tba", "todo", "to be determined", "unknown", "xxx"}
)
"""Words that stand where an element should."""


def missing(
    decision: Decision,
    kind: Deciding,
    catalogues: Iterable[Criteria],
    *,
    licences: Collection[str] | None = None,
    at: datetime | None = None,
) -> tuple[str, ...]:
    """What a decision of this kind lacks to be signed.

    `catalogues` are those of the procedure. `licences` are the licences that earlier decisions in this matter wrote and
    that stand (`standing`); None where that is not known, and then a variation must name what it supersedes. `at` is
    the instant of the decision: what is to be done by an instant before it cannot be kept.
    """
    return (
        *_elements(decision),
        *(_judged(decision, kind, tuple(catalogues)) if kind in JUDGED else ()),
        *_writes(decision, kind, licences),
        *(sentence for promise in decision.promises for sentence in _promise(promise, at)),
        *_instants(decision, at),
    )


def standing(*decided: Sequence[Decided]) -> tuple[str, ...]:
    """The licences that decisions wrote, and that no later one superseded or ended; in the order of the decisions."""
    found: dict[str, None] = {}
    for decision in (each.decision for each in (one for several in decided for one in several)):
        if decision.ending is not None:
            found = {name: None for name in found if name not in decision.ending.ends}
        if decision.terms is not None:
            found = {name: None for name in found if name not in decision.terms.supersedes}
            found[decision.terms.licence] = None
    return tuple(found)


def _says(text: str) -> bool:
    """Whether a text says anything: something else than signs, and none of the words for nothing."""
    plain = text.strip().rstrip(".!").casefold()
    return any(each.isalnum() for each in plain) and plain not in SAYS_NOTHING


def _elements(decision: Decision) -> Iterator[str]:
    if not _says(decision.summary):
        yield "the decision is not stated: add `summary`, the decision in a sentence"
    if not any(_says(each) for each in decision.basis):
        yield "there is no statutory or regulatory basis: add `basis`, the clauses that the decision rests on"
    if not _says(decision.considerations):
        yield "there are no specific considerations: add `considerations`, the reasons in this case"
    if not _says(decision.reconsideration):
        yield _reconsideration(decision.kind)
    if not _says(decision.official):
        yield "no official is named: add `official`, a name with a way to reach them"
    elif not _reachable(decision.official):
        yield f"`{decision.official}` cannot be reached: add to `official` an address or a telephone number"
    if not _says(decision.appeal):
        yield "it is not said how to appeal: add `appeal`, how, where and until when"


def _reconsideration(kind: Deciding) -> str:
    if kind in NEGATIVE:
        return "the denial does not say what would change it: add `reconsideration`, what to show or change"
    return "it is not said what would change it: add `reconsideration`, what would end or vary this decision"


def _reachable(official: str) -> bool:
    """Whether there is a way to reach somebody: a mail address, a page, or figures (a telephone, a street)."""
    return "@" in official or "://" in official or any(each.isdigit() for each in official)


def _judged(decision: Decision, kind: Deciding, catalogues: tuple[Criteria, ...]) -> Iterator[str]:
    criteria = {f"{each.name}#{one.id}": one for each in catalogues for one in each.criteria.values()}
    found: dict[str, Judged] = {}
    for judged in decision.judged:
        if judged.criterion not in criteria:
            known = ", ".join(f"`{each.name}`" for each in catalogues) or "none"
            yield f"`{judged.criterion}` is no criterion of this procedure: name one of its catalogues: {known}"
        elif judged.criterion in found:
            yield f"`{judged.criterion}` is judged twice: keep one verdict"
        else:
            found[judged.criterion] = judged
    for name, criterion in criteria.items():
        yield from _criterion(name, criterion, found.get(name))
    yield from _follows(kind, criteria, found)


def _criterion(name: str, criterion: Criterion, judged: Judged | None) -> Iterator[str]:
    if judged is None:
        words = ", ".join(f"`{each.value}`" for each in Verdict)
        yield f"`{name}` ({criterion.title}) is not judged: add it to `judged` with a verdict, one of {words}"
        return
    if not _says(judged.reasons):
        yield f"`{name}` ({criterion.title}) is judged without reasons: add why it is `{judged.verdict.value}`"
    if judged.verdict is Verdict.PASS and criterion.evidence and not judged.evidence:
        yield f"`{name}` ({criterion.title}) passes without evidence: add the digest of what shows it to `evidence`"


def _follows(kind: Deciding, criteria: dict[str, Criterion], found: dict[str, Judged]) -> Iterator[str]:
    """What the verdicts forbid: a grant without a decisive criterion, a denial without a reason in them."""
    if kind in WRITES_LICENCE:
        for name, judged in found.items():
            if criteria[name].decisive and judged.verdict is not Verdict.PASS:
                yield (
                    f"`{name}` ({criteria[name].title}) is decisive and is `{judged.verdict.value}`:"
                    " without it there is no grant; get what shows it, or deny"
                )
    against = {Verdict.FAIL, Verdict.INSUFFICIENT}
    whole = bool(criteria) and len(found) == len(criteria)
    if kind in NEGATIVE and whole and not any(each.verdict in against for each in found.values()):
        yield "nothing failed and nothing lacks evidence: a denial needs a criterion that is not met; name it, or grant"


def _writes(decision: Decision, kind: Deciding, licences: Collection[str] | None) -> Iterator[str]:
    """What has to follow from a decision of this kind, and what cannot."""
    terms, ending = decision.terms, decision.ending
    if kind is Deciding.GRANT and terms is None:
        yield "a grant has no terms: add `terms`, the licence that it writes (holders, models, from when, until when)"
    if kind is Deciding.VARY and terms is None and ending is None:
        yield "a variation changes nothing: add `terms`, the licence that it writes, or `ends`, what it ends"
    if kind is Deciding.SUSPEND and ending is None:
        yield "a suspension ends nothing: add `ends`, the lift that it writes and the licences that this ends"
    if terms is not None:
        yield from _terms(terms) if kind in MAY_WRITE_LICENCE else _needless(kind, "terms", "it writes no licence")
    if terms is not None and kind is Deciding.STAY:
        yield from _stay(terms)
    if terms is not None and kind is Deciding.VARY:
        yield from _superseded(terms, ending, licences)
    if ending is not None:
        yield from _ending(ending, kind, licences) if kind in ENDS else _needless(kind, "ends", "it ends nothing")
    if decision.promises and kind in NEGATIVE:
        yield from _needless(kind, "promises", "it binds nobody")


def _needless(kind: Deciding, key: str, why: str) -> Iterator[str]:
    yield f"`{key}` has no place in a decision of the kind `{kind.value}`: {why}; leave it out"


def _terms(terms: Terms) -> Iterator[str]:
    if not terms.relieves:
        yield "the terms relieve no order: add `relieves`, the orders of which the licence relieves"
    if not terms.models and not terms.families:
        yield "the terms name no model: add `models` or `families`"
    if terms.until is None and terms.review_by is None:
        yield "the terms have neither an end nor a review: add `until`, or `review_by`"


def _stay(terms: Terms) -> Iterator[str]:
    """What a stay writes ends by itself, and takes nothing away for good."""
    if terms.until is None:
        yield "a stay lasts until the appeal is decided: add `until` to the terms, the last day of that"
    if terms.supersedes:
        yield "a stay leaves what there was for afterwards: leave out `supersedes`"


def _superseded(terms: Terms, ending: Ending | None, licences: Collection[str] | None) -> Iterator[str]:
    gone = {*terms.supersedes, *(ending.ends if ending else ())}
    if licences is None and not gone:
        yield "the variation leaves the earlier licence in force: add it to `supersedes`"
    for name in licences or ():
        if name not in gone:
            yield f"the licence `{name}` would stay in force beside the new one: add it to `supersedes`"


def _ending(ending: Ending, kind: Deciding, licences: Collection[str] | None) -> Iterator[str]:
    if not ending.ends:
        yield "`ends` names no instrument: add those that end to `ends.instruments`"
    if kind is Deciding.SUSPEND and licences is not None:
        for name in ending.ends:
            if name not in licences:
                known = ", ".join(f"`{each}`" for each in licences) or "none"
                yield f"`{name}` is no licence that this case wrote and that is in force: name one of {known}"


def _promise(promise: Promise, at: datetime | None) -> Iterator[str]:
    what = f"the {promise.kind.value} `{promise.id}`"
    if not _says(promise.text):
        yield f"{what} does not say what is to be done: add `text`"
    if not _says(promise.owner):
        yield f"{what} has no owner: add `owner`, who has to do it"
    if promise.within is None and promise.by is None and promise.every is None:
        yield f"{what} has no date: add `by` (an instant), `within` (how long after the decision) or `every`"
    if at is not None and promise.by is not None and promise.by <= at:
        yield f"{what} is due by {promise.by.isoformat()}, which has passed: name a later instant"


def _instants(decision: Decision, at: datetime | None) -> Iterator[str]:
    if at is None or decision.terms is None:
        return
    for key, value in (("until", decision.terms.until), ("review_by", decision.terms.review_by)):
        if value is not None and value <= at:
            yield f"`terms.{key}` is {value.isoformat()}, which has passed: name a later instant"
