"""`licet export cedar`: the rulebook as files that others can read and run."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import click
from click.core import ParameterSource

from licet.cli.command import Session, command
from licet.cli.files import source_files
from licet.cli.kinds import INSTANT
from licet.cli.root import export
from licet.cli.terminal.blocks import Block, Grid, Line, Reply, Tone, cell, count, short
from licet.cli.terminal.exits import Misnamed
from licet.cli.terminal.trees import Tree, instant
from licet.core.rulebook import Rulebook
from licet.engines.cedar.guide import ENTITIES, POLICIES, SCHEMA, guide, when
from licet.engines.cedar.policies import CedarExport, cedar_export, subject_entity
from licet.engines.cedar.schema import EPOCH, Entity
from licet.services.keys import pseudonym
from licet.services.rulebooks import in_force, propose
from licet.services.subjects import expected, facts_at, next_change, next_trust_boundary

GUIDE = "README.md"


class Subjects(StrEnum):
    """Which subjects of the store are exported, and under what names."""

    NONE = "none"
    PSEUDONYMOUS = "pseudonymous"
    NAMED = "named"


class People(NamedTuple):
    """Subjects as entities, and the first instant at which a fact of one of them expires, if one does."""

    entities: list[Entity]
    until: datetime | None


class Change(StrEnum):
    """What became of a file."""

    WRITTEN = "written"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"


@command(
    export,
    "cedar",
    examples=(
        "licet export cedar",
        "licet export cedar --out cedar/ --replace order.yaml",
        "licet export cedar --at 2026-06-12T18:51:00-04:00 --subjects named --json",
    ),
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default="cedar",
    show_default=True,
    metavar="DIR",
    help="Where the files go.",
)
@click.option("--at", type=INSTANT, help="Only the law of this instant, as long as it is constant. [default: all time]")
@click.option(
    "--subjects",
    type=click.Choice([each.value for each in Subjects]),
    default=Subjects.NONE.value,
    show_default=True,
    help="Also the subjects, with their facts as of --at (or now).",
)
@click.option("--replace", is_flag=True, help="Replace files that are there with other contents.")
def cedar(
    session: Session, files: tuple[Path, ...], out: Path, at: datetime | None, subjects: str, replace: bool
) -> Reply:
    """Write the rulebook as Cedar policies, schema and entities that give the same decisions.

    FILES are drafts on top of what is enacted; none: what is enacted. Nothing is changed. The README.md beside them
    says how to ask Cedar, and what it cannot say.
    """
    now = session.installation.now() if session.is_installed else session.world.now()
    # `now` on the command line is None too
    chosen = click.get_current_context().get_parameter_source("at") is not ParameterSource.DEFAULT
    at = at or now
    rulebook = rulebook_of(session, files)
    made = cedar_export(rulebook, at if chosen else None)
    people = people_of(session, rulebook, Subjects(subjects), at)
    contents = contents_of(rulebook, made, people, at)
    changes = write(out, contents, replace=replace, private=bool(people.entities))
    tree = {
        "rulebook": rulebook.digest,
        "epoch": rulebook.epoch,
        "from": instant(made.start),
        "until": instant(made.end),
        "files": [file_tree(out / name, content, changes[name]) for name, content in contents.items()],
        "subjects": len(people.entities),
        "facts_at": instant(at) if people.entities else None,
        "facts_until": instant(people.until),
    }
    return Reply(tree, [table(out, contents, changes), *notes(rulebook, when(made), people)])


def contents_of(rulebook: Rulebook, made: CedarExport, people: People, at: datetime) -> dict[str, bytes]:
    """The files by name. Of the same law and facts they are always the same, byte for byte."""
    entities = json.dumps([*made.entities, *people.entities], indent=1, sort_keys=True, ensure_ascii=False)
    since = max(rulebook.interval(at)[0], EPOCH)
    texts = {POLICIES: made.policies, SCHEMA: made.schema, ENTITIES: entities + "\n"}
    return {name: text.encode() for name, text in {**texts, GUIDE: guide(rulebook, made, since)}.items()}


def file_tree(path: Path, content: bytes, change: Change) -> Tree:
    """One file of the export."""
    return {
        "name": path.name,
        "path": str(path),
        "digest": digest(content),
        "bytes": len(content),
        "change": change.value,
    }


def rulebook_of(session: Session, files: tuple[Path, ...]) -> Rulebook:
    """What is enacted, with drafts on top if there are any. Raises `ConfigurationUnusable` if there is neither."""
    if not files:
        return in_force(session.installation.store)
    store = session.installation.store if session.is_installed else None
    return propose(store, source_files(files)).rulebook


def people_of(session: Session, rulebook: Rulebook, subjects: Subjects, at: datetime) -> People:
    """The subjects of the store as entities, with their facts as of an instant."""
    if subjects is Subjects.NONE:
        return People([], None)
    secret = session.installation.pseudonyms.current()[1]
    store, trusts = session.installation.store, rulebook.trusts(at)
    confirmed = expected(store.confirmed(), session.installation.now(), at)
    entities, ends = [], [next_trust_boundary(rulebook, at)]
    for record in store.subjects():
        name = record.id if subjects is Subjects.NAMED else pseudonym(secret, record.id)
        entities.append(subject_entity(name, rulebook.facts, facts_at(record, rulebook.facts, trusts, confirmed, at)))
        ends.append(next_change(record, trusts, confirmed, at))
    return People(entities, min((end for end in ends if end is not None), default=None))


def digest(content: bytes) -> str:
    """A file's digest."""
    return f"sha256:{sha256(content).hexdigest()}"


def write(directory: Path, contents: Mapping[str, bytes], *, replace: bool, private: bool) -> dict[str, Change]:
    """Write files whole or not at all, each beside its place first; what stays the same is left alone.

    `private`: for nobody else to read.

    Raises `Misnamed`, before anything is written, for a file that is there with another content, unless `replace`.
    """
    try:
        changes = {name: change(directory / name, content) for name, content in contents.items()}
        for name, each in changes.items():
            if each is Change.REPLACED and not replace:
                raise Misnamed(
                    f"`{directory / name}` exists with another content, and nothing was changed; use `--replace`, or"
                    " name another directory with `--out`"
                )
        directory.mkdir(parents=True, exist_ok=True)
        fresh = {name: contents[name] for name, each in changes.items() if each is not Change.UNCHANGED}
        put(directory, fresh, 0o600 if private else 0o666)
    except OSError as error:
        raise Misnamed(f"cannot write `{error.filename or directory}`: {error.strerror}") from error
    return changes


def change(path: Path, content: bytes) -> Change:
    """What writing a content would do to a file."""
    try:
        return Change.UNCHANGED if path.read_bytes() == content else Change.REPLACED
    except FileNotFoundError:
        return Change.WRITTEN


def put(directory: Path, contents: Mapping[str, bytes], mode: int) -> None:
    """Write all contents durably under other names, then give them their names."""
    parts = {directory / f".{name}.{os.getpid()}.part": directory / name for name in contents}
    try:
        for part, path in parts.items():
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(handle, "wb") as file:
                file.write(contents[path.name])
                file.flush()
                os.fsync(file.fileno())
        for part, path in parts.items():
            part.replace(path)
    finally:
        for part in parts:
            with contextlib.suppress(FileNotFoundError):
                part.unlink()


def table(out: Path, contents: Mapping[str, bytes], changes: Mapping[str, Change]) -> Grid:
    """The files."""
    rows = [
        [
            cell(out / name, Tone.STRONG),
            cell(changes[name].value),
            cell(f"{len(content):,}"),
            cell(short(digest(content)), Tone.QUIET),
        ]
        for name, content in contents.items()
    ]
    return Grid(rows, ("file", "", "bytes", "digest"))


def notes(rulebook: Rulebook, time: str, people: People) -> list[Block]:
    """What the export is about, and how long its facts hold."""
    lines: list[Block] = [Line(f"the rulebook {short(rulebook.digest)} (epoch {rulebook.epoch}), {time}", Tone.GOOD)]
    if people.entities:
        until = f"; the first of their facts expires {people.until.isoformat()}" if people.until else ""
        text = f"{count(len(people.entities), 'subject')} with their facts: personal data, pseudonyms or not{until}"
        lines.append(Line(text, Tone.WARN))
    return lines
