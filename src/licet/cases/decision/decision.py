"""A decision in the field `decision` of the entry that makes it: read strictly, and written in one spelling.

    decision:
      summary: ...            basis: [15 CFR 750.6, ...]     considerations: ...
      reconsideration: ...    official: ...                  appeal: ...
      judged: [{criterion: catalogue@1#id, verdict: pass, reasons: ..., evidence: [sha256:...]}]
      promises: [{id: ..., kind: condition, owner: ..., text: ..., within: 30 d, every: ..., cure: ...}]
      terms: {licence: ..., relieves: [...], models: [...], to: ..., from: ..., until: ..., review_by: ...}
      ends: {lift: ..., instruments: [...], from: ...}

The elements are those of 15 CFR 750.6(a). `spec/decisions.md` has the format.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from licet.cases.decision.reading import (
    at,
    attempt,
    digest,
    filled,
    items,
    known,
    limit,
    line,
    listed,
    needs,
    prose,
    spelled,
    spelled_instant,
    word,
)
from licet.cases.decision.terms import ending_tree, read_ending, read_terms, terms_tree
from licet.core.cases.criteria import Judged, Verdict
from licet.core.cases.decision import Decision, Promise, Promised
from licet.core.cases.limit_text import limit_text
from licet.core.cases.procedure import Deciding
from licet.core.errors import LicetError, Path, Problem
from licet.core.form import Shape
from licet.core.shaping import Refused, Shaping, Tree, shown

DECISION: Final = "decision"
"""The field of an entry that holds the decision."""

TEXTS: Final = ("summary", "considerations", "reconsideration", "official", "appeal")
KEYS: Final = ("kind", "summary", "basis", *TEXTS[1:], "judged", "promises", "terms", "ends")
JUDGED: Final = ("criterion", "verdict", "reasons", "evidence")
PROMISE: Final = ("id", "kind", "owner", "text", "within", "by", "every", "cure")


class DecisionRejected(LicetError):
    """A decision that does not read; one line for each problem, with its place in the entry's fields."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(f"{placed(each.path)}: {each.message}" for each in problems))
        self.problems = tuple(problems)


def placed(path: Path) -> str:
    """A place in fields, as people write it: `decision.promises[0].owner`."""
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in path).removeprefix(".")


def decision_of(fields: Mapping[str, Any], kind: Deciding) -> Decision:
    """The decision in the fields of an entry whose event decides in this way.

    What a draft does not say yet reads as empty: `missing` says what to add. Raises `DecisionRejected` with every
    problem and its place, also where there is no decision at all.
    """
    shaping = Shaping(0, lambda _, __: None)
    made: Decision | None = None
    with suppress(Refused):
        made = _read(shaping, (DECISION,), fields.get(DECISION), kind)
    if shaping.problems or made is None:
        raise DecisionRejected(shaping.problems)
    return made


def decision_tree(decision: Decision) -> dict[str, Any]:
    """A decision as plain JSON in its one spelling: what stands in an entry's field `decision`.

    What is empty is left out; reading it gives the same decision.
    """
    tree: dict[str, Any] = {"kind": decision.kind.value, "summary": decision.summary, "basis": list(decision.basis)}
    tree |= {name: getattr(decision, name) for name in TEXTS[1:]}
    tree["judged"] = [_judged_tree(each) for each in decision.judged]
    tree["promises"] = [_promise_tree(each) for each in decision.promises]
    tree["terms"] = terms_tree(decision.terms) if decision.terms else None
    tree["ends"] = ending_tree(decision.ending) if decision.ending else None
    return filled(tree)


def _read(shaping: Shaping, path: Path, tree: Tree, kind: Deciding) -> Decision:
    if tree is None:
        raise shaping.report(path, f"there is no decision; `decision` holds it: {', '.join(KEYS[1:7])} ...")
    raw = known(shaping, path, tree, KEYS, "a decision")
    if raw.get("kind") not in (None, kind.value):
        words = f"{shown(raw['kind'])}, but this event decides `{kind.value}`; leave `kind` out, or choose the event"
        shaping.report((*path, "kind"), words)
    texts = {name: _text(shaping, path, raw, name) for name in TEXTS}
    return Decision(
        kind=kind,
        **texts,
        basis=attempt(lambda: listed(shaping, (*path, "basis"), raw.get("basis"), line, "a list of clauses"), ()),
        judged=_all_judged(shaping, (*path, "judged"), raw.get("judged")),
        promises=_promises(shaping, (*path, "promises"), raw.get("promises")),
        terms=attempt(lambda: read_terms(shaping, (*path, "terms"), raw.get("terms")), None),
        ending=attempt(lambda: read_ending(shaping, (*path, "ends"), raw.get("ends")), None),
    )


def _text(shaping: Shaping, path: Path, raw: Mapping[str, Tree], name: str) -> str:
    return attempt(lambda: prose(shaping, (*path, name), raw.get(name)), "")


def _all_judged(shaping: Shaping, path: Path, value: Tree) -> tuple[Judged, ...]:
    nothing: list[Tree] = []
    raw = attempt(lambda: items(shaping, path, value, "a list of verdicts on criteria"), nothing)
    read = [attempt(lambda n=n, each=each: _judged(shaping, (*path, n), each), None) for n, each in enumerate(raw)]  # type: ignore[misc]
    return tuple(each for each in read if each is not None)


def _judged(shaping: Shaping, path: Path, value: Tree) -> Judged | None:
    raw = known(shaping, path, value, JUDGED, "a verdict on a criterion")
    needs(shaping, path, raw, ("criterion", "verdict"), "a verdict on a criterion")
    return Judged(
        criterion=line(shaping, (*path, "criterion"), raw["criterion"]),
        verdict=word(shaping, (*path, "verdict"), raw["verdict"], Verdict),
        reasons=_text(shaping, path, raw, "reasons"),
        evidence=listed(shaping, (*path, "evidence"), raw.get("evidence"), digest, Shape.DIGESTS.value),
    )


def _promises(shaping: Shaping, path: Path, value: Tree) -> tuple[Promise, ...]:
    nothing: list[Tree] = []
    raw = attempt(lambda: items(shaping, path, value, "a list of conditions and undertakings"), nothing)
    read = [attempt(lambda n=n, each=each: _promise(shaping, (*path, n), each), None) for n, each in enumerate(raw)]  # type: ignore[misc]
    found: dict[str, Promise] = {}
    for position, each in enumerate(read):
        if each is not None and each.id in found:
            shaping.report((*path, position, "id"), f"there are two promises `{each.id}`; give each a name of its own")
        elif each is not None:
            found[each.id] = each
    return tuple(found.values())


def _promise(shaping: Shaping, path: Path, value: Tree) -> Promise | None:
    raw = known(shaping, path, value, PROMISE, "a promise")
    needs(shaping, path, raw, ("id", "kind"), "a promise")
    if "within" in raw and "by" in raw:
        shaping.report((*path, "by"), "`within` and `by` both say when it is due; leave one out", at_key=True)
    return Promise(
        id=spelled(Shape.INSTRUMENT_NAME)(shaping, (*path, "id"), raw["id"]),
        kind=word(shaping, (*path, "kind"), raw["kind"], Promised),
        owner=_text(shaping, path, raw, "owner"),
        text=_text(shaping, path, raw, "text"),
        within=limit(shaping, (*path, "within"), raw.get("within")),
        by=at(shaping, (*path, "by"), raw.get("by")),
        every=limit(shaping, (*path, "every"), raw.get("every")),
        cure=limit(shaping, (*path, "cure"), raw.get("cure")),
    )


def _judged_tree(judged: Judged) -> dict[str, Any]:
    return filled(
        {
            "criterion": judged.criterion,
            "verdict": judged.verdict.value,
            "reasons": judged.reasons,
            "evidence": list(judged.evidence),
        }
    )


def _promise_tree(promise: Promise) -> dict[str, Any]:
    limits = {"within": promise.within, "every": promise.every, "cure": promise.cure}
    return filled(
        {
            "id": promise.id,
            "kind": promise.kind.value,
            "owner": promise.owner,
            "text": promise.text,
            "by": spelled_instant(promise.by),
            **{name: None if each is None else limit_text(each) for name, each in limits.items()},
        }
    )
