"""The key by which wallets know who asks: a key on P-256 and its certificate in one file that only its owner can read.

`<state>/verifier.pem`, made once and never overwritten: a private key (PKCS #8) and certificates, the key's own first.
An operator who has certificates that wallets trust puts them there, with their key. `spec/oid4vp.md`.
"""

from __future__ import annotations

import ipaddress
import os
import re
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from licet.services.ports import StoreUnavailable

FILE = "verifier.pem"
LARGEST = 65_536
LASTS = timedelta(days=20 * 365)
"""Another certificate is another name towards wallets, so it is not changed without need."""

EARLIER = timedelta(days=366)
"""How long before it was made it holds already: a scenario's clock may stand there."""

_PRIVATE = re.compile(rb"-----BEGIN PRIVATE KEY-----.+?-----END PRIVATE KEY-----\n?", re.DOTALL)


def verifier_key(state: Path, public_url: str, now: datetime) -> tuple[bytes, tuple[bytes, ...]]:
    """The private key (PEM) and the certificates (DER), made (0600) if there are none yet.

    Raises `StoreUnavailable`: they cannot be read or made, others may read them, or one does not fit the other.
    """
    path = state / FILE
    try:
        if not path.exists():
            _make(path, public_url, now)
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode & 0o777
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise StoreUnavailable(f"cannot read or make the verifier's key `{path}`: {error.strerror}") from error
    if mode & 0o077:
        raise StoreUnavailable(f"the verifier's key `{path}` is open to others (mode {mode:o}): run `chmod 600 {path}`")
    return _read(path, content)


def _read(path: Path, content: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    private = _PRIVATE.findall(content)
    try:
        key = load_pem_private_key(private[0], None) if len(private) == 1 else None
        chain = tuple(x509.load_pem_x509_certificates(content))
    except ValueError:
        key, chain = None, ()
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1" or not chain:
        raise StoreUnavailable(f"`{path}` needs one private key on P-256 (PKCS #8), and its certificates")
    if chain[0].public_key() != key.public_key():
        raise StoreUnavailable(f"the first certificate in `{path}` is of another key; put the key's own first")
    return private[0], tuple(each.public_bytes(Encoding.DER) for each in chain)


def _make(path: Path, public_url: str, now: datetime) -> None:
    """The file whole or not at all, and never over one that somebody else made meanwhile."""
    key = ec.generate_private_key(ec.SECP256R1())
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    content += _certificate(key, public_url, now).public_bytes(Encoding.PEM)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _certificate(key: ec.EllipticCurvePrivateKey, public_url: str, now: datetime) -> x509.Certificate:
    """A certificate that the key signs itself: it names the office's address, and nothing else."""
    host = urlsplit(public_url).hostname or "localhost"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now + LASTS)
        .add_extension(x509.SubjectAlternativeName([_alternative(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, SHA256())
    )


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
