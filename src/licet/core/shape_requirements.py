"""The shape of what a release requires of the evidence: a list of mappings, each of one of four kinds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from licet.core.errors import Path
from licet.core.evidence.judgement import Reached
from licet.core.form import Shape
from licet.core.shape_evidence import level
from licet.core.shape_trust import duration
from licet.core.shaping import Shaping, Tree, mapping, shown, text

THRESHOLD = re.compile(r"[a-z][a-z0-9_]*@[A-Za-z0-9][A-Za-z0-9._()-]*")
INSTRUMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
KINDS: Mapping[str, frozenset[str]] = {
    "threshold": frozenset(("verdict", "by", "within")),
    "findings_at_most": frozenset(),
    "head_start": frozenset(("of",)),
    "safeguard": frozenset(),
}
"""What begins a requirement, and what else it may have."""

VERDICTS = "a list of " + ", ".join(f"`{each.value}`" for each in Reached) + ", each once"
ISSUERS = "a list of issuers, as their documents name them, each once"


def requirements(shaping: Shaping, path: Path, value: Tree) -> list[Tree]:
    """Everything that a release requires, each once."""
    if not isinstance(value, list):
        raise shaping.wrong(path, value, Shape.REQUIREMENTS.value)
    if not value:
        raise shaping.report(path, f"an empty list; leave it out, or give {Shape.REQUIREMENTS.value}")
    found: list[Tree] = []
    for place, each in enumerate(value):
        one = _requirement(shaping, (*path, place), each)
        if one in found:
            raise shaping.report((*path, place), "this is required already; say it once")
        found.append(one)
    return found


def _requirement(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    if not isinstance(value, dict):
        raise shaping.wrong(path, value, Shape.REQUIREMENTS.value)
    kinds = [key for key in value if key in KINDS]
    if len(kinds) != 1:
        what = f"both `{kinds[0]}` and `{kinds[1]}`" if kinds else shown(value)
        known = ", ".join(f"`{each}`" for each in KINDS)
        raise shaping.report(path, f"{what} where one requirement is needed: a mapping with exactly one of {known}")
    kind = kinds[0]
    needed = {kind, "of"} if kind == "head_start" else {kind}
    fields = mapping(shaping, path, value, {kind, *KINDS[kind]}, needed, Shape.REQUIREMENTS.value)
    found = {key: READERS[key](shaping, (*path, key), each) for key, each in fields.items()}
    return {"verdict": [Reached.NOT_REACHED.value], **found} if kind == "threshold" else found


def _threshold(shaping: Shaping, path: Path, value: Tree) -> str:
    if not isinstance(value, str) or not THRESHOLD.fullmatch(value):
        raise shaping.wrong(path, value, Shape.DEFINITION_NAME.value)
    return value


def _instrument(shaping: Shaping, path: Path, value: Tree) -> str:
    if not isinstance(value, str) or not INSTRUMENT.fullmatch(value):
        raise shaping.wrong(path, value, Shape.INSTRUMENT_NAME.value)
    return value


def _verdicts(shaping: Shaping, path: Path, value: Tree) -> list[str]:
    known = {each.value for each in Reached}
    if not isinstance(value, list) or not value:
        raise shaping.wrong(path, value, VERDICTS)
    for place, each in enumerate(value):
        if not isinstance(each, str) or each not in known:
            raise shaping.wrong((*path, place), each, VERDICTS)
    return _once(shaping, path, value)


def _issuers(shaping: Shaping, path: Path, value: Tree) -> list[str]:
    if not isinstance(value, list) or not value:
        raise shaping.wrong(path, value, ISSUERS)
    return _once(shaping, path, [text(shaping, (*path, place), each) for place, each in enumerate(value)])


def _once(shaping: Shaping, path: Path, values: list[str]) -> list[str]:
    for place, each in enumerate(values):
        if each in values[:place]:
            raise shaping.report((*path, place), f"`{each}` is listed twice")
    return values


READERS: Mapping[str, Callable[[Shaping, Path, Tree], Tree]] = {
    "threshold": _threshold,
    "verdict": _verdicts,
    "by": _issuers,
    "within": duration,
    "findings_at_most": level,
    "head_start": duration,
    "of": _instrument,
    "safeguard": _instrument,
}
