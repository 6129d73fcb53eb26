"""Passkeys (WebAuthn Level 3): what a browser is asked, and what an authenticator signed, for one relying party.

The authenticator must have verified the person (by a PIN or a finger), so a passkey alone is two factors.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from licet.core.roles import KeyKind, OfficerKey
from licet.services.acts.refusal import SignatureRefused
from licet.services.acts.spelling import to_text

LARGEST = 20_000
"""Bytes of an assertion."""


class WebAuthnPasskeys:
    """`services.acts.signing.Passkeys` for the office at a URL: its host is the relying party's ID."""

    def __init__(self, public_url: str) -> None:
        parts = urlsplit(public_url)
        self._host = parts.hostname or ""
        self._origin = f"{parts.scheme}://{parts.netloc}"

    def check(self, key: OfficerKey, assertion: bytes, challenge: bytes) -> int:
        """See the port."""
        try:
            if len(assertion) > LARGEST:
                raise ValueError
            found = verify_authentication_response(
                credential=json.loads(assertion),
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                credential_public_key=key.public,
                credential_current_sign_count=0,  # the store has the counter
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError) as error:
            raise SignatureRefused(
                f"this is not an assertion of the passkey `{key.id}` over this digest, at `{self._origin}`, by somebody"
                " whom the device verified"
            ) from error
        if to_text(found.credential_id) != key.id:
            raise SignatureRefused("this is an assertion of another passkey")
        return found.new_sign_count

    def asked_to_sign(self, challenge: bytes, keys: tuple[OfficerKey, ...]) -> dict[str, Any]:
        """What the browser is asked for an assertion by one of these passkeys; by any if there are none."""
        options = generate_authentication_options(
            rp_id=self._host,
            challenge=challenge,
            allow_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.id))
                for each in keys
                if each.kind is KeyKind.PASSKEY
            ],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        tree: dict[str, Any] = json.loads(options_to_json(options))
        return tree

    def asked_to_register(self, challenge: bytes, name: str, user: bytes) -> dict[str, Any]:
        """What the browser is asked for a new passkey of an officer; `user` is 32 bytes that say nothing of them."""
        options = generate_registration_options(
            rp_id=self._host,
            rp_name="Licet",
            user_name=name,
            user_id=user,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
        tree: dict[str, Any] = json.loads(options_to_json(options))
        return tree

    def registered(self, credential: bytes, challenge: bytes) -> OfficerKey:
        """The key that an authenticator made for a challenge of ours. Raises `SignatureRefused`."""
        try:
            if len(credential) > LARGEST:
                raise ValueError
            found = verify_registration_response(
                credential=json.loads(credential),
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError) as error:
            raise SignatureRefused(
                "this is not a new passkey for this office; begin again from the invitation"
            ) from error
        return OfficerKey(to_text(found.credential_id), KeyKind.PASSKEY, found.credential_public_key)
