"""`vectors/judgements/files.json`: the text of a judgement, to its digest and what it says, or to the refusal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from licet.services.judging.words import standing_of, verdict_of
from licet.wire.judgement.kept import JudgementRejected, digest_of, kind_of, read

CASES = json.loads((Path(__file__).parents[2] / "vectors" / "judgements" / "files.json").read_text())["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_judgement_reads_as_its_vector_says(case: dict[str, Any]) -> None:
    content, expected = case["text"].encode(), case["expect"]
    if "refused" in expected:
        with pytest.raises(JudgementRejected) as caught:
            read(content)
        assert str(caught.value) == expected["refused"]
        return
    kept = read(content)
    assert {
        "digest": digest_of(kept),
        "judgement": kind_of(kept.judgement),
        "verdict": verdict_of(kept.judgement).value,
        "standing": standing_of(kept.judgement).value,
    } == expected
