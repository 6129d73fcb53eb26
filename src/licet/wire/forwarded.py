"""Where a request came from, as proxies say it: `X-Forwarded-For`, and `Forwarded` (RFC 7239).

Each proxy adds the address that it was asked from at the right. What is left of the first one that is not trusted was
written by whoever it is: nobody reads that far.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

Address = IPv4Address | IPv6Address

MOST = 32
"""Proxies one behind the other; a request that says more of them came through none of ours."""

_WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_PAIR = re.compile(rf'\s*({_WORD})=({_WORD}|"(?:[^"\\]|\\.)*")\s*', re.ASCII)
"""RFC 7239, section 4: `forwarded-pair = token "=" value`."""

_NODE = re.compile(
    r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<four>[0-9.]+))(?::[0-9]{1,5})?|(?P<bare>[0-9A-Fa-f:.]+)", re.ASCII
)
"""RFC 7239, section 6; and an IPv6 address without brackets, which `X-Forwarded-For` has."""


class ForwardedError(ValueError):
    """It cannot be told what the proxies say."""


def nodes(x_forwarded_for: Sequence[bytes], forwarded: Sequence[bytes]) -> Iterator[str]:
    """What the proxies say, the nearest first. Several headers of one name are one list (RFC 9110, section 5.3).

    Raises `ForwardedError` if both kinds are there (two proxies may have written them), or one has not its form.
    """
    if x_forwarded_for and forwarded:
        raise ForwardedError("both kinds are there")
    if forwarded:
        yield from reversed(_elements(b",".join(forwarded).decode("latin-1")))
    elif x_forwarded_for:
        rest = b",".join(x_forwarded_for)
        for _ in range(MOST):
            rest, comma, node = rest.rpartition(b",")
            yield node.decode("latin-1").strip(" \t")
            if not comma:
                return
        raise ForwardedError("there are too many")


def address(node: str) -> Address:
    """The address in a node; one that maps IPv4 into IPv6 is the IPv4 one. Raises `ForwardedError` if there is none."""
    found = _NODE.fullmatch(node)
    if found is None:
        raise ForwardedError("no address")
    try:
        return plain(ip_address(found["six"] or found["four"] or found["bare"]))
    except ValueError:
        raise ForwardedError("no address") from None


def plain(found: Address) -> Address:
    """The IPv4 address that an IPv6 one maps (RFC 4291, section 2.5.5.2), or the address itself."""
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return found if mapped is None else mapped


def _elements(text: str) -> list[str]:
    """The `for` of each element of `Forwarded`, in order; empty where it has none."""
    found, seen, at = list[str](), set[str](), 0
    found.append("")
    while True:
        pair = _PAIR.match(text, at)
        if pair is None:
            raise ForwardedError("`Forwarded` has not its form")
        name, value = pair[1].lower(), pair[2]
        if name in seen:
            raise ForwardedError("a parameter occurs twice")
        seen.add(name)
        if name == "for":
            found[-1] = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
        at = pair.end()
        if at == len(text):
            return found
        if text[at] == ",":
            found.append("")
            seen = set()
        elif text[at] != ";":
            raise ForwardedError("`Forwarded` has not its form")
        if len(found) > MOST:
            raise ForwardedError("there are too many")
        at += 1
