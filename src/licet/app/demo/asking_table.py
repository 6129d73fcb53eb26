"""How the callers' facts came, how fast they went, and whether anything of their papers was kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from licet.app.demo.asking import GOAL, Asked
from licet.app.demo.carriers import CarriedBy
from licet.app.demo.scenario import Scenario

WAYS = {
    "presentation": "a credential shown from a wallet (SD-JWT VC, OpenID4VP), its status list read",
    "sign-in": "a sign-in at the organisation's own provider (OpenID Connect, PKCE)",
    "push": "pushed by the organisation (SCIM 2.0)",
    "officers": "attested by two officers, each with a signature",
}
GOOD, BAD = "green", "bold red"


def asking_report(console: Console, scenario: Scenario, ways: Mapping[str, CarriedBy], asked: Asked) -> None:
    """The carriers, what happened as they took their word back, and the search."""
    console.print(Text("Who is asking, without collecting passports", style="bold"))
    for caller, way in ways.items():
        facts = ", ".join(way.facts)
        line = Text(f"  {scenario.callers[caller].who}: ").append(facts, "cyan").append(f", {WAYS[way.by]}")
        console.print(line)
    console.print()
    console.print(scenes(scenario, asked))
    console.print()
    for wrong in asked.wrong:
        console.print(Text(wrong, style=BAD), soft_wrap=True)
    console.print(verdict(asked))


def scenes(scenario: Scenario, asked: Asked) -> Table:
    """What was taken back and brought again, and after how long the gate went by it."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for heading in ("27 June: facts are taken back", "", "the caller is", "after"):
        table.add_column(heading, justify="right" if heading == "after" else "left")
    last = ""
    for each in asked.scenes:
        who = scenario.callers[each.caller].who if each.caller != last else ""
        last = each.caller
        style = GOOD if each.right else BAD
        table.add_row(who, each.what, Text(each.became, style=style), Text(f"{each.seconds:.2f} s", style=style))
    return table


def verdict(asked: Asked) -> Text:
    """Whether all of it is as it has to be."""
    slowest = max((each.seconds for each in asked.scenes), default=0.0)
    text = f"each change counted within {GOAL:.0f} s, the slowest after {slowest:.2f} s"
    if asked.search is not None:
        looked = asked.search
        nothing = "none of" if not looked.found else "some of"
        text += (
            f"; {nothing} {looked.words} names, numbers and dates from the callers' papers is in the {looked.files}"
            f" files ({looked.size / 1e6:.1f} MB) that were written"
        )
    return Text(text, style=BAD if asked.wrong else "bold green")


def asking_json(asked: Asked | None) -> dict[str, Any] | None:
    """The same for programs."""
    if asked is None:
        return None
    search = asked.search
    return {
        "scenes": [each._asdict() for each in asked.scenes],
        "search": None if search is None else search._asdict(),
        "wrong": list(asked.wrong),
    }
