"""What documents of procedure refer to, so that a store which holds one holds all that it needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from licet.core.errors import Problem
from licet.core.shape import Draft

Key = tuple[str, str]
"""The kind and the name of a document."""


def needed(drafts: Iterable[Draft], law: Sequence[Draft]) -> list[Draft]:
    """Those documents of a law that some documents refer to, and what these refer to in turn; none of theirs.

    With a procedure for appeals come the procedures that are appealed by it, for it may name their events.
    """
    theirs = {key_of(draft) for draft in drafts}
    there = {key_of(draft): draft for draft in law}
    waiting = list(drafts)
    found: dict[Key, Draft] = {}
    while waiting:
        draft = waiting.pop()
        for key in (*references(draft), *_appealed_by(draft, law)):
            if key in there and key not in theirs and key not in found:
                found[key] = there[key]
                waiting.append(there[key])
    return [draft for draft in law if key_of(draft) in found]


def otherwise(drafts: Iterable[Draft], law: Iterable[Draft]) -> Iterator[Problem]:
    """Documents with the name of one that comes with Licet, and another content: a version never changes."""
    contents = {key_of(draft): draft.tree for draft in law}
    for draft in drafts:
        if contents.get(key_of(draft), draft.tree) != draft.tree:
            message = f"the {draft.kind} `{draft.name}` comes with Licet, with another content; give it another version"
            yield Problem(draft.number, (draft.kind,), message)


def key_of(draft: Draft) -> Key:
    """What a document is told from others by."""
    return draft.kind, draft.name


def references(draft: Draft) -> Iterator[Key]:
    """The documents that a procedure names."""
    if draft.kind != "procedure":
        return
    yield "calendar", draft.tree["calendar"]
    for name in draft.tree.get("criteria", ()):
        yield "criteria", name
    if "form" in draft.tree:
        yield "form", draft.tree["form"]
    if "appeals" in draft.tree:
        yield "procedure", draft.tree["appeals"]


def _appealed_by(draft: Draft, law: Sequence[Draft]) -> Iterator[Key]:
    return (key_of(each) for each in law if draft.kind == "procedure" and each.tree.get("appeals") == draft.name)
