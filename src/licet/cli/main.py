"""One run of the command: arguments in, an exit code out, and every error in words."""

from __future__ import annotations

import json
import re
import sys
import traceback
from collections.abc import Sequence

import click

from licet.cli.command import Session
from licet.cli.root import licet
from licet.cli.terminal.blocks import Line, Tone
from licet.cli.terminal.exits import Exit, kind_of
from licet.cli.terminal.screen import screen
from licet.cli.world import World
from licet.core.errors import LicetError

PLACE = re.compile(r"(?P<file>.+?):(?P<line>\d+):(?P<column>\d+): (?P<message>.*)", re.DOTALL)


def run(world: World, arguments: Sequence[str]) -> int:
    """Carry out one command; its exit code. Nothing that a user can cause ends in a traceback."""
    session = Session(world)
    session.json = wants_json(arguments)
    try:
        code = licet.main(list(arguments), prog_name="licet", standalone_mode=False, obj=session)
        return code if isinstance(code, int) else Exit.OK
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "")
        return Exit.USAGE
    except click.ClickException as error:
        return complain(session, "usage", usage(error), Exit.USAGE)
    except LicetError as error:
        code_, exit_ = kind_of(error)
        return complain(session, code_, str(error), exit_)
    except (click.Abort, KeyboardInterrupt):
        return complain(session, "interrupted", "interrupted", Exit.INTERRUPTED)
    except Exception:
        traceback.print_exc()
        return complain(session, "bug", "this is a bug in licet; please report it with the lines above", Exit.BUG)
    finally:
        session.close()


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether `--json` is among the arguments, even if they turn out not to be understood."""
    return "--json" in arguments


def complain(session: Session, code: str, message: str, exit_: Exit) -> int:
    """Say what went wrong: to people on the standard error, to programs as the one JSON document."""
    if session.json:
        error = {"code": code, "message": message, "problems": problems(message), "exit": int(exit_)}
        sys.stdout.write(json.dumps({"error": error}, indent=2, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    else:
        lines = message.splitlines() or [""]
        heads = lines if len(lines) > 1 else [f"error: {message}"]
        sys.stdout.flush()
        screen(sys.stderr).show([Line(line, Tone.BAD) for line in heads])
        if len(lines) > 1:
            screen(sys.stderr).show([Line(f"error: {len(lines)} problems, and nothing was changed", Tone.BAD)])
    return exit_


def problems(message: str) -> list[dict[str, object]]:
    """The lines of a message that name a place."""
    found = (PLACE.fullmatch(line) for line in message.splitlines())
    return [
        {"file": at["file"], "line": int(at["line"]), "column": int(at["column"]), "message": at["message"]}
        for at in found
        if at is not None
    ]


def usage(error: click.ClickException) -> str:
    """A complaint of the parser in the house's form, with where to read on."""
    message = error.format_message().rstrip(".")
    text = message[:1].lower() + message[1:]
    path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "licet"
    return f"{text}; see `{path} --help`"
