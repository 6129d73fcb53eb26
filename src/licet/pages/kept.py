"""What is kept of somebody, and what never is: the words, and a card for each fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from licet.core.attestations import Attestation
from licet.core.facts import Unknown
from licet.pages.blocks import Block, Card, Pairs, Text, table
from licet.pages.role import Role
from licet.pages.words import Code, Mark, Word, valued

NEVER = (
    "Your name, date of birth, address, or the number of any document.",
    "The credential, the presentation, or the token of a sign-in: only a digest, by which nothing can be read back.",
    "What an issuer calls you: only a keyed hash, so that the same account always leads to the same caller.",
    ("Claims that nobody asked for: they are dropped before anything is written, and nobody gets to see their values."),
    "Where you are, what device or wallet you use, or that you looked at this page.",
)
"""What is never kept, in sentences."""

KEPT = (
    ("The fact and its value", "so that your requests can be decided"),
    ("Issuer, trust framework, assurance level, kind of evidence", "so that it can be shown why it is believed"),
    ("When it was said, and until when it counts", "after that it is unknown again"),
    ("A digest of what carried it", "so that it can be told apart from others; it cannot be read back"),
    ("For a credential, its place in the issuer's status list", "so that its withdrawal takes effect at once"),
    ("A keyed hash of your account or of your credential's key", "so that it vouches for one caller and no other"),
)
"""What is kept, and why."""

HOW_LONG = (
    (
        "It stays until the operator erases it. Then the values and the hashes go; issuer, framework, level, digest "
        "and dates stay, because the law asks for them. Ask the operator to erase it, whenever you like."
    ),
)


def kept_table() -> Block:
    """What is kept of each fact, and why."""
    return table("keeping", "For each fact", ("What", "Why"), KEPT)


def attested(attestations: Sequence[Attestation], meanings: Mapping[str, str]) -> tuple[Block, ...]:
    """A card for each fact with all that the store has of it: nine columns fit no telephone."""
    if not attestations:
        return (Text(("Nothing was kept.",)),)
    return tuple(_card(number, each, meanings) for number, each in enumerate(attestations, 1))


def _card(number: int, each: Attestation, meanings: Mapping[str, str]) -> Card:
    unknown = isinstance(each.value, Unknown)
    role, answer = (Role.UNKNOWN, "said, and not believed") if unknown else (Role.PROVED, valued(each.value))
    status = None if each.status is None else Code(f"{each.status.uri}, place {each.status.position}")
    rows: tuple[tuple[str, Word], ...] = (
        ("Fact", Code(each.fact)),
        ("Value", valued(each.value)),
        ("Issuer", Code(each.attested_by)),
        ("Framework and level", f"{each.framework}, {each.level}" if each.framework else each.level),
        ("Evidence", each.how),
        ("Said", each.at.replace(microsecond=0)),
        ("Counts until", "no end is stated" if each.until is None else each.until.replace(microsecond=0)),
        ("Digest", Code(each.digest) if each.digest is not None else None),
        ("Status list", status),
    )
    title = meanings.get(each.fact, each.fact)
    return Card(f"attested-{number}", title, Mark(role, answer), (Pairs(rows),))
