"""Cases in memory: the contract of `services.cases.ports.Cases` in its plainest form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from licet.adapters.store import case_words as words
from licet.adapters.store import rows
from licet.adapters.store_memory.case_index import derive, there
from licet.adapters.store_memory.state import MemorySession, State
from licet.core.cases.entry import Entry
from licet.services.cases.ports import Appending, Derived, KeptLaw, Letter, Opened, StoredCase
from licet.services.stored import StoredDocument, StoredList


class MemoryCases(MemorySession):
    """`services.cases.ports.Cases` in memory."""

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
        with self._changing() as state:
            for each in openings:
                name = words.name_of(len(state.cases) + 1)
                entries = (each.opening.entry, *each.following)
                words.check_entries(entries, 0)
                state.add(words.CASE_OPENED, words.opened_body(name, each), actor=actor, at=at)
                state.cases[name] = StoredCase(name, each.opening.procedure, entries, each.opening.blind)
                derive(state, name, Derived(each.row, each.due, each.links))
                _write(state, name, each.letters)
                names.append(name)
            _keep_law(state, law)
            _keep(state, files, actor, at)
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
        with self._changing() as state:
            for each in changes:
                words.check_entries(each.entries, each.expected)
                found = there(state, each.case)
                words.check_expected(each.case, len(found.entries), found.entries[-1], each.expected)
                fired = {one.clock for one in found.entries if one.clock is not None}
                for one in each.entries:
                    if one.clock in fired and one.clock is not None:
                        raise words.fired_already(each.case, one.clock)
                state.add(words.CASE_ENTERED, words.entered_body(each), actor=actor, at=at)
                state.cases[each.case] = replace(found, entries=(*found.entries, *each.entries))
                derive(state, each.case, Derived(each.row, each.due, each.links))
                _write(state, each.case, each.letters)
            _keep_law(state, law)
            _keep(state, files, actor, at)

    def keep_files(self, files: Sequence[StoredList], *, actor: str, at: datetime) -> None:
        """See the port."""
        with self._changing() as state:
            _keep(state, files, actor, at)

    def exhibit(self, digest: str) -> bytes | None:
        """See the port."""
        return self._state.exhibits.get(digest)

    def kept_procedures(self) -> tuple[str, ...]:
        """See the port."""
        return tuple(self._state.case_law)

    def kept_law(self, procedure: str) -> tuple[StoredDocument, ...]:
        """See the port."""
        state = self._state
        return tuple(state.documents[digest] for digest in state.case_law.get(procedure, ()))

    def case(self, case: str) -> StoredCase | None:
        """See the port."""
        return self._state.cases.get(case)

    def stored_cases(self, after: str | None = None) -> Iterator[StoredCase]:
        """See the port."""
        first = 0 if after is None else words.number_of(after) or 0
        yield from list(self._state.cases.values())[first:]

    def letters(self, *, unsent: bool) -> tuple[Letter, ...]:
        """See the port."""
        return tuple(letter for letter, sent in self._state.letters.values() if not (unsent and sent))

    def mark_sent(self, letter: str, *, at: datetime, refused: str | None = None) -> None:  # noqa: ARG002 - nothing lasts here
        """See the port."""
        with self._changing() as state:
            if letter in state.letters:
                state.letters[letter] = (state.letters[letter][0], True)

    def erase_case(self, case: str, *, actor: str, at: datetime) -> tuple[str, ...]:
        """See the port."""
        with self._changing() as state:
            found = there(state, case)
            state.add(words.CASE_ERASED, rows.body(case=case), actor=actor, at=at)
            parts = ((each.number, each.event, each.at, each.happened, each.clock) for each in found.entries)
            bare = tuple(words.skeleton(*each) for each in parts)
            state.cases[case] = replace(found, entries=bare, blind=b"", erased=at)
            others = [each for name in state.cases if name != case for each in state.cases[name].entries]
            _drop_exhibits(state, found.entries, others)
            left = _empty_acts(state, found.entries, others)
            _empty_waiting(state, words.number_of(case) or 0)
            state.case_rows[case] = state.case_rows[case]._replace(title="", party="")
            state.case_due[case] = ()
            state.case_links[case] = ()
            state.letters = {name: each for name, each in state.letters.items() if each[0].case != case}
        return left


def _write(state: State, case: str, letters: Sequence[Letter]) -> None:
    for each in words.named_letters(letters, case):
        state.letters[each.id] = (each, False)


def _keep(state: State, files: Sequence[StoredList], actor: str, at: datetime) -> None:
    rows.check_digests((), files)
    new = {each.digest: each.content for each in files if each.digest not in state.exhibits}
    if new:
        state.add(words.EXHIBITS_KEPT, rows.body(digests=sorted(new)), actor=actor, at=at)
        state.exhibits |= new


def _keep_law(state: State, law: Sequence[KeptLaw]) -> None:
    for each in law:
        if each.procedure not in state.case_law:
            rows.check_digests(each.documents, ())
            state.keep(each.documents, ())
            state.case_law[each.procedure] = tuple(one.digest for one in each.documents)


def _drop_exhibits(state: State, gone: Sequence[Entry], others: Sequence[Entry]) -> None:
    kept = {one.digest for each in others for one in each.exhibits}
    for digest in {one.digest for each in gone for one in each.exhibits} - kept:
        state.exhibits.pop(digest, None)


def _empty_waiting(state: State, case_no: int) -> None:
    """Acts that name a case and were never done."""
    done = {one.act for each in state.cases.values() for one in each.entries} - {None}
    for name, act in state.acts.items():
        if words.names_case(case_no) in act.content and name not in done:
            state.acts[name] = replace(act, content=words.ERASED_CONTENT)


def _empty_acts(state: State, gone: Sequence[Entry], others: Sequence[Entry]) -> tuple[str, ...]:
    acts = {each.act for each in gone if each.act is not None}
    left = acts & {each.act for each in others if each.act is not None}
    for name in acts - left:
        state.acts[name] = replace(state.acts[name], content=words.ERASED_CONTENT)
    return tuple(sorted(left))
