"""Screening lists: CSV in the columns of the Consolidated Screening List (trade.gov), read strictly, with places.

`spec/screening.md`. A list is public; what it says is quoted in messages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from licet.wire.sheet import Row, Sheet, SheetProblem, SheetRejected

HEADER = (
    "_id,source,entity_number,type,programs,name,title,addresses,federal_register_notice,start_date,end_date,"
    "standard_order,license_requirement,license_policy,call_sign,vessel_type,gross_tonnage,gross_registered_tonnage,"
    "vessel_flag,vessel_owner,remarks,source_list_url,alt_names,citizenships,dates_of_birth,nationalities,"
    "places_of_birth,source_information_url,ids"
)
COLUMNS = tuple(HEADER.split(","))
"""All that a list may have, in any order."""
REQUIRED = ("source", "name")
LONGEST_NAME = 500
SEPARATOR = re.compile(r"\s*;\s*")
COUNTRY = re.compile(r"(?:^|[\s,])([A-Z]{2})$")
YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
DAY = re.compile(r"(?<!\d)((?:1[89]|20)\d\d-\d\d-\d\d)(?!\d)")


class PartyType(StrEnum):
    """What is listed."""

    INDIVIDUAL = "individual"
    ENTITY = "entity"
    VESSEL = "vessel"
    AIRCRAFT = "aircraft"


@dataclass(frozen=True, slots=True)
class ListedParty:
    """One entry. `number` is what its source calls it; `born` has days (`1961-05-03`) and years (`1961`).

    `digest` is that of all that the entry says, but for `_id`, which differs from one edition to the next.
    """

    source: str
    number: str
    type: PartyType | None
    programs: tuple[str, ...]
    name: str
    alt_names: tuple[str, ...]
    countries: frozenset[str]
    born: frozenset[str]
    digest: str

    @property
    def names(self) -> tuple[str, ...]:
        """Its name, and the others by which it is known."""
        return (self.name, *self.alt_names)


@dataclass(frozen=True, slots=True)
class PartyList:
    """A list: the digest of the file (`sha256:<hex>`), and its entries, each once."""

    digest: str
    parties: tuple[ListedParty, ...]


def read_party_list(content: bytes, file: str) -> PartyList:
    """A list. Raises `SheetRejected` with every problem and its place."""
    sheet = Sheet(content.splitlines(keepends=True), file)
    rows = sheet.rows()
    header = next(rows, None)
    if header is None or any(problem for problem in _header_problems(header)):
        found = [SheetProblem(file, 1, 1, "the file is empty")] if header is None else _header_problems(header)
        raise SheetRejected([*sheet.problems, *found])
    parties: dict[str, ListedParty] = {}
    for row in rows:
        party = _party(row, header.cells, sheet.problems)
        if party is not None:
            parties.setdefault(party.digest, party)
    if sheet.problems:
        raise SheetRejected(sheet.problems)
    return PartyList(f"sha256:{sha256(content).hexdigest()}", tuple(parties.values()))


def _header_problems(header: Row) -> list[SheetProblem]:
    found = []
    for cell, name in enumerate(header.cells):
        if name not in COLUMNS:
            found.append(header.problem(cell, f"`{name}` is not a column; there are {', '.join(COLUMNS)}"))
        elif name in header.cells[:cell]:
            found.append(header.problem(cell, f"the column `{name}` is there twice"))
    return found + [header.problem(0, f"there is no column `{name}`") for name in REQUIRED if name not in header.cells]


def _party(row: Row, header: tuple[str, ...], problems: list[SheetProblem]) -> ListedParty | None:
    if len(row.cells) != len(header):
        message = f"the row has {len(row.cells)} cells, the header has {len(header)}"
        problems.append(row.problem(min(len(row.cells), len(header)), message))
        return None
    said = {name: text.strip() for name, text in zip(header, row.cells, strict=True) if text.strip()}
    wrong = list(_wrong(row, header, said))
    problems += wrong
    if wrong:
        return None
    kind = said.get("type")
    return ListedParty(
        said["source"],
        said.get("entity_number", ""),
        PartyType(kind.lower()) if kind else None,
        _split(said.get("programs", "")),
        said["name"],
        _split(said.get("alt_names", "")),
        frozenset(_countries(said)),
        frozenset(YEAR.findall(said.get("dates_of_birth", "")) + DAY.findall(said.get("dates_of_birth", ""))),
        digest_of(said),
    )


def _wrong(row: Row, header: tuple[str, ...], said: dict[str, str]) -> Iterator[SheetProblem]:
    for name in REQUIRED:
        if name not in said:
            yield row.problem(header.index(name), f"`{name}` is empty; it must be filled in every row")
    kind = said.get("type", "").lower()
    if kind and kind not in set(PartyType):
        allowed = ", ".join(f"`{each.value}`" for each in PartyType)
        yield row.problem(header.index("type"), f"`{said['type'][:80]}` is not a type; there are {allowed}")
    for name in ("name", "alt_names"):
        if any(len(each) > LONGEST_NAME for each in _split(said.get(name, ""))):
            yield row.problem(header.index(name), f"a name is longer than {LONGEST_NAME} letters")


def digest_of(said: dict[str, str]) -> str:
    """The digest of what an entry says: its filled cells by column, as JSON with sorted keys."""
    content = {name: text for name, text in said.items() if name != "_id"}
    spelled = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"sha256:{sha256(spelled.encode()).hexdigest()}"


def _split(text: str) -> tuple[str, ...]:
    return tuple(each for each in SEPARATOR.split(text) if each)


def _countries(said: dict[str, str]) -> Iterator[str]:
    """Two capital letters: at the end of an address, or as a citizenship or nationality."""
    for column in ("addresses", "citizenships", "nationalities"):
        for each in _split(said.get(column, "")):
            found = COUNTRY.search(each)
            if found:
                yield found[1]
