"""Words that cannot rot: commands, options, exit codes and errors are in `spec/cli.md`; every help has examples."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from licet.cli.command import Session
from licet.cli.root import COMMANDS
from licet.cli.root import licet as root
from licet.cli.terminal.exits import ERRORS, MEANINGS, Exit

if TYPE_CHECKING:
    from tests.cli.conftest import Command

SPEC = (Path(__file__).parents[2] / "spec" / "cli.md").read_text()


def walk(group: click.Group, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        if isinstance(command, click.Group):
            yield from walk(command, (*path, name))
        else:
            yield (*path, name), command


ALL = dict(walk(root, ()))


def section(path: tuple[str, ...]) -> str:
    found = re.search(rf"^### `licet {' '.join(path)}`\n(.*?)(?=^### |\Z)", SPEC, re.DOTALL | re.MULTILINE)
    assert found, f"spec/cli.md has no section on `licet {' '.join(path)}`"
    return found[1]


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_each_command_and_option_is_in_the_specification(path: tuple[str, ...]) -> None:
    text = section(path)
    if "The same arguments" in text:
        text += section(("decide",))
    for option in ALL[path].params:
        if isinstance(option, click.Option) and option.name != "json":
            for spelling in option.opts:
                assert f"{spelling}" in text, f"{spelling} of `licet {' '.join(path)}`"


def test_the_specification_has_no_other_commands() -> None:
    named = {tuple(each.split()) for each in re.findall(r"^### `licet ([a-z -]+)`", SPEC, re.MULTILINE)}
    assert named == set(ALL)


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_each_help_has_examples_that_parse(licet: Command, path: tuple[str, ...]) -> None:
    said = licet(*path, "--help")
    assert said.code == 0
    assert "Examples:" in said.out
    examples = ALL[path].examples  # type: ignore[attr-defined]
    for example in "\n".join(examples).replace("\\\n", "").splitlines():
        assert " ".join(example.split()) in " ".join(said.out.replace("\\\n", "").split())
        words = shlex.split(re.split(r" [|<>] ", example.removeprefix("cat order.yaml | "))[0])
        assert words[0] == "licet"
        session = Session(None)  # type: ignore[arg-type]
        arguments = [word for word in words[1:] if word not in ("--help",)]
        if "--config" in arguments:
            arguments = arguments[2:]
        assert tuple(arguments[: len(path)]) == path
        rest = arguments[len(path) :]
        if path == ("subjects", "import"):
            rest = [__file__ if word.startswith("people") else word for word in rest]
        ALL[path].make_context("licet", rest, obj=session)


def test_the_list_of_commands_says_what_each_is_for(licet: Command) -> None:
    out = licet("--help").out
    assert [name for name in COMMANDS if f"  {name} " not in out] == []
    assert licet("--version").out.startswith("licet ")
    assert licet().code == 2


@pytest.mark.parametrize("group", ["record", "verify", "keys"])
def test_the_list_of_a_group_is_cut_nowhere(licet: Command, group: str) -> None:
    said = licet(group, "--help")
    assert said.code == 0
    assert "..." not in said.out.partition("Commands:")[2]


def test_exit_codes_and_errors_are_in_the_specification(licet: Command) -> None:
    for code in MEANINGS:
        assert f"| {int(code)} |" in SPEC
    assert set(MEANINGS) == set(Exit)
    for _, name, _ in ERRORS:
        assert f"`{name}`" in SPEC


ANSWERS = (
    ("status",),
    ("rulebook",),
    ("rulebook", "--all"),
    ("check", "rulebook"),
    ("enact", "rulebook"),
    ("decide", "-s", "first", "-m", "small"),
    ("explain", "-s", "first", "-m", "small"),
    ("subjects", "list"),
    ("subjects", "show", "first"),
    ("keys", "list"),
    ("keys", "create", "first"),
    ("journal", "show"),
)


@pytest.mark.parametrize("arguments", ANSWERS, ids=" ".join)
def test_json_before_and_after_is_one_document(installed: Command, arguments: tuple[str, ...]) -> None:
    for said in (installed("--json", *arguments), installed(*arguments, "--json")):
        assert said.code == 0
        assert said.err == ""
        assert isinstance(said.tree, dict)
        text = section(arguments[:2] if arguments[0] in ("subjects", "keys", "journal") else arguments[:1])
        if arguments[0] not in ("enact", "explain"):
            missing = [key for key in said.tree if f"`{key}`" not in text and key not in ("id", "subject", "state")]
            assert not [key for key in missing if f"`{key}`" not in SPEC]


@pytest.mark.parametrize(
    "arguments",
    [("frob",), ("decide", "--frob"), ("keys", "frob"), ("enact",), ("status",), ("decide", "-m"), ("init",)],
    ids=" ".join,
)
def test_errors_are_json_too(licet: Command, arguments: tuple[str, ...]) -> None:
    said = licet(*arguments, "--json")
    assert said.err == ""
    assert said.tree["error"]["exit"] == said.code in (2, 4)
    text = licet(*arguments)
    assert text.out == ""
    assert text.err.startswith("error: ")
    assert text.err[7].islower() or text.err[7] in "-`"
