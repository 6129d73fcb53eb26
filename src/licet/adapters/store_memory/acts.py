"""Officers and acts in memory: the contract of `services.acts.ports.Acts` in its plainest form."""

from __future__ import annotations

from datetime import datetime

from licet.adapters.store import identity_rows as words
from licet.adapters.store import rows
from licet.adapters.store_memory.state import MemorySession
from licet.core.roles import Officer
from licet.services.acts.ports import Settlement, Signature, StoredAct
from licet.services.ports import StoreConflict


class MemoryActs(MemorySession):
    """`services.acts.ports.Acts` in memory."""

    def add_act(
        self,
        kind: str,
        content: bytes,
        *,
        actor: str,
        at: datetime,
        subject: str | None,
        signature: Signature | None,
        alone: bool,
    ) -> StoredAct:
        """See the port."""
        words.check_content(content)
        made = words.named(StoredAct("", kind, content, actor, at, subject, signature, alone))
        with self._changing() as state:
            if made.id in state.acts:
                raise StoreConflict(f"the act `{made.id}` is there already")
            state.add(words.ACT_ADDED, words.act_body(made), actor=actor, at=at, subject=subject)
            state.acts[made.id] = made
        return made

    def settle_act(
        self, act: str, outcome: str, *, actor: str, at: datetime, reason: str, signature: Signature | None
    ) -> StoredAct:
        """See the port."""
        with self._changing() as state:
            waits = words.check_waiting(state.acts.get(act), act)
            settled = words.settled(waits, Settlement(outcome, actor, at, reason, signature))
            body = rows.body(act=act, outcome=outcome)
            state.add(words.ACT_SETTLED, body, actor=actor, at=at, subject=waits.subject)
            state.acts[act] = settled
        return settled

    def act(self, act: str) -> StoredAct | None:
        """See the port."""
        return self._state.acts.get(act)

    def acts(self) -> tuple[StoredAct, ...]:
        """See the port."""
        return tuple(self._state.acts.values())

    def put_officer(self, officer: Officer, *, actor: str, at: datetime) -> None:
        """See the port."""
        with self._changing() as state:
            state.add(words.OFFICER_CHANGED, words.officer_body(officer), actor=actor, at=at)
            state.officers[officer.name] = officer

    def officers(self) -> tuple[Officer, ...]:
        """See the port."""
        return tuple(each for _, each in sorted(self._state.officers.items()))

    def officer(self, name: str) -> Officer | None:
        """See the port."""
        return self._state.officers.get(name)

    def count_use(self, key: str, counter: int, *, at: datetime) -> bool:  # noqa: ARG002 - nothing lasts here
        """See the port."""
        with self._changing() as state:
            before = state.counters.get(key)
            if before is not None and counter <= before and not counter == before == 0:
                return False
            state.counters[key] = counter
        return True
