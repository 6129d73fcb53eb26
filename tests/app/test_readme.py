"""What the front pages say exists, and their examples work."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from licet.app.evidence_demo.scenery import Scenery
from licet.cli.root import licet
from licet.core.instruments import Release
from licet.gate.classifiers.embedded import shipped
from licet.wire.documents import SourceFile, read_files

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "ARCHITECTURE.md", "SECURITY.md", "CHANGELOG.md", "docs/adr/README.md", "spec/README.md")
MODEL = b"{model: llama3, family: llama, apis: [openai], upstream: {url: 'http://127.0.0.1:11434'}}"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file(page: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / page).read_text())
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


def test_the_rooms_that_the_architecture_names_exist() -> None:
    cells = re.findall(r"^\| (`[^|]+) \|", (ROOT / "ARCHITECTURE.md").read_text(), re.MULTILINE)
    assert len(cells) > 10
    missing = []
    for cell in cells:
        folder = ""
        for name in re.findall("`([^`]+)`", cell):
            path = name if "/" in name else f"{folder}/{name}"
            folder = path.rsplit("/", 1)[0]
            if not [*(ROOT / "src/licet").glob(f"{path.rstrip('/*')}*")]:
                missing.append(path)
    assert missing == []


def test_the_order_in_the_readme_reads() -> None:
    order = next(block for block in blocks("yaml") if "order:" in block)
    reading = read_files([SourceFile("order.yaml", MODEL + b"\n---\n" + order.encode(), lambda _: None)])
    assert [each.name for each in reading.documents.instruments] == ["us-doc-2026-06-12"]


def test_the_trust_document_in_the_readme_reads() -> None:
    trust = next(block for block in blocks("yaml") if "trust:" in block)
    reading = read_files([SourceFile("trust.yaml", trust.encode(), lambda _: None)])
    assert [each.name for each in reading.documents.instruments] == ["acme-staff"]


def test_the_stage_in_the_readme_reads_and_names_the_head_that_ships() -> None:
    stage = next(block for block in blocks("yaml") if "requires:" in block)
    threshold = Scenery(ROOT / "scenarios/evidence").text("threshold.yaml")
    model = MODEL.decode().replace("llama3", "fable-5")
    text = "\n---\n".join((model, threshold, stage))
    documents = read_files([SourceFile("stage.yaml", text.encode(), lambda _: None)]).documents
    [release] = documents.instruments
    assert isinstance(release, Release)
    assert len(release.requires) == 3
    [safeguard] = documents.safeguards.values()
    head = shipped()
    assert (safeguard.cascade[0].classifier, safeguard.cascade[0].version) == (head.name, head.version)


def test_the_commands_in_the_readme_exist() -> None:
    commands = set(re.findall(r"^licet ([a-z]+)", "\n".join(blocks("sh")), re.MULTILINE))
    assert {"init", "serve", "enact", "lift"} <= commands
    told = subprocess.run(
        [sys.executable, "-m", "licet.app.main", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert [command for command in commands if not re.search(rf"^  {command} ", told, re.MULTILINE)] == []


def test_the_groups_and_options_in_the_readme_exist() -> None:
    lines = "\n".join(blocks("sh")).replace("\\\n", " ").splitlines()
    known = 0
    for line in lines:
        words = line.partition("  #")[0].split()
        if words[:1] != ["licet"]:
            continue
        command: click.Command | None = licet
        for word in words[1:]:
            if isinstance(command, click.Group):
                command = command.get_command(click.Context(command), word)
        assert command is not None, line
        taken = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= taken, line
        known += 1
    assert known > 20


def test_the_targets_in_the_readme_exist() -> None:
    targets = set(re.findall(r"`?make ([a-z]+)", (ROOT / "README.md").read_text()))
    makefile = (ROOT / "Makefile").read_text()
    assert {"demo", "test", "check", "bench"} <= targets
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []
