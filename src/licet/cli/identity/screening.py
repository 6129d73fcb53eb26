"""`licet screen`: entries of a list that resemble somebody, and what a person decided about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from licet.cli.acts.attest import values_of
from licet.cli.acts.deed import done, signed
from licet.cli.command import Session, command
from licet.cli.identity.screening_blocks import candidate_lines, candidate_tree, hit_tree, run_blocks
from licet.cli.kinds import WRITTEN
from licet.cli.options import ACTOR, TIMEOUT
from licet.cli.root import screen
from licet.cli.terminal.blocks import Grid, Line, Reply, Tone, cell, count
from licet.cli.terminal.exits import Exit, Misnamed
from licet.cli.terminal.trees import Tree
from licet.core.trust import LEVELS
from licet.services.acts.what import What
from licet.services.identity import screening as service
from licet.services.identity.ports import Hit
from licet.services.identity.screening import THRESHOLD, Outcome, Screened
from licet.services.rulebooks import in_force
from licet.wire.screening_list import PartyList, read_party_list
from licet.wire.screening_names import Presented, presented, read_names, what_is_wrong

F = TypeVar("F", bound=Callable[..., Any])

FILE = click.Path(dir_okay=False, path_type=Path)
LIST = click.option(
    "--list", "listed", type=FILE, required=True, help="The list: a CSV file in the columns of the Consolidated one."
)
LIKE = click.option(
    "--threshold",
    type=click.IntRange(50, 100),
    default=THRESHOLD,
    show_default=True,
    help="From which likeness of names on an entry is shown.",
)
ASKED = {
    "name": "name (it is not kept)",
    "country": "country, two letters (or nothing)",
    "date_of_birth": "date of birth, YYYY-MM-DD or YYYY (or nothing)",
}
"""What is asked of whoever has no file. It is not in the command, where histories and other people would see it."""


class Asked(NamedTuple):
    """What was screened, with what, and what came of it."""

    people: tuple[Presented, ...]
    listed: PartyList
    found: Screened


@command(
    screen,
    "run",
    examples=(
        "licet screen run names.csv --list consolidated.csv",
        "licet screen run --subject u-7q2mabcdefghijkl --list consolidated.csv",
        "licet screen run names.csv --list consolidated.csv --all --json",
    ),
)
@click.argument("names", type=FILE, required=False)
@LIST
@click.option("--subject", help="Only this one; without NAMES you are asked for the name.")
@LIKE
@click.option("--all", "everything", is_flag=True, help="Also what was decided before.")
def run(
    session: Session, names: Path | None, listed: Path, subject: str | None, threshold: int, everything: bool
) -> Reply:
    """Entries of a list that resemble your subjects, and that nobody has decided about yet.

    NAMES is a CSV file of yours with `subject`, `name` and, where you know them, `alt_names`, `type`, `country`,
    `date_of_birth`. Nothing of it is kept. Exit code 1 if there is something to decide.
    """
    asked = _screened(session, names, listed, subject, threshold)
    fresh = asked.found.fresh
    tree = {
        "list": asked.listed.digest,
        "entries": len(asked.listed.parties),
        "subjects": asked.found.subjects,
        "threshold": threshold,
        "candidates": [candidate_tree(each) for each in fresh],
        "disposed": [candidate_tree(each) for each in asked.found.disposed] if everything else [],
    }
    return Reply(tree, run_blocks(asked.found, len(asked.listed.parties), everything), Exit.NO if fresh else Exit.OK)


@command(screen, "list", examples=("licet screen list", "licet screen list --subject u-7q2mabcdefghijkl --json"))
@click.option("--subject", help="Only what was decided about this one.")
def list_(session: Session, subject: str | None) -> Reply:
    """What was decided about candidates, oldest first."""
    hits = session.installation.store.dispositions(subject)
    rows = [
        [
            cell(each.at.isoformat(timespec="seconds"), Tone.QUIET),
            cell(each.subject, Tone.STRONG),
            cell(each.outcome, Tone.BAD if each.outcome == Outcome.MATCH else Tone.GOOD),
            cell(each.candidate[:12]),
            cell(each.actor),
            cell(each.reason.replace("\n", " ")),
        ]
        for each in hits
    ]
    grid = Grid(rows, ("at", "subject", "outcome", "candidate", "by", "reason"))
    return Reply({"dispositions": [hit_tree(each) for each in hits]}, [grid] if hits else [Line("nothing was decided")])


@command(
    screen,
    "dispose",
    examples=(
        (
            "licet screen dispose u-7q2mabcdefghijkl 1f2e3d names.csv --list consolidated.csv \\\n"
            "    --outcome 'no match' --reason 'born 30 years later; another country'"
        ),
        (
            "licet screen dispose u-7q2mabcdefghijkl 1f2e3d names.csv --list consolidated.csv \\\n"
            "    --outcome match --reason 'same passport as listed' --attest designated_covered_person=true \\\n"
            "    --level high --until 2027-06-30T00:00:00Z --sign-with ann.key"
        ),
    ),
)
@click.argument("subject")
@click.argument("candidate")
@click.argument("names", type=FILE, required=False)
@LIST
@LIKE
@click.option("--outcome", required=True, type=click.Choice([each.value for each in Outcome]), help="What you decide.")
@click.option("--reason", required=True, help="Why; kept with it, so without personal data.")
@click.option("--attest", "facts", multiple=True, metavar="FACT=VALUE", help="With a match: what follows of it.")
@click.option("--level", type=click.Choice(sorted(LEVELS)), help="The assurance level of what is attested.")
@click.option("--until", type=WRITTEN, help="From when on what is attested is unknown again.")
@ACTOR
@signed
@TIMEOUT
def dispose(
    session: Session,
    subject: str,
    candidate: str,
    names: Path | None,
    listed: Path,
    threshold: int,
    outcome: str,
    reason: str,
    facts: tuple[str, ...],
    level: str | None,
    until: datetime | None,
    actor: str | None,
    timeout: float,
) -> Reply:
    """Decide about a candidate, by the beginning of its name. It is found again with the same list and names.

    A match is yours alone to decide; that there is none needs another officer, as does what you attest.
    """
    _check_attested(session, outcome, facts, level, until)
    asked = _screened(session, names, listed, subject, threshold)
    found = service.chosen((*asked.found.fresh, *asked.found.disposed), subject, candidate)
    fields = service.fields_of(found, asked.listed, Outcome(outcome), reason)
    more = {"candidate": candidate_tree(found), "outcome": outcome}
    if not session.governed:
        return _noted(session, fields, more, actor)
    reply = done(session, What.SCREEN, fields, timeout=timeout, more=more)
    if not facts or level is None or until is None:
        return reply
    attested = {
        "subject": subject,
        "facts": values_of(facts, in_force(session.installation.store).facts),
        "reason": reason,
        "evidence": f"screening, candidate {found.id}",
        "level": level,
        "framework": f"list {asked.listed.digest}",
        "until": until.isoformat(),
    }
    second = done(session, What.ATTEST, attested, timeout=timeout)
    exit_ = second.exit if reply.exit is Exit.OK else reply.exit
    return replace(
        reply, tree={**reply.tree, "attest": second.tree}, blocks=[*reply.blocks, *second.blocks], exit=exit_
    )


def _check_attested(
    session: Session, outcome: str, facts: Sequence[str], level: str | None, until: datetime | None
) -> None:
    if not facts:
        if level is not None or until is not None:
            raise Misnamed("`--level` and `--until` go with `--attest`")
        return
    if outcome != Outcome.MATCH:
        raise Misnamed("only a match has something to attest; `licet retract` withdraws what was attested")
    if level is None or until is None:
        raise Misnamed("what is attested needs `--level` and `--until`")
    if not session.governed:
        raise Misnamed("only officers attest, and there are none yet: `licet officers appoint` appoints the first")


def _noted(session: Session, fields: dict[str, str], more: Tree, actor: str | None) -> Reply:
    """A decision of an installation without officers, in the name of whoever is at the keyboard."""
    installation = session.installation
    name = actor or session.world.actor
    installation.store.dispose(Hit(**fields, actor=name, at=installation.now()))
    blocks = [Line(f"noted: {fields['outcome']}, by {name}", Tone.STRONG), *candidate_lines(more["candidate"])]
    return Reply({**more, "actor": name}, blocks)


def _screened(session: Session, names: Path | None, listed: Path, subject: str | None, threshold: int) -> Asked:
    party_list = read_party_list(_content(listed), str(listed))
    installation = session.installation
    people = _people(session, names, subject)
    index = session.world.name_index(party_list.parties)
    hits = installation.store.dispositions(subject)
    found = service.screen(people, index, hits, secret=installation.secret, threshold=threshold)
    return Asked(people, party_list, found)


def _people(session: Session, names: Path | None, subject: str | None) -> tuple[Presented, ...]:
    """Whom to screen; each is a subject that is there."""
    if names is None:
        if subject is None:
            raise Misnamed("name a file of names, or `--subject` to be asked for one")
        _check_there(session, [subject])
        return (_asked_for(subject),)
    people = read_names(_content(names), str(names))
    if subject is not None:
        people = tuple(each for each in people if each.subject == subject)
        if not people:
            raise Misnamed(f"`{names}` has no row for `{subject}`")
    _check_there(session, [each.subject for each in people])
    return people


def _asked_for(subject: str) -> Presented:
    cells = {"subject": subject}
    for column, question in ASKED.items():
        text = click.prompt(question, default=None if column == "name" else "", show_default=False, err=True).strip()
        problem = what_is_wrong(column, text)
        if problem is not None:
            raise Misnamed(problem)
        cells[column] = text
    return presented(cells)


def _check_there(session: Session, subjects: Sequence[str]) -> None:
    there = session.installation.store.kinds(subjects)
    missing = [each for each in subjects if each not in there]
    if missing:
        raise Misnamed(f"`{missing[0]}` is not a subject ({count(len(missing), 'subject')} missing); import it first")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Misnamed(f"cannot read `{path}`: {error.strerror}") from error
