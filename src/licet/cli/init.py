"""`licet init`: a gate around a model API that you name, ready to serve."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from licet.cli.command import CONFIGURATION, Session, command
from licet.cli.enact import enacted
from licet.cli.root import licet
from licet.cli.terminal.blocks import Block, Line, Reply, Tone
from licet.cli.terminal.exits import Misnamed
from licet.cli.world import Installation
from licet.services import keys, subjects
from licet.services.approval import founding
from licet.services.rulebooks import propose
from licet.services.starter import Start, files
from licet.wire.documents import SourceFile

APIS = {"openai": ("openai",), "anthropic": ("anthropic",), "both": ("openai", "anthropic")}
EXISTING = (CONFIGURATION, "rulebook/models.yaml", "rulebook/release.yaml", ".licet")


@command(
    licet,
    "init",
    examples=(
        "licet init --upstream http://127.0.0.1:11434 --model llama3.2",
        "licet init --upstream https://api.anthropic.com --model claude-sonnet-4-5 --api anthropic \\",
        "           --key-env ANTHROPIC_API_KEY gate/",
    ),
)
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="[DIR]")
@click.option("--upstream", required=True, metavar="URL", help="The API's base URL, as in https://api.openai.com")
@click.option("--model", required=True, metavar="NAME", help="The model's name there; it keeps it here.")
@click.option(
    "--api", type=click.Choice(list(APIS)), default="openai", show_default=True, help="Which API the upstream speaks."
)
@click.option(
    "--key-env", metavar="VAR", help="The environment variable with the upstream's key. Never the key itself."
)
@click.option("--subject", default="first", show_default=True, help="The name of the first subject.")
def init(
    session: Session, directory: Path, upstream: str, model: str, api: str, key_env: str | None, subject: str
) -> Reply:
    """Set up an installation in DIR: a configuration, one model, one release to everyone with a key, and a key.

    It writes licet.yaml, rulebook/models.yaml, rulebook/release.yaml and the state directory .licet, and never
    overwrites anything.
    """
    check_free(directory)
    subjects.check_subject(subject, "person")
    now = session.world.now().replace(microsecond=0)
    texts = files(Start(upstream, model, APIS[api], key_env, now))
    written = {name: directory / name for name in texts}
    sources = [
        SourceFile(str(written[name]), text.encode(), lambda _: None)
        for name, text in texts.items()
        if name != CONFIGURATION
    ]
    propose(None, sources)  # what is wrong with the arguments shows here, before anything is written
    write(directory, texts)
    installation = session.installation = session.world.create(written[CONFIGURATION])
    proposal = propose(installation.store, sources)
    enacted(session, proposal, founding(proposal), None, timeout=1.0)
    key = first_key(session, installation, subject)
    tree = {
        "directory": str(directory),
        "configuration": str(written[CONFIGURATION]),
        "files": [str(path) for path in written.values()],
        "state": str(installation.state),
        "url": installation.url,
        "subject": subject,
        "key": key,
    }
    return Reply(
        tree,
        [*made(written, installation, subject, key), *next_commands(directory, installation, api, model, key, key_env)],
    )


def check_free(directory: Path) -> None:
    """Raises `Misnamed` if anything that would be written exists."""
    for name in EXISTING:
        if (directory / name).exists():
            raise Misnamed(f"`{directory / name}` exists already, and nothing was changed; name another directory")


def write(directory: Path, texts: dict[str, str]) -> None:
    """Write files that must not exist, the configuration last."""
    try:
        for name, text in texts.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x") as file:
                file.write(text)
    except OSError as error:
        raise Misnamed(f"cannot write `{error.filename}`: {error.strerror}") from error


def first_key(session: Session, installation: Installation, subject: str) -> str:
    """One subject of whom nothing is attested, and a key."""
    actor, now = session.world.actor, installation.now()
    subjects.add(installation.store, subject, "person", actor=actor, now=now)
    _, plaintext = keys.create(
        installation.store,
        subject,
        actor=actor,
        now=now,
        pepper=installation.secret,
        random_bytes=session.world.random_bytes,
    )
    return plaintext


def made(written: dict[str, Path], installation: Installation, subject: str, key: str) -> list[Block]:
    """What there is now."""
    lines: list[Block] = [Line(f"wrote {path}", Tone.QUIET) for path in (*written.values(), installation.state)]
    lines.append(Line(f"the key of the subject {subject}; it is not shown again, so keep it now:"))
    return [*lines, Line(f"  {key}", Tone.STRONG), Line()]


def next_commands(
    directory: Path, installation: Installation, api: str, model: str, key: str, key_env: str | None
) -> list[Block]:
    """The commands to try, ready to be copied."""
    commands = [] if directory == Path() else [f"cd {shlex.quote(str(directory))}"]
    commands += [f"export {key_env}=...   # the upstream's own key"] if key_env else []
    commands += ["licet serve"]
    question = f'{{"model": "{model}", "max_tokens": 50, "messages": [{{"role": "user", "content": "Hello"}}]}}'
    path, header = ("messages", "x-api-key: ") if api == "anthropic" else ("chat/completions", "authorization: Bearer ")
    version = " -H 'anthropic-version: 2023-06-01'" if api == "anthropic" else ""
    commands += [
        f"curl {installation.url}/v1/{path} -H '{header}{key}' \\",
        f"  -H 'content-type: application/json'{version} \\",
        f"  -d {shlex.quote(question)}",
    ]
    return [Line("next, the gate, and a request from another terminal:"), *(Line(f"  {each}") for each in commands)]
