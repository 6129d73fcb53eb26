"""Issuers of access tokens for the gate's tests: their trust documents, and tokens that only differ where told."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from tests.credentials.issuing import Jwk, header, new_key, public, sign, without_none

US = "https://gate.test"
SUBJECT = "248289761001-Wilhelmina"
"""What the issuer calls somebody: it must be found nowhere."""


class Issuer:
    """An issuer with one key, and whatever a trust document says of it."""

    def __init__(self, name: str = "https://id.test", kid: str = "k1") -> None:
        self.name = name
        self.key: Jwk = new_key(kid=kid)

    def trust(self, *more: str, name: str = "trust-id", keys: str | None = None, **changes: str) -> str:
        """A trust document; by default with its key pinned."""
        fields = {
            "attester": self.name,
            "carriers": "[jwt]",
            "audience": f"['{US}']",
            "algorithms": "[ES256]",
            "level": "high",
            "keys": keys or f"{{pinned: [{json.dumps(public(self.key))}]}}",
            "facts": "{us_citizen: {claim: us_citizen}, org: {claim: org, only: [acme]}, residence: {claim: home}}",
            **changes,
        }
        lines = [f"trust: {name}", "issued: 2026-01-01T00:00:00Z", "from: 2026-01-01T00:00:00Z"]
        return "\n".join([*lines, *(f"{key}: {value}" for key, value in fields.items()), *more, "---", ""])

    def token(self, now: datetime | None = None, *, head: dict[str, Any] | None = None, **changes: Any) -> str:
        """A token that is in order at `now` but for the changes; None takes a claim away."""
        at = int((now or datetime.now(UTC)).timestamp())
        claims = {
            "iss": self.name,
            "sub": SUBJECT,
            "aud": US,
            "client_id": "app",
            "iat": at - 5,
            "exp": at + 600,
            "jti": "j1",
            "us_citizen": True,
        }
        return sign(self.key, {**header(self.key, "at+jwt"), **(head or {})}, without_none({**claims, **changes}))
