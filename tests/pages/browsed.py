"""Pages as a browser is given them: a register of a handful of cases, a case's folder, and the report of an incident.

One case is appealed, one overdue, one under an incident, one destroyed; fields are withheld; and texts are as long, and
as unkind to a narrow screen, as people write them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from tests.cases.walking import START, Walk, decision, shipped
from tests.pages.test_incident_page import written
from tests.services import register_world as world

from licet.adapters.store_memory import MemoryStore
from licet.core.cases.entry import BuiltIn, Entry
from licet.core.cases.procedure import Deciding, Procedure
from licet.pages import incident_report
from licet.pages.case import case_page
from licet.pages.diagram import diagram
from licet.services.cases.handing import hand_over

LAB = "Orbital Research Laboratories of the Upper Rhine, gGmbH (formerly Orbital Labs)"
PROSE = "Analysts look for flaws in firmware that the organisation runs itself, and in nothing else; finds are told."
UNBROKEN = "https://licensing.example/annexes/" + "a-very-long-address-without-a-place-to-break" * 3
NOW = START + timedelta(days=100)
Case = tuple[Procedure, tuple[Entry, ...]]


class Drawing:
    """The pages, without a command line."""

    def page(self, tree: Any, files: list[tuple[str, str]], meanings: Any) -> str:
        return case_page(tree, files, meanings)

    def diagram(self, procedure: Procedure) -> str:
        return diagram(procedure)


def begun(name: str) -> Walk:
    law = shipped()
    return Walk(law, next(each for each in law.procedures.values() if each.name.startswith(f"{name}@")))


def decided(walk: Walk, kind: Deciding, **more: Any) -> dict[str, Any]:
    """A decision in the words that decisions have."""
    made = decision(walk.law, walk.procedure, kind, walk.licences(), **more)
    made |= {
        "summary": f"{LAB} may use Mythos 5.",
        "considerations": f"{PROSE} {PROSE}",
        "basis": ["15 CFR 750.6(a)", UNBROKEN],
    }
    for each in made.get("judged", []):
        each["reasons"] = PROSE
    return made


def refused() -> Case:
    """An application that is denied after an answer; it is appealed by `C-2`."""
    walk = begun("licence_application")
    asked = {"organisation": LAB, "contact": "Jane Roe, roe@orbital.example", "purpose": f"{PROSE} See {UNBROKEN}."}
    walk = walk.do("register", party=LAB, fields={**walk.entry("register").fields, **asked}).wait(days=2)
    walk = walk.do("ask_applicant", fields={"missing": PROSE}).wait(days=3).do("give_information", party=LAB)
    walk = walk.do("intend_denial", actor="A. Counsel").wait(days=1)
    intent = {"decision": decided(walk, Deciding.INTENT)}
    walk = walk.do("notify_intent", fields=intent).wait(days=2).do("answer_intent", party=LAB).wait(days=1)
    walk = walk.do("deny", fields={"decision": decided(walk, Deciding.DENY)})
    return walk.procedure, walk.entries


def appealed() -> Case:
    """Its appeal, which nobody has decided: overdue."""
    procedure, entries = refused()
    denied = replace(Walk(shipped(), procedure, entries, NOW).case(), id="C-1")
    walk = replace(begun("appeal"), appealed=denied, now=entries[-1].at).wait(days=10)
    fields = {"appellant": LAB, "ground": "denial", "decided_on": entries[-1].at.date().isoformat()}
    more = {"argument": PROSE, "relief": PROSE, "appealed": ["C-1"]}
    walk = walk.do("file", party=LAB, fields={**fields, **more}).wait(days=1).do("admit", fields={"why": PROSE})
    walk = walk.do("submit", party=LAB).do("respond")
    return walk.procedure, walk.wait(days=60).entries


def granted() -> Case:
    """An application that is granted under a condition and an undertaking, one met and one overdue."""
    walk = begun("licence_application")
    asked = {"organisation": LAB, "purpose": PROSE}
    walk = walk.do("register", party=LAB, fields={**walk.entry("register").fields, **asked}).wait(days=4)
    common = {"owner": LAB, "text": f"{PROSE} {UNBROKEN}", "cure": "14 d"}
    promises = [
        {"id": "report", "kind": "condition", "within": "30 d", **common},
        {"id": "audit", "kind": "undertaking", "within": "20 d", **common},
    ]
    walk = walk.do("grant", fields={"decision": decided(walk, Deciding.GRANT, promises=promises)}).wait(days=5)
    walk = walk.do(BuiltIn.DISCHARGE, fields={"obligation": walk.case().obligations[1].id})
    hidden = {"entry": 1, "field": "purpose", "secrecy": "commercial", "why": "it names a customer"}
    return walk.procedure, walk.do(BuiltIn.WITHHOLD, fields=hidden).entries


def incident() -> Case:
    """An incident."""
    facts = {"title": f"It left its sandbox, see {UNBROKEN}", "discovered": "2026-06-12T21:21:00Z", "developer": LAB}
    walk = begun("incident").do("open", fields=facts)
    return walk.procedure, walk.entries


def duty(name: str) -> Case:
    """A duty to report it, which nobody has done: overdue."""
    walk = begun(name)
    first = next(rule for rule in walk.procedure.events.values() if "new" in rule.froms)
    walk = walk.do(first.name).do(BuiltIn.LINK, fields={"relation": "concerns", "target": "C-4"})
    return walk.procedure, walk.wait(days=40).entries


def proposed(organisation: str) -> Case:
    walk = begun("customer_approval")
    fields = {**walk.entry("propose").fields, "organisation": organisation, "purpose": PROSE}
    walk = walk.do("propose", role="organisation", party=organisation, fields=fields)
    return walk.procedure, walk.do("withdraw", role="organisation", party=organisation, fields={}).entries


def stored() -> MemoryStore:
    """All of them: `C-1` is refused, `C-2` its appeal, `C-4` the incident, `C-7` destroyed."""
    store = MemoryStore()
    cases = (refused(), appealed(), granted(), incident(), duty("sb53"), duty("raise"))
    world.fill(store, [*cases, proposed(LAB), proposed("W" * 200), proposed("شركة المدار للأبحاث")])
    store.erase_case("C-7", actor="B. Counsel", at=NOW)
    return store


def pages(folder: Path) -> dict[str, Path]:
    """Every kind of page, by what it is."""
    store, register = stored(), folder / "register"
    world.published(store, register, now=NOW)
    (folder / "case.html").write_bytes(index_of(store))
    (folder / "incident.html").write_text(
        incident_report.page(written(withheld={"plain_statement": "names a customer"}))
    )
    (procedure,) = (register / "procedures").glob("licence_application*")
    (criteria,) = list((register / "criteria").iterdir())[:1]
    cases = register / "cases" / "0"
    return {
        "front page": register / "index.html",
        "refused": cases / "C-1.html",
        "appeal": cases / "C-2.html",
        "granted": cases / "C-3.html",
        "incident": cases / "C-4.html",
        "duty": cases / "C-5.html",
        "destroyed": cases / "C-7.html",
        "hostile": cases / "C-8.html",
        "procedure": procedure,
        "criteria": criteria,
        "list": next((register / "lists").glob("customer*")) / "1.html",
        "month": next((register / "lists").glob("2026*")) / "1.html",
        "overdue": register / "lists" / "overdue" / "1.html",
        "case folder": folder / "case.html",
        "incident report": folder / "incident.html",
    }


def index_of(store: MemoryStore) -> bytes:
    """The page in the folder of `C-3`."""
    made = hand_over(store, world.law(store, NOW), "C-3", Drawing(), now=NOW, only_public=True, sign=None)
    with ZipFile(BytesIO(made.content)) as folder:
        return folder.read("C-3/index.html")
