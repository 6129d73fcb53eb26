"""Cases in the store on a database: entries are appended, and what is derived of them is replaced beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from licet.adapters.store import case_words as words
from licet.adapters.store import rows
from licet.adapters.store.case_index import ONE_CASE, clear, derive, there
from licet.adapters.store.case_law import keep_law
from licet.adapters.store.change import Change
from licet.adapters.store.query import missing
from licet.adapters.store.schema_cases import case_entry, case_erased, case_exhibit, case_letter, case_opened
from licet.adapters.store.session import Session
from licet.core.cases.entry import ClockKey, Entry
from licet.services.cases.ports import Appending, Derived, KeptLaw, Letter, Opened, StoredCase
from licet.services.stored import StoredList

_CASES = (
    select(case_opened.c.case_no, case_opened.c.procedure, case_opened.c.blind, case_erased.c.at.label("erased"))
    .join_from(case_opened, case_erased, case_erased.c.case_no == case_opened.c.case_no, isouter=True)
    .where(case_opened.c.case_no > bindparam("after"))
    .order_by(case_opened.c.case_no)
    .limit(bindparam("most"))
)
_COLUMNS = ("number", "event", "at", "happened", "clock", "started_by", "again", "content")
_ENTRIES = (
    select(case_entry.c.case_no, *(case_entry.c[name] for name in _COLUMNS))
    .where(case_entry.c.case_no.between(bindparam("first"), bindparam("last")))
    .order_by(case_entry.c.case_no, case_entry.c.number)
)
_CONTENTS = (
    select(case_entry.c.content).where(case_entry.c.case_no == bindparam("case_no")).order_by(case_entry.c.number)
)
_LETTERS = select(case_letter).order_by(case_letter.c.position)
CASES_A_PAGE = 200


class SqlCases(Session):
    """`services.cases.ports.Cases` on a database."""

    def open_cases(
        self,
        openings: Sequence[Opened],
        files: Sequence[StoredList],
        *,
        actor: str,
        at: datetime,
        law: Sequence[KeptLaw] = (),
    ) -> tuple[str, ...]:
        """See the port."""
        names = []
        with self._changing(actor, at) as change:
            last = change.connection.scalar(select(func.max(case_opened.c.case_no))) or 0
            for case_no, each in enumerate(openings, start=last + 1):
                name = words.name_of(case_no)
                entries = (each.opening.entry, *each.following)
                words.check_entries(entries, 0)
                seq = change.event(words.CASE_OPENED, words.opened_body(name, each))
                opened = {"procedure": each.opening.procedure, "blind": each.opening.blind}
                change.append(case_opened, case_no=case_no, **opened, seq=seq)
                change.enter(case_no, entries, seq)
                derive(change, case_no, Derived(each.row, each.due, each.links))
                _write(change, case_no, words.named_letters(each.letters, name))
                names.append(name)
            change.flush()
            keep_law(change, law)
            if files:
                _keep(change, files)
        return tuple(names)

    def append_entries(
        self,
        changes: Sequence[Appending],
        files: Sequence[StoredList],
        *,
        actor: str,
        at: datetime,
        law: Sequence[KeptLaw] = (),
    ) -> None:
        """See the port."""
        with self._changing(actor, at) as change:
            for each in changes:
                words.check_entries(each.entries, each.expected)
                case_no = there(change.connection, each.case)
                _check_expected(change.connection, case_no, each)
                seq = change.event(words.CASE_ENTERED, words.entered_body(each))
                change.enter(case_no, each.entries, seq)
                clear(change.connection, case_no)
                derive(change, case_no, Derived(each.row, each.due, each.links))
                _write(change, case_no, words.named_letters(each.letters, each.case))
                change.flush()
            keep_law(change, law)
            if files:
                _keep(change, files)

    def keep_files(self, files: Sequence[StoredList], *, actor: str, at: datetime) -> None:
        """See the port."""
        with self._changing(actor, at) as change:
            _keep(change, files)

    def exhibit(self, digest: str) -> bytes | None:
        """See the port."""
        with self._reading() as connection:
            content = connection.scalar(select(case_exhibit.c.content).where(case_exhibit.c.digest == digest))
        if content is not None:
            rows.check_stored((), (StoredList(digest, content),))
        return content

    def case(self, case: str) -> StoredCase | None:
        """See the port."""
        case_no = words.number_of(case)
        if case_no is None:
            return None
        with self._reading() as connection:
            found = connection.execute(ONE_CASE, {"case_no": case_no}).first()
            if found is None:
                return None
            if found.erased is not None:
                entries = _skeletons(connection, case_no)
            else:
                contents = connection.scalars(_CONTENTS, {"case_no": case_no})
                entries = tuple(words.entry_from(each) for each in contents)
        return StoredCase(case, found.procedure, entries, found.blind, found.erased)

    def stored_cases(self, after: str | None = None) -> Iterator[StoredCase]:
        """See the port. Read in pages, each its own snapshot."""
        last = words.number_of(after) or 0 if after is not None else 0
        while True:
            with self._reading() as connection:
                found = connection.execute(_CASES, {"after": last, "most": CASES_A_PAGE}).all()
                if not found:
                    return
                last = found[-1].case_no
                entries: dict[int, list[Entry]] = {row.case_no: [] for row in found}
                for row in connection.execute(_ENTRIES, {"first": found[0].case_no, "last": last}):
                    entries[row.case_no].append(_entry(row))
            for row in found:
                name = words.name_of(row.case_no)
                yield StoredCase(name, row.procedure, tuple(entries[row.case_no]), row.blind, row.erased)

    def letters(self, *, unsent: bool) -> tuple[Letter, ...]:
        """See the port."""
        asked = _LETTERS.where(case_letter.c.handed_in.is_(None)) if unsent else _LETTERS
        with self._reading() as connection:
            found = connection.execute(asked).all()
        return tuple(
            Letter(row.id, words.name_of(row.case_no), row.number, row.address, row.subject, row.text) for row in found
        )

    def mark_sent(self, letter: str, *, at: datetime, refused: str | None = None) -> None:
        """See the port."""
        mine = (case_letter.c.id == letter) & case_letter.c.handed_in.is_(None)
        with self._changing("", at) as change:
            change.connection.execute(update(case_letter).where(mine).values(handed_in=at, refused=refused))


def _check_expected(connection: Connection, case_no: int, wanted: Appending) -> None:
    newest = connection.execute(
        select(case_entry.c.number, case_entry.c.content)
        .where(case_entry.c.case_no == case_no)
        .order_by(case_entry.c.number.desc())
        .limit(1)
    ).one()
    words.check_expected(wanted.case, newest.number, words.entry_from(newest.content), wanted.expected)
    for each in wanted.entries:
        if each.clock is not None:
            names = ("clock", "started_by", "again")
            mine = [case_entry.c[name] == part for name, part in zip(names, each.clock, strict=True)]
            same = select(case_entry.c.number).where(case_entry.c.case_no == case_no, *mine)
            if connection.execute(same).first() is not None:
                raise words.fired_already(wanted.case, each.clock)


def _write(change: Change, case_no: int, letters: Iterable[Letter]) -> None:
    for each in letters:
        change.flush()
        text = {"address": each.to, "subject": each.subject, "text": each.text}
        change.connection.execute(insert(case_letter).values(id=each.id, case_no=case_no, number=each.number, **text))


def _keep(change: Change, files: Sequence[StoredList]) -> None:
    """Keep exhibits that are not there yet, by digest."""
    rows.check_digests((), files)
    wanted = {each.digest: each.content for each in files}
    new = missing(change.connection, case_exhibit, list(wanted))
    if not new:
        return
    seq = change.event(words.EXHIBITS_KEPT, rows.body(digests=sorted(new)))
    for digest in sorted(new):
        change.append(case_exhibit, digest=digest, content=wanted[digest], seq=seq)


def _skeletons(connection: Connection, case_no: int) -> tuple[Entry, ...]:
    return tuple(_entry(row) for row in connection.execute(_ENTRIES, {"first": case_no, "last": case_no}))


def _entry(row: Any) -> Entry:
    if row.content != words.ERASED_CONTENT:
        return words.entry_from(row.content)
    clock = None if row.clock is None else ClockKey(row.clock, row.started_by, row.again)
    return words.skeleton(row.number, row.event, row.at, row.happened, clock)
