"""`licet keys log`, `witness` and `rotate`: the keys that sign the public record."""

from __future__ import annotations

from pathlib import Path

import click

from licet.cli.acts.deed import allowed, signed
from licet.cli.command import Session, command
from licet.cli.root import keys
from licet.cli.terminal.blocks import Block, Line, Reply, Tone, pairs
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.signed.keys import KeyKind, NoteKey
from licet.services.record.publishing import log_keys as service
from licet.services.record.publishing.log_keys import Rotation, policy_line


@command(keys, "log", examples=("licet keys log", "licet keys log --origin models.example/record"))
@click.option("--origin", metavar="NAME", help="The log's name; by default `record.origin` of the configuration.")
def log(session: Session, origin: str | None) -> Reply:
    """Make the log's private key, and say its public one. It is never overwritten.

    It is made in a file that only its owner reads, or in a token, if `record.key` names one there (`pkcs11:…`).
    Whoever verifies the log needs the public key: publish it where people will look for it, beside your address.
    """
    settings = session.installation.record
    key = session.world.make_key(settings.key, origin or settings.origin, KeyKind.LOG)
    blocks = [*_made(key, str(settings.key)), *_for_policies(key, settings.public_url)]
    if key.name != settings.origin:
        blocks.append(Line(f"set `record: {{origin: {key.name}}}` in licet.yaml: it is {settings.origin}", Tone.WARN))
    return Reply({**_key_tree(key), "file": str(settings.key), "line": policy_line(key, settings.public_url)}, blocks)


@command(keys, "witness", examples=("licet keys witness --name witness.example/w1 --file w1.key",))
@click.option("--name", required=True, help="The witness's name, as in `witness.example/w1`.")
@click.option(
    "--file",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("witness.key"),
    show_default=True,
    help="Where the private key goes.",
)
def witness(session: Session, name: str, path: Path) -> Reply:
    """Make a witness's private key, in a file that only its owner reads, and say its public one."""
    key = session.world.make_key(path, name, KeyKind.WITNESS)
    line = f"witness {name.rpartition('/')[2]} {key} https://…"
    blocks = [
        *_made(key, str(path)),
        Line("in a log's policy file, with the URL at which the witness is reached:"),
        Line(f"  {line}"),
        Line("start the witness with the public keys of the logs that it shall cosign:"),
        Line(f"  licet witness --key {path} --state {path.stem} --new --log …"),
    ]
    return Reply({**_key_tree(key), "file": str(path), "line": line}, blocks)


@command(
    keys,
    "rotate",
    examples=("licet keys rotate --prepare", "licet keys rotate --why 'the yearly change'"),
)
@click.option("--why", metavar="TEXT", help="Why; it is published.")
@click.option("--prepare", is_flag=True, help="Only make the next key, so that witnesses and verifiers can be told.")
@click.option("--next", "following", metavar="URI", help="The next key, if that is in a token: `pkcs11:…`.")
@click.option("--by", "act", metavar="ID", help="The approved act that allows it, where there are officers.")
@signed
def rotate(session: Session, why: str | None, prepare: bool, following: str | None, act: str | None) -> Reply:
    """Hand the log over to a new key: the entry `key-hand-over` signed by both, then checkpoints by the new one.

    Wherever it is interrupted, run it again. Verifiers and witnesses need the new key's line in their policies before
    they believe what it signs: `--prepare` says it in advance. Where there are officers, the first call proposes it;
    once another one has approved that, call it again with `--by`.
    """
    installation = session.installation
    found = installation.log_keys(following)
    url = installation.record.public_url
    if prepare:
        key = found.prepare().key
        blocks = [*_made(key, following or f"{installation.record.key}.next"), *_for_policies(key, url)]
        return Reply({**_key_tree(key), "line": policy_line(key, url), "prepared": True}, blocks)
    if not why or not why.strip():
        raise click.UsageError("a hand-over needs a reason, which is published: `--why TEXT`")
    if session.governed:
        waits = allowed(session, "hand the log over", why, act)
        if waits is not None:
            return waits
    done = service.rotate(found, installation.log_of, installation.now(), why, installation.policy)
    if following is not None:
        todo = Line(f"set `record: {{key: '{following}'}}` in licet.yaml: that key signs from now on", Tone.WARN)
        return Reply(_rotation_tree(done, url), [*_rotated(done, url), todo])
    return Reply(_rotation_tree(done, url), _rotated(done, url))


def _made(key: NoteKey, file: str) -> list[Block]:
    return [
        pairs(
            ("private key", file),
            ("name", key.name),
            ("key id", key.id.hex()),
            ("public key", Line(str(key), Tone.STRONG)),
        )
    ]


def _for_policies(key: NoteKey, url: str | None) -> list[Block]:
    return [Line("in the policy of whoever verifies the log:"), Line(f"  {policy_line(key, url)}")]


def _key_tree(key: NoteKey) -> dict[str, object]:
    return {"name": key.name, "id": key.id.hex(), "key": str(key)}


def _rotation_tree(done: Rotation, url: str | None) -> dict[str, object]:
    return {
        **_key_tree(done.new),
        "old": str(done.old) if done.old else None,
        "entry": done.entry,
        "size": read_checkpoint(done.checkpoint).checkpoint.head.size,
        "line": policy_line(done.new, url),
        "prepared": False,
    }


def _rotated(done: Rotation, url: str | None) -> list[Block]:
    size = read_checkpoint(done.checkpoint).checkpoint.head.size
    told = f"in entry {done.entry}" if done.entry is not None else "in an entry that was there already"
    return [
        Line(
            f"the key {done.new.id.hex()} has taken over, {told}, and signed the checkpoint of size {size}", Tone.GOOD
        ),
        *_for_policies(done.new, url),
    ]
