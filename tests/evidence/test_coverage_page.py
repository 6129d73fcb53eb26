"""`spec/coverage.md` knows every gap and every verdict by the name that a judgement gives it."""

from __future__ import annotations

from pathlib import Path

import pytest

from licet.core.evidence.coverage import Gap
from licet.core.evidence.judgement import Reached

PAGE = (Path(__file__).parents[2] / "spec" / "coverage.md").read_text()


@pytest.mark.parametrize("gap", Gap)
def test_every_gap_has_its_row(gap: Gap) -> None:
    assert f"\n| `{gap.value}` | " in PAGE


@pytest.mark.parametrize("verdict", Reached)
def test_every_verdict_has_its_row(verdict: Reached) -> None:
    assert f"\n| `{verdict.value}` | " in PAGE
