"""The law of cases: procedures, criteria, forms and calendars that come with Licet, and those that were enacted.

And what is neither any more: the version of a procedure that a case began under is kept with it, so that a case goes on
by it under a Licet that comes with another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, lru_cache

from licet.cases.law import CaseLaw, LawMissing
from licet.core.cases.calendar import Calendar, Table
from licet.core.cases.criteria import Criteria
from licet.core.cases.procedure import Procedure
from licet.core.resolve import Documents
from licet.core.shape import Draft
from licet.services.cases.ports import Calendars
from licet.services.ports import Store
from licet.services.stored import StoredDocument
from licet.wire.documents import DocumentsRejectedError, read_cases

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
    """Every procedure under which a case can run, those that others of their name took the place of among them, and
    those that are only kept.
    """

    kept: Mapping[str, StoredDocument] = field(default_factory=dict, compare=False)
    """Documents by their digest that only cases go by which began under them."""

    kept_criteria: Mapping[str, Criteria] = field(default_factory=dict, compare=False)
    """Catalogues of criteria that are not in force, by name and version."""

    unread: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Procedures by digest that are kept, and that this Licet cannot read any more; why."""

    @cached_property
    def engine(self) -> CaseLaw:
        """The law as the engine reads it."""
        return CaseLaw(self.by_digest, self.tables, self.every_criteria)

    @cached_property
    def every_criteria(self) -> Mapping[str, Criteria]:
        """The catalogues in force, and those that only cases go by which began under them."""
        return {**self.kept_criteria, **self.criteria}

    def named(self, name: str) -> Procedure | None:
        """A procedure by its name with its version: the one in force, or else one that cases began under."""
        return self.procedures.get(name) or next((each for each in self.by_digest.values() if each.name == name), None)

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
        if found is None and digest in self.unread:
            raise LawMissing(f"the procedure `{digest}` is kept, and this Licet cannot read it: {self.unread[digest]}")
        if found is None:
            raise LawMissing(
                f"no procedure in force has the digest `{digest}`: enact the document that it was, or run the Licet"
                " with which it came"
            )
        return found


def law_of(store: Store, calendars: Calendars, now: datetime, shipped: Sequence[Draft] | None = None) -> Law:
    """The law of cases in force, with what is kept of the law that cases began under.

    `shipped`: what comes with Licet; None: with this one. Raises `StoreUnavailable`, and `DocumentsRejectedError` if
    what is in force no longer reads.
    """
    law = law_from(store.documents(), calendars, now, shipped)
    strange = [each for each in store.kept_procedures() if each not in law.by_digest]
    return _with_kept(law, {each: store.kept_law(each) for each in strange}, calendars, now) if strange else law


def _with_kept(law: Law, kept: Mapping[str, tuple[StoredDocument, ...]], calendars: Calendars, now: datetime) -> Law:
    """A law with procedures that are only kept. By a name that both have, what is in force is what it says."""
    procedures: dict[str, Procedure] = {}
    criteria: dict[str, Criteria] = {}
    known: dict[str, Calendar] = {}
    unread: dict[str, str] = {}
    for digest, documents in kept.items():
        try:
            found = _read_kept(documents)
        except DocumentsRejectedError as error:
            unread[digest] = str(error)
            continue
        procedures |= {each.digest: each for each in found.procedures.values() if each.digest == digest}
        criteria |= found.criteria
        known |= found.calendars
    return replace(
        law,
        tables=Tables(calendars, {**known, **law.calendars}, now),
        by_digest={**procedures, **law.by_digest},
        kept={each.digest: each for documents in kept.values() for each in documents},
        kept_criteria=criteria,
        unread=unread,
    )


def law_from(
    documents: Iterable[StoredDocument], calendars: Calendars, now: datetime, law: Sequence[Draft] | None = None
) -> Law:
    """The law of cases that documents make which were enacted, in their order, on top of what ships (or `law`)."""
    enacted = tuple(each for each in documents if each.kind in KINDS)
    found, shipped = (_read(enacted), _read(())) if law is None else (read_cases(enacted, law), read_cases((), law))
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


@lru_cache(maxsize=64)
def _read_kept(documents: tuple[StoredDocument, ...]) -> Documents:
    return read_cases(documents, ())


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
