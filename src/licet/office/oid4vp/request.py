"""The request that a wallet fetches: a signed object (RFC 9101) by a verifier that is known by its certificate.

The client identifier is `x509_hash:` and the digest of that certificate (OpenID4VP 1.0, section 5.9.3): of those that
the specification has for signed requests, it alone needs neither a name in the DNS nor a resolver of identifiers. So a
verifier on this machine itself has it too, and nobody else can sign in its name.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey

from licet.office.oid4vp.query import FORMAT

ALGORITHM = "ES256"
TYPE = "oauth-authz-req+jwt"
MEDIA_TYPE = f"application/{TYPE}"
AUDIENCE = "https://self-issued.me/v2"
"""Any wallet: nobody knows which one follows the link (section 5.8)."""

SIGNATURES = ("ES256", "ES384", "ES512", "EdDSA", "Ed25519", "PS256", "PS384", "PS512", "RS256")
"""What credentials may be signed by, as far as a trust document says so."""

HOLDERS = ("ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""What holders may sign by."""

ENCRYPTION = "ECDH-ES"
CONTENT_ENCRYPTION = ("A128GCM", "A256GCM")


@dataclass(frozen=True, slots=True)
class Verifier:
    """Who asks: a key on P-256 and its certificate, with those above it (DER, the verifier's own first)."""

    key: ECKey
    chain: tuple[bytes, ...]

    @property
    def client_id(self) -> str:
        """Its name towards wallets, and the audience of all that they show it."""
        return "x509_hash:" + base64.urlsafe_b64encode(sha256(self.chain[0]).digest()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Asking:
    """What one request asks, and where its answer goes. `encryption` is a public key, if it is for us alone."""

    query: Mapping[str, Any]
    response_uri: str
    nonce: str
    state: str
    until: datetime
    encryption: Mapping[str, Any] | None = None


def request_object(verifier: Verifier, asking: Asking, now: datetime, wallet_nonce: str | None = None) -> str:
    """The signed request. `wallet_nonce` is repeated in it, if the wallet gave one (section 5.10)."""
    payload = {
        "iss": verifier.client_id,
        "aud": AUDIENCE,
        "iat": int(now.timestamp()),
        "exp": int(asking.until.timestamp()),
        "client_id": verifier.client_id,
        "response_type": "vp_token",
        "response_mode": "direct_post" if asking.encryption is None else "direct_post.jwt",
        "response_uri": asking.response_uri,
        "nonce": asking.nonce,
        "state": asking.state,
        "dcql_query": asking.query,
        "client_metadata": _metadata(asking),
        **({} if wallet_nonce is None else {"wallet_nonce": wallet_nonce}),
    }
    certificates = [base64.b64encode(each).decode() for each in verifier.chain]
    header = {"alg": ALGORITHM, "typ": TYPE, "x5c": certificates}
    return jws.serialize_compact(header, json.dumps(payload, separators=(",", ":")), verifier.key)


def _metadata(asking: Asking) -> dict[str, Any]:
    """What we read (section 11.1)."""
    formats = {FORMAT: {"sd-jwt_alg_values": list(SIGNATURES), "kb-jwt_alg_values": list(HOLDERS)}}
    if asking.encryption is None:
        return {"vp_formats_supported": formats}
    return {
        "vp_formats_supported": formats,
        "jwks": {"keys": [dict(asking.encryption)]},
        "encrypted_response_enc_values_supported": list(CONTENT_ENCRYPTION),
    }
