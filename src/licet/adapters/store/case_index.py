"""The index of cases on a database: what is derived of them, so that lists, what is due and links are found by SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, Text, bindparam, delete, func, literal, select, tuple_, type_coerce

from licet.adapters.store import case_words as words
from licet.adapters.store.change import Change
from licet.adapters.store.query import PAGE
from licet.adapters.store.schema import Instant
from licet.adapters.store.schema_cases import case_due, case_entry, case_erased, case_link, case_opened, case_row
from licet.adapters.store.session import Session
from licet.services.cases.ports import CaseCount, CaseRow, Derived, DuePlace, DueRow, Linked

ONE_CASE = (
    select(case_opened.c.procedure, case_opened.c.blind, case_erased.c.at.label("erased"))
    .join_from(case_opened, case_erased, case_erased.c.case_no == case_opened.c.case_no, isouter=True)
    .where(case_opened.c.case_no == bindparam("case_no"))
)
_ENTRIES = select(func.count()).select_from(case_entry).where(case_entry.c.case_no == bindparam("case_no"))
_PLACE = tuple(case_due.c[name] for name in ("due", "case_no", "clock", "started_by", "again"))
_DUE = select(
    *(type_coerce(each, Text) if isinstance(each.type, Instant) else each for each in case_due.columns)
).order_by(*_PLACE)
"""Instants as they are kept: of many thousand rows, what SQLAlchemy does to each takes most of the time."""
_STATES = (case_row.c.procedure, case_row.c.state, case_row.c.final)
_LINKED = (
    select(case_link.c.relation, case_link.c.target, case_row)
    .join_from(case_link, case_row, case_row.c.case_no == case_link.c.case_no)
    .order_by(case_link.c.case_no, case_link.c.relation, case_link.c.target)
)
CASES_A_PAGE = 200

T = TypeVar("T")


class CaseIndex(Session):
    """`services.cases.ports.Cases` on a database, as far as it is about what is derived."""

    def reindex(self, cases: Iterable[Derived]) -> int:
        """See the port. A page is one transaction: an index that is half new is still an index."""
        count, stream = 0, iter(cases)
        while page := list(islice(stream, CASES_A_PAGE)):
            with self._changing("", page[0].row.updated) as change:
                for each in page:
                    case_no = there(change.connection, each.row.case)
                    entries = change.connection.scalar(_ENTRIES, {"case_no": case_no})
                    if entries == each.row.number:  # else somebody appended meanwhile, and derived it anew
                        clear(change.connection, case_no)
                        derive(change, case_no, each)
                        count += 1
                    change.flush()
        return count

    def case_rows(
        self,
        *,
        topic: str | None = None,
        state: str | None = None,
        parent: str | None = None,
        party: str | None = None,
        is_open: bool | None = None,
        overdue: datetime | None = None,
        cases: Collection[str] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> tuple[CaseRow, ...]:
        """See the port."""
        asked = select(case_row).order_by(case_row.c.case_no)
        asked = _those(asked, topic, state, parent, party, is_open, overdue)
        if after is not None:
            asked = asked.where(case_row.c.case_no > (words.number_of(after) or 0))
        asked = _at_most(asked, limit)
        with self._reading() as connection:
            found = [
                _row(row)
                for some in _numbers(cases)
                for row in connection.execute(asked if some is None else asked.where(case_row.c.case_no.in_(some)))
            ]
        return tuple(found[:limit])

    def case_counts(
        self,
        *,
        topic: str | None = None,
        state: str | None = None,
        parent: str | None = None,
        is_open: bool | None = None,
        overdue: datetime | None = None,
    ) -> tuple[CaseCount, ...]:
        """See the port."""
        asked = select(*_STATES, func.count()).group_by(*_STATES).order_by(*_STATES)
        with self._reading() as connection:
            found = connection.execute(_those(asked, topic, state, parent, None, is_open, overdue))
            return tuple(CaseCount(*row) for row in found)

    def due_rows(
        self,
        *,
        until: datetime | None = None,
        fires: bool | None = None,
        owner: str | None = None,
        cases: Collection[str] | None = None,
        after: DuePlace | None = None,
        limit: int | None = None,
    ) -> tuple[DueRow, ...]:
        """See the port."""
        with self._reading() as connection:
            found = [
                words.due_row(*row)
                for some in _numbers(cases)
                for row in connection.execute(
                    _at_most(_after(_due(_DUE, until, fires, owner, some), after), limit),
                )
            ]
        if cases is not None and len(cases) > PAGE:
            found.sort(key=words.due_order)
        return tuple(found[:limit])

    def due_count(
        self, *, until: datetime | None = None, owner: str | None = None, cases: Collection[str] | None = None
    ) -> int:
        """See the port."""
        asked = select(func.count()).select_from(case_due)
        with self._reading() as connection:
            return sum(connection.scalar(_due(asked, until, None, owner, some)) or 0 for some in _numbers(cases))

    def linked_to(
        self,
        targets: Collection[str],
        *,
        relation: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> tuple[Linked, ...]:
        """See the port."""
        asked = _LINKED if relation is None else _LINKED.where(case_link.c.relation == relation)
        if after is not None:
            asked = asked.where(case_link.c.case_no > (words.number_of(after) or 0))
        found: list[Linked] = []
        with self._reading() as connection:
            for some in _pages(sorted(set(targets))):
                rows = connection.execute(_at_most(asked.where(case_link.c.target.in_(some)), limit))
                found += [Linked(row[0], row[1], _row(row[2:])) for row in rows]
        return tuple(sorted(found, key=words.link_order)[:limit])

    def link_counts(self, target: str) -> Mapping[str, int]:
        """See the port."""
        asked = select(case_link.c.relation, func.count()).where(case_link.c.target == target)
        with self._reading() as connection:
            found = connection.execute(asked.group_by(case_link.c.relation).order_by(case_link.c.relation))
            return {row[0]: row[1] for row in found}


def there(connection: Connection, case: str) -> int:
    """The number of a case. Raises `StoreConflict` if it is not there, or no longer."""
    case_no = words.number_of(case)
    found = None if case_no is None else connection.execute(ONE_CASE, {"case_no": case_no}).first()
    if case_no is None or found is None:
        raise words.no_such_case(case)
    if found.erased is not None:
        raise words.erased_already(case)
    return case_no


def clear(connection: Connection, case_no: int) -> None:
    """Drop what was derived of a case."""
    for table in (case_due, case_link, case_row):
        connection.execute(delete(table).where(table.c.case_no == case_no))


def derive(change: Change, case_no: int, made: Derived) -> None:
    """Keep what is derived of a case, of which nothing is there."""
    change.append(case_row, case_no=case_no, **dict(zip(CaseRow._fields[1:], made.row[1:], strict=True)))
    for each in made.due:
        rest = dict(zip(DueRow._fields[2:], each[2:], strict=True))
        change.append(case_due, case_no=case_no, **each.key._asdict(), **rest)
    for link in dict.fromkeys(made.links):
        change.append(case_link, target=link.target, case_no=case_no, relation=link.relation)


def _those(
    asked: Select[Any],
    topic: str | None,
    state: str | None,
    parent: str | None,
    party: str | None,
    is_open: bool | None,
    overdue: datetime | None,
) -> Select[Any]:
    for name, wanted in (("topic", topic), ("state", state), ("parent", parent), ("party", party)):
        asked = asked if wanted is None else asked.where(case_row.c[name] == wanted)
    if is_open is not None:
        asked = asked.where(case_row.c.final.is_(not is_open))
    if overdue is not None:
        late = select(case_due.c.case_no).where(case_due.c.due <= overdue)
        asked = asked.where(case_row.c.case_no.in_(late))
    return asked


def _due(
    asked: Select[Any], until: datetime | None, fires: bool | None, owner: str | None, cases: list[int] | None
) -> Select[Any]:
    if until is not None:
        asked = asked.where(case_due.c.due <= until)
    if fires is not None:
        asked = asked.where(case_due.c.fires.is_(fires))
    if owner is not None:
        asked = asked.where(case_due.c.owner == owner)
    return asked if cases is None else asked.where(case_due.c.case_no.in_(cases))


def _after(asked: Select[Any], place: DuePlace | None) -> Select[Any]:
    if place is None:
        return asked
    values = (place.due, words.number_of(place.case) or 0, *place.key)
    bounds = (literal(value, each.type) for value, each in zip(values, _PLACE, strict=True))
    return asked.where(tuple_(*_PLACE) > tuple_(*bounds))


def _numbers(cases: Collection[str] | None) -> Iterator[list[int] | None]:
    """The numbers of cases, so many at a time as a statement takes; None once for all cases."""
    if cases is None:
        yield None
        return
    yield from _pages(sorted({number for each in cases if (number := words.number_of(each)) is not None}))


def _pages(whole: list[T]) -> Iterator[list[T]]:
    return (whole[start : start + PAGE] for start in range(0, len(whole), PAGE))


def _row(row: Any) -> CaseRow:
    return CaseRow(words.name_of(row[0]), *row[1:])


def _at_most(asked: Select[Any], limit: int | None) -> Select[Any]:
    return asked if limit is None else asked.limit(limit)
