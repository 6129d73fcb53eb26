"""Where a server is reached, on the command line."""

from __future__ import annotations

import re
from typing import Any

import click


class Address(click.ParamType[tuple[str, int]]):
    """`HOST:PORT`; an IPv6 address is in brackets, and port 0 is any that is free."""

    name = "host:port"
    form = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<host>[^\s:\[\]]+)):(?P<port>[0-9]{1,5})", re.ASCII)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """Host and port."""
        if isinstance(value, tuple):
            return value
        found = self.form.fullmatch(value)
        if found is None or int(found["port"]) > 65_535:
            self.fail(f"`{value}` is not a host and a port, as in `127.0.0.1:8787` or `[::1]:8787`", param, ctx)
        return found["six"] or found["host"], int(found["port"])


ADDRESS = Address()
