"""`licet subjects`: import, list and show who asks."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from licet.cli.acts.deed import done, signed
from licet.cli.command import Session, command
from licet.cli.files import source_files
from licet.cli.keys import keys_grid, state_of, told_tree
from licet.cli.options import ACTOR, TIMEOUT
from licet.cli.root import subjects
from licet.cli.terminal.blocks import Block, Grid, Line, Reply, Tone, cell, count, pairs
from licet.cli.terminal.exits import Misnamed
from licet.cli.terminal.progress import tracked
from licet.cli.terminal.told import exit_of, reached
from licet.cli.terminal.trees import attestation_tree, has_expired, key_tree
from licet.core.attestations import Attestation
from licet.services.acts.carried import Carried
from licet.services.acts.what import What
from licet.services.announce import announce
from licet.services.explain import shown
from licet.services.ports import Store
from licet.services.rulebooks import in_force, propose
from licet.services.stored import SubjectRecord
from licet.services.subjects import Imported, import_documents, import_people
from licet.wire.canonical import digest
from licet.wire.people import read_people


@command(
    subjects,
    "import",
    examples=("licet subjects import people.csv", "licet subjects import people.yaml --actor 'identity desk'"),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@ACTOR
@signed
@TIMEOUT
def import_(session: Session, file: Path, actor: str | None, timeout: float) -> Reply:
    """Add subjects and what is attested about them: all of FILE, or nothing of it.

    FILE is CSV, with one row a subject and one column a fact, or YAML with `subject` documents. A fact that is there
    already is replaced by the newer attestation; facts that are not named stay. Every problem is named with its place.
    Where there are officers, it waits for another one, who approves it with the very same file.
    """
    if session.governed:
        return _import_by_officer(session, file, timeout)
    installation = session.installation
    actor = actor or session.world.actor
    if file.suffix in (".yaml", ".yml"):
        made = _from_yaml(installation.store, file, actor, installation.now())
    else:
        made = _from_csv(session, file, actor)
    told = announce(installation.workers, stopwatch=session.world.stopwatch, timeout=timeout)
    found = (
        f"{count(made.subjects, 'subject')} read, {made.new:,} of them new, {count(made.attestations, 'attestation')}"
    )
    tree = {
        "subjects": made.subjects,
        "new": made.new,
        "attestations": made.attestations,
        "workers": told_tree(told),
    }
    return Reply(tree, [Line(found, Tone.STRONG), *reached(told)], exit_of(told))


@command(subjects, "suspend", examples=("licet subjects suspend u-7q2m --reason 'a stolen account'",))
@click.argument("subject")
@click.option("--reason", required=True, help="Why; kept with it.")
@ACTOR
@signed
@TIMEOUT
def suspend(session: Session, subject: str, reason: str, actor: str | None, timeout: float) -> Reply:
    """Let nobody in as this subject, at once; answers that are under way end. One officer is enough."""
    fields = {"subject": subject, "reason": reason}
    if session.governed:
        return done(session, What.SUSPEND, fields, timeout=timeout, more={"subject": subject, "suspended": True})
    return _suspended(session, subject, reason, actor, timeout, suspended=True)


@command(subjects, "resume", examples=("licet subjects resume u-7q2m --reason 'they have a new password'",))
@click.argument("subject")
@click.option("--reason", required=True, help="Why; kept with it.")
@ACTOR
@signed
@TIMEOUT
def resume(session: Session, subject: str, reason: str, actor: str | None, timeout: float) -> Reply:
    """Let a suspended subject in again. Where there are officers, another one has to approve it."""
    fields = {"subject": subject, "reason": reason}
    if session.governed:
        return done(session, What.RESUME, fields, timeout=timeout, more={"subject": subject, "suspended": False})
    return _suspended(session, subject, reason, actor, timeout, suspended=False)


@command(subjects, "list", examples=("licet subjects list", "licet subjects list --json | jq -r '.subjects[].id'"))
def list_(session: Session) -> Reply:
    """All subjects, by name, with how many facts are attested."""
    now = session.installation.now()
    found = list(session.installation.store.subjects())
    rows = [[cell(each.id, Tone.STRONG), cell(each.kind), *map(cell, _facts(each, now))] for each in found]
    trees = []
    for each in found:
        valid, expired = _facts(each, now)
        trees.append({"id": each.id, "kind": each.kind, "facts": valid, "expired": expired})
    missing = Line("there are no subjects: `licet subjects import people.csv`")
    return Reply({"subjects": trees}, [Grid(rows, ("subject", "kind", "facts", "expired")) if rows else missing])


@command(subjects, "show", examples=("licet subjects show alice", "licet subjects show alice --json"))
@click.argument("subject")
def show(session: Session, subject: str) -> Reply:
    """One subject: each fact with who attested it, how, at what level, when and until when; and its keys."""
    store, now = session.installation.store, session.installation.now()
    record = store.subject(subject)
    if record is None:
        raise Misnamed(f"there is no subject `{subject}`; `licet subjects list` names them")
    keys = [key for key in store.keys() if key.subject == subject]  # noqa: SIM118 - a store is no mapping
    blocks: list[Block] = [pairs(("subject", Line(record.id, Tone.STRONG)), ("kind", record.kind))]
    blocks += attested(record, now) or [Line("nothing is attested, so every fact is unknown")]
    if keys:
        blocks.append(keys_grid(keys, now))
    tree = {
        "id": record.id,
        "kind": record.kind,
        "facts": [attestation_tree(each, now) for each in record.attestations],
        "keys": [key_tree(key, state_of(key, now)) for key in keys],
    }
    return Reply(tree, blocks)


def _suspended(
    session: Session, subject: str, reason: str, actor: str | None, timeout: float, *, suspended: bool
) -> Reply:
    """Suspend or resume, where there are no officers yet."""
    installation, actor = session.installation, actor or session.world.actor
    if not installation.store.kinds([subject]):
        raise Misnamed(f"there is no subject `{subject}`; `licet subjects list` names them")
    change = installation.store.suspend if suspended else installation.store.resume
    if not change(subject, actor=actor, at=installation.now(), reason=reason):
        raise Misnamed(f"`{subject}` is {'suspended already' if suspended else 'not suspended'}")
    told = announce(installation.workers, stopwatch=session.world.stopwatch, timeout=timeout)
    tree = {"subject": subject, "suspended": suspended, "reason": reason, "workers": told_tree(told)}
    line = Line(f"{subject} is {'suspended' if suspended else 'let in again'}", Tone.STRONG)
    return Reply(tree, [line, *reached(told)], exit_of(told))


def _import_by_officer(session: Session, file: Path, timeout: float) -> Reply:
    content = file.read_bytes()
    fields = {"file": file.name, "digest": digest(content)}
    hint = Line(f"who approves it needs the same file: licet approve ID --file {file.name}", Tone.WARN)
    return done(session, What.IMPORT, fields, timeout=timeout, carried=Carried(file=content), waiting=[hint])


def _from_csv(session: Session, file: Path, actor: str) -> Imported:
    store, now = session.installation.store, session.installation.now()
    with file.open("rb") as content:
        size = file.stat().st_size
        lines = tracked(content, size, file.name, stream=sys.stderr, stopwatch=session.world.stopwatch)
        people = read_people(lines, in_force(store).facts, file=str(file))
        return import_people(store, people, file=file.name, actor=actor, now=now)


def _from_yaml(store: Store, file: Path, actor: str, now: datetime) -> Imported:
    proposal = propose(store, source_files([file]))
    own, _ = proposal.told_apart()
    if own:
        raise Misnamed(f"`{file}` also holds {own[0].kind} `{own[0].name}`; enact that from a file of its own")
    if not proposal.subjects:
        raise Misnamed(f"`{file}` holds no subjects")
    return import_documents(store, proposal.subjects, proposal.before.facts, actor=actor, now=now)


def _facts(record: SubjectRecord, now: datetime) -> tuple[int, int]:
    """How many facts count, and how many have expired."""
    expired = sum(has_expired(each, now) for each in record.attestations)
    return len(record.attestations) - expired, expired


def attested(record: SubjectRecord, now: datetime) -> list[Block]:
    """What is attested, under who attested it, how, at what level and when."""
    groups: dict[str, list[Attestation]] = {}
    for each in record.attestations:
        heading = f"attested by {each.attested_by}, level {each.level}, on {each.at.isoformat()}: {each.how}"
        groups.setdefault(heading, []).append(each)
    blocks: list[Block] = []
    for heading, group in groups.items():
        blocks += [Line(heading), Grid([_row(each, now) for each in group], ("fact", "value", "until"))]
    return blocks


def _row(attestation: Attestation, now: datetime) -> list[Line]:
    """A fact, its value, and until when it counts."""
    expired = has_expired(attestation, now)
    tone = Tone.QUIET if expired else Tone.PLAIN
    until = attestation.until.isoformat() if attestation.until else ""
    return [
        cell(attestation.fact, Tone.QUIET if expired else Tone.STRONG),
        cell(shown(attestation.value), tone),
        cell(f"{until} (expired)" if expired else until, Tone.WARN if expired else tone),
    ]
