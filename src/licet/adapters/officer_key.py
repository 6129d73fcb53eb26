"""An officer's private key in a file: made once, never overwritten, and read only if nobody else can."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from licet.services.acts.ports import Signature
from licet.services.acts.refusal import ActRefused, SignatureRefused
from licet.services.acts.signing import ACT, key_id, key_text, signed_text
from licet.services.acts.spelling import from_text, to_text
from licet.wire.statement import Signed, sign

FORM = "licet-officer-secret:"
"""How the file begins; 43 letters of base64url (the 32 bytes of the seed, RFC 8032) and a line feed follow."""

SEED_SIZE = 32


class OfficerSigner:
    """An Ed25519 key with which an officer signs."""

    def __init__(self, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def id(self) -> str:
        """What names the key."""
        return key_id(self.public)

    @property
    def text(self) -> str:
        """The public key as officers hand it on."""
        return key_text(self.public)

    def sign(self, digest: str, purpose: str = ACT) -> Signature:
        """A signature over a digest, for one purpose."""
        return Signature(self.id, self._private.sign(signed_text(purpose, digest)))

    def sign_statement(self, statement: bytes) -> Signed:
        """A signature over a statement, for its envelope. What is signed begins with `DSSEv1`, as no act does."""
        return sign(statement, self.id, self._private.sign)


def make_officer_key(path: Path, random_bytes: Callable[[int], bytes]) -> OfficerSigner:
    """A new key in a new file (0600), durably. Raises `ActRefused`, also where there is a file already."""
    seed = random_bytes(SEED_SIZE)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as error:
        raise ActRefused(f"there is a file `{path}` already, and a key is never overwritten: name another") from error
    except OSError as error:
        raise ActRefused(f"cannot make the key `{path}`: {error.strerror}") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{FORM}{to_text(seed)}\n")
        file.flush()
        os.fsync(descriptor)
    return OfficerSigner(seed)


def read_officer_key(path: Path) -> OfficerSigner:
    """The key in a file. Raises `SignatureRefused`: it is not there, is no key, or others may read or change it."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode & 0o777
            content = file.read(200)
    except OSError as error:
        hint = "`licet officers key` makes one"
        raise SignatureRefused(f"cannot read the key `{path}` ({error.strerror}); {hint}") from error
    if mode & 0o077:
        raise SignatureRefused(f"the key `{path}` is open to others (mode {mode:o}): run `chmod 600 {path}`")
    try:
        text = content.decode("ascii").removesuffix("\n")
        seed = from_text(text.removeprefix(FORM)) if text.startswith(FORM) else b""
        if len(seed) != SEED_SIZE:
            raise ValueError
    except ValueError:
        raise SignatureRefused(f"`{path}` is not an officer's private key; `licet officers key` makes one") from None
    return OfficerSigner(seed)
