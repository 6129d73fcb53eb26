"""`licet case` and `licet clocks` on a real store: open, act, decide by two, appeal, queues, and every wrong thing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.test_program import on_a_terminal, program, without_codes

from licet.app.world import HostWorld
from licet.wire import yaml
from licet.wire.document_text import text_of

if TYPE_CHECKING:
    from tests.cli.conftest import Command, Said

Officers = Callable[..., "Said"]

APPLICATION = """\
organisation: acme
contact: Jo Example, jo@acme.example
models: [small]
orders: [us-doc-2026-06-12]
purpose: Finding weaknesses in its own systems
countries: [US, FR]
"""
ORDER = """\
order: us-doc-2026-06-12
issued: 2026-06-12T17:21:00-04:00
from: 2026-06-12T18:51:00-04:00
models: [small]
forbids: not us_citizen
"""
EVIDENCE = "sha256:" + "a" * 64
CASE = ("licence_application", "--party", "applicant=acme")


@pytest.fixture
def desk(installed: Command, here: Path) -> Officers:
    """Runs a command as ann, ben or cy, who were appointed."""
    keys = {
        who: installed("officers", "key", "--file", f"{who}.key", "--json").tree["key"] for who in ("ann", "ben", "cy")
    }
    both = {"roles": ["officer", "approver", "administrator"]}
    officers = {who: {**both, "keys": [keys[who]]} for who in ("ann", "ben")} | {
        "cy": {"roles": ["viewer", "officer"], "keys": [keys["cy"]]}
    }
    Path("officers.yaml").write_text(json.dumps({"officers": officers}))
    assert installed("officers", "appoint", "--file", "officers.yaml", "--actor", "root").code == 0
    Path("application.yaml").write_text(APPLICATION)

    def call(who: str, *arguments: object) -> Said:
        return installed(*arguments, "--sign-with", here / f"{who}.key")

    return call


@pytest.fixture
def opened(desk: Officers) -> Officers:
    """The same, with an application that was opened as C-1."""
    said = desk("ann", "case", "open", *CASE, "--fields", "application.yaml", "--json")
    assert said.code == 0, said
    assert said.tree["result"] == {"cases": ["C-1"]}
    return desk


def shown(desk: Officers, name: str = "C-1") -> Any:
    said = desk("ann", "case", "show", name, "--json")
    assert said.code == 0, said
    return said.tree


def complete(path: str, *, kind: str = "grant", **more: Any) -> Path:
    """Fill in a draft: every element, every criterion, a condition that can be broken."""
    (document,) = yaml.read(path, Path(path).read_bytes())
    tree = document.tree
    verdict = "pass" if kind == "grant" else "fail"
    tree |= {
        "summary": "Access for acme",
        "basis": ["15 CFR 750.7"],
        "considerations": "It defends what it runs.",
        "reconsideration": "A breach of a condition ends it.",
        "official": "A. Counsel, counsel@licensing.example",
        "appeal": "Within 21 days, at licensing.example/cases",
        "judged": [
            {**each, "verdict": verdict, "reasons": "It was shown.", "evidence": [EVIDENCE]} for each in tree["judged"]
        ],
    }
    promise = {
        "id": "audit",
        "kind": "condition",
        "owner": "applicant",
        "text": "Report.",
        "within": "90 d",
        "cure": "5 d",
    }
    Path(path).write_text(text_of([{**tree, "promises": [promise], **more}]))
    return Path(path)


def granted(desk: Officers) -> None:
    assert desk("ann", "case", "decide", "C-1", "grant", "grant.yaml", "--draft").code == 0
    complete("grant.yaml")
    proposed = desk("ann", "case", "decide", "C-1", "grant", "grant.yaml", "--json")
    assert proposed.code == 6, proposed
    assert desk("ben", "approve", proposed.tree["act"]).code == 0


def test_a_case_is_opened_and_shown_with_what_is_due_and_possible(opened: Officers) -> None:
    tree = shown(opened)
    assert (tree["state"], tree["number"], tree["parties"]) == ("registered", 1, {"applicant": "acme"})
    assert tree["fields"]["countries"] == ["FR", "US"]
    assert {each["clock"]: each["running"] for each in tree["deadlines"]} == {
        "initial_processing": "running",
        "whole_application": "running",
    }
    assert all(each["gross"] == each["due"] and each["left"] > 0 for each in tree["deadlines"])
    refer = next(each for each in tree["possible"] if each["event"] == "refer")
    assert refer["commands"] == ["licet case act C-1 refer --field 'agencies=…;…' --on 1"]
    text = opened("ann", "case", "show", "C-1").out
    for said in (
        "Registered",
        "acme (applicant), recorded by ann",
        "Initial processing: licensing_officer has 9 d; from entry 1; by the table sha256:",
    ):
        assert said in text
    listed = opened("ann", "case", "list", "--open", "--json").tree["cases"]
    assert [(each["case"], each["party"], each["due"]["clock"]) for each in listed] == [
        ("C-1", "acme", "initial_processing")
    ]
    assert "what the agencies" not in text
    assert "the agencies that the application is referred to" in opened("ann", "case", "help", "C-1").out


def test_clocks_are_due_soonest_first(opened: Officers, licet: Command) -> None:
    due = opened("ann", "clocks", "--json").tree["due"]
    assert [each["clock"] for each in due] == ["initial_processing", "whole_application"]
    assert [each["left"] for each in due] == sorted(each["left"] for each in due)
    assert opened("ann", "clocks", "--within", "7d", "--json").tree["due"] == []
    assert opened("ann", "clocks", "--within", "3w", "--json").tree["due"][0]["clock"] == "initial_processing"
    assert opened("ann", "clocks", "--owner", "chair").out == "nothing is due\n"
    late = opened("ann", "clocks", "--overdue", "--json").tree
    assert (late["due"], late["overdue"]) == ([], 0)
    assert opened("ann", "clocks", "--fire", "--json").tree["fired"] == []
    assert "has to be signed" in licet("clocks", "--fire").err
    assert opened("ann", "clocks", "--case", "C-2").code == 2
    assert "`7x` is not a length of time" in opened("ann", "clocks", "--within", "7x").err


def test_events_out_of_order_are_refused_with_what_is_possible(opened: Officers) -> None:
    said = opened("ann", "case", "act", "C-1", "close_recommendations")
    assert said.code == 2
    assert "`close_recommendations` is not possible in `C-1`, which is `Registered`; possible now: " in said.err
    assert "`refer` by licensing_officer" in said.err
    said = opened("ann", "case", "act", "C-1", "refr")
    assert "`refr` is no event of `licence_application@2026-07` (did you mean `refer`" in said.err
    assert shown(opened)["number"] == 1


def test_everything_that_is_wrong_is_said_at_once(opened: Officers) -> None:
    assert opened("ann", "case", "act", "C-1", "refer", "--field", "agencies=State;Defense").code == 0
    more = ("--party", "agency=Defense", "--field", "agency=Defense", "--field", "position=maybe", "--field", "frob=1")
    said = opened("ann", "case", "act", "C-1", "recommend", *more)
    assert said.code == 3
    for line in (
        "`frob`: `recommend` takes no such field",
        "`position`: `'maybe'` is not allowed",
        "`reasons`: it is missing",
    ):
        assert line in said.err
    assert "4 problems, and nothing was changed" in said.err
    error = opened("ann", "case", "act", "C-1", "recommend", *more, "--json").tree["error"]
    assert error["code"] == "fields_rejected"
    Path("wrong.yaml").write_text("agency: Defense\nposition: maybe\nreasons: 7\nlegal_basis: [15 CFR 744.22]\n")
    said = opened(
        "ann", "case", "act", "C-1", "recommend", "--party", "agency=Defense", "--fields", "wrong.yaml", "--json"
    )
    assert [(each["line"], each["column"]) for each in said.tree["error"]["problems"]] == [(2, 11), (3, 10)]
    assert shown(opened)["number"] == 2


def test_two_officers_at_once_one_wins_and_the_other_is_told(opened: Officers) -> None:
    assert opened("ben", "case", "act", "C-1", "refer", "--field", "agencies=State", "--on", 1).code == 0
    said = opened("ann", "case", "act", "C-1", "ask_applicant", "--field", "missing=who", "--on", 1)
    assert said.code == 4
    assert (
        "`C-1` has moved on since entry 1: entry 2, Refer to the reviewing agencies, by ben (licensing_officer)"
        in said.err
    )
    assert "look again: `licet case show C-1`" in said.err
    assert shown(opened)["number"] == 2


def test_the_wrong_role_the_wrong_party_and_nobody(opened: Officers, licet: Command) -> None:
    said = opened("cy", "case", "decide", "C-1", "grant", "x.yaml", "--draft")
    assert said.code == 0, "anybody may write a draft"
    for arguments, message in (
        (("refer", "--role", "chair"), "`chair` may not `refer`; it is for `licensing_officer`"),
        (("refer", "--party", "chair=x"), "`chair` is no party of `licence_application@2026-07`"),
        (("refer", "--party", "agency=x"), "is done by an officer as `licensing_officer`, and by nobody outside"),
        (("add_information", "--party", "x"), "`x` is not a name with a value"),
        (("refer", "--late", "x"), "say when it happened, with `--happened`"),
        (("refer", "--happened", "2100-01-01T00:00:00Z", "--late", "x"), "is in the future"),
        (("refer", "--happened", "2026-01-01T00:00:00Z"), "needs a reason: `--late"),
        (("--case", "C-1"), "name the event alone"),
    ):
        said = opened("ann", "case", "act", *(() if arguments[0] == "--case" else ("C-1",)), *arguments)
        assert said.code == 2, said
        assert message in said.err
    assert "has to be signed" in licet("case", "act", "C-1", "refer", "--field", "agencies=x").err
    assert shown(opened)["number"] == 1


def test_before_there_are_officers_nobody_works_cases(installed: Command) -> None:
    said = installed("case", "open", "appeal", "--event", "file", "--party", "appellant=acme")
    assert said.code == 2
    assert "only officers work cases, and there are none yet" in said.err
    assert installed("case", "list").out.startswith("no cases")
    assert "no case was opened yet" in installed("case", "show", "C-1").err


def test_unknown_cases_and_procedures_come_with_the_nearest_names(opened: Officers) -> None:
    assert "there is no case `C-7` (did you mean `C-1`?)" in opened("ann", "case", "show", "C-7").err
    said = opened("ann", "procedures", "show", "licence-aplication")
    assert said.code == 2
    assert "did you mean `licence_application`" in said.err


def test_a_decision_is_drafted_checked_signed_by_two_and_writes_its_licence(opened: Officers, licet: Command) -> None:
    assert opened("ann", "case", "decide", "C-1", "refer", "d.yaml", "--draft").code == 2
    said = opened("ann", "case", "decide", "C-1", "grant", "d.yaml", "--draft", "--json")
    assert (said.code, said.tree["not_yet"]) == (0, None)
    assert Path("d.yaml").read_text().count("criterion: 'frontier_access@2026-07#FA-") == 11
    assert "is there already" in opened("ann", "case", "decide", "C-1", "grant", "d.yaml", "--draft").err
    lacks = opened("ann", "case", "decide", "C-1", "grant", "d.yaml", "--json")
    assert (lacks.code, lacks.tree["error"]["code"]) == (3, "decision_unfinished")
    assert len({(each["line"], each["message"]) for each in lacks.tree["error"]["problems"]}) == 22
    text = opened("ann", "case", "decide", "C-1", "grant", "d.yaml").err
    assert "d.yaml:8:1: there is no statutory or regulatory basis" in text
    assert "`FA-1`, `FA-2`, `FA-3`" in text
    assert text.count("is judged without reasons") == 1
    complete("d.yaml")
    checked = opened("cy", "case", "decide", "C-1", "grant", "d.yaml", "--check")
    assert checked.code == 0
    assert "what change would allow reconsideration" in checked.out
    proposed = opened("ann", "case", "decide", "C-1", "grant", "d.yaml", "--licence", "l.yaml", "--json")
    assert proposed.code == 6
    assert not Path("l.yaml").exists()
    waiting = opened("ben", "proposals", "--open").out
    assert "grant in C-1" in waiting
    assert opened("ann", "approve", proposed.tree["act"]).code == 1, "not by the one who proposed it"
    approved = opened("ben", "approve", proposed.tree["act"])
    assert approved.code == 0
    for each in ("grant in C-1", "a named official", "FA-11", "It was shown."):
        assert each in approved.out
    tree = shown(opened)
    assert (tree["state"], tree["outcome"]) == ("granted", "granted")
    assert [each["id"] for each in tree["obligations"]] == ["2.audit"]
    assert tree["entries"][-1]["second"] == "ben"
    assert tree["decisions"][0]["summary"] == "Access for acme"
    written = opened("ann", "case", "instrument", "C-1", "--file", "l.yaml", "--json")
    assert written.tree["documents"][0]["licence"] == "lic-c-1"
    Path("order.yaml").write_text(ORDER)
    checked = licet("check", "order.yaml", "l.yaml")
    assert checked.code == 0, checked
    assert "l.yaml` is there already" in opened("ann", "case", "instrument", "C-1", "--file", "l.yaml").err


def test_a_draft_is_told_what_its_evidence_is(opened: Officers, installed: Command) -> None:
    """A document in force, an exhibit that comes with it, or nothing that is here."""
    assert opened("ann", "case", "decide", "C-1", "grant", "d.yaml", "--draft").code == 0
    complete("d.yaml")
    Path("report.txt").write_text("screened")
    report = f"sha256:{sha256(b'screened').hexdigest()}"
    enacted = installed("status", "--json").tree["in_force"][0]
    text = Path("d.yaml").read_text().replace(EVIDENCE, report, 1).replace(EVIDENCE, enacted["digest"], 1)
    Path("d.yaml").write_text(text)
    said = opened("ann", "case", "decide", "C-1", "grant", "d.yaml", "--exhibit", "report.txt", "--check", "--json")
    assert said.code == 0, said
    first, second, rest = said.tree["evidence"]
    assert (first["kind"], first["name"], first["digest"]) == ("exhibit", "report.txt", report)
    assert (second["kind"], second["name"]) == (enacted["kind"], enacted["name"])
    assert first["criteria"] == ["frontier_access@2026-07#FA-1"]
    assert (rest["digest"], rest["kind"], rest["says"]) == (EVIDENCE, None, None)
    out = opened("ann", "case", "decide", "C-1", "grant", "d.yaml", "--check").out
    assert "2 of 3 are not here; attach them with `--exhibit`" in " ".join(out.split())


def test_obligations_are_kept_or_broken_and_a_case_is_noted_linked_held(opened: Officers) -> None:
    granted(opened)
    assert (
        "has no obligation `audt` (did you mean `audit` or `2.audit`?)"
        in opened("ann", "case", "discharge", "C-1", "audt").err
    )
    assert opened("ann", "case", "breach", "C-1", "audit", "--why", "no report").code == 0
    (owed,) = shown(opened)["obligations"]
    assert owed["kept"] == "broken"
    assert owed["cure_by"] is not None
    assert "2.audit is broken; put right by" in opened("ann", "case", "show", "C-1").out
    assert opened("ann", "case", "discharge", "C-1", "audit").code == 0
    assert opened("ann", "case", "note", "C-1", "they called", "--class", "deliberation").code == 0
    assert opened("ann", "case", "link", "C-1", "licensed by", "lic-c-1").code == 0
    assert opened("ann", "case", "hold", "C-1", "jury", "--why", "subpoena").code == 0
    assert (
        "there is no hold `x` on `C-1`; there are `jury`"
        in opened("ann", "case", "release", "C-1", "x", "--why", "y").err
    )
    assert opened("ann", "case", "withhold", "C-1", 1, "purpse", "--class", "commercial", "--why", "x").code == 2
    tree = shown(opened)
    assert {"relation": "licensed by", "target": "lic-c-1"} in tree["links"]
    assert tree["holds"] == {"jury": "subpoena"}
    released = opened("ann", "case", "release", "C-1", "jury", "--why", "over", "--json")
    assert released.code == 6
    assert opened("ben", "approve", released.tree["act"]).code == 0
    assert shown(opened)["holds"] == {}


def test_what_can_be_appealed_and_filing_it(opened: Officers) -> None:
    assert "nothing in `C-1` can be appealed yet" in opened("ann", "case", "appeal", "C-1").out
    granted(opened)
    said = opened("ann", "case", "appeal", "C-1", "--json")
    (condition,) = said.tree["appealable"]
    assert (condition["ground"], condition["what"]) == ("condition", "audit: Report.")
    assert condition["until"] is not None
    assert condition["because"].startswith("21 d")
    assert "licet case appeal C-1 --party appellant=… --ground …" in opened("ann", "case", "appeal", "C-1").out
    fields = ("--field", "appellant=acme", "--field", "argument=too much", "--field", "relief=leave it out")
    filed = opened("cy", "case", "appeal", "C-1", "--party", "appellant=acme", *fields, "--json")
    assert filed.code == 0, filed
    tree = shown(opened, "C-2")
    assert (tree["topic"], tree["fields"]["ground"], tree["fields"]["appealed"]) == ("appeal", "condition", ["C-1"])
    assert {"relation": "appeals", "target": "C-1"} in tree["links"]
    assert opened("cy", "case", "act", "C-2", "admit").code == 0
    kept = {each["event"]: each["not_yet"] for each in opened("ann", "case", "show", "C-2", "--json").tree["possible"]}
    assert "somebody else" in kept["grant_stay"], "ann granted what is appealed"
    assert opened("cy", "case", "show", "C-2", "--json").tree["possible"] != []


def test_what_is_recorded_late_is_marked_and_changes_deadlines(opened: Officers) -> None:
    assert opened("ann", "case", "act", "C-1", "ask_applicant", "--field", "missing=who").code == 0
    tolled = {each["clock"]: each for each in shown(opened)["deadlines"]}["whole_application"]
    assert tolled["tolled"][0]["reason"] == "information"
    assert "stands still" in opened("ann", "case", "show", "C-1").out
    when = (HostWorld().now() - timedelta(days=1)).isoformat(timespec="seconds")
    before = opened(
        "ann", "case", "act", "C-1", "give_information", "--field", "answer=x", "--happened", when, "--late", "by post"
    )
    assert before.code != 0, "it would have been before what it answers"
    assert shown(opened)["number"] == 2


def test_the_version_that_a_case_has_stays(opened: Officers) -> None:
    assert (
        "is under `licence_application@2026-07` already"
        in opened("ann", "case", "move", "C-1", "licence_application", "--state", "referred", "--why", "x").err
    )
    said = opened("ann", "case", "move", "C-1", "appeal", "--state", "referred", "--why", "x")
    assert "`referred` is no state of `appeal@2026-07`" in said.err


@pytest.mark.parametrize("columns", [80, 120])
def test_on_a_terminal_nothing_is_cut_and_in_a_pipe_nothing_is_wrapped(
    opened: Officers, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LICET_OFFICER_KEY", "ann.key")
    code, out = on_a_terminal("case", "show", "C-1", columns=columns)
    assert code == 0
    lines = without_codes(out).splitlines()
    tables = [each for each in lines if not each.startswith("licet ")]
    assert max(map(len, tables)) <= columns
    assert "…" not in "".join(tables)
    piped = program("case", "show", "C-1").stdout
    assert "\x1b" not in piped
    assert "\nlicet case act C-1 refer --field 'agencies=…;…' --on 1\n" in piped


def test_names_that_steer_a_terminal_are_refused(opened: Officers) -> None:
    said = opened("ann", "case", "act", "C-1", "withdraw", "--party", "applicant=a\x1b[2Jb")
    assert said.code == 2
    assert "\x1b" not in said.err
    said = opened("ann", "case", "act", "C-1", "withdraw", "--field", "why=a\u202eb")
    assert "U+202E" in said.err
    assert shown(opened)["number"] == 1
