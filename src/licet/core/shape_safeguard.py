"""The shape of a safeguard's cascade: its classifiers, cheap to costly, and what their scores lead to."""

from __future__ import annotations

import re
from decimal import Decimal

from licet.core.errors import Path
from licet.core.form import Shape
from licet.core.safeguards import Contract
from licet.core.shape_numbers import decimal, share
from licet.core.shaping import Shaping, Tree, mapping, text

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,99}")
CATEGORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")
VARIABLE = re.compile("[A-Z_][A-Z0-9_]*")
URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#@]*)?")
MOST_STAGES = 8
MOST_SECONDS = 30
NEEDED = {"classifier", "version", "contract", "flags_at"}
ALLOWED = NEEDED | {"clears_below", "url", "model", "key_env", "policy", "categories", "seconds"}
BELONGS: dict[Contract, tuple[frozenset[str], frozenset[str]]] = {
    Contract.EMBEDDED: (frozenset(), frozenset()),
    Contract.MODERATION: (frozenset({"url"}), frozenset({"model", "key_env", "categories"})),
    Contract.CHAT: (frozenset({"url", "model", "policy"}), frozenset({"key_env"})),
    Contract.GUARDRAIL: (frozenset({"url"}), frozenset({"key_env"})),
}
"""What each contract needs to be asked, and what it may have."""
ASKING = frozenset({"url", "model", "key_env", "policy", "categories"})


def cascade(shaping: Shaping, path: Path, value: Tree) -> list[dict[str, Tree]]:
    """The stages in their one spelling. Each but the last has `clears_below`; no classifier stands twice."""
    if not isinstance(value, list):
        raise shaping.wrong(path, value, Shape.CASCADE.value)
    if not value:
        raise shaping.report(path, f"an empty list; give {Shape.CASCADE.value}")
    if len(value) > MOST_STAGES:
        raise shaping.report(path, f"{len(value)} stages; the most allowed are {MOST_STAGES}")
    stages = [_stage(shaping, (*path, place), each) for place, each in enumerate(value)]
    for place, stage in enumerate(stages):
        _check_place(shaping, (*path, place), stage, last=place == len(stages) - 1)
        if any(stage["classifier"] == each["classifier"] for each in stages[:place]):
            raise shaping.report((*path, place, "classifier"), f"`{stage['classifier']}` is asked twice")
    return stages


def _stage(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    fields = dict(mapping(shaping, path, value, ALLOWED, NEEDED, Shape.CASCADE.value))
    for key in ("classifier", "version"):
        fields[key] = _matching(shaping, (*path, key), fields[key], NAME, "a name: letters, digits and `. _ : / @ + -`")
    contract = _contract(shaping, (*path, "contract"), fields["contract"])
    _check_asking(shaping, path, fields, contract)
    for key in ("flags_at", "clears_below"):
        if key in fields:
            fields[key] = share(shaping, (*path, key), fields[key], "a score above 0, at most 1, as in `0.5`")
            if fields[key] == "0":
                raise shaping.wrong((*path, key), "0", "a score above 0, at most 1, as in `0.5`")
    fields["seconds"] = _seconds(shaping, (*path, "seconds"), fields.get("seconds", "2"))
    for key in ("model", "policy"):
        if key in fields:
            fields[key] = text(shaping, (*path, key), fields[key])
    if "url" in fields:
        url = _matching(
            shaping, (*path, "url"), fields["url"], URL, "an http or https URL without credentials or query"
        )
        fields["url"] = url.rstrip("/").removesuffix("/v1")
    if "key_env" in fields:
        words = "the name of an environment variable, never the key"
        fields["key_env"] = _matching(shaping, (*path, "key_env"), fields["key_env"], VARIABLE, words)
    if "categories" in fields:
        fields["categories"] = _categories(shaping, (*path, "categories"), fields["categories"])
    return fields


def _contract(shaping: Shaping, path: Path, value: Tree) -> Contract:
    known = [each.value for each in Contract]
    if value not in known:
        raise shaping.wrong(path, value, "one of " + ", ".join(f"`{each}`" for each in known))
    return Contract(value)


def _check_asking(shaping: Shaping, path: Path, fields: dict[str, Tree], contract: Contract) -> None:
    needed, allowed = BELONGS[contract]
    for key in sorted(needed - fields.keys()):
        raise shaping.report(path, f"`{key}` is missing; a classifier by `{contract.value}` needs it", at_key=True)
    for key in sorted((ASKING & fields.keys()) - needed - allowed):
        raise shaping.report((*path, key), f"a classifier by `{contract.value}` has no `{key}`", at_key=True)


def _check_place(shaping: Shaping, path: Path, stage: dict[str, Tree], *, last: bool) -> None:
    if last and "clears_below" in stage:
        why = "the last stage clears whatever it does not flag; leave `clears_below` out"
        raise shaping.report((*path, "clears_below"), why, at_key=True)
    if not last and "clears_below" not in stage:
        why = "`clears_below` is missing; a stage before the last one needs it, or no later one is ever asked"
        raise shaping.report(path, why, at_key=True)
    if not last and Decimal(stage["clears_below"]) > Decimal(stage["flags_at"]):
        why = f"`{stage['clears_below']}` is above `flags_at`, `{stage['flags_at']}`"
        raise shaping.report((*path, "clears_below"), why)


def _seconds(shaping: Shaping, path: Path, value: Tree) -> str:
    seconds = decimal(shaping, path, value)
    if not 0 < Decimal(seconds) <= MOST_SECONDS:
        raise shaping.wrong(path, value, f"seconds above 0, at most {MOST_SECONDS}")
    return seconds


def _categories(shaping: Shaping, path: Path, value: Tree) -> list[str]:
    words = "a list of the names of categories, each once"
    if not isinstance(value, list) or not value:
        raise shaping.wrong(path, value, words)
    found = [_matching(shaping, (*path, place), each, CATEGORY, words) for place, each in enumerate(value)]
    if len(set(found)) < len(found):
        raise shaping.report(path, "a category is listed twice")
    return found


def _matching(shaping: Shaping, path: Path, value: Tree, pattern: re.Pattern[str], words: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise shaping.wrong(path, value, words)
    return value
