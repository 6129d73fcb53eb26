"""`licet case export`: a case as one folder that reads without Licet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from licet.cli.acts.deed import signed
from licet.cli.cases.room import Room
from licet.cli.command import Session, command
from licet.cli.root import case as case_group
from licet.cli.terminal.blocks import Block, Line, Reply, Tone, count
from licet.cli.terminal.new_file import write_new
from licet.core.cases.procedure import Procedure
from licet.services.cases.handing import hand_over

if TYPE_CHECKING:
    from licet.cli.world import World


class Drawing:
    """`services.cases.folder.Drawn`, by the pages of this installation."""

    def __init__(self, world: World) -> None:
        self._world = world

    def page(self, tree: Mapping[str, Any], files: list[tuple[str, str]], meanings: Mapping[str, str]) -> str:
        """See the port."""
        return self._world.case_page(tree, files, meanings)

    def diagram(self, procedure: Procedure) -> str:
        """See the port."""
        return self._world.procedure_diagram(procedure)


@command(
    case_group,
    "export",
    examples=(
        "licet case export C-17 c-17.zip --sign-with officer.key",
        "licet case export C-17 c-17-public.zip --public",
    ),
)
@click.argument("name", metavar="CASE")
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--public", "only_public", is_flag=True, help="Only the public version: nothing that is withheld.")
@signed
def export(session: Session, name: str, path: Path, only_public: bool) -> Reply:
    """A case as one folder in a new ZIP file: what happened, why, by which procedure, and how to check it.

    It reads without Licet: a page, JSON, what was handed in, and digests for `sha256sum`. With a key its decisions are
    signed as in-toto statements.
    """
    room = Room(session)
    room.case(name)
    key = None if session.sign_with is None else session.world.officer_key(session.sign_with)
    handed = hand_over(
        room.store,
        room.law,
        name,
        Drawing(session.world),
        now=room.now,
        only_public=only_public,
        sign=None if key is None else key.sign_statement,
    )
    write_new(path, handed.content)
    tree = {
        "case": name,
        "file": str(path),
        "public": only_public,
        "whole": handed.whole,
        "decisions": handed.decisions,
        "signed_by": None if key is None else key.id,
        "files": [{"path": each, "size": size} for each, size in handed.files],
    }
    version = "the public version of " if only_public else ""
    blocks: list[Block] = [
        Line(f"{version}{name} in {path}: {count(len(handed.files), 'file')}", Tone.GOOD),
        Line(f"digest of the whole case: {handed.whole}"),
        Line(f"unzip {path} && cd {name} && sha256sum -c SHA256SUMS"),
    ]
    if handed.decisions and key is None:
        blocks.append(Line("its decisions are not signed: `--sign-with FILE` signs them", Tone.QUIET))
    if not only_public:
        blocks.append(Line("it holds everything, also what the public may not see: `--public` leaves that out"))
    return Reply(tree, blocks)
