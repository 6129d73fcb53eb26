"""Making credentials and presenting them, for the demonstration's issuer and wallet (RFC 9901; SD-JWT VC).

The office never uses this: it reads with `licet.credentials`, which was written apart from it.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from joserfc import jws
from joserfc.jwk import ECKey

ALGORITHM = "ES256"
TYPE = "dc+sd-jwt"


class Disclosure(NamedTuple):
    """One claim that its holder may show or keep to themselves."""

    text: str
    name: str
    value: Any


def issue(payload: Mapping[str, Any], disclosable: Mapping[str, Any], key: ECKey, kid: str) -> str:
    """A credential `<issuer's JWT>~<disclosure>~...~`; `disclosable` are the claims that can be kept back."""
    disclosures = [_disclosure(name, value) for name, value in disclosable.items()]
    hidden = sorted(_digest(each) for each in disclosures)
    body = {**payload, "_sd_alg": "sha-256", **({"_sd": hidden} if hidden else {})}
    return "~".join((signed(body, key, typ=TYPE, kid=kid), *disclosures, ""))


def present(
    credential: str, names: Collection[str], key: ECKey, *, audience: str, nonce: str, at: int, typ: str = "kb+jwt"
) -> str:
    """The credential with the disclosures of these claims and no others, bound to its holder's key, verifier, nonce."""
    shown = [each.text for each in disclosures(credential) if each.name in names]
    text = "~".join((credential.split("~", 1)[0], *shown, ""))
    binding = {"iat": at, "aud": audience, "nonce": nonce, "sd_hash": _digest(text)}
    return text + signed(binding, key, typ=typ)


def signed(payload: Mapping[str, Any], key: ECKey, **header: Any) -> str:
    """A JWT in compact form, by ES256."""
    return jws.serialize_compact({"alg": ALGORITHM, **header}, json.dumps(payload), key)


def payload_of(credential: str) -> dict[str, Any]:
    """What the issuer signed, as it stands: digests in the place of what can be kept back. Nothing is checked."""
    found: dict[str, Any] = json.loads(decoded(credential.split("~", 1)[0].split(".")[1]))
    return found


def disclosures(credential: str) -> Iterator[Disclosure]:
    """The claims that can be kept back."""
    for text in credential.split("~")[1:-1]:
        _salt, name, value = json.loads(decoded(text))
        yield Disclosure(text, name, value)


def decoded(text: str) -> bytes:
    """The bytes behind base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(content: bytes) -> str:
    """Bytes as base64url without padding."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _disclosure(name: str, value: Any) -> str:
    return encoded(json.dumps([encoded(secrets.token_bytes(16)), name, value]).encode())


def _digest(text: str) -> str:
    return encoded(sha256(text.encode()).digest())
