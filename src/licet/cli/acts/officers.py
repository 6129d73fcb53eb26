"""`licet officers`: make a key, appoint, invite, dismiss, list."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from licet.cli.acts.deed import act_tree as done_tree
from licet.cli.acts.deed import done, done_blocks, signed
from licet.cli.command import Session, command
from licet.cli.kinds import WRITTEN
from licet.cli.options import ACTOR, TIMEOUT
from licet.cli.root import officers
from licet.cli.terminal.blocks import Block, Grid, Line, Reply, Tone, cell, listed, pairs
from licet.cli.terminal.exits import Misnamed
from licet.core.roles import Account, Officer, Role
from licet.services.acts.fields import officer as read_officer
from licet.services.acts.refusal import ActRefused
from licet.services.acts.signing import officer_key
from licet.services.acts.spelling import officer_from, officer_tree
from licet.services.acts.what import What
from licet.wire import yaml
from licet.wire.yaml import YamlDocument

ROLES = click.Choice([each.value for each in Role])
TOKEN_BYTES = 32


@command(officers, "key", examples=("licet officers key", "licet officers key --file ann.key"))
@click.option(
    "--file",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("officer.key"),
    show_default=True,
    help="Where the private key goes.",
)
def key(session: Session, path: Path) -> Reply:
    """Make an officer's private key, in a file that only its owner reads, and say its public one."""
    made = session.world.make_officer_key(path)
    blocks: list[Block] = [
        pairs(("private key", str(path)), ("key id", made.id), ("public key", Line(made.text, Tone.STRONG))),
        Line("give the public key to an administrator: licet officers appoint NAME --role ROLE --key PUBLIC-KEY"),
        Line("the first officers are appointed together, from a file: licet officers appoint --help", Tone.QUIET),
    ]
    return Reply({"file": str(path), "id": made.id, "key": made.text}, blocks)


@command(
    officers,
    "appoint",
    examples=(
        "licet officers appoint --file officers.yaml --actor root",
        "licet officers appoint ann --role officer --key ed25519:l7uKVpbXYJ8oqNvfSvw4gFCBtYTvlQ0B7PdxB1VgZ2o",
        "licet officers appoint ann --role officer --role administrator --drop-key 81ed2f11b3b6fd6c",
    ),
)
@click.argument("name", required=False)
@click.option("--role", "roles", multiple=True, type=ROLES, help="A role from now on; several add up.")
@click.option("--key", "keys", multiple=True, metavar="PUBLIC-KEY", help="A key with which they sign, too.")
@click.option("--drop-key", "dropped", multiple=True, metavar="ID", help="A key that is theirs no longer.")
@click.option(
    "--account",
    "accounts",
    multiple=True,
    nargs=2,
    metavar="ISSUER SUB",
    help="An account with which they sign in at the office; only a keyed hash of SUB is kept.",
)
@click.option("--file", "path", type=click.Path(dir_okay=False, path_type=Path), help="Several officers, as YAML.")
@ACTOR
@signed
@TIMEOUT
def appoint(
    session: Session,
    name: str | None,
    roles: tuple[str, ...],
    keys: tuple[str, ...],
    dropped: tuple[str, ...],
    accounts: tuple[tuple[str, str], ...],
    path: Path | None,
    actor: str | None,
    timeout: float,
) -> Reply:
    """Appoint officers, or change the roles and keys of one. It counts once another officer has approved it.

    The first appointment needs nobody's signature, and must leave somebody who appoints and somebody else who
    approves: so it names both in a file. From then on everything is signed.

    \b
    officers:
      ann: {roles: [officer, administrator], keys: ["ed25519:..."]}
      bob: {roles: [approver, administrator], keys: ["ed25519:..."]}

    Who has lost a key: `--drop-key ID --key NEW-PUBLIC-KEY`, by an administrator and an approver.
    """
    there = {each.name: each for each in session.administration.officers() if each.roles}
    if (name is None) == (path is None):
        raise click.UsageError("name one officer, or a file of them with `--file`")
    one = str(name)
    known = tuple(session.administration.account(*each) for each in accounts)
    found = officers_of(path) if path is not None else [_changed(there.get(one), one, roles, keys, dropped, known)]
    if session.governed:
        fields = {"officers": [officer_tree(each) for each in found]}
        return done(session, What.APPOINT, fields, timeout=timeout, more={"officers": [each.name for each in found]})
    founded = session.administration.found(found, actor=actor or session.world.actor)
    names = [each.name for each in found]
    blocks = [*done_blocks(founded), Line("from now on every deed is signed: `--as NAME --sign-with FILE`", Tone.WARN)]
    return Reply({**done_tree(founded), "officers": names}, blocks)


@command(officers, "dismiss", examples=("licet officers dismiss ann --reason 'left the company'",))
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--reason", required=True, help="Why.")
@signed
@TIMEOUT
def dismiss(session: Session, names: tuple[str, ...], reason: str, timeout: float) -> Reply:
    """Dismiss officers: their keys and sessions count for nothing once another officer has approved it."""
    fields = {"officers": list(names), "reason": reason}
    return done(session, What.DISMISS, fields, timeout=timeout, more={"officers": list(names)})


@command(
    officers,
    "invite",
    examples=("licet officers invite ben --role approver --until 2026-12-01T00:00:00Z --sign-with ann.key",),
)
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=ROLES, help="A role that they then have.")
@click.option("--until", type=WRITTEN, required=True, help="From when on the invitation is void.")
@signed
@TIMEOUT
def invite(session: Session, name: str, roles: tuple[str, ...], until: datetime, timeout: float) -> Reply:
    """Invite somebody to register a passkey at the office, by an address that is shown this once.

    It counts once another officer has approved it, and once.
    """
    token = base64.urlsafe_b64encode(session.world.random_bytes(TOKEN_BYTES)).decode().rstrip("=")
    fields = {
        "name": name,
        "roles": sorted(set(roles)),
        "hash": sha256(token.encode()).hexdigest(),
        "until": until.isoformat(),
    }
    hint = [
        Line(f"/admin/register#{token}", Tone.STRONG),
        Line(f"the address for {name}, after that of the office; it is not shown again, so keep it now", Tone.WARN),
    ]
    more = {"invitation": f"/admin/register#{token}"}
    return done(session, What.INVITE, fields, timeout=timeout, more=more, said=hint, waiting=hint)


@command(officers, "list", examples=("licet officers list", "licet officers list --json"))
@signed
def list_(session: Session) -> Reply:
    """All officers: their roles, their keys, and from where they sign in. Dismissed ones have no role."""
    found = session.administration.officers()
    rows = [
        [
            cell(each.name, Tone.STRONG if each.roles else Tone.QUIET),
            cell(listed(sorted(each.roles)) or "dismissed", Tone.PLAIN if each.roles else Tone.QUIET),
            cell(listed([f"{key.kind} {key.id}" for key in each.keys])),
            cell(listed([account.issuer for account in each.accounts])),
        ]
        for each in found
    ]
    missing = Line("there are no officers, so nobody signs: `licet officers appoint --file officers.yaml`")
    blocks: list[Block] = [Grid(rows, ("officer", "roles", "keys", "signs in at")) if rows else missing]
    return Reply({"officers": [officer_tree(each) for each in found]}, blocks)


def _changed(
    there: Officer | None,
    name: str,
    roles: Iterable[str],
    keys: Iterable[str],
    dropped: tuple[str, ...],
    accounts: tuple[Account, ...],
) -> Officer:
    """An officer with these roles (None named: as before), and with some keys more or less."""
    for each in dropped:
        if there is None or there.key(each) is None:
            raise Misnamed(f"`{each}` is not a key of `{name}`; `licet officers list` names them")
    before = there or Officer(name, frozenset())
    given = frozenset(Role(each) for each in roles) or before.roles
    if not given:
        raise click.UsageError("a new officer needs a role: `--role officer`")
    kept = [each for each in before.keys if each.id not in dropped]
    added = [key for key in map(officer_key, keys) if key.id not in {each.id for each in kept}]
    return Officer(name, given, (*kept, *added), tuple(dict.fromkeys((*before.accounts, *accounts))))


def officers_of(path: Path) -> list[Officer]:
    """The officers in a file: `officers: {NAME: {roles: [...], keys: [...]}}`. Raises what names the place."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Misnamed(f"cannot read `{path}`: {error.strerror}") from error
    documents = yaml.read(str(path), content)
    tree = documents[0].tree if len(documents) == 1 else None
    if not isinstance(tree, dict) or tree.keys() != {"officers"} or not isinstance(tree["officers"], dict):
        raise Misnamed(f"`{path}` is not a file of officers: `officers: {{ann: {{roles: [...], keys: [...]}}}}`")
    return [_from_file(documents[0], str(name), entry) for name, entry in tree["officers"].items()]


def _from_file(document: YamlDocument, name: str, entry: Any) -> Officer:
    try:
        if not isinstance(entry, dict) or not {"roles"} <= entry.keys() <= {"roles", "keys"}:
            raise ActRefused("allowed are `roles` and `keys`, each a list")
        keys = entry.get("keys", [])
        if not isinstance(keys, list) or not all(isinstance(each, str) for each in keys):
            raise ActRefused("`keys` is a list of public keys, as `licet officers key` prints them")
        plain = Officer(name, frozenset(), tuple(map(officer_key, keys)))
        return officer_from(read_officer({**officer_tree(plain), "roles": entry["roles"]}))
    except ActRefused as error:
        place = document.place(("officers", name))
        raise ActRefused(f"{place}: {error}") from error
