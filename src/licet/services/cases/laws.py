"""The law of cases: procedures, criteria, forms and calendars that come with Licet, and those that were enacted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache

from licet.cases.law import CaseLaw, LawMissing
from licet.core.cases.calendar import Calendar, Table
from licet.core.cases.criteria import Criteria
from licet.core.cases.procedure import Procedure
from licet.core.resolve import Documents
from licet.services.cases.ports import Calendars
from licet.services.ports import Store
from licet.services.stored import StoredDocument
from licet.wire.documents import read_cases

KINDS = frozenset(("calendar", "form", "criteria", "procedure"))
"""The kinds of documents that are the law of cases."""

YEARS_BEFORE, YEARS = 10, 50
"""A table of working days begins so many years before the decade, and has so many years: the same all decade long."""


@dataclass(frozen=True)
class Law:
    """The law of cases at an instant. Everything is by name and version, but `newest`: from a base name to the newest.

    By base name the newest that was enacted wins, else the newest that comes with Licet. `engine` is what
    `licet.cases` reasons by: procedures by digest, tables by their calendar's name, made when they are first needed.
    """

    procedures: Mapping[str, Procedure]
    criteria: Mapping[str, Criteria]
    calendars: Mapping[str, Calendar]
    newest: Mapping[str, str]
    tables: Mapping[str, Table] = field(compare=False)
    by_digest: Mapping[str, Procedure] = field(compare=False)
    """Every procedure under which a case can run, those that others of their name took the place of among them."""

    @cached_property
    def engine(self) -> CaseLaw:
        """The law as the engine reads it."""
        return CaseLaw(self.by_digest, self.tables, self.criteria)

    def procedure(self, name: str) -> Procedure:
        """By its name: the newest, or with `@` this version. Raises `LawMissing`, which names what there is."""
        found = self.procedures.get(self.newest.get(name, name))
        if found is None:
            there = ", ".join(f"`{each}`" for each in sorted(self.procedures)) or "none"
            raise LawMissing(f"there is no procedure `{name}`; there are {there}")
        return found

    def under(self, digest: str) -> Procedure:
        """The procedure with this digest. Raises `LawMissing`."""
        found = self.by_digest.get(digest)
        if found is None:
            raise LawMissing(
                f"no procedure in force has the digest `{digest}`: enact the document that it was, or run the Licet"
                " with which it came"
            )
        return found


def law_of(store: Store, calendars: Calendars, now: datetime) -> Law:
    """The law of cases in force. Raises `StoreUnavailable`, and `DocumentsRejectedError` if it no longer reads."""
    return law_from(store.documents(), calendars, now)


def law_from(documents: Iterable[StoredDocument], calendars: Calendars, now: datetime) -> Law:
    """The law of cases that documents make which were enacted, in their order."""
    enacted = tuple(each for each in documents if each.kind in KINDS)
    found, shipped = _read(enacted), _read(())
    own = [each.name for each in enacted if each.kind == "procedure"]
    procedures = dict(sorted(found.procedures.items(), key=lambda each: (each[1].as_of, each[0])))
    return Law(
        procedures,
        found.criteria,
        found.calendars,
        {_base(name): name for name in [*(each for each in procedures if each not in own), *own]},
        Tables(calendars, found.calendars, now),
        {each.digest: each for each in (*shipped.procedures.values(), *procedures.values())},
    )


def _base(name: str) -> str:
    return name.partition("@")[0]


@lru_cache(maxsize=4)
def _read(enacted: tuple[StoredDocument, ...]) -> Documents:
    return read_cases(enacted)


class Tables(Mapping[str, Table]):
    """Tables of working days by the name of their calendar, each made when it is first asked for."""

    def __init__(self, calendars: Calendars, known: Mapping[str, Calendar], now: datetime) -> None:
        self._calendars = calendars
        self._known = known
        self._first = now.year // 10 * 10 - YEARS_BEFORE
        self._made: dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        if name not in self._made:
            self._made[name] = self._calendars.table(self._known[name], self._first, self._first + YEARS - 1)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)
