"""The country of an address: by the allocations of the Internet registries, or by a database of the operator's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

from licet.core.errors import LicetError

Address = IPv4Address | IPv6Address
Lookup = Callable[[Address], str | None]

REGISTRIES = "iptocc"
"""The allocations of the five registries, as the package of this name has them."""

EXTRA = "countries of addresses are an extra: `pip install 'licet[geo]'`, or take `circumstances.country` out"


class CountriesUnusable(LicetError):
    """The source of countries cannot be read; the message says what to do."""


def open_countries(source: str | Path) -> Lookup:
    """`REGISTRIES`, or a file of the form MMDB (MaxMind DB 2.0), which is read whole. Raises `CountriesUnusable`.

    The country is given as the source has it. A file that is replaced is read at the next start.
    """
    return _from_registries() if source == REGISTRIES else _from_file(Path(source))


def _from_registries() -> Lookup:
    found: Callable[[str], str | None] = _module("iptocc").country_code
    return lambda address: found(str(address))


def _from_file(path: Path) -> Lookup:
    maxminddb = _module("maxminddb")
    try:
        reader = maxminddb.open_database(path, maxminddb.MODE_MEMORY)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        why = getattr(error, "strerror", None) or "it is no MMDB file"
        raise CountriesUnusable(f"`circumstances.country`: cannot read `{path}`: {why}") from error

    def lookup(address: Address) -> str | None:
        try:
            return country_of(reader.get(address))
        except (ValueError, maxminddb.InvalidDatabaseError):  # an IPv6 address in a database of IPv4, a broken record
            return None

    return lookup


def country_of(record: Any) -> str | None:
    """The country in a record, in the forms in which databases have it: `country.iso_code`, `country_code`, `country`.

    Where an address is registered, or its network's owner, is not asked for.
    """
    if not isinstance(record, Mapping):
        return None
    country = record.get("country")
    found = country.get("iso_code") if isinstance(country, Mapping) else record.get("country_code", country)
    return found if isinstance(found, str) else None


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise CountriesUnusable(EXTRA) from error
