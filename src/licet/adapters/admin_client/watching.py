"""The gate processes and the journal of an installation, as its office sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from licet.adapters.admin_client.wire import Wire
from licet.services.acts import gate_replies
from licet.services.office import OfficeUnusable
from licet.services.ports import Gone, Silence
from licet.services.status import JournalHealth
from licet.wire.journal import Entry


class RemoteWorkers:
    """What can be asked of `services.ports.Workers`: what they say of themselves. The office tells them of changes."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def __getattr__(self, name: str) -> NoReturn:
        raise OfficeUnusable(f"gate processes are told by the office alone (`{name}`): run it where they run")

    def status(self, *, timeout: float) -> tuple[dict[str, object] | Silence | Gone, ...]:  # noqa: ARG002 - the office asks its own workers
        """See the port; the office has its own patience."""
        return self._wire.get("/workers", gate_replies.answers_from)


class RemoteJournal:
    """`services.status.JournalView` at an office."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def tail(self, count: int) -> Sequence[Entry]:
        """See the port."""
        return self.chosen(count, None, None)

    def chosen(self, count: int, outcome: str | None, subject: str | None) -> Sequence[Entry]:
        """The newest records, of decisions that ended so, or about a subject, alone."""
        query = {"lines": str(count), "outcome": outcome, "subject": subject}
        asked = {name: each for name, each in query.items() if each is not None}
        return self._wire.get("/journal", gate_replies.entries_from, **asked)

    def health(self) -> JournalHealth:
        """See the port."""
        return self._wire.get("/journal/health", gate_replies.health_from)
