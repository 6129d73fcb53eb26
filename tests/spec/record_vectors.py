"""What makes each file of `vectors/record/`: from the small log of the tests; nothing is drawn or dated."""

from __future__ import annotations

from tests.spec.record_claim_cases import claims, openings
from tests.spec.record_spelling_cases import checkpoints, entries, keys, notes, policies
from tests.spec.record_tree_cases import (
    bundles,
    commitments,
    facts,
    growth,
    log_proofs,
    paths,
    proofs,
    proved,
    segments,
    trees,
    witness,
)

CASES = {
    "bundles": (bundles, "The bytes of entry bundles (base64) of `width` entries, to their entries (base64)."),
    "checkpoints": (checkpoints, "Signed notes, to the checkpoint that is in them; no signature is verified."),
    "claims": (claims, "A log's entries, what is disclosed, and a claim, to the outcome and where it fails."),
    "commitments": (commitments, "`domain` and `salt` in hexadecimal, `content` as text, to the commitment."),
    "entries": (entries, "The bytes of entries (text, or `entry_base64`), to their type and leaf hash."),
    "facts": (facts, "What was attested of a subject (`leaf`), and the root over `leaves` with a secret seed."),
    "growth": (growth, "Two sizes of a log, to the paths of the tiles and bundles that only the larger one has."),
    "keys": (keys, "Public (`key`) and private (`private`) keys, to their parts."),
    "log-proofs": (log_proofs, "A C2SP tlog-proof of an entry under a policy."),
    "notes": (notes, "Signed notes (text, or `note_base64`) and known keys, to the text and who signed."),
    "openings": (openings, "Files that open a commitment, to what they open."),
    "paths": (paths, "Paths of tiles and bundles (`level` null), to their parts."),
    "policies": (policies, "Policies, to their parts; with a `checkpoint`, to the verdict on it."),
    "proofs": (proofs, "Files that prove a decision under a policy, to the decision and where it is."),
    "proved": (proved, "Inclusion (`leaf`, `index`) and consistency (`old`, `old_root`), to be checked."),
    "segments": (segments, "Record i is `record` with `#` replaced by i; leaves, block roots and the root."),
    "trees": (trees, "Leaf i is the hash of the entry that is i in ASCII; roots, inclusion and consistency paths."),
    "witness": (witness, "Bodies of `add-checkpoint`, sent in this order to a new witness, and its answers."),
}
"""What makes each file of `vectors/record/`, and what the file is about."""
