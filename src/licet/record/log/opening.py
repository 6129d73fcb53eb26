"""Openings: the salt and the content that show what a commitment of the log was made to. `spec/verify.md`.

The canonical form of an object, then LF: `format`, `commitment`, `of`, `salt`, `content`.
"""

from __future__ import annotations

from dataclasses import dataclass

from licet.record.log.fields import SALTED, read_string
from licet.record.refusal import Malformed
from licet.record.sealed.commitment import SALT_SIZE, Domain, check_opening, commit, shown_commitment
from licet.record.spelling import canonical, hexadecimal, json_object, shown

FORMAT = "licet-opening/1"
SIZE_LIMIT = 1_000_000
"""The longest opening, in bytes."""

WORDS = {
    "record": Domain.RECORD,
    "document": Domain.DOCUMENT,
    "rulebook": Domain.RULEBOOK,
    "facts": Domain.FACTS,
    "act": Domain.ACT,
}
"""What `of` can say."""

_KEYS = {"format", "commitment", "of", "salt", "content"}


@dataclass(frozen=True, slots=True)
class Opening:
    """What a commitment was made to. It does open it: `NotProven` is raised otherwise."""

    commitment: str
    of: str
    salt: bytes
    content: bytes

    def __post_init__(self) -> None:
        commitment = bytes.fromhex(self.commitment.removeprefix("salted:"))
        check_opening(commitment, WORDS[self.of], self.salt, self.content, "opening")

    def __bytes__(self) -> bytes:
        tree = {
            "format": FORMAT,
            "commitment": self.commitment,
            "of": self.of,
            "salt": self.salt.hex(),
            "content": self.content.decode(),
        }
        return canonical(tree) + b"\n"


def opening(of: str, salt: bytes, content: bytes) -> Opening:
    """The opening of a commitment that is made so."""
    return Opening(shown_commitment(commit(WORDS[of], salt, content)), of, salt, content)


def read_opening(content: bytes, place: str = "opening") -> Opening:
    """The opening that a file's bytes are. Raises `Malformed`, `NotProven` where it does not open its commitment."""
    if len(content) > SIZE_LIMIT:
        raise Malformed(place, f"{len(content)} bytes, more than {SIZE_LIMIT}")
    if content[-1:] != b"\n":
        raise Malformed(place, "it does not end with a line feed")
    tree = json_object(content[:-1], place)
    if tree.keys() != _KEYS:
        wrong = min(tree.keys() ^ _KEYS)
        raise Malformed(place, f"{'unknown key' if wrong in tree else 'no key'} {shown(wrong)}")
    if tree["format"] != FORMAT:
        raise Malformed(f"{place}: `format`", f"not `{FORMAT}`")
    if tree["of"] not in list(WORDS):
        raise Malformed(f"{place}: `of`", f"not one of {', '.join(f'`{each}`' for each in WORDS)}")
    return Opening(
        SALTED.read(tree["commitment"], f"{place}: `commitment`"),
        tree["of"],
        hexadecimal(read_string(tree["salt"], f"{place}: `salt`"), f"{place}: `salt`", SALT_SIZE),
        read_string(tree["content"], f"{place}: `content`").encode(),
    )
