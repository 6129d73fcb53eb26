"""How much of everything one worker allows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds, `concurrent` in requests a worker."""

    body_bytes: int = 10_485_760
    header_bytes: int = 32_768
    concurrent: int = 1024
    connect_seconds: float = 5
    first_byte_seconds: float = 120
    idle_seconds: float = 60
    total_seconds: float = 900
