"""An authenticator in software: what a device with a passkey answers, to the byte (WebAuthn Level 3, section 6)."""

from __future__ import annotations

import json
import secrets
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from licet.core.roles import KeyKind, OfficerKey
from licet.services.acts.spelling import to_text

PRESENT, VERIFIED = 0x01, 0x04


class Device:
    """A passkey for the host of one origin, whose counter grows with each use."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.host = origin.partition("://")[2].partition(":")[0]
        self.counter = 0
        self._private = Ed25519PrivateKey.generate()
        self._id = secrets.token_bytes(16)

    @property
    def key(self) -> OfficerKey:
        """Its public key: the COSE map {1: 1 (OKP), 3: -8 (EdDSA), -1: 6 (Ed25519), -2: x}."""
        public = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        cose = bytes.fromhex("a4010103272006215820") + public
        return OfficerKey(to_text(self._id), KeyKind.PASSKEY, cose)

    def sign(
        self,
        challenge: bytes,
        *,
        origin: str | None = None,
        host: str | None = None,
        flags: int = PRESENT | VERIFIED,
        type_: str = "webauthn.get",
    ) -> bytes:
        """An assertion as JSON."""
        self.counter += 1
        data = sha256((host or self.host).encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")
        client = {"type": type_, "challenge": to_text(challenge), "origin": origin or self.origin, "crossOrigin": False}
        said = json.dumps(client).encode()
        response = {
            "clientDataJSON": to_text(said),
            "authenticatorData": to_text(data),
            "signature": to_text(self._private.sign(data + sha256(said).digest())),
            "userHandle": None,
        }
        name = to_text(self._id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response}).encode()
