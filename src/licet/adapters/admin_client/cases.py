"""Cases as an office tells them: what can be read of `services.cases.ports.Cases`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from licet.adapters.admin_client.refusals import Absent
from licet.adapters.admin_client.wire import Wire
from licet.services.cases.ports import CaseCount, CaseRow, DuePlace, DueRow, Linked, StoredCase, place_of
from licet.services.cases.replies import (
    count_from,
    due_from,
    linked_from,
    place_from,
    place_text,
    row_from,
    stored_from,
)

T = TypeVar("T")
Page = tuple[list[T], str | None]
"""A page of a list, and where the next begins; None after the last."""


class RemoteCases:
    """What officers and auditors read of cases."""

    _wire: Wire

    def case(self, case: str) -> StoredCase | None:
        """See the port."""
        try:
            return self._wire.get(f"/cases/{quote(case, safe='')}", lambda tree: _case(case, tree))
        except Absent:
            return None

    def stored_cases(self, after: str | None = None) -> Iterator[StoredCase]:
        """See the port; one request a case."""
        for row in self.case_rows(after=after):
            found = self.case(row.case)
            if found is not None:
                yield found

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
        those = {**_those(topic, state, parent, is_open, overdue), **_said(party=party)}

        def read(tree: Any, past: str | None) -> Page[CaseRow]:
            return _growing(list(map(row_from, tree["cases"])), lambda each: each.case, tree["next"], past)

        found = [row for some in _some(cases) for row in self._paged("/cases", read, {**those, **some}, after, limit)]
        return tuple(sorted(found, key=lambda each: _number(each.case))[:limit])

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
        query = _those(topic, state, parent, is_open, overdue)
        return self._wire.get("/case-counts", lambda tree: tuple(map(count_from, tree["counts"])), **query)

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
        those = {**_until(until, owner), **_said(fires=None if fires is None else str(fires).lower())}
        past = None if after is None else place_text(after)
        found = [
            row for some in _some(cases) for row in self._paged("/clocks", _due_after, {**those, **some}, past, limit)
        ]
        return tuple(sorted(found, key=lambda each: _ordered(place_of(each)))[:limit])

    def due_count(
        self, *, until: datetime | None = None, owner: str | None = None, cases: Collection[str] | None = None
    ) -> int:
        """See the port."""
        asked = [{**_until(until, owner), **some, "limit": "1"} for some in _some(cases)]
        return sum(
            self._wire.get("/clocks", lambda tree: msgspec.convert(tree["total"], int), **each) for each in asked
        )

    def linked_to(
        self,
        targets: Collection[str],
        *,
        relation: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> tuple[Linked, ...]:
        """See the port; at least one request a target."""
        found: list[Linked] = []
        for target in dict.fromkeys(targets):
            for named in self.link_counts(target) if relation is None else (relation,):
                found += self._linked(target, named, after, limit)
        return tuple(sorted(found, key=lambda each: (_number(each.row.case), each.relation, each.target))[:limit])

    def _linked(self, target: str, relation: str, after: str | None, limit: int | None) -> tuple[Linked, ...]:
        def read(tree: Any, past: str | None) -> Page[Linked]:
            found = list(map(linked_from, tree["links"]))
            if any((each.target, each.relation) != (target, relation) for each in found):
                raise ValueError
            return _growing(found, lambda each: each.row.case, tree["next"], past)

        return self._paged("/links", read, {"target": target, "relation": relation}, after, limit)

    def link_counts(self, target: str) -> Mapping[str, int]:
        """See the port."""
        return self._wire.get("/links", lambda tree: msgspec.convert(tree["counts"], dict[str, int]), target=target)

    def _paged(
        self,
        path: str,
        read: Callable[[Any, str | None], Page[T]],
        query: Mapping[str, str],
        after: str | None,
        limit: int | None,
    ) -> tuple[T, ...]:
        """A list, page by page, up to its end or its limit. `read` sees to it that pages grow: so there is an end."""
        found: list[T] = []
        while limit is None or len(found) < limit:
            more = _said(after=after, limit=None if limit is None else str(min(limit - len(found), MOST)))

            def understood(tree: Any, past: str | None = after) -> Page[T]:
                return read(tree, past)

            page, after = self._wire.get(path, understood, **query, **more)
            found += page
            if after is None:
                break
        return tuple(found[:limit])


MOST = 1_000
"""What an office gives of a list at once."""

NAMED = 500
"""Cases that one request names: an address of 64 KiB is too long for many a server, and 6 KiB for none."""


def _said(**query: str | None) -> dict[str, str]:
    return {name: each for name, each in query.items() if each is not None}


def _those(
    topic: str | None, state: str | None, parent: str | None, is_open: bool | None, overdue: datetime | None
) -> dict[str, str]:
    shown = None if is_open is None else str(is_open).lower()
    late = None if overdue is None else overdue.isoformat()
    return _said(topic=topic, state=state, parent=parent, open=shown, overdue=late)


def _until(until: datetime | None, owner: str | None) -> dict[str, str]:
    return _said(until=None if until is None else until.isoformat(), owner=owner)


def _some(cases: Collection[str] | None) -> list[dict[str, str]]:
    """Cases that are named, so many at a time as fit into an address; nothing once, where all are asked for."""
    if cases is None:
        return [{}]
    names = sorted(set(cases))
    return [{"cases": ",".join(names[start : start + NAMED])} for start in range(0, len(names), NAMED)]


def _case(name: str, tree: Any) -> StoredCase:
    found = stored_from(tree)
    if found.id != name or [each.number for each in found.entries] != list(range(1, len(found.entries) + 1)):
        raise ValueError
    return found


def _total(tree: Any) -> int:
    return msgspec.convert(tree["total"], int)


def _growing(found: list[T], name: Callable[[T], str], following: Any, past: str | None) -> Page[T]:
    """A page of cases that grow."""
    numbers = [0 if past is None else _number(past), *(_number(name(each)) for each in found)]
    if any(one >= other for one, other in pairwise(numbers)):
        raise ValueError
    if following is not None and (not found or following != name(found[-1])):
        raise ValueError
    return found, following


def _due_after(tree: Any, past: str | None) -> Page[DueRow]:
    """A page of what is due, of which each is later than the one before."""
    found, following = list(map(due_from, tree["due"])), tree["next"]
    places = [_ordered(place_of(each)) for each in found]
    if any(one >= other for one, other in pairwise([*([] if past is None else [_ordered(place_from(past))]), *places])):
        raise ValueError
    if following is not None and (not found or following != place_text(place_of(found[-1]))):
        raise ValueError
    return found, following


def _ordered(place: DuePlace) -> tuple[Any, ...]:
    return place.due, _number(place.case), place.key


def _number(case: str) -> int:
    return int(case.removeprefix("C-"))
