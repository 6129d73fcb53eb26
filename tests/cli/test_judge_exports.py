"""`licet judge --csaf` and `--oscal`: files for other people's tools, from logs to what their validators say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.test_judge_command import FINDING, PATCH, VALIDATED, campaign  # noqa: F401 - a fixture
from tests.csaf_validator.running import NoValidator, validated
from tests.oscal_schema.official import NoSchema, errors

if TYPE_CHECKING:
    from tests.cli.conftest import Command

LAB = ("--publisher", "A. Lab", "--namespace", "https://lab.example")
AT = ("--at", "2026-07-09T15:30:00Z")


def read(path: Path) -> Any:
    """What is in a file."""
    return json.loads(path.read_text())


@pytest.mark.usefixtures("campaign")
def test_a_finding_and_its_patch_become_an_advisory(licet: Command, here: Path) -> None:
    patch = licet(*PATCH, *AT, "--csaf", "p-advisory.json", "--save", "p.json", *LAB, "--json")
    assert patch.tree["csaf"] == "p-advisory.json"
    options = ("--publisher-is", "vendor", "--tlp", "RED", "--stage", "final", "--model-version", "5.1")
    said = licet(*FINDING, *AT, "--csaf", "f.json", "--advisory", "LAB-1", "--patched", "p.json", *LAB, *options)
    assert "the advisory is in f.json" in said.out
    document = read(here / "f.json")["document"]
    assert (document["tracking"]["id"], document["tracking"]["status"]) == ("LAB-1", "final")
    assert document["distribution"]["tlp"]["label"] == "RED"
    assert patch.tree["digest"] in (here / "f.json").read_text()
    try:
        found = validated([read(here / "f.json"), read(here / "p-advisory.json")])
    except NoValidator as missing:
        pytest.skip(str(missing))
    assert [each["errors"] for each in found] == [[], []]


@pytest.mark.usefixtures("campaign")
def test_the_same_logs_give_the_same_advisory_named_like_the_document(licet: Command, here: Path) -> None:
    for name in ("one.json", "two.json"):
        licet(*FINDING, *AT, "--csaf", name, *LAB)
    assert (here / "one.json").read_bytes() == (here / "two.json").read_bytes()
    assert read(here / "one.json")["document"]["tracking"]["id"] == "split-in-two"
    drafted = ("--document", "d.yaml", "--name", "f-1", "--issuer", "A. Lab", "--csaf", "three.json")
    assert licet(*FINDING, *AT, *drafted, *LAB).code == 1
    assert read(here / "three.json")["document"]["tracking"]["id"] == "f-1"


@pytest.mark.usefixtures("campaign")
@pytest.mark.parametrize(
    ("log", "state"),
    [("clean", "satisfied"), ("solved", "not-satisfied"), ("some", "not-satisfied"), ("short", "not-satisfied")],
)
def test_a_threshold_becomes_assessment_results(licet: Command, here: Path, log: str, state: str) -> None:
    said = licet(*VALIDATED, f"{log}.jsonl", "--oscal", "o.json", "--publisher", "A. Lab", "--json")
    assert said.tree["oscal"] == "o.json"
    document = read(here / "o.json")
    result = document["assessment-results"]["results"][0]
    assert result["findings"][0]["target"]["status"]["state"] == state
    assert {"name": "judgement", "ns": "urn:licet:oscal:1", "value": said.tree["digest"]} in result["props"]
    try:
        found = errors(document)
    except NoSchema as missing:
        pytest.skip(str(missing))
    assert found == []


@pytest.mark.usefixtures("campaign")
@pytest.mark.parametrize(
    ("command", "options", "message"),
    [
        (FINDING, ("--csaf", "f.json"), "add `--publisher NAME` and `--namespace URI`"),
        (FINDING, ("--csaf", "f.json", "--publisher", "A", "--namespace", "lab"), "`lab` is no address"),
        (FINDING, ("--tlp", "RED"), "`--tlp` is of an advisory"),
        (FINDING, ("--model-version", "5"), "`--model-version` is of an advisory"),
        (FINDING, ("--patched", "x.json"), "`--patched` is of an advisory"),
        (FINDING, ("--publisher", "A. Lab"), "`--publisher` is of an advisory or of assessment results"),
        (PATCH, ("--csaf", "f.json", *LAB, "--model-version", "all before 5"), "does not name one version"),
        (FINDING, ("--csaf", "f.json", *LAB, "--patched", "labels.csv"), "labels.csv: "),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(
    licet: Command, here: Path, command: tuple[str, ...], options: tuple[str, ...], message: str
) -> None:
    said = licet(*command, *options, "--save", "j.json")
    assert said.code == (3 if "labels.csv" in options else 2)
    assert message in said.err
    assert not (here / "f.json").exists()
    assert not (here / "j.json").exists()
