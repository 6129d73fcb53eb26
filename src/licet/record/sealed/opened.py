"""One leaf of facts, opened by itself: its content, its salt, its path to the root. `spec/segments.md`."""

from __future__ import annotations

from licet.record.refusal import Malformed
from licet.record.sealed.commitment import SALT_SIZE, Domain, commit
from licet.record.spelling import base64, hexadecimal, json_object
from licet.record.tree.merkle import HASH_SIZE, Head
from licet.record.tree.paths import check_inclusion


def opened_leaf(line: bytes, head: Head, place: str) -> bytes:
    """The content of the leaf that a line opens, which is in the tree with this head.

    Raises `Malformed`, `NotProven`, `OutOfRange`.
    """
    match json_object(line, place):
        case {"index": int(index), "facts": str(facts), "salt": str(salt), "path": list(path), **rest} if not (
            rest or isinstance(index, bool) or not all(isinstance(each, str) for each in path)
        ):
            content = facts.encode("utf-8", "surrogatepass")
            leaf = commit(Domain.FACTS, hexadecimal(salt, f"{place} `salt`", SALT_SIZE), content)
            check_inclusion(leaf, index, head, [base64(each, f"{place} `path`", HASH_SIZE) for each in path])
            return content
    raise Malformed(place, "not an object of `index` (a number), `facts`, `salt` (texts) and `path` (a list of texts)")
