"""`licet prove-decision`: the proof of one decision, for anybody to verify."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from licet.cli.command import Session, command
from licet.cli.root import licet
from licet.cli.terminal.blocks import Line, Reply, Tone, pairs
from licet.cli.terminal.exits import Misnamed
from licet.record.sealed.proof import DecisionProof
from licet.services.record.ports import LogUnavailable
from licet.services.record.proving import prove_decision


@command(
    licet,
    "prove-decision",
    examples=("licet prove-decision w0-01HZX -o decision.proof",),
)
@click.argument("decision")
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it; it must not be there yet.",
)
def prove_one(session: Session, decision: str, output: Path) -> Reply:
    """Prove the decision with this id, as answers carry it in the header `licet-decision`.

    The file stands by itself: the record, the salt that opens it, the way to its segment, the way from there into the
    log, and the log's checkpoint with its cosignatures. It opens this one record and nothing else.
    """
    installation = session.installation
    if not installation.record.folder.joinpath("checkpoint").is_file():
        raise LogUnavailable("nothing is published yet, so there is nothing to prove it with: `licet record publish`")
    log = session.world.open_log(str(installation.record.folder))
    proof = prove_decision(decision, installation.segments, log.tiles, log.checkpoint())
    _write(output, bytes(proof))
    policy = installation.record.policy or "policy.txt"
    again = shlex.join(["licet", "verify", "proof", str(output), "--policy", str(policy)])
    return _reply(decision, output, proof, again)


def _write(path: Path, content: bytes) -> None:
    """A new file, that nobody but its owner reads: it opens a record."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except FileExistsError as error:
        raise Misnamed(f"there is a file `{path}` already: name a new one") from error
    except OSError as error:
        raise Misnamed(f"cannot write `{path}`: {error.strerror}") from error


def _reply(decision: str, output: Path, proof: DecisionProof, again: str) -> Reply:
    tree = {
        "decision": decision,
        "proof": str(output),
        "segment": proof.segment.segment,
        "index": proof.index,
        "entry": proof.log.index,
        "verify": again,
    }
    rows = pairs(
        ("proof", Line(str(output), Tone.STRONG)),
        ("segment", f"{proof.segment.segment}, record {proof.index:,} of {proof.segment.records:,}"),
        ("log", f"entry {proof.log.index:,}"),
        ("verify it", again),
    )
    return Reply(tree, [Line(f"the decision {decision} is proved", Tone.GOOD), rows])
