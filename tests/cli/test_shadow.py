"""`licet shadow` and `licet drill` where there is no gate: every error comes before anything is handed over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Command

ORDER = """\
order: draft
issued: 2026-06-01T00:00:00Z
from: 2026-06-01T00:00:00Z
models: [small]
forbids: not us_citizen
"""
SUBJECT = "subject: x\nkind: person\n"


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (ORDER, 4, "no gate is running; `licet serve` starts it"),
        (ORDER.replace("us_citizen", "us_citzen"), 3, "draft.yaml:5:14: unknown fact `us_citzen`"),
        (ORDER + "---\n" + SUBJECT, 2, "subjects are imported, not enacted: `x`"),
        (None, 2, "nothing new: all of this is enacted already"),
    ],
)
def test_a_draft_that_cannot_be_compared(
    installed: Command, here: Path, text: str | None, code: int, message: str
) -> None:
    file = here / "draft.yaml"
    if text is None:
        file = here / "rulebook"
    else:
        file.write_text(text)
    said = installed("shadow", file, "--json")
    assert said.code == code
    assert message in said.tree["error"]["message"]
    assert not list(here.rglob("*.draft"))


@pytest.mark.parametrize("length", ["0", "-1", "1.5s", "10 m", "1d", "s", "9999999999", "\u0661s"])
def test_a_length_of_time_is_a_number_with_a_unit(installed: Command, here: Path, length: str) -> None:
    (here / "draft.yaml").write_text(ORDER)
    said = installed("shadow", here / "draft.yaml", "--for", length)
    assert said.code == 2
    assert "is not a length of time, as in `90s`, `10m` or `2h`" in said.err


def test_a_drill_without_a_gate_is_in_force_and_ends(installed: Command) -> None:
    said = installed("drill", "-m", "small", "-s", "first", "--for", "1h", "--no-wait", "--json")
    assert said.code == 0, said.err
    name = said.tree["name"]
    assert installed("decide", "-s", "first", "-m", "small").code == 1
    said = installed("decide", "-s", "first", "-m", "small", "--at", said.tree["ends"])
    assert said.code == 0
    report = installed("drill", "report", name, "--json").tree
    assert not report["over"] and report["subjects"][0]["requests"] == 0
    text = installed("drill", "report", name)
    assert "none was running" in text.out and "0 name the drill" in text.out


def test_a_report_as_a_page(installed: Command, here: Path) -> None:
    name = installed("drill", "-m", "small", "-s", "first", "--for", "1h", "--no-wait", "--json").tree["name"]
    assert installed("drill", "report", name, "--html", here / "drill.html").code == 0
    assert name in (here / "drill.html").read_text()
    said = installed("drill", "report", name, "--html", here / "missing" / "drill.html")
    assert said.code == 2
    assert "cannot write" in said.err
