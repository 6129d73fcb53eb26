"""The public version of a case: what everybody may see, and of everything else its class and why. `spec/redaction.md`.

Nothing is public by mistake: what no procedure knows is withheld, officers are numbers, what parties handed in is a
number of documents, and a public text that repeats what is withheld is withheld with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from licet.cases.redaction.echoes import without_echoes
from licet.cases.redaction.entries import entry_tree
from licet.cases.redaction.linking import link_tree
from licet.cases.redaction.looking import look
from licet.cases.redaction.owing import deadline_tree, obligation_tree
from licet.cases.redaction.redacting import Redacting, Tree, instant
from licet.cases.withholding import Classes, classes
from licet.core.cases.case import Case
from licet.core.cases.grounds import Ground
from licet.core.cases.procedure import Procedure, Secrecy

FORMAT: Final = "licet-public-case-v1"


def public(
    case: Case,
    grounds: Mapping[Secrecy, Ground],
    *,
    whole: str,
    earlier: Iterable[Procedure] = (),
    known: Collection[str] = (),
) -> Tree:
    """The public version of a case as plain JSON.

    `whole` is the digest of the whole case with its blind. `earlier` are the procedures that it went under before its
    present one: what was given in confidence under one stays so. `known` are digests that are public anyway: any
    other digest of evidence is withheld, since by it one could try out what the evidence is.
    """
    work = Redacting(case, classes(case, earlier), grounds, known)
    look(work)
    work.secrets.release([*work.organisations, *work.open_texts])
    return _tree(work, whole)


def everything(case: Case, *, whole: str) -> Tree:
    """The same of a case with nothing withheld, for those who may see it."""
    return _tree(Redacting(case, Classes((case.procedure,), {}, open_=True), {}, (), open_=True), whole)


def _tree(work: Redacting, whole: str) -> Tree:
    case = work.case
    tree = {
        "format": FORMAT,
        "case": case.id,
        "procedure": {
            "name": case.procedure.name,
            "title": case.procedure.title,
            "topic": case.procedure.topic.value,
            "digest": case.procedure.digest,
        },
        "state": {
            "name": case.state.name,
            "title": case.state.title,
            "final": case.state.final,
            "outcome": case.state.outcome,
        },
        "opened": case.opened.isoformat(),
        "updated": case.updated.isoformat(),
        "as_of": instant(case.as_of),
        "whole": whole,
    }
    said = {
        "entries": [entry_tree(work, placed) for placed in case.entries],
        "obligations": [obligation_tree(work, each) for each in case.obligations],
        "links": [link_tree(work, each) for each in case.links],
    }
    return {**tree, **without_echoes(work, said), "deadlines": [deadline_tree(work, each) for each in case.deadlines]}
