"""The content of an act: canonical JSON that says exactly what is done, and whose digest is what officers sign."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from licet.core.roles import Deed
from licet.services.acts.refusal import ActRefused
from licet.services.acts.what import LAW, Law, What
from licet.services.approval import ApprovalRefused, officer
from licet.wire.canonical import canonical, digest

FORMAT = "licet-act/1"
MEMBERS = ("act", "actor", "at", "fields", "format", "installation", "nonce")
NONCE_BYTES = 16
SIZE_LIMIT = 4 << 20
"""Bytes of the largest content."""

_HEX = re.compile(rf"[0-9a-f]{{{2 * NONCE_BYTES}}}", re.ASCII)

TRUST = "trust"
"""The kind of documents that say whose word counts: they need a role of their own."""


@dataclass(frozen=True, slots=True)
class Act:
    """What an officer does at an installation. `content` is what it was read from, and `digest` that of these bytes.

    Two acts that say the same differ in their `nonce`, so a signature is of one act and of no other.
    """

    what: What
    installation: str
    actor: str
    at: datetime
    fields: Mapping[str, Any] = field(hash=False)
    content: bytes

    @property
    def digest(self) -> str:
        """What is signed: `sha256:` and 64 hexadecimal digits."""
        return digest(self.content)

    @property
    def law(self) -> Law:
        """What holds of its kind."""
        return LAW[self.what]

    @property
    def deeds(self) -> tuple[Deed, ...]:
        """What its actor's roles must permit: of documents, trust documents are told from all others."""
        if self.what is not What.ENACT:
            return (self.law.deed,)
        of_trust = [each["kind"] == TRUST for each in self.fields["documents"]]
        return (*((Deed.TRUST,) if any(of_trust) else ()), *(() if all(of_trust) else (Deed.ENACT,)))

    @property
    def kind(self) -> str:
        """The deed under which it is kept."""
        return self.deeds[0].value

    @property
    def subject(self) -> str | None:
        """Whom it is about, where it is about one subject."""
        return self.fields.get("subject")


def make(
    what: What,
    fields: Mapping[str, Any],
    *,
    installation: str,
    actor: str,
    now: datetime,
    random_bytes: Callable[[int], bytes],
) -> Act:
    """A new act in its one spelling. Raises `ActRefused`, which names the field and what is allowed."""
    tree = {
        "format": FORMAT,
        "act": what.value,
        "installation": installation,
        "actor": _name(actor),
        "at": now.astimezone(UTC).isoformat(),
        "nonce": random_bytes(NONCE_BYTES).hex(),
        "fields": _fields(what, fields),
    }
    return read(canonical(tree))


def read(content: bytes) -> Act:
    """The act that these bytes say. Raises `ActRefused` for everything that is not in the one spelling."""
    if len(content) > SIZE_LIMIT:
        raise ActRefused(f"an act has at most {SIZE_LIMIT:,} bytes")
    try:
        tree = json.loads(content)
        same = isinstance(tree, dict) and canonical(tree) == content
    except (ValueError, RecursionError) as error:
        raise ActRefused("this is no act: its content is not canonical JSON (RFC 8785)") from error
    if not same or tuple(sorted(tree)) != MEMBERS or tree["format"] != FORMAT:
        raise ActRefused(f"this is no act: it is not `{FORMAT}` in canonical JSON (RFC 8785)")
    if tree["act"] not in list(What):
        raise ActRefused(f"`{tree['act']}` is no act; there are {', '.join(f'`{each}`' for each in What)}")
    what = What(tree["act"])
    if _fields(what, tree["fields"]) != tree["fields"]:
        raise ActRefused("a field of this act is not in its one spelling")
    for name in ("installation", "nonce"):
        if not isinstance(tree[name], str) or _HEX.fullmatch(tree[name]) is None:
            raise ActRefused(f"`{name}`: allowed are {2 * NONCE_BYTES} hexadecimal digits")
    if _name(tree["actor"]) != tree["actor"]:
        raise ActRefused("`actor`: a name without what nobody sees")
    return Act(what, tree["installation"], tree["actor"], _at(tree["at"]), tree["fields"], content)


def read_kept(content: bytes) -> Act | None:
    """An act that is kept; None where its content was erased with whom it was about."""
    return read(content) if content else None


def withdrawal_digest(act: str, content_digest: str, actor: str, reason: str) -> str:
    """What somebody signs who takes an act back: not the act itself, so that it can never pass for an approval."""
    tree = {"format": "licet-withdrawal/1", "act": act, "digest": content_digest, "actor": actor, "reason": reason}
    return digest(canonical(tree))


def _at(value: Any) -> datetime:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        found = None
    if found is None or found.utcoffset() is None or found.astimezone(UTC).isoformat() != value:
        raise ActRefused("`at`: allowed is an instant in UTC, as in `2026-06-12T21:21:00+00:00`")
    return found


def _name(value: Any) -> str:
    try:
        return officer(value) if isinstance(value, str) else ""
    except ApprovalRefused as error:
        raise ActRefused("`actor`: an officer needs a name (`--as NAME`)") from error


def _fields(what: What, fields: Any) -> dict[str, Any]:
    law = LAW[what]
    if not isinstance(fields, Mapping) or fields.keys() != law.fields.keys():
        allowed = ", ".join(f"`{each}`" for each in law.fields)
        raise ActRefused(f"the act `{what}` has exactly the fields {allowed}")
    found = {}
    for name, reader in law.fields.items():
        try:
            found[name] = reader(fields[name])
        except ActRefused as error:
            raise ActRefused(f"`{name}` of the act `{what}`: allowed is {error}") from error
    return found
