"""The gate's processes, for services that tell them of changes."""

from __future__ import annotations

from datetime import datetime

from licet.services.ports import Ack


class Pushes:
    """`services.ports.Workers`: they answer with `acks`, and count how often they are told."""

    def __init__(self, *acks: Ack) -> None:
        self.count = 0
        self._acks = acks

    def push(self, *, timeout: float) -> tuple[Ack, ...]:
        self.count += 1
        return self._acks

    def status(self, *, timeout: float) -> tuple[dict[str, object], ...]:
        return ()

    def set_clock(self, at: datetime, *, timeout: float) -> tuple[Ack, ...]:
        return ()
