"""What somebody gives with an event on the command line: fields, parties, exhibits, when it happened."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from licet.cli.kinds import INSTANT_OR_NOW
from licet.cli.terminal.exits import Misnamed
from licet.core.cases.entry import Exhibit
from licet.core.cases.procedure import EventRule, FieldKind
from licet.services.cases.asked import exhibit
from licet.services.stored import StoredList
from licet.wire import yaml

Function = TypeVar("Function", bound=Callable[..., Any])

LISTS = frozenset(
    (FieldKind.LINES, FieldKind.CHOICES, FieldKind.COUNTRIES, FieldKind.MODELS, FieldKind.INSTRUMENTS, FieldKind.CASES)
)
BETWEEN = ";"
"""What stands between the members of a list or set in one cell, as in a CSV file of subjects."""

UNKNOWN = "unknown"
"""How a value is written that is not known."""

MOST_BYTES = 50 << 20
"""Bytes of one exhibit."""


def field_options(function: Function) -> Function:
    """Options that give fields and exhibits."""
    options = (
        click.option("--field", "fields", multiple=True, metavar="NAME=VALUE", help="A field; several add up."),
        click.option("--fields", "file", type=_FILE, help="A YAML file of fields by name."),
        click.option("--exhibit", "exhibits", multiple=True, type=_FILE, help="A document to attach; several add up."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def when_options(function: Function) -> Function:
    """Options for what is recorded after it happened."""
    late = click.option("--late", metavar="WHY", help="Why it is recorded only now; needed with --happened.")
    happened = click.option("--happened", type=INSTANT_OR_NOW, help="When it happened, where that was before now.")
    return happened(late(function))


_FILE = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class Given:
    """What came with an event. `content` are the bytes of its exhibits; `document` is where the fields stand."""

    fields: Mapping[str, Any] = field(default_factory=dict, hash=False)
    exhibits: tuple[Exhibit, ...] = ()
    content: tuple[StoredList, ...] = ()
    document: yaml.YamlDocument | None = None


def given(rule: EventRule, fields: Sequence[str], file: Path | None, exhibits: Sequence[Path]) -> Given:
    """The fields of an event, from a file and from options, and exhibits. Raises `Misnamed`, `YamlRejectedError`."""
    document = None if file is None else fields_file(file)
    found: dict[str, Any] = dict(document.tree) if document is not None else {}
    for name, text in split(fields):
        if name in found:
            raise Misnamed(f"the field `{name}` is given twice; `{BETWEEN}` stands between the members of a list")
        found[name] = value(rule, name, text)
    made = [attached(each) for each in exhibits]
    return Given(found, tuple(one for one, _ in made), tuple(content for _, content in made), document)


def split(pairs: Iterable[str]) -> list[tuple[str, str]]:
    """`NAME=VALUE`, taken apart. Raises `Misnamed`."""
    found = []
    for each in pairs:
        name, equals, text = each.partition("=")
        if not equals or not name:
            raise Misnamed(f"`{each}` is not a name with a value, as in `name=value`")
        found.append((name, text))
    return found


def value(rule: EventRule, name: str, text: str) -> Any:
    """The value that a text stands for, by the kind of the field; what does not read stays a text, to be refused."""
    need = rule.needs.get(name)
    if need is None:
        return text
    if text == UNKNOWN and not need.required and UNKNOWN not in need.field.values:
        return None
    match need.field.kind:
        case FieldKind.BOOLEAN:
            return {"true": True, "false": False}.get(text, text)
        case FieldKind.INTEGER:
            return int(text) if yaml.WHOLE_NUMBER.fullmatch(text) else text
        case kind if kind in LISTS:
            return [each.strip() for each in text.split(BETWEEN)] if text.strip() else []
        case _:
            return text


def fields_file(path: Path) -> yaml.YamlDocument:
    """A YAML file of fields by name: one mapping. Raises `Misnamed`, `YamlRejectedError`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Misnamed(f"cannot read `{path}`: {error.strerror}") from error
    documents = yaml.read(str(path), content)
    if len(documents) != 1 or not isinstance(documents[0].tree, dict):
        raise Misnamed(f"`{path}` is not one mapping of fields by name")
    return documents[0]


def attached(path: Path) -> tuple[Exhibit, StoredList]:
    """A file as an exhibit, under its own name. Raises `Misnamed`."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Misnamed(f"`{path}` has more than {MOST_BYTES >> 20} MiB: an exhibit has at most that")
        content = path.read_bytes()
    except OSError as error:
        raise Misnamed(f"cannot read `{path}`: {error.strerror}") from error
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return exhibit(path.name, media_type, content)


def happened_at(happened: datetime | str | None, now: datetime, late: str | None) -> datetime | None:
    """When it happened, if that is not now. Raises `Misnamed` for a late record without a reason, or the reverse."""
    if happened is None or isinstance(happened, str):
        if late is not None:
            raise Misnamed("`--late` says why something is recorded late: say when it happened, with `--happened`")
        return None
    if happened > now:
        raise Misnamed(f"`--happened {happened.isoformat()}` is in the future: what will happen is not recorded")
    if late is None or not late.strip():
        raise Misnamed("what is recorded after it happened needs a reason: `--late 'why only now'`")
    return happened
