"""API keys: made once, shown once; afterwards only a keyed hash says that a key is the one that was issued."""

from __future__ import annotations

import base64
import hmac
import re
import string
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from licet.core.errors import LicetError
from licet.core.form import Shape
from licet.core.shape import NAMES
from licet.services.ports import Store
from licet.services.stored import KeyRecord

RandomBytes = Callable[[int], bytes]
"""So many bytes that nobody can guess (`secrets.token_bytes`)."""

FORM = re.compile(r"licet_([a-z2-7]{8})_[0-9A-Za-z]{32}", re.ASCII)
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
SECRET_LENGTH = 32
"""Of 62 letters each: 190 bits, past guessing."""

SCOPES = {"model": NAMES[Shape.MODEL_NAME], "family": NAMES[Shape.FAMILY_NAME]}
"""What a scope can begin with, and what can follow after the colon."""


class KeyRefused(LicetError):
    """A key that cannot be made or revoked as asked; the message says why and what is allowed."""


def parse(text: str) -> str | None:
    """The public name in a key `licet_<name>_<secret>`, or None for what has not the form of a key."""
    found = FORM.fullmatch(text)
    return found[1] if found else None


def keyed_hash(pepper: bytes, text: str) -> bytes:
    """HMAC-SHA256 of the whole key under the installation's pepper: all that is kept of it (32 bytes).

    A key is random and long, so one fast hash is enough (no salt, no stretching: there is no password to guess).
    """
    return hmac.digest(pepper, text.encode(), "sha256")


def pseudonym(pepper: bytes, subject: str) -> str:
    """What the journal calls a subject: 32 hexadecimal digits that only who holds the pepper can lead back."""
    return keyed_hash(pepper, f"subject:{subject}").hex()[:32]


def issue(
    subject: str,
    *,
    scopes: Iterable[str] = (),
    actor: str,
    now: datetime,
    expires_at: datetime | None = None,
    acts_for: str | None = None,
    random_bytes: RandomBytes,
) -> tuple[KeyRecord, str]:
    """A new key for a subject, and its plain text, which nobody can tell again later.

    `acts_for` is the person for whom its bearer asks, and whose facts count beside the subject's own. Raises
    `KeyRefused` for a scope that is none, an expiry that has passed already, or a subject that acts for itself.
    """
    if acts_for == subject:
        raise KeyRefused(f"`{subject}` cannot act for itself; a key that acts for nobody else is one without that")
    if expires_at is not None and expires_at <= now:
        raise KeyRefused(f"the key would expire at {expires_at.isoformat()}, which has passed; name a later instant")
    name = base64.b32encode(random_bytes(5)).decode().lower()
    record = KeyRecord(name, subject, checked_scopes(scopes), now, actor, expires_at, acts_for=acts_for)
    return record, f"licet_{name}_{_secret(random_bytes)}"


def create(
    store: Store,
    subject: str,
    *,
    scopes: Iterable[str] = (),
    actor: str,
    now: datetime,
    expires_at: datetime | None = None,
    acts_for: str | None = None,
    pepper: bytes,
    random_bytes: RandomBytes,
) -> tuple[KeyRecord, str]:
    """Issue a key and keep its hash. Raises `KeyRefused`, also for a subject or a person who is not there."""
    for each in filter(None, (subject, acts_for)):
        if store.subject(each) is None:
            raise KeyRefused(f"`{each}` is not a subject; add it first (`licet subjects import`)")
    record, text = issue(
        subject,
        scopes=scopes,
        actor=actor,
        now=now,
        expires_at=expires_at,
        acts_for=acts_for,
        random_bytes=random_bytes,
    )
    store.add_key(record, keyed_hash(pepper, text))
    return record, text


def revoke(store: Store, key: str, *, actor: str, now: datetime, reason: str) -> None:
    """End a key for good, by its name or its whole text. Raises `KeyRefused` if there is none, or no longer."""
    name = parse(key) or key
    if store.revoke_key(name, actor=actor, at=now, reason=reason):
        return
    issued = {record.id for record in store.keys()}  # noqa: SIM118 - a store is no mapping
    if name in issued:
        raise KeyRefused(f"the key `{name}` is revoked already")
    raise KeyRefused(f"there is no key `{name}`; `licet keys list` names them")


def checked_scopes(texts: Iterable[str], models: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Scopes, sorted and each once. With `models` (name to family), each must name one that exists.

    Raises `KeyRefused` that names the scope and what is allowed.
    """
    return tuple(sorted({_checked_scope(text, models) for text in texts}))


def reaches(scopes: tuple[str, ...], model: str, family: str) -> bool:
    """Whether a key with these scopes may name this model; a key without scopes may name every one."""
    return not scopes or f"model:{model}" in scopes or f"family:{family}" in scopes


def _checked_scope(text: str, models: Mapping[str, str] | None) -> str:
    kind, _, name = text.partition(":")
    if kind not in SCOPES or SCOPES[kind].fullmatch(name) is None:
        raise KeyRefused(f"`{text}` is not a scope; use `model:<name>` or `family:<name>`")
    if models is not None:
        known = sorted(models) if kind == "model" else sorted(set(models.values()))
        if name not in known:
            raise KeyRefused(f"`{text}` names no {kind} of the catalogue; there are {', '.join(known) or 'none'}")
    return text


def _secret(random_bytes: RandomBytes) -> str:
    """Letters drawn evenly: a byte past the last whole multiple of 62 is thrown away, not folded back."""
    letters = ""
    fair = 256 - 256 % len(ALPHABET)
    while len(letters) < SECRET_LENGTH:
        letters += "".join(ALPHABET[byte % len(ALPHABET)] for byte in random_bytes(SECRET_LENGTH) if byte < fair)
    return letters[:SECRET_LENGTH]
