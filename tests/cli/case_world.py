"""One installation with cases in many states, as the examples in the help of commands about cases need them."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cli.conftest import Said
from tests.cli.test_cases import APPLICATION, complete

from licet.app.world import HostWorld
from licet.cli.main import run

FOR_FIVE_YEARS = datetime(2019, 3, 4, 12, tzinfo=UTC)
JUNE = datetime(2026, 6, 10, 12, tzinfo=UTC)
JULY = datetime(2026, 7, 3, 14, tzinfo=UTC)
"""When the examples are tried."""

LAW = Path(__file__).parents[2] / "src" / "licet" / "wire" / "law" / "cases"
BOTH = {"roles": ["officer", "approver", "administrator"]}
CUSTOMERS = "party,organisation,models,orders,purpose\n" + "".join(
    f"developer,{each},small,us-doc-2026-06-12,Defence of what it runs\n" for each in ("acme", "bolt", "coil", "dyne")
)
ACME = "party,organisation,models,orders,purpose\ndeveloper,acme,small,us-doc-2026-06-12,Defence of what it runs\n"
FACTS = """\
title: Loop in the sandbox
occurred: 2026-06-12
discovered: 2026-06-12T17:21:00-04:00
determined: 2026-06-12T17:21:00-04:00
plain_statement: It left its sandbox.
critical_safety_incident: true
serious_incident: true
serious_injuries: 3
deaths: 0
imminent_danger: false
training_operations_e24: 300
"""


class At(HostWorld):
    """This machine at an instant that the test says."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        """See the port."""
        return self._instant


def said_at(instant: datetime, *arguments: str) -> Said:
    """What a command says that is run at an instant, in the folder in which this process is."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = int(run(At(instant), arguments))
    return Said(code, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def within(folder: Path) -> Iterator[None]:
    """In a folder, where ann signs what nobody else does."""
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        patched.delenv("LICET_CONFIG", raising=False)
        patched.setenv("LICET_OFFICER_KEY", "ann.key")
        yield


class Desk:
    """Officers at work, one minute after the other. `cases`: what they call a case, and its number."""

    def __init__(self) -> None:
        self.now = FOR_FIVE_YEARS
        self.cases: dict[str, str] = {}

    def do(self, *arguments: str, code: int = 0) -> Any:
        """A command that goes as it should; its JSON."""
        self.now += timedelta(minutes=1)
        said = said_at(self.now, *arguments, "--json")
        assert said.code == code, (arguments, said)
        return said.tree

    def by_two(self, *arguments: str) -> Any:
        """The same, of what takes a second officer, ben."""
        asked = self.do(*arguments, code=6)
        return self.do("approve", asked["act"], "--sign-with", "ben.key")

    def opened(self, names: str, *arguments: str) -> None:
        """Open cases, and remember what they are called."""
        made = self.do("case", "open", *arguments)["result"]["cases"]
        self.cases.update(zip(names.split(), made, strict=True))

    def act(self, name: str, event: str, *fields: str) -> None:
        """An event of a case, with its fields."""
        self.do("case", "act", self.cases[name], event, *(f"--field={each}" for each in fields))

    def decided(self, name: str, event: str, kind: str, **more: Any) -> None:
        """A decision by two; its file stays as `NAME.yaml`."""
        self.drafted(name, event, kind, **more)
        self.by_two("case", "decide", self.cases[name], event, f"{name}.yaml")

    def drafted(self, name: str, event: str, kind: str, **more: Any) -> None:
        """The file of a decision, filled in."""
        self.do("case", "decide", self.cases[name], event, f"{name}.yaml", "--draft")
        complete(f"{name}.yaml", kind=kind, **more)


def build() -> dict[str, str]:
    """Set everything up in the folder in which this process is; the numbers of the cases by what they are called."""
    desk = Desk()
    appoint(desk)
    long_ago(desk)
    desk.now = JUNE
    applications(desk)
    customers(desk)
    incidents(desk)
    desk.now = JULY - timedelta(hours=1)
    another_version(desk)
    return desk.cases


def appoint(desk: Desk) -> None:
    """An installation with two officers."""
    desk.do("init", "--upstream", "http://127.0.0.1:9", "--model", "small", "--api", "both")
    keys = {who: desk.do("officers", "key", "--file", f"{who}.key")["key"] for who in ("ann", "ben")}
    officers = {who: {**BOTH, "keys": [key]} for who, key in keys.items()}
    Path("officers.yaml").write_text(json.dumps({"officers": officers}))
    desk.do("officers", "appoint", "--file", "officers.yaml", "--actor", "root")
    Path("officer.key").write_bytes(Path("ann.key").read_bytes())
    Path("officer.key").chmod(0o600)
    Path("application.yaml").write_text(APPLICATION)
    Path("plan.pdf").write_bytes(b"%PDF-1.7\n")


def application(desk: Desk, name: str) -> None:
    """An application of acme."""
    desk.opened(name, "licence_application", "--party=applicant=acme", "--fields=application.yaml")


def long_ago(desk: Desk) -> None:
    """Two applications that were taken back, and need not be kept any longer."""
    for name in ("old", "older"):
        application(desk, name)
        desk.act(name, "withdraw")


def applications(desk: Desk) -> None:
    """One that is registered, one to which a denial is intended, one that was answered, one that was granted."""
    for name in ("registered", "held", "intended", "answered", "granted"):
        application(desk, name)
    desk.do("case", "hold", desk.cases["held"], "grand-jury", "--why", "subpoena")
    for name in ("intended", "answered"):
        desk.act(name, "ask_applicant", "missing=who would notice misuse")
        desk.act(name, "give_information", "answer=the desk")
        desk.act(name, "intend_denial", "reasons=it is not shown")
        desk.decided(name, "notify_intent", "intent", promises=[])
    desk.act("answered", "answer_intent", "answer=we now screen at sign-up")
    for text in ("read", "discussed", "agreed"):
        desk.do("case", "note", desk.cases["answered"], text)
    Path("answered.yaml").unlink()
    desk.drafted("answered", "grant", "grant")
    desk.decided("granted", "grant", "grant")
    appeal = ("--ground=condition", "--field=appellant=acme", "--field=argument=too much", "--field=relief=less")
    made = desk.do("case", "appeal", desk.cases["granted"], "--party=appellant=acme", *appeal)
    desk.cases["appeal"] = made["result"]["cases"][0]


def customers(desk: Desk) -> None:
    """A list of four organisations, two of them approved, two screened; and acme proposed twice more."""
    of = ("customer_approval", "--role=proposer", f"--parent={desk.cases['registered']}")
    Path("four.csv").write_text(CUSTOMERS)
    Path("one.csv").write_text(ACME)
    desk.opened("acme bolt coil dyne", *of, "--csv=four.csv")
    for name in ("again", "anew"):
        desk.opened(name, *of, "--csv=one.csv")
    for name in ("acme", "bolt", "coil", "dyne"):
        desk.act(name, "screen", "screening=no candidate", "screened_by=the list of 10 June")
    for name in ("acme", "bolt"):
        desk.decided(name, "approve", "grant")
    desk.drafted("coil", "approve", "grant")


def incidents(desk: Desk) -> None:
    """One incident whose duties have no cases yet; and one that was reported and is resolved."""
    Path("facts.yaml").write_text(FACTS)
    desk.now = datetime(2026, 6, 13, 12, tzinfo=UTC)
    desk.cases["fresh"] = desk.do("incident", "open", "facts.yaml")["incident"]
    made = desk.do("incident", "open", "facts.yaml", "--duties")
    desk.cases["reported"] = made["incident"]
    desk.do("incident", "report", made["incident"], "gpai_code", "--made")
    desk.act("reported", "resolve", "resolved=2026-06-13T12:00:00Z")


def another_version(desk: Desk) -> None:
    """The procedure of applications as it was enacted anew."""
    tree = yaml.safe_load((LAW / "licence_application.yaml").read_text())
    Path("second.yaml").write_text(json.dumps({**tree, "procedure": "licence_application@2"}, default=str))
    desk.by_two("enact", "second.yaml")
