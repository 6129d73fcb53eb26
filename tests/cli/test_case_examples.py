"""Every example in the help of commands about cases is right as written: it runs, and does what it is there for.

Each has a place in `PLACES`: which cases its numbers stand for, which files it reads, what it says. An example without
one is red.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.cli.case_world import JULY, build, said_at, within
from tests.cli.test_reference import ALL

GROUPS = ("case", "incident", "clocks", "procedures", "register")
EXAMPLES = [
    (path, example)
    for path, found in ALL.items()
    if path[0] in GROUPS
    for example in found.examples  # type: ignore[attr-defined]
]
PARTS = re.compile(r"(?:\.\w+(?:\[\])?)+")


class Place(NamedTuple):
    """Where an example makes sense: cases by their numbers in it, files that it reads, what was done before it.

    `says` is in what it says, with `{name}` for the number of a case. `second`: it takes a second officer.
    """

    says: str = ""
    cases: Mapping[str, str] = {}
    files: Mapping[str, str] = {}
    before: Sequence[str] = ()
    second: bool = False


def of(name: str, says: str = "", **more: Any) -> Place:
    """A place of `C-17`."""
    return Place(says, {"C-17": name}, **more)


def incident(name: str, says: str = "", **more: Any) -> Place:
    """A place of an incident that is `C-1`."""
    return Place(says, {"C-1": name}, **more)


APPROVALS = "case,decision.summary,decision.terms.licence,decision.terms.to\n{coil},For coil,lic-coil,org == 'coil'\n"
CUSTOMERS = (
    (Path(__file__).parents[2] / "scenarios" / "cases" / "customers.csv").read_text().replace("mythos-5", "small")
)
MORE = "why_it_qualifies: It resisted being stopped.\n"
CORRECTED = "serious_injuries: 1\n"

PLACES = {
    "licet procedures criteria licence_application": Place("FA-11"),
    "licet procedures criteria frontier_access --oscal catalog.json": Place("in catalog.json"),
    "licet procedures diagram licence_application --file application.svg": Place("in application.svg"),
    "licet procedures list": Place("licence_application@2 "),
    "licet procedures list --all --json": Place('"licence_application@2026-07"'),
    "licet procedures show licence_application": Place("Application for a licence"),
    "licet procedures show appeal --json": Place('"appeal@2026-07"'),
    "licet case act C-17 answer_intent --party applicant=acme --field answer='we now screen at sign-up' --on 5": of(
        "intended", "{intended} is now `Answered`, at entry 6"
    ),
    "licet case act C-17 tell_orally --field told='Jo, by telephone' \\\n"
    "    --happened 2026-06-12T17:21:00-04:00 --late 'noted on Monday'": of("held", "at entry 3"),
    "licet case act ask --parent C-1 --state proposed --field missing='the register of owners'": Place(
        "entered in 2 cases: {again}, {anew}", {"C-1": "registered"}
    ),
    "licet case act withdraw --case C-2 --case C-3 --party organisation=acme": Place(
        "entered in 2 cases: {again}, {anew}", {"C-2": "again", "C-3": "anew"}
    ),
    "licet case act approve --csv answers.csv --decision decision.yaml": Place(
        files={"answers.csv": APPROVALS, "decision.yaml": "coil.yaml"}, second=True
    ),
    "licet case appeal C-17": of("granted", "audit: Report."),
    "licet case appeal C-17 --party appellant=acme --ground condition --field appellant=acme \\\n"
    "    --field argument='we answered it' --field relief='leave it out'": of("granted", "is opened"),
    "licet case breach C-17 audit --why 'no report came'": of("granted", "{granted} is now `Granted`, at entry 3"),
    "licet case decide C-17 grant decision.yaml --draft": of("answered", "the draft is in decision.yaml"),
    "licet case decide C-17 grant decision.yaml --check": of(
        "answered", "the draft lacks nothing", files={"decision.yaml": "answered.yaml"}
    ),
    "licet case decide C-17 grant decision.yaml --on 9 --licence licence.yaml --sign-with ann.key": of(
        "answered", "--file licence.yaml", files={"decision.yaml": "answered.yaml"}, second=True
    ),
    "licet case destroy C-17 --reason 'kept for five years'": of("old", second=True),
    "licet case destroy C-17 C-18 --reason 'it is time: licet case list --destroyable'": Place(
        cases={"C-17": "old", "C-18": "older"}, second=True
    ),
    "licet case discharge C-17 audit": of("granted", "{granted} is now `Granted`, at entry 3"),
    "licet case discharge C-17 audit --happened 2026-07-01T12:00:00Z --late 'it came by post'": of(
        "granted", "at entry 3"
    ),
    "licet case export C-17 c-17.zip --sign-with officer.key": of("granted", "c-17.zip"),
    "licet case export C-17 c-17-public.zip --public": of("granted", "c-17-public.zip"),
    "licet case help C-17": of("registered", "licet case succeed {registered} ROLE NAME"),
    "licet case hold C-17 grand-jury --why 'subpoena of 3 July 2026'": of("registered", "at entry 2"),
    "licet case release C-17 grand-jury --why 'the matter is closed'": of("held", second=True),
    "licet case instrument C-17 --file licence.yaml": of("granted", "licence.yaml"),
    "licet case instrument C-2 C-3 --file annex-a.yaml": Place("annex-a.yaml", {"C-2": "acme", "C-3": "bolt"}),
    "licet case link C-17 concerns C-3": Place("at entry 2", {"C-17": "registered", "C-3": "held"}),
    "licet case link C-17 'licensed by' lic-2026-7": of("registered", "at entry 2"),
    "licet case list --open": Place("{registered} "),
    "licet case list --topic appeal --state filed": Place("{appeal} "),
    "licet case list --overdue --json | jq -r '.cases[].case'": Place('"{registered}"'),
    "licet case list --destroyable": Place("{older} "),
    "licet case move C-17 licence_application@2 --state registered --why 'the applicant asked for it'": of(
        "registered", second=True
    ),
    "licet case note C-17 'they asked for a week more' --class deliberation": of("registered", "at entry 2"),
    "licet case open licence_application --party applicant=acme --fields application.yaml --exhibit plan.pdf": Place(
        "is opened"
    ),
    "licet case open customer_approval --csv customers.csv --role proposer --parent C-1 --json \\\n"
    "    | jq -r '.result.cases[]'": Place(cases={"C-1": "registered"}, files={"customers.csv": CUSTOMERS}),
    "licet case open disclosure --party finder=jo --field finder=jo --field models=small \\\n"
    "    --field summary='a way around' --happened 2026-06-12T17:21:00-04:00 --late 'came by letter'": Place(
        "is opened"
    ),
    "licet case queue C-1": Place("6 cases", {"C-1": "registered"}),
    "licet case queue C-1 --json | jq '.counts'": Place('"approved": 2', {"C-1": "registered"}),
    "licet case show C-17": of("registered", "licet case act {registered} refer"),
    "licet case show C-17 --json | jq '.deadlines[].due'": of("registered"),
    "licet case succeed C-17 applicant acme-holdings --why 'acme was merged into it on 3 July 2026'": of(
        "granted", second=True
    ),
    "licet case withhold C-17 1 purpose --class commercial --why 'asked for by the applicant'": of(
        "registered", second=True
    ),
    "licet incident amend C-1 more.yaml": incident("fresh", "why_it_qualifies", files={"more.yaml": MORE}),
    "licet incident amend C-1": incident("reported", "does resolve in "),
    "licet incident amend C-1 corrected.yaml --why 'two of them were counted twice'": incident(
        "fresh", "serious_injuries 3 1", files={"corrected.yaml": CORRECTED}
    ),
    "licet incident assess facts.yaml": Place("sb53 applies"),
    "licet incident assess facts.yaml --at 2026-06-13T09:00:00-04:00 --why": Place("14d17h"),
    "licet incident assess C-1 --json | jq -r '.to_open[]'": incident("fresh", '"sb53@2026-07"'),
    "licet incident list": Place("{fresh} "),
    "licet incident list --all --json": Place('"{reported}"'),
    "licet incident open facts.yaml --duties": Place("opened: "),
    "licet incident open facts.yaml --concerns cjs-finding-1 --sign-with ann.key": Place("cjs-finding-1"),
    "licet incident open C-1 --duties": incident("fresh", "opened: "),
    "licet incident report facts.yaml sb53": Place("SB 53"),
    "licet incident report C-1 sb53 --output sb53.md --page sb53.html": incident("fresh", "the page is in sb53.html"),
    "licet incident report C-1 gpai_code --event final_report --made --sign-with ann.key": incident(
        "reported", before=["licet incident amend {reported}"], second=True
    ),
    "licet incident report C-1 sb53 --public --withhold plain_statement='names a customer'": incident(
        "fresh", "names a customer"
    ),
    "licet clocks": Place("overdue"),
    "licet clocks --within 7d --owner licensing_officer": Place("{registered} "),
    "licet clocks --fire": Place("by the clock"),
    "licet clocks --fire --why 'the time server was wrong until noon'": Place("by the clock"),
    "licet register publish public/": Place("is in public"),
    "licet register publish public/ --base-url https://register.example/ --since 2026": Place("is in public"),
    "licet register show": Place("overdue"),
    "licet register show --json": Place('"overdue"'),
}


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The folder of the installation, to be copied, and its cases by what they are called."""
    folder = tmp_path_factory.mktemp("cases")
    with within(folder):
        return folder, build()


@pytest.fixture
def cases(world: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[dict[str, str]]:
    """The same, copied to where the example runs."""
    folder, found = world
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    with within(tmp_path):
        yield found


@pytest.mark.parametrize("example", [example for _, example in EXAMPLES])
def test_an_example_runs_as_it_is_written(example: str, cases: dict[str, str]) -> None:
    assert example in PLACES, "give this example a place in the world of this test"
    place = PLACES[example]
    for name, text in place.files.items():
        Path(name).write_text(Path(text).read_text() if is_here(text) else text.format(**cases))
    for each in place.before:
        earlier = said_at(JULY, *words(each.format(**cases), {}))
        assert earlier.code in (0, 6), earlier
    line, _, pipe = example.replace("\\\n", " ").partition(" | ")
    said = said_at(JULY, *words(line, {number: cases[name] for number, name in place.cases.items()}))
    assert said.err == ""
    assert said.code == (6 if place.second else 0), said
    assert place.says.format(**cases) in " ".join(said.out.split())
    if pipe:
        assert list(picked(json.loads(said.out), pipe)), "there is something to pick"
    if place.second:
        [act] = re.findall(r"\ba-[0-9a-f]{16}\b", said.out)[:1]
        agreed = said_at(JULY, "approve", act, "--sign-with", "ben.key")
        assert agreed.code == 0, agreed


def test_no_place_is_for_an_example_that_is_gone() -> None:
    assert set(PLACES) == {example for _, example in EXAMPLES}


def is_here(name: str) -> bool:
    """Whether a text is the name of a file."""
    return "\n" not in name and Path(name).is_file()


def words(line: str, numbers: Mapping[str, str]) -> list[str]:
    """The arguments of a command line, with other numbers of cases."""
    licet, *arguments = shlex.split(line)
    assert licet == "licet"
    return [numbers.get(each, each) for each in arguments]


def picked(tree: Any, pipe: str) -> Iterator[Any]:
    """What `jq` picks by a path, as far as examples use it."""
    jq, *options, path = shlex.split(pipe)
    assert (jq, options) in (("jq", []), ("jq", ["-r"]))
    assert PARTS.fullmatch(path)
    found = [tree]
    for name, each in re.findall(r"\.(\w+)(\[\])?", path):
        found = [one[name] for one in found]
        if each:
            found = [one for some in found for one in some]
    return iter(found)
