"""A population for the demonstration: fictional accounts, the same ones each time, as a CSV file of subjects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

COLUMNS = (
    "subject,kind,natural_person,us_citizen,lpr,protected_individual,citizenships,citizenships_complete,"
    "residence,org,us_organised,staff"
)
COUNTRIES = ("US",) * 9 + ("GB", "DE", "FR", "JP", "IN", "CA", "BR", "KR", "SG", "AU", "NL")
UNVERIFIED, PASSPORT, EMPLOYER = "unverified", "passport", "employer"
VERIFIED = (UNVERIFIED,) * 11 + (PASSPORT,) * 6 + (EMPLOYER,) * 3
"""Of twenty accounts: most signed up and showed nothing, some showed a passport, some are known by their employer."""

DEVELOPER = "developer.example"
OTHERS = tuple(f"company-{number:03}.example" for number in range(120))
SEED = 2026


def write_accounts(path: Path, count: int, organisations: Sequence[str]) -> None:
    """Write so many accounts; some of them work for these organisations."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in accounts(count, organisations))


def accounts(count: int, organisations: Sequence[str]) -> Iterator[str]:
    """The lines of a CSV file with so many accounts; some of them work for these organisations."""
    chance = Random(SEED)  # noqa: S311 - nobody is to be surprised
    yield COLUMNS
    employers = [*organisations, *OTHERS]
    for number in range(count):
        name = f"account-{number:07}"
        yield workload(name, chance, employers) if chance.random() < 0.06 else person(name, chance, employers)


def person(name: str, chance: Random, employers: Sequence[str]) -> str:
    """Somebody of whom much, little or nothing is attested."""
    how, country = chance.choice(VERIFIED), chance.choice(COUNTRIES)
    if how == UNVERIFIED:
        return f"{name},person,,,,,,,,,,"
    citizen = country == "US"
    lpr = not citizen and chance.random() < 0.12
    staff = how == EMPLOYER and chance.random() < 0.02
    org = DEVELOPER if staff else chance.choice(employers) if how == EMPLOYER else ""
    status = (_word(citizen), _word(lpr), "false" if how == PASSPORT else "")
    residence = country if chance.random() < 0.9 else "US"
    facts = (*status, country, "true" if citizen else "", residence, org, "", _word(staff))
    return ",".join((name, "person", "", *facts))


def workload(name: str, chance: Random, employers: Sequence[str]) -> str:
    """A program that acts for an organisation, of which it is known or not where it was founded."""
    organised = chance.choice(("true", "true", "false", ""))
    return f"{name},workload,false,,,,,,,{chance.choice(employers)},{organised},false"


def _word(holds: bool) -> str:
    return "true" if holds else "false"
