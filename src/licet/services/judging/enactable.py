"""From a judgement to the document that is enacted: an assessment, a finding or a patch, ready for `licet check`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, assert_never

from licet.core.evidence.judgement import (
    AnyJudgement,
    FindingJudgement,
    PatchJudgement,
    Reproduced,
    ThresholdJudgement,
)
from licet.core.shape import shape
from licet.services.judging.asking import JudgingRefused
from licet.services.judging.words import headline, levels_of
from licet.wire.judgement.kept import Kept, digest_of

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.+-]+")
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _.@/()-]*[A-Za-z0-9)]")
NOT_TEXT = frozenset(("true", "false", "null", "yes", "no", "on", "off", "none"))


def document_of(
    kept: Kept,
    name: str,
    issuer: str,
    *,
    patches: Sequence[str] = (),
    supersedes: Sequence[str] = (),
    issued: datetime,
    since: datetime,
) -> str:
    """The draft, as YAML; `supersedes` are the earlier documents that it takes the place of, as a re-assessment does.

    Raises `JudgingRefused` where there is nothing to enact or something does not fit.
    """
    if name in supersedes:
        raise JudgingRefused(f"`{name}` cannot supersede itself: a re-assessment is a new document with a new name")
    tree = {
        **about(kept.judgement, name, patches),
        "title": headline(kept.judgement),
        "issuer": issuer,
        "models": [kept.judgement.model],
        "issued": issued.isoformat(),
        "from": since.isoformat(),
        "assessed": kept.judgement.at.isoformat(),
        "judgement": digest_of(kept),
    }
    if supersedes:
        tree["supersedes"] = list(supersedes)
    if kept.judgement.why:
        tree["reasons"] = "; ".join(kept.judgement.why)
    draft, problems = shape(0, tree, lambda _, __: None)
    if draft is None:
        raise JudgingRefused("; ".join(each.message for each in problems))
    return yaml_of(tree)


def about(judgement: AnyJudgement, name: str, patches: Sequence[str]) -> dict[str, Any]:
    """The fields of its kind."""
    match judgement:
        case ThresholdJudgement():
            return {"assessment": name, "threshold": judgement.subject, "verdict": judgement.verdict.value}
        case FindingJudgement():
            return finding(judgement, name)
        case PatchJudgement():
            if not patches:
                raise JudgingRefused("a patch names the findings that it patches: `--patches NAME`, once for each")
            return {"patch": name, "patches": list(patches), "verdict": judgement.verdict.value}
        case _:
            assert_never(judgement)


def finding(judgement: FindingJudgement, name: str) -> dict[str, Any]:
    """A finding: with its range of severity, the worst of which counts."""
    if judgement.reproduced is not Reproduced.YES:
        raise JudgingRefused(
            f"the technique is `{judgement.reproduced.value}`, so there is no finding to enact; an officer who"
            " wants one all the same writes it by hand"
        )
    low, high = levels_of(judgement.grade)
    levels: Any = low.word if low is high else [low.word, high.word]
    tree: dict[str, Any] = {"finding": name, "levels": levels}
    if judgement.reach is not None:
        tree["reach"] = judgement.reach.value
    return tree


def yaml_of(tree: Mapping[str, Any]) -> str:
    """A document of texts and lists of texts as YAML."""
    return "".join(f"{key}: {written(value)}\n" for key, value in tree.items())


def written(value: Any) -> str:
    """A value: plain where nobody can mistake it, otherwise in quotes (JSON is YAML)."""
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, str) and INSTANT.fullmatch(value):
        return value
    if isinstance(value, str) and PLAIN.fullmatch(value) and value.lower() not in NOT_TEXT:
        return value
    return json.dumps(value, ensure_ascii=False)
