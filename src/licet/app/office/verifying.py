"""What people and wallets find at the office, put together: `/verify` and `/oid4vp`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from joserfc.jwk import ECKey
from starlette.routing import BaseRoute

from licet.adapters.clock import monotonic
from licet.adapters.verifier_key import verifier_key
from licet.core.rulebook import Rulebook
from licet.credentials.trusting import Keys
from licet.office.oid4vp import routes as oid4vp
from licet.office.oid4vp.request import Verifier
from licet.office.oid4vp.transaction import Transactions
from licet.office.sessions import Tokens
from licet.office.verify.opening import SignIn, VerifyParts
from licet.office.verify.routes import routes as people_routes
from licet.services.identity.carriers.attesting import People
from licet.services.identity.carriers.presenting import Statuses
from licet.services.ports import Clock, Workers


def verify_routes(
    state: Path,
    secret: bytes,
    store: People,
    workers: Workers,
    law: Callable[[], Rulebook],
    keys: Keys,
    statuses: Statuses,
    *,
    clock: Clock,
    wall: Clock,
    public_url: str,
    sign_in: SignIn,
    random_bytes: Callable[[int], bytes],
    link: str,
    encrypted: bool,
) -> list[BaseRoute]:
    """The routes of both. `clock` is the gate's, `wall` the one that wallets and issuers go by.

    Raises `StoreUnavailable` where the verifier's key cannot be read or made.
    """
    private, chain = verifier_key(state, public_url, wall.now())
    verifier = Verifier(ECKey.import_key(private), chain)
    transactions = Transactions(random_bytes, monotonic)
    wallets = oid4vp.WalletParts(verifier, transactions, store, secret, keys, statuses, wall, public_url, link)
    people = VerifyParts(
        wallets, workers, law, clock, Tokens(random_bytes(32)), random_bytes, monotonic, sign_in, encrypted
    )
    return [*oid4vp.routes(wallets), *people_routes(people)]
