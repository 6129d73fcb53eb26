"""Handing a case over: from the store, with the law that it goes by, to a folder."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from licet.cases.law import LawMissing
from licet.cases.redaction.public import public
from licet.core.cases.case import Case
from licet.core.cases.procedure import Procedure
from licet.core.errors import LicetError
from licet.services.cases.evidence import evidence_of, public_digests
from licet.services.cases.folder import Asked, Drawn, folder, packed
from licet.services.cases.keeping import went_under
from licet.services.cases.laws import Law
from licet.services.cases.looking import look, stored
from licet.services.cases.pointing import Pointing, backlinks
from licet.services.cases.ports import StoredCase
from licet.services.ports import Store
from licet.services.stored import StoredDocument
from licet.wire.canonical import canonical
from licet.wire.documents import draft_digest, shipped_cases
from licet.wire.entries import case_tree, digest_of
from licet.wire.secrecy import shipped_grounds
from licet.wire.statement import Signed


class HandingRefused(LicetError):
    """A case that cannot be handed over as a folder, and why."""


class Handed(NamedTuple):
    """A folder as a ZIP: its bytes, its files with their sizes, the digest of the whole case, how many decisions."""

    content: bytes
    files: tuple[tuple[str, int], ...]
    whole: str
    decisions: int


def hand_over(
    store: Store,
    law: Law,
    name: str,
    drawn: Drawn,
    *,
    now: datetime,
    only_public: bool,
    sign: Callable[[bytes], Signed] | None,
) -> Handed:
    """A case as a folder. Raises `CaseMissing`, `LawMissing`, and `HandingRefused` where an exhibit is gone."""
    case = look(store, law, name, now)
    kept = stored(store, name)
    whole = digest_of(case_tree(kept.id, kept.procedure, kept.entries), kept.blind)
    documents = store.documents()
    known = public_digests(documents)
    shown = _public(law, case, kept, whole, known)
    pointing = backlinks(store, law, case, now).first
    asked = Asked(
        case=case,
        stored=kept,
        public=shown,
        only_public=only_public,
        procedure=procedure_document((*documents, *law.kept.values()), case.procedure),
        catalogues=tuple(law.every_criteria[each] for each in case.procedure.criteria),
        table=law.tables[case.procedure.calendar],
        exhibit=store.exhibit,
        list_=store.list_content,
        evidence={
            digest: each
            for made in case.decisions
            for digest, each in evidence_of(made.decision, documents, kept.entries).items()
        },
        linked_from=tuple(each for each in pointing if not only_public or _says(store, law, each, now, known)),
        sign=sign,
    )
    try:
        files = folder(asked, drawn)
    except ValueError as error:
        raise HandingRefused(f"`{name}` cannot be handed over: {error}") from error
    sizes = tuple((path, len(files[path])) for path in sorted(files))
    return Handed(packed(name, files), sizes, whole, len(case.decisions))


def _public(law: Law, case: Case, kept: StoredCase, whole: str, known: Collection[str]) -> dict[str, Any]:
    """The public version of a case."""
    earlier = [law.under(each) for each in went_under(kept.procedure, kept.entries)]
    return public(case, shipped_grounds(), whole=whole, earlier=earlier, known=known)


def _says(store: Store, law: Law, pointing: Pointing, now: datetime, known: Collection[str]) -> bool:
    """Whether the public version of a case says that it is linked to this: else nobody else says it either."""
    name = pointing.row.case
    try:
        shown = _public(law, look(store, law, name, now), stored(store, name), "", known)
    except LawMissing:
        return False
    return pointing.link._asdict() in shown["links"]


def procedure_document(documents: Iterable[StoredDocument], procedure: Procedure) -> bytes:
    """The document of a procedure in its canonical form: as it was enacted, kept, or as it comes with Licet."""
    for each in documents:
        if each.digest == procedure.digest:
            return each.canonical
    for draft in shipped_cases():
        if draft.kind == "procedure" and draft_digest(draft) == procedure.digest:
            return canonical(draft.tree)
    raise HandingRefused(
        f"the document of `{procedure.name}` is neither enacted, nor kept, nor does it come with this Licet"
    )
