"""`licet witness`: cosign the checkpoints of logs, as a process of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from licet.cli.address import ADDRESS
from licet.cli.command import JSON, Examples, Session
from licet.cli.root import licet
from licet.cli.terminal.exits import Misnamed
from licet.record.refusal import Malformed
from licet.record.signed.keys import KeyKind, NoteKey, read_key


class LogKey(click.ParamType[NoteKey]):
    """The public key (vkey) of a log."""

    name = "vkey"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> NoteKey:
        """The key; never a witness's."""
        try:
            key = read_key(value)
        except Malformed as error:
            self.fail(str(error), param, ctx)
        if key.kind is not KeyKind.LOG:
            self.fail(f"`{value}` is a witness's key, not a log's", param, ctx)
        return key


LOG_KEY = LogKey()
LISTEN = "127.0.0.1:8787"


@licet.command(
    "witness",
    cls=Examples,
    examples=(
        (
            "licet witness --name witness.example/w1 --key w1.key --state w1 --log \\\n"
            "  licet.example/record+63a3f1f9+AW6kFM0ZjMNvfx8cFaBnbwHJkeMcMDbFpoRQqXP+a1ql"
        ),
        "licet witness --key w1.key --state w1 --log-file logs.txt --listen 127.0.0.1:8787",
    ),
)
@click.option("--key", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Its private key (0600).")
@click.option("--name", help="Its name, with which the key and the state are made if there is no key yet.")
@click.option(
    "--state", required=True, type=click.Path(file_okay=False, path_type=Path), help="What it remembers of each log."
)
@click.option("--new", is_flag=True, help="Make the state for a key that has never cosigned anything.")
@click.option("--log", "logs", type=LOG_KEY, multiple=True, help="The public key (vkey) of a log. Several are known.")
@click.option(
    "--log-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="More keys of logs, one a line; lines that begin with # mean nothing.",
)
@click.option("--listen", type=ADDRESS, default=LISTEN, show_default=True, help="Where it is reached.")
@click.pass_obj
def witness(
    session: Session,
    key: Path,
    name: str | None,
    state: Path,
    new: bool,
    logs: tuple[NoteKey, ...],
    log_file: Path | None,
    listen: tuple[str, int],
) -> None:
    """Cosign checkpoints of logs, each of which is consistent with the one before (C2SP tlog-witness).

    It runs until it is told to end, and needs neither a configuration nor the gate: run it elsewhere, under somebody
    else's hands. The line that it prints belongs into the policies of those who shall count on it. What it remembers
    is as precious as its key: a witness that forgets would cosign a fork.
    """
    known = [*logs, *(_keys_of(log_file) if log_file is not None else ())]
    if not known:
        raise click.UsageError("name the logs that it cosigns: `--log` or `--log-file`")

    def ready(public: NoteKey, url: str) -> None:
        tree = {"name": public.name, "key": str(public), "url": url, "logs": [str(each) for each in known]}
        short = public.name.rsplit("/", 1)[-1]
        click.echo(json.dumps(tree, ensure_ascii=False) if session.json else f"witness {short} {public} {url}")

    session.world.witness(key, name, state, known, listen, new=new, ready=ready)


def _keys_of(path: Path) -> list[NoteKey]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise Misnamed(f"cannot read the keys `{path}`: {error.strerror}") from error
    return [LOG_KEY.convert(line.strip(), None, None) for line in lines if line.strip() and line.strip()[0] != "#"]


witness.params.append(JSON)
