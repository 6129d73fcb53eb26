"""A dossier as JSON, in the form that `spec/cli.md` promises."""

from __future__ import annotations

from licet.cli.drafts.diff_tree import diff_tree
from licet.cli.drafts.preview_tree import preview_tree
from licet.cli.drafts.proof import proof_tree
from licet.cli.proposal import proposal_tree
from licet.cli.review import review_tree
from licet.cli.terminal.trees import Tree, instant
from licet.services.diff import Side
from licet.services.dossier import Dossier
from licet.services.examine import SIDES


def dossier_tree(found: Dossier) -> Tree:
    """Everything that was found; null for what was left out."""
    proposal, counts, differences = found.proposal, found.preview, found.differences
    sides = Side(proposal.before, SIDES[0]), Side(proposal.rulebook, SIDES[1])
    return {
        **proposal_tree(proposal),
        "now": instant(found.now),
        "one_officer": found.one_officer,
        "review": review_tree(found.review),
        "preview": preview_tree(counts, found.ignored) if counts else None,
        "difference": diff_tree(differences, *sides, found.sentences) if differences else None,
        "proofs": [proof_tree(each) for each in found.proofs] if differences else None,
        "left_out": list(found.left_out),
    }
