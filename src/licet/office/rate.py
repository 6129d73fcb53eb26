"""How often one address may ask: a bucket of tokens for each, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

REMEMBERED = 65_536
"""Addresses; past these the one that asked longest ago is forgotten, whose bucket is full again soonest."""


class Rate:
    """Each address may ask `burst` times at once, and `per_second` times a second from then on.

    `monotonic` gives seconds. Belongs to one event loop.
    """

    def __init__(
        self, per_second: float, burst: int, monotonic: Callable[[], float], remembered: int = REMEMBERED
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._monotonic = monotonic
        self._remembered = remembered
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> float:
        """Take a token for an address: 0 if there was one, otherwise the seconds until there is."""
        now = self._monotonic()
        key = network(address)
        tokens, since = self._buckets.pop(key, (float(self._burst), now))
        tokens = min(tokens + (now - since) * self._per_second, float(self._burst))
        granted = tokens >= 1
        self._buckets[key] = (tokens - 1 if granted else tokens, now)
        if len(self._buckets) > self._remembered:
            self._buckets.popitem(last=False)
        return 0.0 if granted else (1 - tokens) / self._per_second


def network(address: str) -> str:
    """Who shares a bucket: one IPv4 address; with IPv6 a /64, because that is what one customer gets (RFC 6177)."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Address(int(found) >> 64 << 64)) + "/64"
