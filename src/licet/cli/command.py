"""What all commands share: `--json`, examples in the help, the installation they work on, and how they reply."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import click

from licet.cli.place import check_place
from licet.cli.terminal.blocks import Reply
from licet.cli.terminal.screen import screen
from licet.cli.world import Installation, World

if TYPE_CHECKING:
    from licet.services.acts.administering import Administration

CONFIGURATION = "licet.yaml"

P = ParamSpec("P")


class Session:
    """One run of the command: the world, the global options, and the installation once somebody asks for it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.json = False
        self.named: Path | None = None
        self.admin: str | None = None
        self.officer: str | None = None
        self.sign_with: Path | None = None

    @property
    def configuration(self) -> Path:
        """The configuration, whether or not it exists."""
        return self.named or Path(CONFIGURATION)

    @property
    def is_installed(self) -> bool:
        """Whether there is an office, or a configuration, or one was named (which then must exist)."""
        return self.admin is not None or self.named is not None or self.configuration.exists()

    @property
    def is_here(self) -> bool:
        """Whether that is on this machine, with its journal and its secrets."""
        return self.admin is None and self.is_installed

    @cached_property
    def installation(self) -> Installation:
        """The one that is worked on, here or at an office. Raises `ConfigurationUnusable`."""
        if self.admin is None:
            return self.world.open(self.configuration)
        if self.sign_with is None:
            raise click.UsageError("an office lets in who signs: name your key with `--sign-with FILE`")
        return self.world.office(self.admin, self.world.officer_key(self.sign_with))

    @property
    def administration(self) -> Administration:
        """What officers do here, or at an office."""
        return self.installation.administration

    @property
    def governed(self) -> bool:
        """Whether officers were appointed, so that every deed has to be signed. An office has officers."""
        return self.admin is not None or any(each.roles for each in self.administration.officers())

    def close(self) -> None:
        """Close what was opened."""
        if "installation" in self.__dict__:
            self.installation.close()

    def reply(self, reply: Reply) -> None:
        """Write a reply: one JSON document, or blocks for people."""
        try:
            if self.json:
                sys.stdout.write(_harmless(json.dumps(reply.tree, indent=2, ensure_ascii=False)) + "\n")
                sys.stdout.flush()
            else:
                screen(sys.stdout).show(reply.blocks)
        except BrokenPipeError:
            # the reader has seen enough (`licet journal show | head`); what is still buffered goes nowhere
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _harmless(document: str) -> str:
    """The same JSON with escapes for what is not printable: no terminal obeys it, and every encoding has it."""
    return _hidden.sub(lambda found: found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1], document)


_hidden = re.compile(r"[^\n\x20-\x7e]")


def _ask_for_json(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    session = context.find_object(Session)
    if value and session is not None:
        session.json = True


JSON = click.Option(
    ["--json"],
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_ask_for_json,
    help="Answer with one JSON document, errors too.",
)


class Examples(click.Command):
    """A command whose help ends with examples, printed as they are."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 (click names it)
        """What it is for, whole, as a list of commands has it: the first paragraph of its help."""
        return " ".join((self.help or "").partition("\n\n")[0].split())

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples, under a heading."""
        with formatter.section("Examples"):
            for example in self.examples:
                formatter.write(f"{' ' * formatter.current_indent}{example}\n")
        super().format_epilog(ctx, formatter)


def command(
    group: click.Group, name: str, *, examples: Sequence[str]
) -> Callable[[Callable[Concatenate[Session, P], Reply]], Callable[..., int]]:
    """Make a function a command of a group. It gets the session, and what it returns is written out."""

    def made(function: Callable[Concatenate[Session, P], Reply]) -> Callable[..., int]:
        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> int:
            session = click.get_current_context().find_object(Session)
            assert session is not None
            if session.admin is not None:
                check_place(click.get_current_context().command_path.partition(" ")[2])
            reply = function(session, *args, **kwargs)
            session.reply(reply)
            return int(reply.exit)

        made_command = group.command(name, cls=Examples, examples=examples)(run)
        made_command.params.append(JSON)
        return run

    return made
