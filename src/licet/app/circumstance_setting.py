"""The settings `circumstances:`: what the gate observes of a request, and whose word about it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

from licet.adapters.countries import REGISTRIES
from licet.app.setting import Wrong

Network = IPv4Network | IPv6Network

MOST = 1_000


@dataclass(frozen=True, slots=True)
class CircumstanceSettings:
    """`country` is where the country of an address comes from: `iptocc`, or a file; None: it is not observed.

    `proxies` are the networks of those proxies that say truly where a request came from.
    """

    country: str | Path | None = None
    proxies: tuple[Network, ...] = ()


def read_country(value: Any) -> str:
    if not isinstance(value, str) or not (value == REGISTRIES or value.endswith(".mmdb")) or "\0" in value:
        raise Wrong("`iptocc`, or a file that ends in `.mmdb`, relative to the configuration")
    return value


def read_proxies(value: Any) -> tuple[Network, ...]:
    if not isinstance(value, list) or len(value) > MOST:
        raise Wrong('a list of networks, as in `[10.0.0.0/8, "2001:db8::/32"]`')
    return tuple(_network(each) for each in value)


def _network(value: Any) -> Network:
    try:
        found = ip_network(value) if isinstance(value, str) else None
    except ValueError:  # no address, or bits set beyond the prefix
        found = None
    if found is None or found.prefixlen == 0:
        raise Wrong("networks such as `10.0.0.0/8` or `192.0.2.7/32`, none of them everybody's")
    return found


CIRCUMSTANCES = {"country": read_country, "trusted_proxies": read_proxies}


def circumstance_settings(values: Mapping[str, Any], folder: Path) -> CircumstanceSettings:
    """The settings of a configuration that lies in `folder`."""
    country = values.get("country")
    source = country if country in (None, REGISTRIES) else folder.joinpath(country).absolute()
    return CircumstanceSettings(source, values.get("trusted_proxies", ()))
