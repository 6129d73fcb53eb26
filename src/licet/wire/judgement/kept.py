"""A judgement as it is kept and handed over, with what was asked, so that anybody can judge again.

`spec/judgements.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from licet.core.errors import LicetError
from licet.core.evidence.judgement import AnyJudgement, FindingJudgement, PatchJudgement, ThresholdJudgement
from licet.wire import strict_json
from licet.wire.canonical import canonical, digest
from licet.wire.judgement.plain import NotPlain, plain, value_from

FORMAT: Final = 1
"""The version of the format."""

KINDS: dict[str, type[AnyJudgement]] = {
    "threshold": ThresholdJudgement,
    "finding": FindingJudgement,
    "patch": PatchJudgement,
}

MEMBERS = ("judgement", "format", "seed", "asked", "says")


class JudgementRejected(LicetError):
    """A file that is no judgement; the message names the place, and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: everything but the trials that it takes to judge again.

    `documents` are the threshold or inquiry and the suites, each in canonical form. `arms` are those that were named,
    for a threshold; `spent` the elicitation budget that was said to be spent. `labels` is the digest of the labels
    that the judge was validated with, empty for none; what they came to is in the judgement.
    """

    documents: tuple[dict[str, Any], ...] = ()
    arms: tuple[str, ...] = ()
    spent: tuple[tuple[str, float], ...] = ()
    labels: str = ""

    @property
    def document(self) -> dict[str, Any]:
        """The threshold or the inquiry."""
        return self.documents[0]


@dataclass(frozen=True, slots=True)
class Kept:
    """A judgement, with what was asked and the seed of what was drawn for it."""

    judgement: AnyJudgement
    seed: int
    asked: Asked


def kind_of(judgement: AnyJudgement) -> str:
    """`threshold`, `finding` or `patch`."""
    return next(kind for kind, values in KINDS.items() if isinstance(judgement, values))


def tree_of(kept: Kept) -> dict[str, Any]:
    """The judgement as a JSON tree."""
    asked = kept.asked
    return {
        "judgement": kind_of(kept.judgement),
        "format": FORMAT,
        "seed": kept.seed,
        "asked": {
            "documents": list(asked.documents),
            "arms": list(asked.arms),
            "spent": dict(asked.spent),
            "labels": asked.labels,
        },
        "says": plain(kept.judgement),
    }


def written(kept: Kept) -> bytes:
    """The judgement as it is kept: RFC 8785 JSON, so that the digest of the file is the judgement's."""
    return canonical(tree_of(kept))


def digest_of(kept: Kept) -> str:
    """The digest by which documents refer to it."""
    return digest(written(kept))


def read(content: bytes) -> Kept:
    """The judgement in a file, whatever its spelling. Raises `JudgementRejected`."""
    try:
        text = strict_json.decode(content)
        tree = {each.key: each.value for each in strict_json.members(text)}
        return _kept(tree)
    except (strict_json.StrictJsonError, NotPlain) as error:
        raise JudgementRejected(str(error).replace("body ", "the judgement ", 1)) from error


def _kept(tree: dict[str, Any]) -> Kept:
    _only(tree, MEMBERS, "$")
    kind = tree["judgement"]
    if not isinstance(kind, str) or kind not in KINDS:
        raise NotPlain(f"$.judgement: `{kind}` is not one of {', '.join(KINDS)}")
    if tree["format"] != FORMAT:
        raise NotPlain(f"$.format: `{tree['format']}` is not {FORMAT}, which is the only one that this version reads")
    seed = value_from(int, tree["seed"], "$.seed")
    if seed < 0:
        raise NotPlain(f"$.seed: `{seed}` is less than 0")
    return Kept(value_from(KINDS[kind], tree["says"], "$.says"), seed, _asked(tree["asked"]))


def _asked(tree: object) -> Asked:
    if not isinstance(tree, dict):
        raise NotPlain("$.asked: it is not an object")
    _only(tree, ("documents", "arms", "spent", "labels"), "$.asked")
    documents, spent = tree["documents"], tree["spent"]
    if not isinstance(documents, list) or not documents or not all(isinstance(each, dict) for each in documents):
        raise NotPlain("$.asked.documents: it is not a list of documents, the threshold or the inquiry first")
    if not isinstance(spent, dict):
        raise NotPlain("$.asked.spent: it is not an object")
    return Asked(
        tuple(documents),
        value_from(tuple[str, ...], tree["arms"], "$.asked.arms"),
        tuple((what, value_from(float, spent[what], f"$.asked.spent.{what}")) for what in sorted(spent)),
        value_from(str, tree["labels"], "$.asked.labels"),
    )


def _only(tree: dict[str, Any], members: tuple[str, ...], place: str) -> None:
    for name in tree:
        if name not in members:
            raise NotPlain(f"{place}: `{name}` is no member of it; it has {', '.join(members)}")
    for name in members:
        if name not in tree:
            raise NotPlain(f"{place}: `{name}` is missing")
