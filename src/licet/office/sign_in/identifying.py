"""Whose word a sign-in is: the trust documents that believe a provider, or, for officers, the provider as it is set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from licet.core.attestations import Carrier
from licet.core.rulebook import Rulebook
from licet.core.trust import Keys as KeyPlace
from licet.core.trust import Trust
from licet.credentials.id_token import IdToken, read_id_token
from licet.credentials.logout_token import LogoutToken, read_logout_token
from licet.credentials.trusting import Keys
from licet.office.sign_in.metadata import Provider
from licet.office.sign_in.relying_party import Answered
from licet.services.identity.carriers.sign_in import believed
from licet.services.ports import Clock

ALGORITHMS = ("ES256", "ES384", "ES512", "EdDSA", "Ed25519", "PS256", "RS256")
"""By which a provider signs that no trust document is about: all that are read, none of them symmetric."""


@dataclass(frozen=True, slots=True)
class Identifying:
    """Reads what providers sign. `wall` is the time that they go by, `clock` the gate's; `keys` blocks."""

    law: Callable[[], Rulebook]
    keys: Keys
    clock: Clock
    wall: Clock

    def id_token(self, answered: Answered) -> IdToken:
        """Who signed in, of whom nothing is to be attested. Blocks. Raises `CredentialRefused`, `KeysUnavailable`."""
        provider = answered.provider
        text, nonce, now = answered.tokens.id_token, answered.nonce, self.wall.now()
        return read_id_token(text, by_settings(provider), self.keys, client_id=provider.client_id, nonce=nonce, now=now)

    def logout_token(self, text: str, providers: Mapping[str, Provider]) -> LogoutToken:
        """Whose session is over. Blocks. Raises as `id_token`.

        A provider that nobody trusts any more is still heard: what it takes back can only narrow.
        """
        clients = {issuer: each.client_id for issuer, each in providers.items()}
        trusts = [trust for each in providers.values() for trust in self.trusts(each) or (by_settings(each),)]
        return read_logout_token(text, trusts, self.keys, clients=clients, now=self.wall.now())

    def trusts(self, provider: Provider) -> tuple[Trust, ...]:
        """The trust documents in force that believe a provider's sign-ins. Blocks."""
        return believed(self.law(), provider.issuer, provider.client_id, self.clock.now())


def by_settings(provider: Provider) -> Trust:
    """What the configuration says of a provider, in the form of a trust document that believes it no fact."""
    return Trust(
        name="office-provider",
        digest="",
        issued=_EVER,
        from_=_EVER,
        attester=provider.issuer,
        carriers=frozenset((Carrier.OIDC,)),
        facts={},
        audience=(provider.client_id,),
        algorithms=ALGORITHMS,
        keys=KeyPlace(discovery=True),
    )


_EVER = datetime.min.replace(tzinfo=UTC)
