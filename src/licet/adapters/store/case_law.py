"""The law that cases began under, in the store on a database: each document once, by its digest."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from licet.adapters.store import rows
from licet.adapters.store.change import Change
from licet.adapters.store.schema import document
from licet.adapters.store.schema_cases import case_law
from licet.adapters.store.session import Session
from licet.services.cases.ports import KeptLaw
from licet.services.stored import StoredDocument

_PROCEDURES = (
    select(case_law.c.procedure).where(case_law.c.position == 0).order_by(case_law.c.seq, case_law.c.procedure)
)
_DOCUMENTS = (
    select(document.c.kind, document.c.name, document.c.digest, document.c.canonical)
    .join(case_law, case_law.c.digest == document.c.digest)
    .where(case_law.c.procedure == bindparam("procedure"))
    .order_by(case_law.c.position)
)


class CaseLaws(Session):
    """`services.cases.ports.Cases` on a database, as far as it is about the law of cases."""

    def kept_procedures(self) -> tuple[str, ...]:
        """See the port."""
        with self._reading() as connection:
            return tuple(connection.scalars(_PROCEDURES))

    def kept_law(self, procedure: str) -> tuple[StoredDocument, ...]:
        """See the port."""
        with self._reading() as connection:
            found = tuple(StoredDocument(*row) for row in connection.execute(_DOCUMENTS, {"procedure": procedure}))
        rows.check_stored(found, ())
        return found


def keep_law(change: Change, law: Sequence[KeptLaw]) -> None:
    """Keep the law of procedures of which it is not kept yet, with the newest event of a change."""
    if not law:
        return
    there = set(change.connection.scalars(_PROCEDURES))
    for each in law:
        if each.procedure in there:
            continue
        there.add(each.procedure)
        rows.check_digests(each.documents, ())
        change.keep(change.seq, each.documents, ())
        for position, one in enumerate(each.documents):
            row = {"procedure": each.procedure, "position": position, "digest": one.digest}
            change.append(case_law, **row, seq=change.seq)
        change.flush()
