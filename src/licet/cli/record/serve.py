"""`licet record serve`: the log over HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import click

from licet.cli.address import ADDRESS
from licet.cli.command import JSON, Examples, Session
from licet.cli.root import record

LISTEN = ("127.0.0.1", 8786)


@record.command(
    "serve",
    cls=Examples,
    examples=(
        "licet record serve",
        "licet record serve --listen 0.0.0.0:8786",
        "licet record serve --append-token-file token",
    ),
)
@click.option("--listen", type=ADDRESS, default=LISTEN, show_default="127.0.0.1:8786", help="Where it is reached.")
@click.option(
    "--append-token-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also take entries (`POST /entries`) from those who have the token in this file (0600).",
)
@click.pass_obj
def serve(session: Session, listen: tuple[str, int], append_token_file: Path | None) -> int:
    """Serve the log's files over HTTP, read-only, until it is told to end.

    Any static server can do that instead: everything is in the folder `record` of the state. With a token, programs on
    the operator's side can append entries; keep that address to yourself.
    """
    installation = session.installation

    def ready(url: str) -> None:
        folder = installation.record.folder
        tree = {"url": url, "folder": str(folder), "appends": append_token_file is not None}
        told = f"licet: the log in {folder} is at {url}"
        click.echo(json.dumps(tree, ensure_ascii=False) if session.json else told)

    return installation.serve_record(listen, append_token_file, ready)


serve.params.append(JSON)
