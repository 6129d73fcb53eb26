"""The decisions of a case as others read them: statements to be signed, and the instruments that they wrote."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from licet.cases.decision.instrument import documents
from licet.core.cases.case import Case, Decided
from licet.core.cases.entry import Entry
from licet.core.shape import shape
from licet.wire.canonical import canonical, digest
from licet.wire.statement import Subject, statement

Tree = dict[str, Any]
ReadList = Callable[[str], bytes | None]


class Instrument(NamedTuple):
    """A document that a decision wrote: its kind and name, its tree, and the digest under which it is enacted (None
    where a list that it names is not here).
    """

    kind: str
    name: str
    tree: Tree
    digest: str | None


def entry_of(case: Case, number: int) -> Entry:
    """The entry of a case with this number."""
    return next(each.entry for each in case.entries if each.entry.number == number)


def instruments(case: Case, made: Decided, lists: ReadList, issuer: str | None = None) -> tuple[Instrument, ...]:
    """What a decision wrote. `issuer` is who issues it: the role that decided, if not given."""
    entry = entry_of(case, made.number)
    role = case.procedure.roles.get(entry.role)
    who = issuer or (role.title if role else entry.role)
    source = f"case {case.id}, entry {made.number}"
    trees = documents(made.decision, issuer=who, issued=entry.happened, source=source)
    return tuple(_instrument(tree, lists) for tree in trees)


def decision_statement(
    case: Case, number: int, decision: Mapping[str, Any], *, whole: str, written: tuple[Instrument, ...] = ()
) -> bytes:
    """The statement about a decision: the whole case, the decision as it stands here, and what it wrote.

    `decision` is plain JSON, in the public version with what is withheld as its class.
    """
    entry = entry_of(case, number)
    subjects = [Subject(f"{case.id}", whole), Subject(f"{case.id}, entry {number}", digest(canonical(dict(decision))))]
    subjects += [Subject(f"{each.kind} {each.name}", each.digest) for each in written if each.digest is not None]
    predicate: Tree = {
        "case": case.id,
        "entry": number,
        "decided": entry.happened.isoformat(),
        "recorded": entry.at.isoformat(),
        "role": entry.role,
        "procedure": {"name": case.procedure.name, "digest": case.procedure.digest},
        "decision": dict(decision),
    }
    return statement(subjects, predicate)


def _instrument(tree: Tree, lists: ReadList) -> Instrument:
    kind = next(iter(tree))
    draft, _ = shape(0, tree, lambda _, pinned: lists(pinned) if pinned else None)
    return Instrument(kind, tree[kind], tree, None if draft is None else digest(canonical(draft.tree)))
