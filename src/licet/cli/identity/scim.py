"""`licet scim`: organisations that push their members, each by a token that is shown once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from licet.cli.acts.deed import done, signed
from licet.cli.command import Session, command
from licet.cli.options import ACTOR, TIMEOUT
from licet.cli.root import scim
from licet.cli.terminal.blocks import Block, Grid, Line, Reply, Tone, cell
from licet.cli.terminal.trees import Tree
from licet.core.attestations import Carrier
from licet.services.acts.what import What
from licet.services.identity.organisations import clients as service
from licet.services.rulebooks import in_force

if TYPE_CHECKING:
    from licet.services.identity.ports import Client


@command(scim, "create", examples=("licet scim create acme.example",))
@click.argument("attester")
@ACTOR
@signed
@TIMEOUT
def create(session: Session, attester: str, actor: str | None, timeout: float) -> Reply:
    """Make a token for an organisation, under the name by which trust documents believe it.

    It is shown this once; only a keyed hash of it is kept.
    """
    installation, world = session.installation, session.world
    shown: list[Block] = []
    if session.governed:
        issued = session.administration.issue_client(attester)
        id_ = str(issued.fields["id"])
        shown = _token(id_, attester, issued.text)
        more = {"token": issued.text, "id": id_, "attester": attester}
        return done(session, What.ADD_CLIENT, issued.fields, timeout=timeout, more=more, said=shown, waiting=shown)
    client, token = service.create(
        installation.store,
        attester,
        actor=actor or world.actor,
        now=installation.now(),
        secret=installation.secret,
        random_bytes=world.random_bytes,
    )
    believed = _believed(session, attester, client.created_at)
    if not believed:
        message = f"no trust document in force believes `{attester}` by scim, so its members get no facts yet"
        shown = [Line(message, Tone.WARN)]
    return Reply(
        {"token": token, **client_tree(client), "believed": believed}, [*_token(client.id, attester, token), *shown]
    )


@command(scim, "list", examples=("licet scim list", "licet scim list --json"))
def list_(session: Session) -> Reply:
    """All clients, oldest first, without their tokens, and how many members each organisation has."""
    found = session.installation.store.clients()
    members = {name: session.installation.member_count(name) for name in {each.attester for each in found}}
    tree = {"clients": [{**client_tree(each), "members": members[each.attester]} for each in found]}
    if not found:
        return Reply(tree, [Line("there are no clients: `licet scim create ATTESTER`")])
    rows = [
        [
            cell(each.id, Tone.STRONG),
            cell(each.attester),
            cell(state_of(each), Tone.QUIET if each.revoked_at else Tone.GOOD),
            cell(str(members[each.attester])),
            cell(each.created_at.isoformat(timespec="seconds")),
        ]
        for each in found
    ]
    return Reply(tree, [Grid(rows, ("id", "attester", "state", "members", "created"))])


@command(scim, "revoke", examples=("licet scim revoke k3x7q2mz --reason 'the contract ended'",))
@click.argument("client", metavar="ID")
@click.option("--reason", required=True, help="Why; kept with the revocation.")
@ACTOR
@signed
@TIMEOUT
def revoke(session: Session, client: str, reason: str, actor: str | None, timeout: float) -> Reply:
    """End a token for good, by its client's ID or by the token. What it pushed stays: end the trust to end that."""
    installation = session.installation
    id_ = service.parse(client) or client
    more = {"id": id_, "revoked": True, "reason": reason}
    if session.governed:
        return done(session, What.REVOKE_CLIENT, {"id": id_, "reason": reason}, timeout=timeout, more=more)
    service.revoke(installation.store, id_, actor=actor or session.world.actor, now=installation.now(), reason=reason)
    return Reply(more, [Line(f"revoked client {id_}", Tone.STRONG)])


def _token(id_: str, attester: str, token: str) -> list[Block]:
    return [
        Line(token, Tone.STRONG),
        Line(f"this is client {id_} of {attester}; it is not shown again, so keep it now", Tone.WARN),
    ]


def _believed(session: Session, attester: str, now: datetime) -> bool:
    trusts = in_force(session.installation.store).trusts(now)
    return any(each.attester == attester and Carrier.SCIM in each.carriers for each in trusts)


def client_tree(client: Client) -> Tree:
    """A client as JSON."""
    return {
        "id": client.id,
        "attester": client.attester,
        "state": state_of(client),
        "created_at": client.created_at.isoformat(),
        "created_by": client.created_by,
    }


def state_of(client: Client) -> str:
    """`valid` or `revoked`."""
    return "valid" if client.revoked_at is None else "revoked"
