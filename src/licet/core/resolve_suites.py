"""Drafts of suites become suites: the manifests that coverage is measured against."""

from __future__ import annotations

from licet.core.evidence.suite import Item, Suite
from licet.core.evidence.trial import Use
from licet.core.resolving import DigestOf
from licet.core.shape import Draft


def suite_from(draft: Draft, digest_of: DigestOf) -> Suite:
    """One suite; it refers to no other document."""
    tree = draft.tree
    return Suite(
        name=draft.name,
        digest=digest_of(draft),
        items=tuple(
            Item(each["item"], each["family"], Use(each["use"]), each.get("digest", "")) for each in tree["items"]
        ),
        attempts=tree.get("attempts", 1),
        stands_for=tree.get("stands_for", ""),
    )
