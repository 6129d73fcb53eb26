"""The administration of one installation on this machine: for the command line, and for the office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from licet.services.acts.administration import StateAdministration
from licet.services.acts.enacting import Reviewing
from licet.services.acts.signing import Passkeys
from licet.services.cases.ports import Casework
from licet.services.checks import People
from licet.services.findings import Review
from licet.services.identity.forgetting import Keeping
from licet.services.ports import Store, Workers
from licet.services.proving import ProverOf
from licet.services.review import review
from licet.services.rulebooks import Proposal

PROOF_SECONDS = 10.0
"""How long each proof may take. Past that, what it would have shown counts as not proved."""


class World(Protocol):
    """What this needs of the machine."""

    def random_bytes(self, count: int, /) -> bytes:
        """So many bytes that nobody can guess."""

    def stopwatch(self) -> float:
        """Seconds that only grow."""

    def provers(self, now: datetime, *, limit: float) -> ProverOf | None:
        """See `licet.cli.world.World`."""


def administration_of(
    store: Store,
    workers: Workers,
    world: World,
    *,
    officers: int,
    secret: Callable[[], bytes],
    now: Callable[[], datetime],
    passkeys: Passkeys | None = None,
    keeping: Keeping | None = None,
    casework: Casework | None = None,
) -> StateAdministration:
    """The administration of a store: what it signs, approves and tells the gate processes."""
    return StateAdministration(
        store,
        workers,
        needed=officers,
        reviewing=reviewing(store, world, now),
        secret=secret,
        random_bytes=world.random_bytes,
        now=now,
        stopwatch=world.stopwatch,
        passkeys=passkeys,
        keeping=keeping,
        casework=casework,
    )


def reviewing(store: Store, world: World, now: Callable[[], datetime]) -> Reviewing:
    """Every check on a proposal, on the clock that the gate goes by."""

    def reviewed(proposal: Proposal) -> Review:
        at = now()
        return review(
            proposal,
            at,
            prover=world.provers(at, limit=PROOF_SECONDS),
            people=People(store.subject_count(), store.subjects, store.confirmed()),
            stopwatch=world.stopwatch,
        )

    return reviewed
