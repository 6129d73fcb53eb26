"""`licet record hold`: legal holds, which freeze the deletion of segments."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import click

from licet.cli.acts.deed import allowed, signed
from licet.cli.command import Session, command
from licet.cli.kinds import WRITTEN
from licet.cli.options import ACTOR
from licet.cli.root import record
from licet.cli.terminal.blocks import Grid, Line, Reply, Tone, cell, listed
from licet.cli.terminal.exits import Misnamed
from licet.cli.terminal.trees import Tree, instant
from licet.services.identity.pseudonyms import pseudonyms, same_subject
from licet.services.record.keeping.holds import Hold, HoldRefused, Release, active, covers
from licet.services.record.keeping.holds import add as add_hold
from licet.services.record.keeping.holds import release as release_hold

WHY = click.option("--why", required=True, help="Why: the case, the request, the court.")


@record.group()
def hold() -> None:
    """Legal holds: what must not be deleted, until they are released."""


@command(
    hold,
    "add",
    examples=(
        "licet record hold add case-7 --from 2026-06-12T00:00:00Z --until 2026-06-27T00:00:00Z --why 'BIS request 7'",
        "licet record hold add audit --subject alice --why 'her appeal'",
        "licet record hold add everything --why 'litigation'",
    ),
)
@click.argument("name")
@click.option("--segment", "segments", multiple=True, help="Only this segment; several add up.")
@click.option("--from", "since", type=WRITTEN, help="Only segments with a record from this instant on.")
@click.option("--until", type=WRITTEN, help="Only segments with a record before this instant.")
@click.option("--subject", help="Only segments in which a decision names this subject.")
@WHY
@ACTOR
def add(
    session: Session,
    name: str,
    segments: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    subject: str | None,
    why: str,
    actor: str | None,
) -> Reply:
    """Freeze the deletion of segments: all that meet everything that is said, or all there are and will be."""
    installation = session.installation
    folder = installation.sealing
    unknown = sorted(set(segments) - {each.name for each in folder.sealed()})
    if unknown:
        raise Misnamed(f"there is no sealed segment `{unknown[0]}`")
    if subject is not None and installation.store.subject(subject) is None:
        raise Misnamed(f"there is no subject `{subject}`")
    made = Hold(
        name,
        installation.now(),
        actor or session.world.actor,
        why,
        tuple(dict.fromkeys(segments)) or None,
        since and since.astimezone(UTC),
        until and until.astimezone(UTC),
        None if subject is None else pseudonyms(installation.pseudonyms, subject)[0],
    )
    with folder.alone():
        add_hold(folder, made)
    same = same_subject(installation.pseudonyms, installation.store.subject_names)
    covered = [each.name for each in folder.sealed() if covers(made, each, partial(folder.subjects, each), same)]
    tree = {**_tree(made), "covers": covered}
    return Reply(tree, [Line(f"`{name}` holds {len(covered)} of {len(folder.sealed())} segments", Tone.GOOD)])


@command(hold, "list", examples=("licet record hold list", "licet record hold list --json | jq '.holds[].name'"))
def show(session: Session) -> Reply:
    """The holds that are active."""
    found = active(session.installation.sealing.holds()).values()
    rows = [
        [
            cell(each.name, Tone.STRONG),
            cell(instant(each.at), Tone.QUIET),
            cell(each.by),
            cell(_scope(each)),
            cell(each.why),
        ]
        for each in found
    ]
    blocks = [Grid(rows, ("hold", "since", "by", "covers", "why"))] if rows else [Line("there are no holds")]
    return Reply({"holds": [_tree(each) for each in found]}, blocks)


@command(hold, "release", examples=("licet record hold release case-7 --why 'closed on 3 July'",))
@click.argument("name")
@WHY
@click.option("--by", "act", metavar="ACT", help="The approved act that allows it, where there are officers.")
@ACTOR
@signed
def release(session: Session, name: str, why: str, act: str | None, actor: str | None) -> Reply:
    """End a hold. What it covered may be deleted once its time is over.

    Where there are officers, the first call proposes it, because nothing brings back what is deleted then; once another
    one has approved that, call it again with `--by`.
    """
    installation = session.installation
    folder = installation.sealing
    if name not in active(folder.holds()):
        raise HoldRefused(f"there is no hold `{name}`; `licet record hold list` names those that are active")
    if session.governed and (waits := allowed(session, "release a hold", why, act, name)) is not None:
        return waits
    ended = Release(name, installation.now(), actor or session.world.actor, why)
    with folder.alone():
        release_hold(folder, ended)
    tree = {"name": name, "at": instant(ended.at), "by": ended.by, "why": why}
    return Reply(tree, [Line(f"`{name}` is released", Tone.GOOD)])


def _tree(each: Hold) -> Tree:
    return {
        "name": each.name,
        "at": instant(each.at),
        "by": each.by,
        "why": each.why,
        "segments": None if each.segments is None else list(each.segments),
        "from": instant(each.since),
        "until": instant(each.until),
        "subject": each.subject,
    }


def _scope(each: Hold) -> str:
    """What a hold covers, in words."""
    parts = [
        listed(each.segments) if each.segments else "",
        f"from {instant(each.since)}" if each.since else "",
        f"until {instant(each.until)}" if each.until else "",
        f"subject {each.subject}" if each.subject else "",
    ]
    return " ".join(filter(None, parts)) or "everything"
