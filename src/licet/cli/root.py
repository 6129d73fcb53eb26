"""The command `licet` itself: its global options, and the groups that other modules add their commands to."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import click

from licet.cli.command import Session
from licet.cli.exits import MEANINGS


def _show_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        click.echo(f"licet {version('licet')}")
        context.exit()


class Root(click.Group):
    """Lists the commands in the order in which a person meets them, and the exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order in which they were added."""
        del ctx
        return list(self.commands)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the exit codes mean."""
        del ctx
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(int(code)), meaning) for code, meaning in MEANINGS.items()])


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    "configuration",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="LICET_CONFIG",
    show_envvar=True,
    help="The configuration; ./licet.yaml if none is named.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document, errors too.")
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Say which version."
)
@click.pass_obj
def licet(session: Session, configuration: Path | None, as_json: bool) -> None:
    """Turns legal orders about AI models into access that is exact, immediate, reversible and provable.

    A gate stands in three commands: `licet init`, `licet serve`, and a request with the key that `init` printed.
    """
    session.named = configuration
    session.json = session.json or as_json


@licet.group(cls=Root)
def subjects() -> None:
    """Who asks, and what is attested about them."""


@licet.group(cls=Root)
def keys() -> None:
    """API keys: each is shown once, and can be revoked at once."""


@licet.group(cls=Root)
def journal() -> None:
    """The record of every decision that the gate made."""
