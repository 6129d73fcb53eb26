"""Whose address a request came from: the connection's, or what a trusted proxy says."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network

from starlette.types import Scope

from licet.wire.forwarded import ForwardedError, address, nodes

Network = IPv4Network | IPv6Network


class Peers:
    """Tells addresses apart. `proxies` are the networks of those whose word about an address counts."""

    def __init__(self, proxies: Sequence[Network] = ()) -> None:
        self._proxies = tuple(proxies)

    def of(self, scope: Scope) -> str:
        """The right-most address that is no trusted proxy's; the connection's own where nothing sound is said.

        Empty for a connection without one (a socket of this machine).
        """
        peer = str((scope.get("client") or ("",))[0])
        if not self._proxies or not self._trusted(peer):
            return peer
        said = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        forwarded = [value for name, value in scope["headers"] if name == b"forwarded"]
        try:
            for node in nodes(said, forwarded):
                if not self._trusted(node):
                    return str(address(node))
        except ForwardedError:
            pass
        return peer

    def _trusted(self, node: str) -> bool:
        try:
            found = address(node)
        except ForwardedError:
            return False
        return any(found in each for each in self._proxies)
