"""`licet clocks --fire` after the wall clock jumped: somebody says how they know that it is right, and that is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
from tests.cli.test_cases import Officers, desk  # noqa: F401 - a fixture

from licet.adapters.pace_file import FILE, PaceFile

LATE = ("--happened", "2026-01-02T12:00:00Z", "--late", "it came by letter")
FIELDS = ("--field", "finder=jo", "--field", "models=small", "--field", "summary=a way around")


def overdue(desk: Officers, folder: Path) -> None:  # noqa: F811
    """A finding that nobody acknowledged for months, and a wall clock that jumped since it was last looked at."""
    said = desk("ann", "case", "open", "disclosure", "--party", "finder=jo", *FIELDS, *LATE)
    assert said.code == 0, said
    state = folder / ".licet"
    kept = PaceFile(state).look()
    (state / FILE).write_bytes(msgspec.json.encode(replace(kept, ahead=kept.ahead + 7_200)))
    assert not PaceFile(state).look().is_steady


def test_it_takes_a_reason_that_stays_in_the_entries(desk: Officers, here: Path) -> None:  # noqa: F811
    overdue(desk, here)
    refused = desk("ann", "clocks", "--fire")
    assert refused.code != 0
    assert "the wall clock jumped" in refused.err and "say how you know with `--why`" in refused.err
    assert len(desk("ann", "case", "show", "C-1", "--json").tree["entries"]) == 1
    why = "the time server was wrong until noon"
    said = desk("ann", "clocks", "--fire", "--why", why, "--json")
    assert said.code == 0, said
    assert [each["case"] for each in said.tree["fired"]] == ["C-1"]
    entries = desk("ann", "case", "show", "C-1", "--json").tree["entries"]
    made = [each for each in entries if each["actor"] == "clock"]
    assert made and {each["late"] for each in made} == {f"ann said that the wall clock is right: {why}"}
    assert f"came late: ann said that the wall clock is right: {why}" in " ".join(
        desk("ann", "case", "show", "C-1").out.split()
    )
    assert PaceFile(here / ".licet").look().is_steady
    assert desk("ann", "clocks", "--fire", "--json").tree["fired"] == []


def test_where_the_wall_clock_is_steady_nobody_is_asked(desk: Officers, here: Path) -> None:  # noqa: F811
    said = desk("ann", "case", "open", "disclosure", "--party", "finder=jo", *FIELDS, *LATE)
    assert said.code == 0, said
    assert [each["case"] for each in desk("ann", "clocks", "--fire", "--json").tree["fired"]] == ["C-1"]
    entries = desk("ann", "case", "show", "C-1", "--json").tree["entries"]
    assert {each["late"] for each in entries if each["actor"] == "clock"} == {None}


def test_a_reason_is_words_and_goes_with_fire(desk: Officers, here: Path) -> None:  # noqa: F811
    for options in (("--why", "x"), ("--fire", "--why", " ")):
        refused = desk("ann", "clocks", *options)
        assert refused.code == 2 and "`--why` says how you know" in refused.err
