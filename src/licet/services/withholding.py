"""Why a release withholds a model, in words for a person and in fields for a program. `spec/evidence.md`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, assert_never

from licet.core.instruments import Release
from licet.core.requirements import Assessed, FindingsAtMost, HeadStart, Safeguarded, lasting, worded
from licet.core.rulebook import Rulebook
from licet.core.withheld import Withheld


def withholding(rulebook: Rulebook, model: str, operation: str, at: datetime) -> tuple[Withheld, ...]:
    """What withholds a model, for an operation, at an instant; nothing for one that is not in the catalogue."""
    found = rulebook.catalogue.models.get(model)
    if found is None:
        return ()
    releases = {name for name, each in _releases(rulebook) if each.covers(found, operation)}
    return tuple(each for each in rulebook.withheld(found, at) if each.release in releases)


def _releases(rulebook: Rulebook) -> Iterator[tuple[str, Release]]:
    return ((each.name, each) for each in rulebook.conditional)


def sentence(each: Withheld) -> str:
    """Which release, since when, which requirement, what stands against it, and what would meet it."""
    since = each.since.isoformat(timespec="seconds")
    said = f"Release `{each.release}` withholds `{each.model}` since {since}: it requires {worded(each.requirement)}"
    return f"{said}, but {stands_against(each)}. {what_would_meet(each)}."


def stands_against(each: Withheld) -> str:
    """Why a requirement is not met, as a part of a sentence."""
    match each.requirement:
        case Assessed():
            said = [f"{named(names)} {verb(names)} {what}" for names, verb, what in _speaking(each) if names]
            missing = [f"{listing(each.missing)} has not said so"] if each.missing and not each.stale else []
            return listing([*said, *missing]) or "nobody has said so"
        case FindingsAtMost():
            return f"{named(each.against)} {_be(each.against)} open"
        case HeadStart():
            return f"it has had {lasting(each.so_far) if each.so_far else 'none'} so far"
        case Safeguarded(name):
            return f"`{name}` does not stand before it"
        case _ as unreachable:
            assert_never(unreachable)


def _speaking(each: Withheld) -> tuple[tuple[tuple[str, ...], Callable[[tuple[str, ...]], str], str], ...]:
    return (each.against, _say, "otherwise"), (each.stale, _be, "too old")


def _say(names: tuple[str, ...]) -> str:
    return "says" if len(names) == 1 else "say"


def _be(names: tuple[str, ...]) -> str:
    return "is" if len(names) == 1 else "are"


def what_would_meet(each: Withheld) -> str:
    """What would have to come for a requirement to be met, as a sentence without its full stop."""
    if each.until is not None:
        return f"As things are, it is met by itself at {each.until.isoformat(timespec='seconds')}"
    match each.requirement:
        case Assessed(threshold, verdicts, by):
            verdict = " or ".join(f"`{verdict.value}`" for verdict in verdicts)
            whose = f" by {listing(each.missing or by)}" if by else ""
            instead = f" that supersedes {named(each.against)}" if each.against else ""
            return f"An assessment of `{threshold}` as {verdict}{whose}{instead} would meet it"
        case FindingsAtMost(level):
            lower = f"a finding of at most {level.word} that supersedes it"
            return f"A patch of {named(each.against)} that holds, or {lower}, would meet it"
        case HeadStart(release):
            return f"Time in which `{release}` is in force for it would meet it"
        case Safeguarded(name):
            return f"The safeguard `{name}`, standing before it, would meet it"
        case _ as unreachable:
            assert_never(unreachable)


def named(names: tuple[str, ...]) -> str:
    """Names of instruments in a row."""
    return listing([f"`{name}`" for name in names])


def listing(parts: list[str] | tuple[str, ...]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + f" and {parts[-1]}" if parts else ""


def tree(each: Withheld) -> dict[str, Any]:
    """The same as fields: `spec/evidence.md` says what they are."""
    return {
        "release": each.release,
        "model": each.model,
        "requires": worded(each.requirement),
        "since": each.since.isoformat(),
        "until": None if each.until is None else each.until.isoformat(),
        "against": list(each.against),
        "stale": list(each.stale),
        "missing": list(each.missing),
        "so_far": None if each.so_far is None else int(each.so_far.total_seconds()),
        "why": stands_against(each),
        "met_by": what_would_meet(each),
    }
