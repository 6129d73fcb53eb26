"""What a setting takes: readers of single values, each of which says what is allowed where a value is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from licet.adapters.log import LEVELS

DAY = 86_400
"""Seconds."""


class Wrong(Exception):
    """A value that a setting does not take; the text says what is allowed."""


class ClockKind(StrEnum):
    """Which clock the gate goes by: the system's, or one that a demonstration sets."""

    SYSTEM = "system"
    SCENARIO = "scenario"


@dataclass(frozen=True, slots=True)
class Listen:
    """The address on which the gate listens; port 0 is any free one."""

    host: str = "127.0.0.1"
    port: int = 8080

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def read_whole(smallest: int, largest: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not smallest <= value <= largest:
            raise Wrong(f"a whole number from {smallest} to {largest}")
        return value

    return read


def read_listen(value: Any) -> Listen:
    found = _LISTEN.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found["port"]) > 65535:
        raise Wrong("an address and a port, as in `127.0.0.1:8080` or `[::1]:8080`")
    return Listen(found["six"] or found["host"], int(found["port"]))


_LISTEN = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9.-]+)):(?P<port>[0-9]{1,5})", re.ASCII)


def read_url(value: Any) -> str:
    if isinstance(value, str) and value.isascii() and value.isprintable() and not set(value) & set(' <>"'):
        try:
            parts = urlsplit(value)
            sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and "@" not in parts.netloc
        except ValueError:  # brackets or a port that are none
            sound = False
        if sound:
            return value.rstrip("/")
    raise Wrong("an http or https URL without credentials")


def read_page(value: Any) -> str:
    """Where people are sent to: a URL, which may also be an address for mail."""
    if isinstance(value, str) and value.startswith("mailto:") and value.isascii() and not set(value) & set(' <>"'):
        return value
    try:
        return read_url(value)
    except Wrong:
        raise Wrong("an http, https or mailto URL") from None


def read_directory(value: Any) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise Wrong("a directory, relative to the configuration's own")
    return value


def read_clock(value: Any) -> ClockKind:
    if value not in list(ClockKind):
        raise Wrong("`system` or `scenario`")
    return ClockKind(value)


def read_instant(value: Any) -> datetime:
    """An instant, which YAML may have read as one already."""
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None:
        raise Wrong("an instant with its offset from UTC, as in `2026-06-12T17:21:00-04:00`")
    return found.astimezone(UTC)


def read_level(value: Any) -> str:
    if value not in LEVELS:
        raise Wrong(", ".join(f"`{level}`" for level in LEVELS))
    return str(value)
