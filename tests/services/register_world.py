"""A store with cases in every state of several shipped procedures, in which each text that somebody gave is one of a
kind: what is withheld can be looked for, everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.cases.walking import START, Walk, reached, shipped

from licet.adapters.register_folder import RegisterFolder
from licet.adapters.store_memory import MemoryStore
from licet.core.cases.calendar import Calendar, Table
from licet.core.cases.entry import Entry
from licet.core.cases.procedure import Procedure
from licet.pages.register.site import Pages
from licet.services.cases.laws import Law, law_of
from licet.services.cases.ports import Appending, CaseRow, Opened, Opening, StoredCase
from licet.services.cases.register.publishing import Address, Published, publish
from licet.services.cases.register.seeing import Sight
from licet.services.cases.register.survey import survey
from licet.wire.secrecy import shipped_grounds

WALKED = ("licence_application", "appeal", "customer_approval", "sb53", "disclosure")
NOW = START + timedelta(days=400)
ADDRESS = Address("https://register.example/cases/", "2026")
GIVEN = frozenset({"something", "one"})


class Weeks:
    """`Calendars` whose weeks have no holidays."""

    def table(self, calendar: Calendar, first: int, last: int) -> Table:
        return Table(calendar.name, (first, last), frozenset((5, 6)), {}, "sha256:" + "0" * 64)


def marked(entry: Entry, case: int) -> Entry:
    """The entry, with every text that somebody gave made one of a kind."""
    fields = {name: _marked(value, f"{case}/{entry.number}/{name}") for name, value in entry.fields.items()}
    party = None if entry.party is None else f"Party{_token(f'{case}/{entry.role}')}"
    return replace(entry, fields=fields, party=party, actor=f"officer{_token(entry.actor)}")


def _marked(value: Any, place: str) -> Any:
    if isinstance(value, str) and value in GIVEN:
        return f"text{_token(place)}"
    if isinstance(value, list) and value and all(each in GIVEN for each in value if isinstance(each, str)):
        return [f"item{_token(f'{place}/{n}')}" if isinstance(each, str) else each for n, each in enumerate(value)]
    return value


def _token(place: str) -> str:
    return "".join(chr(ord("a") + each % 26) for each in sha256(place.encode()).digest()[:14])


@cache
def walked() -> tuple[tuple[Procedure, tuple[Entry, ...]], ...]:
    """Cases in every state of the procedures, as entries."""
    law = shipped()
    found: list[tuple[Procedure, tuple[Entry, ...]]] = []
    for procedure in law.procedures.values():
        if procedure.name.partition("@")[0] in WALKED:
            for walk in reached(law, procedure).values():
                later: Walk = walk
                entries = tuple(marked(each, len(found)) for each in later.entries)
                found.append((procedure, entries))
    return tuple(found)


def row(procedure: Procedure, entries: Sequence[Entry]) -> CaseRow:
    first = entries[0]
    return CaseRow("", procedure.topic.value, procedure.name, "", False, "", "", first.at, first.at, len(entries), None)


def fill(store: Any, cases: Sequence[tuple[Procedure, tuple[Entry, ...]]]) -> list[str]:
    """Put cases into a store; their names."""
    names: list[str] = []
    for procedure, entries in cases:
        blind = sha256(str(len(names)).encode()).digest()
        made = Opened(Opening(procedure.digest, entries[0], blind), row(procedure, entries), ())
        (name,) = store.open_cases([made], (), actor="casey", at=entries[0].at)
        if entries[1:]:
            change = Appending(name, 1, tuple(entries[1:]), row(procedure, entries)._replace(case=name), ())
            store.append_entries([change], (), actor="casey", at=entries[-1].at)
        names.append(name)
    return names


def world() -> MemoryStore:
    """A store with all of them."""
    store = MemoryStore()
    fill(store, walked())
    return store


def sight(store: Any, now: datetime = NOW) -> Sight:
    return Sight(law(store, now), shipped_grounds(), frozenset(), now)


def law(store: Any, now: datetime = NOW) -> Law:
    return law_of(store, Weeks(), now)


def published(store: Any, folder: Path, now: datetime = NOW, address: Address | None = ADDRESS) -> Published:
    """The register of a store, published by one process."""
    root, pages = RegisterFolder.begin(folder), Pages()
    seen = sight(store, now)
    found = survey(store, seen, to=(root, pages))
    return publish(seen.law, store.enactments(), found, root, pages, now=now, naming=address)


def files(folder: Path) -> Mapping[str, bytes]:
    """Every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def stored(store: Any) -> Iterator[StoredCase]:
    cases: Iterator[StoredCase] = store.stored_cases()
    return cases
