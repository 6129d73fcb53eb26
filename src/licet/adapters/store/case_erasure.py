"""The destruction of a case on a database: what the triggers let through while it is under way, and nothing else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, delete, exists, func, insert, select, update

from licet.adapters.store import case_words as words
from licet.adapters.store import rows
from licet.adapters.store.case_index import there
from licet.adapters.store.schema_cases import (
    case_attached,
    case_due,
    case_entry,
    case_erased,
    case_erasing,
    case_exhibit,
    case_letter,
    case_link,
    case_opened,
    case_row,
)
from licet.adapters.store.schema_identity import act
from licet.adapters.store.session import Session


class CaseErasures(Session):
    """`services.cases.ports.Cases.erase_case` on a database."""

    def erase_case(self, case: str, *, actor: str, at: datetime) -> tuple[str, ...]:
        """See the port."""
        with self._changing(actor, at) as change:
            case_no = there(change.connection, case)
            seq = change.event(words.CASE_ERASED, rows.body(case=case))
            change.append(case_erased, case_no=case_no, at=at, actor=actor, seq=seq)
            change.flush()
            left = _empty(change.connection, case_no)
            self._open.erased = True
        return left


def _empty(connection: Connection, case_no: int) -> tuple[str, ...]:
    """Let rows say nothing of this case but numbers, events and instants; the acts that still do."""
    connection.execute(insert(case_erasing).values(case_no=case_no))
    connection.execute(update(case_opened).where(case_opened.c.case_no == case_no).values(blind=b""))
    mine = case_entry.c.case_no == case_no
    connection.execute(update(case_entry).where(mine).values(content=words.ERASED_CONTENT))
    connection.execute(delete(case_exhibit).where(case_exhibit.c.digest.in_(_exhibits(case_no))))
    connection.execute(delete(case_attached).where(case_attached.c.case_no == case_no))
    acts = list(connection.scalars(select(case_entry.c.act).where(mine, case_entry.c.act.is_not(None)).distinct()))
    left = list(connection.scalars(select(act.c.id).where(act.c.id.in_(acts), _is_about_others())))
    gone = [each for each in acts if each not in left]
    connection.execute(update(act).where(act.c.id.in_(gone)).values(content=words.ERASED_CONTENT))
    never_done = (func.instr(act.c.content, words.names_case(case_no)) > 0) & ~exists().where(
        case_entry.c.act == act.c.id
    )
    connection.execute(update(act).where(never_done).values(content=words.ERASED_CONTENT))
    for table in (case_due, case_letter, case_link):
        connection.execute(delete(table).where(table.c.case_no == case_no))
    connection.execute(update(case_row).where(case_row.c.case_no == case_no).values(title="", party=""))
    connection.execute(delete(case_erasing))
    return tuple(sorted(left))


def _exhibits(case_no: int) -> Select[tuple[str]]:
    """The exhibits that no other case has."""
    other = case_attached.alias()
    return select(case_attached.c.digest).where(
        case_attached.c.case_no == case_no,
        ~exists().where(other.c.digest == case_attached.c.digest, other.c.case_no != case_no),
    )


def _is_about_others() -> ColumnElement[bool]:
    """Whether an act is also about a case that is still there."""
    still = case_entry.alias()
    erased = exists().where(case_erased.c.case_no == still.c.case_no)
    return exists().where(still.c.act == act.c.id, ~erased)
