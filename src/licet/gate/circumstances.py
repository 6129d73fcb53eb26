"""What the gate observes of a request beside its body: the country that the connection seems to come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple

from licet.core.facts import COUNTRY, About, Fact, Kind
from licet.core.rulebook import Rulebook
from licet.gate.arrival import Scope
from licet.wire.forwarded import Address, ForwardedError, address, nodes

IP_COUNTRY = "ip_country"
"""The fact. Low assurance: never residence or nationality."""

REMEMBERED = 16_384
"""Addresses whose country is remembered; then all are forgotten and it begins again."""

NO_COUNTRIES = frozenset(("AP", "EU", "XX", "ZZ"))
"""What databases give to addresses of no one country: these are no codes of ISO 3166-1."""

Network = IPv4Network | IPv6Network
Lookup = Callable[[Address], str | None]
"""The country of an address, or None. Safe for one thread."""


class _Seen(NamedTuple):
    """What is known of an address: whether it is a trusted proxy's, and its country."""

    trusted: bool
    country: str | None


class Circumstances:
    """The country of each request; None, unknown, without a lookup.

    The connection's peer counts. Only where that is a trusted proxy, its word about where the request came from does.
    An address is remembered by its text, in memory alone.
    """

    def __init__(self, lookup: Lookup | None = None, proxies: Sequence[Network] = ()) -> None:
        self._lookup = lookup
        self._proxies = tuple(proxies)
        self._seen: dict[str, _Seen] = {}
        self._rulebook: Rulebook | None = None
        self._asked_for = False

    def country(self, scope: Scope, rulebook: Rulebook) -> str | None:
        """Where a request seems to come from, if the rulebook declares the fact; None: unknown."""
        if self._lookup is None:
            return None
        if self._rulebook is not rulebook:
            self._rulebook, self._asked_for = rulebook, declared(rulebook.facts.get(IP_COUNTRY))
        client = scope.get("client")
        if not self._asked_for or client is None:
            return None
        try:
            found = self._of(client[0])
            return self._said(scope) if found.trusted else found.country
        except ForwardedError:
            return None

    def _said(self, scope: Scope) -> str | None:
        """The country of the right-most address that is no trusted proxy's. Raises `ForwardedError`."""
        headers = scope["headers"]
        x_forwarded_for = [value for name, value in headers if name == b"x-forwarded-for"]
        for node in nodes(x_forwarded_for, [value for name, value in headers if name == b"forwarded"]):
            found = self._of(node)
            if not found.trusted:
                return found.country
        return None

    def _of(self, node: str) -> _Seen:
        seen = self._seen.get(node)
        if seen is None:
            found = address(node)
            trusted = any(found in proxies for proxies in self._proxies)
            seen = _Seen(trusted, None if trusted else self._country(found))
            if len(self._seen) >= REMEMBERED:
                self._seen.clear()
            self._seen[node] = seen
        return seen

    def _country(self, found: Address) -> str | None:
        """Addresses that are not reached from everywhere are in no country."""
        country = self._lookup(found) if self._lookup is not None and found.is_global else None
        if country is None or country in NO_COUNTRIES or COUNTRY.fullmatch(country) is None:
            return None
        return country


def declared(fact: Fact | None) -> bool:
    """Whether a rulebook asks for the country; a fact that an operator declared otherwise is not ours to fill."""
    return fact is not None and fact.about is About.REQUEST and fact.kind is Kind.COUNTRY and not fact.values
