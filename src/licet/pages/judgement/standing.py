"""The colours of verdicts."""

from __future__ import annotations

from licet.core.evidence.judgement import AnyJudgement
from licet.pages.role import Role
from licet.pages.words import Mark
from licet.services.judging.words import Standing, standing_of, verdict_words

ROLES = {
    Standing.SAFE: Role.PROVED,
    Standing.UNSAFE: Role.REFUTED,
    Standing.UNSETTLED: Role.UNKNOWN,
    Standing.INSUFFICIENT: Role.WARNING,
}


def mark_of(judgement: AnyJudgement) -> Mark:
    """The verdict, with its symbol."""
    return Mark(ROLES[standing_of(judgement)], verdict_words(judgement))
