"""Documents as text read back as they were, whatever is in them."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from licet.wire import yaml
from licet.wire.document_text import text_of

ODD = (
    "true",
    "1",
    "-",
    "a: b",
    "# x",
    "a\n\nb",
    " a",
    "a ",
    "a\n b",
    "a\n",
    "\n",
    "é 😀",
    "\u2028",
    "\ufeff",
    "~",
    "'\"",
)
TEXTS = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.text("ab:# -\n", max_size=12),
)
VALUES = st.one_of(
    TEXTS,
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.lists(TEXTS, max_size=3),
    st.dictionaries(st.sampled_from(["list", "digest", "column"]), TEXTS, max_size=3),
)


@given(st.lists(st.dictionaries(st.sampled_from(["licence", "title", "uses", "to"]), VALUES, min_size=1), min_size=1))
def test_every_document_reads_back(trees: list[dict[str, Any]]) -> None:
    assert [each.tree for each in yaml.read("x.yaml", text_of(trees).encode())] == trees


def test_what_people_read_is_plain() -> None:
    tree = {
        "licence": "l-1",
        "from": "2026-06-26T20:30:00-04:00",
        "models": ["mythos-5", "fable-5"],
        "reasons": "one\n\n- two: 2",
    }
    assert text_of([tree, {"lift": "end-1"}]) == (
        "licence: l-1\nfrom: 2026-06-26T20:30:00-04:00\nmodels: [mythos-5, fable-5]\nreasons: |-\n  one\n\n  - two: 2\n"
        "---\nlift: end-1\n"
    )
