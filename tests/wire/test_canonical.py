"""The canonical form (RFC 8785) and digests."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from licet.wire.canonical import canonical, digest

trees = st.recursive(
    st.one_of(st.booleans(), st.none(), st.integers(-(2**53) + 1, 2**53 - 1), st.text(st.characters(codec="utf-8"))),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(st.characters(codec="utf-8")), inner)),
    max_leaves=12,
)


@given(trees)
@settings(deadline=None)
def test_the_canonical_form_says_the_same_and_is_a_fixpoint(tree: Any) -> None:
    content = canonical(tree)
    assert json.loads(content) == tree
    assert canonical(json.loads(content)) == content


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers(0, 9)), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_keys_does_not_matter(tree: dict[str, int], seed: Any) -> None:
    keys = list(tree)
    seed.shuffle(keys)
    assert canonical({key: tree[key] for key in keys}) == canonical(tree)


def test_keys_are_in_the_order_of_utf_16() -> None:
    """RFC 8785, section 3.2.3: by UTF-16 code units, where Python sorts by code points."""
    assert canonical({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()


def test_a_digest_names_its_algorithm() -> None:
    assert digest(b"{}") == "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
