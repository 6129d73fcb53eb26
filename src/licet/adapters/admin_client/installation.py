"""What the command line can do of an installation at its office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn
from urllib.parse import quote

from licet.adapters.admin_client.administration import RemoteAdministration
from licet.adapters.admin_client.refusals import Absent
from licet.adapters.admin_client.store import RemoteStore
from licet.adapters.admin_client.watching import RemoteJournal, RemoteWorkers
from licet.adapters.admin_client.wire import Wire
from licet.services.acts.knowledge_reply import knowledge_from
from licet.services.identity.knowing import Knowledge
from licet.services.office import OfficeUnusable
from licet.wire.journal import Entry


class RemoteInstallation:
    """What can be done of `licet.cli.world.Installation` at an office. Everything else raises `OfficeUnusable`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.url = wire.url
        self.store = RemoteStore(wire)
        self.administration = RemoteAdministration(wire)
        self.workers = RemoteWorkers(wire)
        self.journal = RemoteJournal(wire)

    def __getattr__(self, name: str) -> NoReturn:
        raise OfficeUnusable(f"an office does not do this over HTTP (`{name}`): run it where the installation is")

    @property
    def officers(self) -> int:
        """See the port."""
        return self.administration.needed

    def now(self) -> datetime:
        """See the port."""
        return self.administration.now()

    def knowledge(self, subject: str, at: datetime | None) -> Knowledge | None:
        """See the port."""
        query = {} if at is None else {"at": at.isoformat()}
        try:
            return self._wire.get(f"/subjects/{quote(subject, safe='')}/knowledge", knowledge_from, **query)
        except Absent:
            return None

    def decisions(self, count: int, *, outcome: str | None, subject: str | None) -> Sequence[Entry]:
        """See the port."""
        return self.journal.chosen(count, outcome, subject)

    def member_count(self, attester: str) -> int:
        """See the port."""
        return self.store.member_counts().get(attester, 0)

    def close(self) -> None:
        """Sign out."""
        self._wire.close()
