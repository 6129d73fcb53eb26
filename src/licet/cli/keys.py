"""`licet keys`: make, list and revoke API keys."""

from __future__ import annotations

from datetime import datetime

import click

from licet.cli import log_keys  # noqa: F401 - adds its commands to the same group
from licet.cli.acts.deed import done, signed
from licet.cli.command import Session, command
from licet.cli.kinds import WRITTEN, utc
from licet.cli.options import ACTOR, TIMEOUT
from licet.cli.root import keys
from licet.cli.terminal.blocks import Block, Grid, Line, Reply, Tone, cell, listed
from licet.cli.terminal.told import exit_of, reached
from licet.cli.terminal.trees import Tree, instant, key_tree, workers_tree
from licet.services import keys as service
from licet.services.acts.what import What
from licet.services.announce import Announcement, announce
from licet.services.rulebooks import in_force
from licet.services.stored import KeyRecord

TONES = {"valid": Tone.GOOD, "expired": Tone.QUIET, "revoked": Tone.QUIET}


@command(
    keys,
    "create",
    examples=(
        "licet keys create alice",
        "licet keys create batch-7 --scope model:fable-5 --expires 2027-01-01T00:00:00Z",
        "licet keys create mail-agent --acts-for alice",
    ),
)
@click.argument("subject")
@click.option("--scope", "scopes", multiple=True, help="model:NAME or family:NAME; several add up. None: every model.")
@click.option("--expires", type=WRITTEN, help="The instant from which on it lets nobody in.")
@click.option(
    "--acts-for", metavar="SUBJECT", help="The person for whom its bearer asks, and beyond whom it never gets."
)
@ACTOR
@signed
@TIMEOUT
def create(
    session: Session,
    subject: str,
    scopes: tuple[str, ...],
    expires: datetime | None,
    acts_for: str | None,
    actor: str | None,
    timeout: float,
) -> Reply:
    """Make a key for a subject. It is shown this once; only a keyed hash of it is kept.

    With `--acts-for` the subject is an agent: what is refused to either of the two is refused.
    """
    installation = session.installation
    models = {each.name: each.family for each in in_force(installation.store).catalogue.models.values()}
    if session.governed:
        return created(session, subject, service.checked_scopes(scopes, models), utc(expires), acts_for, timeout)
    record, plaintext = service.create(
        installation.store,
        subject,
        scopes=service.checked_scopes(scopes, models),
        actor=actor or session.world.actor,
        now=installation.now(),
        expires_at=utc(expires),
        acts_for=acts_for,
        pepper=installation.secret,
        random_bytes=session.world.random_bytes,
    )
    told = announce(installation.workers, stopwatch=session.world.stopwatch, timeout=timeout)
    blocks: list[Block] = [
        Line(plaintext, Tone.STRONG),
        _kept_now(record.id, subject, acts_for),
    ]
    blocks += reached(told, "known to")
    tree = {"key": plaintext, **key_tree(record, "valid"), "workers": told_tree(told)}
    return Reply(tree, blocks, exit_of(told))


@command(keys, "list", examples=("licet keys list", "licet keys list --subject alice --json"))
@click.option("--subject", help="Only the keys of this subject.")
def list_(session: Session, subject: str | None) -> Reply:
    """All keys, oldest first, without their secrets."""
    now = session.installation.now()
    found = [key for key in session.installation.store.keys() if subject in (None, key.subject)]  # noqa: SIM118 - a store is no mapping
    tree = {"keys": [key_tree(key, state_of(key, now)) for key in found]}
    return Reply(tree, [keys_grid(found, now)] if found else [Line("there are no keys: `licet keys create SUBJECT`")])


@command(keys, "revoke", examples=("licet keys revoke k3x7q2mz --reason 'left the company'",))
@click.argument("key", metavar="ID")
@click.option("--reason", required=True, help="Why; kept with the revocation.")
@ACTOR
@signed
@TIMEOUT
def revoke(session: Session, key: str, reason: str, actor: str | None, timeout: float) -> Reply:
    """End a key for good, by its ID or its whole text. Answers that are under way with it end too."""
    installation = session.installation
    name = service.parse(key) or key
    if session.governed:
        more = {"id": name, "revoked": True, "reason": reason}
        return done(session, What.REVOKE_KEY, {"id": name, "reason": reason}, timeout=timeout, more=more)
    service.revoke(installation.store, key, actor=actor or session.world.actor, now=installation.now(), reason=reason)
    told = announce(installation.workers, stopwatch=session.world.stopwatch, timeout=timeout)
    tree: Tree = {"id": name, "revoked": True, "reason": reason, "workers": told_tree(told)}
    return Reply(tree, [Line(f"revoked key {name}", Tone.STRONG), *reached(told)], exit_of(told))


def created(
    session: Session,
    subject: str,
    scopes: tuple[str, ...],
    expires: datetime | None,
    acts_for: str | None,
    timeout: float,
) -> Reply:
    """A key whose text its proposer has at once; it lets nobody in before somebody else has approved it."""
    issued = session.administration.issue_key(subject, scopes, expires, acts_for)
    shown: list[Block] = [
        Line(issued.text, Tone.STRONG),
        _kept_now(issued.fields["id"], subject, acts_for),
    ]
    more = {"key": issued.text, "id": issued.fields["id"], "subject": subject}
    return done(session, What.MAKE_KEY, issued.fields, timeout=timeout, more=more, said=shown, waiting=shown)


def _kept_now(key: str, subject: str, acts_for: str | None) -> Line:
    whose = subject if acts_for is None else f"{subject}, who acts for {acts_for}"
    return Line(f"this is key {key} of {whose}; it is not shown again, so keep it now", Tone.WARN)


def keys_grid(found: list[KeyRecord], now: datetime) -> Grid:
    """Keys as a table."""
    rows = [
        [
            cell(key.id, Tone.STRONG),
            cell(key.subject if key.acts_for is None else f"{key.subject} for {key.acts_for}"),
            cell(state_of(key, now), TONES[state_of(key, now)]),
            cell(listed(key.scopes) or "every model"),
            cell(key.created_at.isoformat(timespec="seconds")),
            cell(instant(key.expires_at)),
        ]
        for key in found
    ]
    return Grid(rows, ("id", "subject", "state", "scopes", "created", "expires"))


def state_of(key: KeyRecord, now: datetime) -> str:
    """`valid`, `expired` or `revoked`."""
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now else "valid"


def told_tree(told: Announcement) -> Tree:
    """How far it got, as JSON."""
    return workers_tree(told.acks, told.silences, told.gone, told.seconds)
