"""Issuers, wallets and trust documents of the tests: tokens are made with other people's libraries."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]
from sd_jwt.common import SDObj  # type: ignore[import-untyped]
from sd_jwt.issuer import SDJWTIssuer  # type: ignore[import-untyped]

from licet.core.facts import Value
from licet.core.trust import Keys, Trust, Trusted
from licet.credentials.key_set import KeySet, key_set_of

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
AT = int(NOW.timestamp())
ISSUER = "https://id.example"
US = "https://gate.example"
TYPE = "https://id.example/vct/person"
LIST = "https://id.example/status/1"
SECRET_SUBJECT = "248289761001"
SECRET_NAME = "Wilhelmina"
SECRET_BIRTH = "1971-02-28"
SECRETS = (SECRET_SUBJECT, SECRET_NAME, SECRET_BIRTH)
"""What the tokens of these tests say beside facts, and no refusal may repeat."""
NONCE = "n-0S6_WzA2Mj"
LOOSE = jws.JWSRegistry(algorithms=list(jws.JWSRegistry.algorithms), strict_check_header=False)
"""Signs what no decent issuer would, too."""

Jwk = ECKey | OKPKey | RSAKey


def new_key(kind: str = "P-256", kid: str | None = "k1") -> Jwk:
    """A private key: a curve's name, or `RSA` with or without bits, as `RSA 1024`."""
    parameters: Any = {"kid": kid} if kid else {}
    if kind.startswith("RSA"):
        return RSAKey.generate_key(int(kind[3:] or 2048), parameters)
    if kind == "Ed25519":
        return OKPKey.generate_key("Ed25519", parameters)
    return ECKey.generate_key(kind, parameters)


def public(key: Jwk) -> dict[str, Any]:
    """The public half as a JWK."""
    return dict(key.as_dict(private=False))


def b64(content: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def json64(tree: object) -> str:
    """A JSON tree as base64url."""
    return b64(json.dumps(tree).encode())


def sign(key: Jwk, header: Mapping[str, Any], claims: object) -> str:
    """A JWS in compact form; `claims` are a tree, or bytes as they are."""
    content = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    return jws.serialize_compact(dict(header), content, key, registry=LOOSE)


def trust(attester: str = ISSUER, **changes: Any) -> Trust:
    """A trust document for the signed carriers of an issuer."""
    facts = {
        "us_citizen": trusted("us_citizen"),
        "citizenships": trusted("nationalities"),
        "org": trusted("org", only=("acme", "globex")),
    }
    said: dict[str, Any] = {
        "name": "trust-id",
        "digest": "sha256:" + "0" * 64,
        "issued": NOW,
        "from_": NOW,
        "attester": attester,
        "carriers": frozenset(("jwt", "oidc", "sd-jwt-vc")),
        "facts": facts,
        "audience": (US,),
        "types": (TYPE,),
        "algorithms": ("ES256", "ES384", "EdDSA", "Ed25519", "RS256", "PS256"),
        "keys": Keys(url=f"{attester}/jwks"),
    }
    return Trust(**{**said, **changes})


def trusted(claim: str | None, value: Value | None = None, only: tuple[str, ...] = (), level: str = "high") -> Trusted:
    """How a fact comes from an issuer."""
    return Trusted(claim, value, frozenset(only), level)


def keys_of(*keys: Jwk) -> Callable[[Trust, str | None], KeySet]:
    """Where the readers find these keys, whoever asks."""
    found = key_set_of([public(key) for key in keys])
    return lambda _trust, _kid: found


def header(key: Jwk, typ: str, algorithm: str = "ES256") -> dict[str, Any]:
    """The header of a token that this key signs."""
    return {"alg": algorithm, "typ": typ, **({"kid": key.kid} if key.kid else {})}


def access_claims(**changes: Any) -> dict[str, Any]:
    """The claims of an access token that is in order; None takes one away."""
    said = {
        "iss": ISSUER,
        "sub": SECRET_SUBJECT,
        "aud": US,
        "client_id": "app",
        "iat": AT - 10,
        "exp": AT + 600,
        "jti": "j1",
        "us_citizen": True,
        "nationalities": ["US"],
        "given_name": SECRET_NAME,
        "birthdate": SECRET_BIRTH,
    }
    return without_none({**said, **changes})


def access_token(key: Jwk, algorithm: str = "ES256", **changes: Any) -> str:
    """An access token that is in order but for the changes."""
    return sign(key, header(key, "at+jwt", algorithm), access_claims(**changes))


def id_token(key: Jwk, **changes: Any) -> str:
    """An ID token that is in order but for the changes."""
    claims = access_claims(aud="our-client", nonce=NONCE, client_id=None, jti=None, **changes)
    return sign(key, {"alg": "ES256", "kid": key.kid}, claims)


def credential_claims(holder: Jwk, **changes: Any) -> dict[str, Any]:
    """The claims of a credential that is in order, none of them hidden."""
    said = {
        "iss": ISSUER,
        "vct": TYPE,
        "iat": AT - 86_400,
        "exp": AT + 86_400,
        "cnf": {"jwk": public(holder)},
        "status": {"status_list": {"idx": 5, "uri": LIST}},
    }
    return without_none({**said, **changes})


def issued(issuer: Jwk, holder: Jwk, hidden: Mapping[str, Any], **changes: Any) -> tuple[str, dict[str, str]]:
    """A credential by the reference implementation, with its disclosures by the names of the claims."""
    claims = {SDObj(name): value for name, value in hidden.items()}
    made = SDJWTIssuer(
        {**credential_claims(holder, **changes), **claims},
        JWK(**issuer.as_dict(private=True)),
        extra_header_parameters={"typ": "dc+sd-jwt", "kid": issuer.kid},
    )
    return made.serialized_sd_jwt, {each.key: each.b64 for each in made.ii_disclosures}


def present(credential: str, disclosures: Iterable[str], holder: Jwk, **changes: Any) -> str:
    """A presentation that its holder signs; `changes` of the claims of the key binding, `header` of its header."""
    presented = "~".join([credential, *disclosures, ""])
    head = {"alg": "ES256", "typ": "kb+jwt", **changes.pop("header", {})}
    claims = {"nonce": NONCE, "aud": US, "iat": AT - 5, "sd_hash": b64(sha256(presented.encode()).digest())}
    return presented + sign(changes.pop("key", holder), head, without_none({**claims, **changes}))


def disclosure(*parts: Any) -> str:
    """A disclosure with a salt of its own."""
    return json64([b64(sha256(repr(parts).encode()).digest()[:16]), *parts])


def digest(text: str) -> str:
    """Its digest."""
    return b64(sha256(text.encode()).digest())


def raw(issuer: Jwk, holder: Jwk, digests: list[str], **changes: Any) -> str:
    """A credential of whatever claims, with these digests at its outside."""
    claims = credential_claims(holder, _sd=digests, _sd_alg="sha-256", **changes)
    return sign(issuer, header(issuer, "dc+sd-jwt"), without_none(claims))


def status_token(key: Jwk, statuses: Iterable[int], bits: int = 1, **changes: Any) -> str:
    """A status list of these statuses."""
    packed = bytearray(b"\0" * 16)
    for position, status in enumerate(statuses):
        packed[position * bits // 8] |= status << position * bits % 8
    lst = {"bits": bits, "lst": b64(zlib.compress(bytes(packed)))}
    said = {"sub": LIST, "iat": AT - 60, "exp": AT + 3600, "ttl": 300, "status_list": lst}
    return sign(key, header(key, "statuslist+jwt"), without_none({**said, **changes}))


def without_none(tree: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in tree.items() if value is not None}
