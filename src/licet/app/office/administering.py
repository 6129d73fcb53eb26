"""The administration in the office, put together: `/admin/v1`, and the pages for officers with passkeys."""

from __future__ import annotations

from collections.abc import Callable

from starlette.routing import BaseRoute

from licet.adapters.clock import monotonic
from licet.adapters.journal_tail import JournalFolder
from licet.adapters.passkeys import WebAuthnPasskeys
from licet.adapters.pseudonym_keys import PseudonymKeys
from licet.app.administration import administration_of
from licet.app.casework import casework_of
from licet.app.config import Config
from licet.app.keeping import keeping_of
from licet.app.world import HostWorld
from licet.office.admin.parts import AdminParts
from licet.office.admin.people import PeopleParts, people_routes
from licet.office.admin.routes import routes
from licet.office.rate import Rate
from licet.office.sessions import Tokens
from licet.office.sign_in.identifying import Identifying
from licet.office.sign_in.relying_party import RelyingParty
from licet.services.ports import Clock, Store, Workers

SIGN_INS_A_SECOND = 1
SIGN_INS_AT_ONCE = 20
"""How often one address may ask for a challenge, or try one."""


def admin_parts(
    config: Config,
    store: Store,
    workers: Workers,
    clock: Clock,
    secret: bytes,
    *,
    public_url: str,
    tokens: Tokens,
    random_bytes: Callable[[int], bytes],
) -> AdminParts:
    """What the administration needs, on one store."""
    passkeys = WebAuthnPasskeys(public_url)
    administration = administration_of(
        store,
        workers,
        HostWorld(),
        officers=config.officers,
        secret=lambda: secret,
        now=clock.now,
        passkeys=passkeys,
        keeping=keeping_of(config.state, config.record.segments, lambda: secret),
        casework=casework_of(config, HostWorld().calendars),
    )
    return AdminParts(
        store,
        administration,
        public_url,
        tokens,
        secret,
        random_bytes,
        monotonic,
        Rate(SIGN_INS_A_SECOND, SIGN_INS_AT_ONCE, monotonic),
        passkeys,
        workers,
        JournalFolder(config.state / "journal"),
        lambda: PseudonymKeys(config.state, secret),
    )


def admin_routes(parts: AdminParts, relying_party: RelyingParty, identifying: Identifying) -> list[BaseRoute]:
    """All addresses under `/admin`."""
    return [*routes(parts), *people_routes(PeopleParts(parts, relying_party, identifying))]
