"""What is derived of cases, in memory: the index of `services.cases.ports.Cases` in its plainest form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from licet.adapters.store import case_words as words
from licet.adapters.store_memory.state import MemorySession, State
from licet.services.cases.ports import CaseCount, CaseRow, Derived, DuePlace, DueRow, Linked, StoredCase, place_of


class MemoryCaseIndex(MemorySession):
    """`services.cases.ports.Cases` in memory, as far as it is about what is derived."""

    def reindex(self, cases: Iterable[Derived]) -> int:
        """See the port."""
        count = 0
        for each in cases:
            with self._changing() as state:
                if len(there(state, each.row.case).entries) == each.row.number:
                    derive(state, each.row.case, each)
                    count += 1
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
        first = 0 if after is None else words.number_of(after) or 0
        found = [
            each
            for each in list(self._state.case_rows.values())[first:]
            if topic in (None, each.topic)
            and state in (None, each.state)
            and parent in (None, each.parent)
            and party in (None, each.party)
            and is_open in (None, not each.final)
            and (cases is None or each.case in cases)
            and (overdue is None or any(one.due <= overdue for one in self._state.case_due[each.case]))
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
        rows = self.case_rows(topic=topic, state=state, parent=parent, is_open=is_open, overdue=overdue)
        counts = Counter((each.procedure, each.state, each.final) for each in rows)
        return tuple(CaseCount(*each, counts[each]) for each in sorted(counts))

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
        past = None if after is None else words.due_order(after)
        found = [
            each
            for due in self._state.case_due.values()
            for each in due
            if (until is None or each.due <= until)
            and fires in (None, each.fires)
            and owner in (None, each.owner)
            and (cases is None or each.case in cases)
            and (past is None or words.due_order(place_of(each)) > past)
        ]
        return tuple(sorted(found, key=words.due_order)[:limit])

    def due_count(
        self, *, until: datetime | None = None, owner: str | None = None, cases: Collection[str] | None = None
    ) -> int:
        """See the port."""
        return len(self.due_rows(until=until, owner=owner, cases=cases))

    def linked_to(
        self,
        targets: Collection[str],
        *,
        relation: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> tuple[Linked, ...]:
        """See the port."""
        first = 0 if after is None else words.number_of(after) or 0
        found = [
            Linked(each.relation, each.target, self._state.case_rows[case])
            for case, links in list(self._state.case_links.items())
            for each in links
            if each.target in targets and relation in (None, each.relation) and (words.number_of(case) or 0) > first
        ]
        return tuple(sorted(found, key=words.link_order)[:limit])

    def link_counts(self, target: str) -> Mapping[str, int]:
        """See the port."""
        return dict(sorted(Counter(each.relation for each in self.linked_to([target])).items()))


def there(state: State, case: str) -> StoredCase:
    """A case. Raises `StoreConflict` if it is not there, or no longer."""
    found = state.cases.get(case)
    if found is None:
        raise words.no_such_case(case)
    if found.erased is not None:
        raise words.erased_already(case)
    return found


def derive(state: State, case: str, made: Derived) -> None:
    """Keep what is derived of a case, instead of what was."""
    state.case_rows[case] = made.row._replace(case=case)
    state.case_due[case] = tuple(each._replace(case=case) for each in made.due)
    state.case_links[case] = tuple(dict.fromkeys(made.links))
