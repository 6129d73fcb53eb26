"""The shapes that only trust documents have: facts with the claims that they come from, keys, durations."""

from __future__ import annotations

import re

from licet.core.errors import Path
from licet.core.form import Shape
from licet.core.shaping import Shaping, Tree, mapping
from licet.core.trust import LEVELS, spelled

CLAIM = re.compile(r"[!-~]{1,200}")
DURATION = re.compile(r"[1-9][0-9]{0,5}[smhd]")
FACT = re.compile(r"[a-z][a-z0-9_]{0,99}")
PRIVATE = frozenset(("d", "p", "q", "dp", "dq", "qi", "oth", "k"))
"""What only a private or a symmetric JWK has (RFC 7518, section 6)."""

SINGLE = bool | int | str
ONLY = "a list of single values that the fact, or a member of it, can have"
URL = re.compile(r"https://[^\s/?#@]+(/[^\s#]*)?|http://(127\.0\.0\.1|\[::1\]|localhost)(:[0-9]{1,5})?(/[^\s#]*)?")
"""Keys come over TLS; from this machine itself they may come plainly."""


def trusted(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    """What an issuer is believed, by fact."""
    if not isinstance(value, dict) or not value:
        raise shaping.wrong(path, value, Shape.TRUSTED.value)
    found: dict[str, Tree] = {}
    for name, each in value.items():
        if not isinstance(name, str) or not FACT.fullmatch(name):
            raise shaping.report((*path, name), f"`{name}` is not a fact's name", at_key=True)
        found[name] = _trusted_fact(shaping, (*path, name), each)
    return found


def _trusted_fact(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    fields = dict(mapping(shaping, path, value, {"claim", "value", "only", "level"}, set(), Shape.TRUSTED.value))
    if ("claim" in fields) == ("value" in fields):
        raise shaping.report(path, "it needs either `claim`, the claim that says it, or `value`, what it always is")
    if "claim" in fields and (not isinstance(fields["claim"], str) or not CLAIM.fullmatch(fields["claim"])):
        raise shaping.wrong((*path, "claim"), fields["claim"], "a claim's name; a dot leads inside an object")
    if "level" in fields and (not isinstance(fields["level"], str) or fields["level"] not in LEVELS):
        raise shaping.wrong((*path, "level"), fields["level"], Shape.LEVEL.value)
    if "value" in fields:
        _always(shaping, (*path, "value"), fields["value"])
    if "only" in fields:
        if "value" in fields:
            raise shaping.report((*path, "only"), "`only` is for what a claim says; `value` says it here", at_key=True)
        _only(shaping, (*path, "only"), fields["only"])
    return fields


def _always(shaping: Shaping, path: Path, value: Tree) -> None:
    """A value that a fact can have; of which type it must be, only the fact's declaration says."""
    texts = value if isinstance(value, list) and value else [value]
    if value == "unknown" or not all(isinstance(each, str if isinstance(value, list) else SINGLE) for each in texts):
        raise shaping.wrong(path, value, "a value of the fact: `true`, a whole number, a text or a list of texts")


def _only(shaping: Shaping, path: Path, value: Tree) -> None:
    if not isinstance(value, list) or not value:
        raise shaping.wrong(path, value, ONLY)
    for position, each in enumerate(value):
        if not isinstance(each, SINGLE):
            raise shaping.wrong((*path, position), each, ONLY)
        if any(type(each) is type(other) and each == other for other in value[:position]):
            raise shaping.report((*path, position), f"`{spelled(each)}` is listed twice")


def keys(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    """Where an issuer's keys are; none of them is private."""
    fields = mapping(shaping, path, value, {"discovery", "url", "pinned"}, set(), Shape.KEYS.value)
    if len(fields) != 1:
        raise shaping.report(path, f"exactly one is needed: {Shape.KEYS.value}")
    if "discovery" in fields and fields["discovery"] is not True:
        raise shaping.wrong((*path, "discovery"), fields["discovery"], "`true`")
    if "url" in fields and (not isinstance(fields["url"], str) or not URL.fullmatch(fields["url"])):
        raise shaping.wrong((*path, "url"), fields["url"], "an https URL; http only on this machine itself")
    for position, each in enumerate(_pinned(shaping, path, fields)):
        place = (*path, "pinned", position)
        if not isinstance(each, dict) or not isinstance(each.get("kty"), str):
            raise shaping.wrong(place, each, "a public JWK (RFC 7517), with its `kty`")
        if each["kty"] == "oct" or PRIVATE & each.keys():
            raise shaping.report(place, "this key is secret; pin its public half, and make a new key")
    return fields


def _pinned(shaping: Shaping, path: Path, fields: dict[str, Tree]) -> list[Tree]:
    pinned = fields.get("pinned", [])
    if not isinstance(pinned, list) or ("pinned" in fields and not pinned):
        raise shaping.wrong((*path, "pinned"), pinned, "a list of public JWKs")
    return pinned


def duration(shaping: Shaping, path: Path, value: Tree) -> str:
    """A duration as it is written."""
    if not isinstance(value, str) or not DURATION.fullmatch(value.strip()):
        raise shaping.wrong(path, value, Shape.DURATION.value)
    return value.strip()
