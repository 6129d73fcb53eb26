"""What an office tells of gate processes, status lists and the journal, as plain JSON each way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from licet.services.acts.replies import instant_from
from licet.services.acts.spelling import Tree
from licet.services.ports import Gone, Silence
from licet.services.status import JournalHealth
from licet.wire.journal import Entry

Answer = dict[str, object] | Silence | Gone


def answers_tree(answers: Iterable[Answer]) -> Tree:
    """What each gate process says of itself; why one is silent; which one has ended."""
    return {"workers": [_answer(each) for each in answers]}


def _answer(each: Answer) -> Tree:
    match each:
        case Silence(worker, why):
            return {"worker": worker, "silent": why}
        case Gone(worker, pid):
            return {"worker": worker, "gone": pid}
        case says:
            return {"worker": says["worker"], "says": msgspec.to_builtins(says)}


def answers_from(tree: Mapping[str, Any]) -> tuple[Answer, ...]:
    """The reverse."""
    return tuple(map(_answer_from, tree["workers"]))


def _answer_from(tree: Mapping[str, Any]) -> Answer:
    worker = msgspec.convert(tree["worker"], str)
    if "silent" in tree:
        return Silence(worker, msgspec.convert(tree["silent"], str))
    if "gone" in tree:
        return Gone(worker, msgspec.convert(tree["gone"], int))
    return {**msgspec.convert(tree["says"], dict[str, object]), "worker": worker}


def acknowledged_tree(found: Iterable[tuple[str, datetime]]) -> Tree:
    """Which gate processes had taken over an epoch, and when."""
    return {"acknowledgements": [{"worker": worker, "at": at.isoformat()} for worker, at in found]}


def acknowledged_from(tree: Mapping[str, Any]) -> tuple[tuple[str, datetime], ...]:
    """The reverse."""
    return tuple((str(each["worker"]), instant_from(each["at"])) for each in tree["acknowledgements"])


def status_lists_tree(confirmed: Mapping[str, datetime], used: frozenset[str]) -> Tree:
    """Until when references into each status list count, and whether there are any."""
    rows = [
        {"uri": uri, "counts_until": until.isoformat(), "used": uri in used} for uri, until in sorted(confirmed.items())
    ]
    return {"status_lists": rows}


def status_lists_from(tree: Mapping[str, Any]) -> tuple[tuple[str, datetime, bool], ...]:
    """The reverse."""
    rows = tree["status_lists"]
    return tuple((str(each["uri"]), instant_from(each["counts_until"]), each["used"] is True) for each in rows)


def health_tree(health: JournalHealth) -> Tree:
    """How the journal's files are doing."""
    tree: Tree = msgspec.to_builtins(health)
    return tree


def health_from(tree: Mapping[str, Any]) -> JournalHealth:
    """The reverse."""
    return msgspec.convert(tree, JournalHealth)


def entries_tree(entries: Sequence[Entry]) -> Tree:
    """Records of the journal."""
    return {"records": [msgspec.to_builtins(each) for each in entries]}


def entries_from(tree: Mapping[str, Any]) -> tuple[Entry, ...]:
    """The reverse."""
    return msgspec.convert(tree["records"], tuple[Entry, ...])
