"""Keeping the law that cases begin under: with the case, so that it goes on by it whatever Licet comes with later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from licet.core.cases.entry import BuiltIn, Entry
from licet.services.cases.laws import KINDS
from licet.services.cases.ports import Casework, KeptLaw
from licet.services.ports import Store
from licet.services.stored import StoredDocument
from licet.wire.documents import whole_procedure


def to_keep(store: Store, casework: Casework, procedures: Iterable[str]) -> tuple[KeptLaw, ...]:
    """What has to be kept with cases that go by these procedures (digests): of those that are not kept yet, the
    procedure and all that it refers to.
    """
    there = set(store.kept_procedures())
    new = [each for each in dict.fromkeys(procedures) if each not in there]
    if not new:
        return ()
    enacted = [each for each in store.documents() if each.kind in KINDS]
    found = ((each, whole_procedure(each, enacted, casework.shipped)) for each in new)
    return tuple(KeptLaw(each, tuple(StoredDocument(*one) for one in whole)) for each, whole in found if whole)


def went_under(procedure: str, entries: Sequence[Entry]) -> tuple[str, ...]:
    """The digests of the procedures that a case went under, the one that it was opened under first."""
    moves = [str(each.fields["procedure"]) for each in entries if each.event == BuiltIn.MOVE]
    return tuple(dict.fromkeys((procedure, *moves)))
