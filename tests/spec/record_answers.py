"""What `vectors/record/` asks, and our answers: the first of the runners that these cases are for."""

from __future__ import annotations

import gzip
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, BinaryIO

from licet.core.instruments import Operation
from licet.core.properties import Certainty
from licet.record.claims.claim import EnforcementClaim
from licet.record.claims.enforcement import check_claim
from licet.record.log.entries import JournalSegment
from licet.record.log.entry_spelling import encode, read_entry
from licet.record.log.opening import read_opening
from licet.record.refusal import RecordRefused
from licet.record.sealed.commitment import Domain, commit, salt_of
from licet.record.sealed.facts import facts_head, read_leaf, read_leaves
from licet.record.sealed.proof import verify_proof
from licet.record.sealed.segment import Blocks, block_roots
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.signed.keys import read_key, read_signer
from licet.record.signed.notes import parse, verify
from licet.record.signed.policy import NONE, read_policy
from licet.record.signed.tlog_proof import read_log_proof
from licet.record.signed.verdict import judge
from licet.record.tree.merkle import Head, LeafReader, leaf_hash, root_of
from licet.record.tree.paths import check_consistency, check_inclusion, consistency_path, inclusion_path
from licet.record.tree.tiles import Tile, bundles_between, read_path, tiles_between, unpack
from licet.services.record.watching.witnessing import Seen, Witness

Json = dict[str, Any]


def told(case: Json, answer: Callable[[Json], Json]) -> Json:
    """The answer to a case, or the place at which it is refused."""
    try:
        return answer(case)
    except RecordRefused as error:
        return {"refused": error.place}


def content(case: Json, name: str) -> bytes:
    """A field's bytes: `name` has them as text, `name_base64` where they are not UTF-8."""
    return b64decode(case[f"{name}_base64"]) if f"{name}_base64" in case else str(case[name]).encode()


def entries(case: Json) -> Json:
    found = read_entry(content(case, "entry"))
    assert encode(found) == content(case, "entry")
    return {"type": found.TYPE, "leaf": leaf_hash(content(case, "entry")).hex()}


def keys(case: Json) -> Json:
    key = read_key(case["key"]) if "key" in case else read_signer(case["private"]).key
    return {"name": key.name, "type": int(key.kind), "id": key.id.hex(), "public": key.public.hex(), "vkey": str(key)}


def notes(case: Json) -> Json:
    note = parse(content(case, "note"))
    found = verify(note, [read_key(each) for each in case["keys"]])
    return {"text": note.text, "signed": [{"key": str(each.key), "at": each.at} for each in found]}


def checkpoints(case: Json) -> Json:
    found = read_checkpoint(content(case, "checkpoint")).checkpoint
    head = {"origin": found.origin, "size": found.head.size, "root": found.head.root.hex()}
    return head | {"extensions": list(found.extensions)}


def paths(case: Json) -> Json:
    tile = read_path(case["path"])
    assert tile.path == case["path"]
    return {"level": tile.level, "index": tile.index, "width": tile.width}


def growth(case: Json) -> Json:
    old, new = case["old"], case["new"]
    tiles = [each.path for each in tiles_between(old, new)]
    return {"tiles": tiles, "bundles": [each.path for each in bundles_between(old, new)]}


def bundles(case: Json) -> Json:
    found = unpack(Tile(None, 0, case["width"]), b64decode(case["bundle"]))
    return {"entries": [b64encode(each).decode() for each in found]}


def trees(case: Json) -> Json:
    """Leaf `i` of these trees is the hash of the entry that is the number `i` in ASCII."""
    leaves = [leaf_hash(b"%d" % each) for each in range(case["size"])]
    read = LeafReader(leaves)
    if "index" in case:
        return {"path": [each.hex() for each in inclusion_path(case["index"], case["size"], read)]}
    if "old" in case:
        return {"path": [each.hex() for each in consistency_path(case["old"], case["size"], read)]}
    return {"root": root_of(leaves).hex()}


def proved(case: Json) -> Json:
    """An inclusion or a consistency that is to be checked; nothing but a yes."""
    path = [bytes.fromhex(each) for each in case["path"]]
    new = Head(case["size"], bytes.fromhex(case["root"]))
    if "index" in case:
        check_inclusion(bytes.fromhex(case["leaf"]), case["index"], new, path)
    else:
        check_consistency(Head(case["old"], bytes.fromhex(case["old_root"])), new, path)
    return {"proved": True}


def policies(case: Json) -> Json:
    found = read_policy(content(case, "policy"))
    read = {
        "logs": [str(each.key) for each in found.logs],
        "witnesses": {name: {"key": str(each.key), "url": each.url} for name, each in found.witnesses.items()},
        "groups": {name: {"needed": each.needed, "members": list(each.members)} for name, each in found.groups.items()},
        "quorum": None if found.quorum == NONE else found.quorum,
    }
    if "checkpoint" not in case:
        return read
    verdict = judge(found, content(case, "checkpoint"))
    cosigned = [{"witness": each.witness, "at": each.at} for each in verdict.cosigned]
    return {"accepted": verdict.accepted, "log": str(verdict.log) if verdict.log else None, "cosigned": cosigned}


def commitments(case: Json) -> Json:
    salt = bytes.fromhex(case["salt"])
    return {"commitment": commit(Domain(bytes.fromhex(case["domain"])), salt, case["content"].encode()).hex()}


def segments(case: Json) -> Json:
    """Record `i` is the payload `record` with `#` replaced by the number `i`."""
    payloads = [case["record"].replace("#", str(each)).encode() for each in range(case["records"])]
    seed = bytes.fromhex(case["seed"])
    roots = block_roots(payloads, seed)
    first = commit(Domain.RECORD, salt_of(seed, 0), payloads[0]).hex()
    last = salt_of(seed, len(payloads) - 1).hex()
    joined = [roots[start : start + 32].hex() for start in range(0, len(roots), 32)]
    return {
        "first_leaf": first,
        "last_salt": last,
        "block_roots": joined,
        "root": Blocks(len(payloads), roots).head.root.hex(),
    }


def facts(case: Json) -> Json:
    if "leaves" in case:
        leaves = [each.encode() for each in case["leaves"]]
        read_leaves(leaves)
        head = facts_head(leaves, bytes.fromhex(case["seed"]))
        return {"subjects": head.size, "root": head.root.hex()}
    leaf = read_leaf(content(case, "leaf"))
    assert bytes(leaf) == content(case, "leaf")
    return {"subject": leaf.subject, "name": leaf.name, "facts": [each.fact for each in leaf.attested]}


def openings(case: Json) -> Json:
    found = read_opening(content(case, "opening"))
    assert bytes(found) == content(case, "opening")
    return {"of": found.of, "commitment": found.commitment, "content": found.content.decode()}


def claims(case: Json) -> Json:
    """Whether a claim holds over the one segment of a log; and the places of what is against it, or missing."""
    asked = case["claim"]
    claim = EnforcementClaim(
        models=tuple(asked["models"]),
        operations=tuple(Operation(each) for each in asked["operations"]),
        whom=asked["whom"],
        since=datetime.fromisoformat(asked["since"]),
        until=datetime.fromisoformat(asked["until"]),
        certainty=Certainty(asked["certainty"]),
        grace=timedelta(seconds=asked["grace"]),
    )
    entries = [read_entry(each.encode()) for each in case["entries"]]
    (segment,) = [each.segment for each in entries if isinstance(each, JournalSegment)]
    files = {
        f"{segment}.jsonl.gz": gzip.compress("".join(f"{each}\n" for each in case["records"]).encode()),
        f"{segment}.seed": f"{case['seed']}\n".encode(),
        f"{segment}.facts.jsonl": "".join(f"{each}\n" for each in case["leaves"]).encode(),
        f"{segment}.facts.seed": f"{case['facts_seed']}\n".encode(),
    }

    def opened(name: str) -> BinaryIO:
        if name not in files:
            raise FileNotFoundError(name)
        return BytesIO(files[name])

    given = {each.commitment: each for each in (read_opening(text.encode()) for text in case["openings"])}
    found = check_claim(claim, list(enumerate(entries)), opened, given)
    against, missing = [[each.place for each in some] for some in (found.violations, found.missing)]
    return {"outcome": found.outcome.value, "against": against, "missing": missing}


def proofs(case: Json) -> Json:
    proven = verify_proof(content(case, "proof"), read_policy(case["policy"].encode()))
    at = proven.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    checkpoint = {"origin": proven.checkpoint.origin, "size": proven.checkpoint.head.size}
    return {"id": proven.decision["id"], "at": at, "entry": proven.entry, "checkpoint": checkpoint}


def log_proofs(case: Json) -> Json:
    """A C2SP tlog-proof of an entry."""
    proof = read_log_proof(case["log"])
    found = proof.check(case["entry"].encode(), read_policy(case["policy"].encode()))
    return {"index": proof.index, "size": found.head.size}


class _Remembered:
    def __init__(self) -> None:
        self._seen: dict[str, Seen] = {}

    def latest(self, origin: str) -> Seen | None:
        return self._seen.get(origin)

    def replace(self, origin: str, before: Seen | None, after: Seen) -> bool:
        assert self._seen.get(origin) == before
        self._seen[origin] = after
        return True

    def keep(self, origin: str, head: Head, note: bytes) -> None:
        assert origin in self._seen
        assert head
        assert note


def witness(case: Json) -> Json:
    """One witness that has seen nothing is asked these things in this order."""
    now = [0]
    signer, logs = read_signer(case["witness"]), [read_key(each) for each in case["logs"]]
    asked = Witness(signer, logs, _Remembered(), lambda: now[0])
    answers = []
    for request in case["requests"]:
        now[0] = request["now"]
        answer = asked.add_checkpoint(content(request, "body"))
        said: Json = {"status": int(answer.status)}
        if answer.status in (200, 409):
            said |= {"content_type": answer.content_type.split(";")[0], "body": answer.body.decode()}
        answers.append(said)
    return {"answers": answers}


ANSWERS: dict[str, Callable[[Json], Json]] = {
    "bundles": bundles,
    "checkpoints": checkpoints,
    "claims": claims,
    "commitments": commitments,
    "entries": entries,
    "facts": facts,
    "growth": growth,
    "keys": keys,
    "log-proofs": log_proofs,
    "notes": notes,
    "openings": openings,
    "paths": paths,
    "policies": policies,
    "proofs": proofs,
    "proved": proved,
    "segments": segments,
    "trees": trees,
    "witness": witness,
}
"""How each file of `vectors/record/` is answered, by its name."""
