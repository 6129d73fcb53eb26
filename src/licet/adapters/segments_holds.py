"""`holds.jsonl`: legal holds as events, appended durably and read strictly. `spec/segments.md`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from licet.adapters.journal_file import sync_folder, write_all
from licet.record.log.fields import INSTANT, NAME, TEXT, many, or_null
from licet.record.refusal import Malformed, RecordRefused
from licet.record.spelling import canonical, json_object
from licet.services.record.keeping.holds import Hold, Release
from licet.services.record.ports import SegmentsUnusable

HOLDS = "holds.jsonl"

_BOTH = {"name": NAME, "at": INSTANT, "by": TEXT, "why": TEXT}
_SCOPE = {
    "segments": or_null(many(NAME, least=1)),
    "from": or_null(INSTANT),
    "until": or_null(INSTANT),
    "subject": or_null(TEXT),
}
_KEYS = {"hold": {"type", *_BOTH, *_SCOPE}, "release": {"type", *_BOTH}}


def read_holds(path: Path) -> tuple[Hold | Release, ...]:
    """Every event of a file, which need not be there. Raises `SegmentsUnusable`, `OSError`."""
    content = path.read_bytes() if path.exists() else b""
    # what follows the last line end is an append that was cut short
    lines = content.split(b"\n")[:-1]
    try:
        return tuple(_event(json_object(line, f"line {at}")) for at, line in enumerate(lines, 1))
    except RecordRefused as error:
        raise SegmentsUnusable(f"`{path}` cannot be read ({error}); nothing is deleted: restore a backup") from error


def append_hold(path: Path, event: Hold | Release) -> None:
    """Append an event, durably; an append that was cut short is cut off first."""
    read_holds(path)
    line = canonical(_tree(event)) + b"\n"
    _event(json_object(line[:-1], "hold"))
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_DSYNC | os.O_CLOEXEC, 0o600)
    try:
        there = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
        whole = there.rfind(b"\n") + 1
        os.ftruncate(descriptor, whole)
        os.lseek(descriptor, whole, os.SEEK_SET)
        write_all(descriptor, line)
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def _tree(event: Hold | Release) -> dict[str, Any]:
    tree = {name: form.write(getattr(event, name)) for name, form in _BOTH.items()}
    if isinstance(event, Release):
        return {"type": "release", **tree}
    scope = {"segments": event.segments, "from": event.since, "until": event.until, "subject": event.subject}
    return {"type": "hold", **tree, **{name: form.write(scope[name]) for name, form in _SCOPE.items()}}


def _event(tree: dict[str, Any]) -> Hold | Release:
    kind = tree.get("type")
    if not isinstance(kind, str) or tree.keys() != _KEYS.get(kind):
        raise Malformed("`type`", "neither a hold nor a release with its keys")
    name, at, by, why = (form.read(tree[key], f"`{key}`") for key, form in _BOTH.items())
    if kind == "release":
        return Release(name, at, by, why)
    segments, since, until, subject = (form.read(tree[key], f"`{key}`") for key, form in _SCOPE.items())
    return Hold(name, at, by, why, segments, since, until, subject)
