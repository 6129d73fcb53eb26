"""The public version of a case, whole: every member that everybody may rely on, and what of each decides its class."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.cases.test_decision import grant
from tests.cases.test_redaction import AT, GROUNDS, case, entry, procedure, shown

from licet.cases.built_in import BUILT_IN
from licet.cases.redaction.public import everything
from licet.cases.redaction.redacting import is_withheld
from licet.cases.withholding import BUILT_IN as CLASSES
from licet.core.cases.case import Link, Placed, Shift
from licet.core.cases.clock import Base, Deadline, Limit, Running, Tolled
from licet.core.cases.decision import Kept, Obligation, Promise, Promised
from licet.core.cases.duty import Duty, Standing
from licet.core.cases.entry import BuiltIn, ClockKey, Exhibit
from licet.core.cases.procedure import FieldKind, FieldRule, Secrecy

WHOLE = "sha256:" + "4" * 64
LATER = AT + timedelta(days=2)


def hidden(secrecy: str, by: int | None = None) -> dict[str, str]:
    """What stands where something of this class is withheld."""
    said = GROUNDS[Secrecy(secrecy)].said
    return {"withheld": secrecy, "why": said if by is None else f"{said}, as entry {by} says"}


def withhold(number: int, what: int, field: str, secrecy: str = "security") -> Any:
    return entry(number, "withhold", {"entry": what, "field": field, "secrecy": secrecy, "why": "so"})


def test_the_whole_of_a_public_version() -> None:
    asked = replace(
        entry(1, fields={"purpose": "defence", "organisation": "Orbital Labs"}, party="Orbital Labs"), happened=LATER
    )
    ran = entry(2, "ran out", clock=ClockKey("plain", 1))
    placed = (
        Placed(asked, "new", "filed", backdated=True, shifts=(Shift("plain", 1, "a", "b"),), title="File it"),
        Placed(replace(ran, actor="clock", role="clock", late="so it is"), "filed", "filed", overtaken=True),
    )
    tolled = (Tolled("inquiry", AT, LATER), Tolled("answer", LATER, None))
    deadline = Deadline(
        "plain", "Plain", "officer", AT, 1, LATER, None, Running.TOLLED, None, tolled, "sha256:t", "9 d"
    )
    promise = Promise("a", Promised.UNDERTAKING, "Orbital Labs", "report", within=Limit(30, Base.DAYS))
    owed = Obligation("1.a", promise, 1, AT, LATER, Kept.BROKEN, (AT,), LATER)
    made = case(
        entry(1),
        as_of=LATER,
        entries=placed,
        deadlines=(deadline,),
        obligations=(owed,),
        links=(Link("concerns", "LIC-7"),),
    )
    assert shown(made) == {
        "format": "licet-public-case-v1",
        "case": "C-1",
        "procedure": {"name": "test@1", "title": "Test", "topic": "application", "digest": "sha256:" + "3" * 64},
        "state": {"name": "filed", "title": "Filed", "final": False, "outcome": None},
        "opened": AT.isoformat(),
        "updated": AT.isoformat(),
        "as_of": LATER.isoformat(),
        "whole": WHOLE,
        "entries": [
            {
                "number": 1,
                "event": "file",
                "title": "File it",
                "role": "applicant",
                "officer": 1,
                "second": None,
                "at": AT.isoformat(),
                "happened": LATER.isoformat(),
                "before": "new",
                "after": "filed",
                "exhibits": 0,
                "fields": {"organisation": "Orbital Labs", "purpose": "defence"},
                "party": "Orbital Labs",
                "backdated": True,
                "shifts": [{"clock": "plain", "before": "a", "after": "b"}],
            },
            {
                "number": 2,
                "event": "ran out",
                "title": "ran out",
                "role": "clock",
                "officer": None,
                "second": None,
                "at": AT.isoformat(),
                "happened": AT.isoformat(),
                "before": "filed",
                "after": "filed",
                "exhibits": 0,
                "fields": {},
                "clock": {"clock": "plain", "started_by": 1},
                "late": hidden("deliberation"),
                "overtaken": True,
            },
        ],
        "obligations": [
            {
                "id": "1.a",
                "kind": "undertaking",
                "decided_by": 1,
                "kept": "broken",
                "owner": "Orbital Labs",
                "text": "report",
                "due": LATER.isoformat(),
                "cure_by": LATER.isoformat(),
                "discharged": [AT.isoformat()],
            }
        ],
        "links": [{"relation": "concerns", "target": "LIC-7"}],
        "deadlines": [
            {
                "clock": "plain",
                "title": "Plain",
                "owner": "officer",
                "started_by": 1,
                "running": "tolled",
                "ended": None,
                "calendar": "sha256:t",
                "tolled": [
                    {"reason": "inquiry", "since": AT.isoformat(), "until": LATER.isoformat()},
                    {"reason": "answer", "since": LATER.isoformat(), "until": None},
                ],
                "started": AT.isoformat(),
                "gross": LATER.isoformat(),
                "due": None,
                "because": "9 d",
            }
        ],
    }
    assert list(shown(made)["entries"][0]["fields"]) == ["organisation", "purpose"]
    whole = everything(made, whole=WHOLE)
    assert (whole["entries"][1]["late"], whole["entries"][0]["officer"]) == ("so it is", "casey")


def test_what_stands_where_something_is_withheld_is_nothing_else() -> None:
    assert shown(case(entry(1, fields={"security": "a door is open"})))["entries"][0]["fields"] == {
        "security": hidden("security")
    }
    assert is_withheld(hidden("security"))
    for other in ({"withheld": "x"}, {"why": "x"}, {"withheld": "x", "y": 1}, {"why": "x", "y": 1}, "withheld why", 7):
        assert not is_withheld(other)
    assert not is_withheld(hidden("security") | {"more": 1})
    assert not is_withheld(["withheld", "why"])


@pytest.mark.parametrize(
    ("field", "secret"),
    [("considerations", "the vault opens to those who ask"), ("promises", [{"id": "quietly", "text": "they tell us"}])],
)
def test_what_of_a_decision_is_withheld_may_not_be_repeated(field: str, secret: Any) -> None:
    said = "Note that the vault opens to those who ask, or that they tell us."
    decision = grant(**{field: secret})
    noted = entry(2, "note", {"text": said, "secrecy": "public"})
    tree = shown(case(entry(1, "decide", {"decision": decision}), noted, withhold(3, 1, f"decision.{field}")))
    assert tree["entries"][0]["fields"]["decision"][field] == hidden("security", 3)
    assert tree["entries"][1]["fields"]["text"] == hidden("security")
    assert shown(case(entry(1, "decide", {"decision": decision}), noted))["entries"][1]["fields"]["text"] == said


def test_where_a_whole_decision_is_withheld_each_member_is_and_none_may_be_repeated() -> None:
    promise = Promise("a", Promised.CONDITION, "Orbital Labs", "report", within=Limit(30, Base.DAYS))
    owed = Obligation("1.a", promise, 1, AT, LATER, Kept.OWED)
    decision = grant(considerations="the vault opens to those who ask", official="Ada Byron, licensing@bis.example")
    noted = entry(2, "note", {"text": "As Ada Byron, licensing@bis.example says.", "secrecy": "public"})
    revealed = withhold(4, 1, "decision.summary", "public")
    made = case(
        entry(1, "decide", {"decision": decision}), noted, withhold(3, 1, "decision"), revealed, obligations=(owed,)
    )
    tree = shown(made)
    assert tree["entries"][0]["fields"]["decision"] == hidden("security", 3)
    assert tree["entries"][1]["fields"]["text"] == hidden("security")
    assert tree["obligations"][0]["text"] == hidden("security")


def test_the_official_whom_a_decision_names_may_be_repeated() -> None:
    said = "Ask Ada Byron."
    made = case(
        entry(1, fields={"purpose": said}),
        entry(2, "decide", {"decision": grant(official="Ada Byron, licensing")}, second="Ada Byron"),
    )
    assert shown(made)["entries"][0]["fields"]["purpose"] == said
    without = case(entry(1, fields={"purpose": said}), entry(2, "decide", {}, second="Ada Byron"))
    assert shown(without)["entries"][0]["fields"]["purpose"] == hidden("personal")


@pytest.mark.parametrize(
    ("kind", "value", "public"),
    [
        (FieldKind.LINE, "Alice Smith", True),
        (FieldKind.LINES, ["Bob", "Alice Smith"], True),
        (FieldKind.ORGANISATION, "Alice Smith", True),
        (FieldKind.TEXT, "Alice Smith", False),
        (FieldKind.LINE, "Alice Smith and others", False),
    ],
)
def test_a_party_is_public_where_a_public_field_of_one_line_is_its_name(
    kind: FieldKind, value: Any, public: bool
) -> None:
    law = procedure(fields={"who": FieldRule("who", kind, "", Secrecy.PUBLIC)})
    first = shown(case(entry(1, fields={"who": value}, party="Alice Smith"), procedure=law))["entries"][0]
    assert first["party"] == ("Alice Smith" if public else hidden("personal"))
    closed = procedure(fields={"who": FieldRule("who", kind, "", Secrecy.SECURITY)})
    first = shown(case(entry(1, fields={"who": value}, party="Alice Smith"), procedure=closed))["entries"][0]
    assert is_withheld(first["party"])


def test_a_party_is_public_where_an_entry_says_so_and_then_may_be_repeated_nowhere_else() -> None:
    revealed = entry(2, "withhold", {"entry": 1, "field": "party", "secrecy": "public", "why": "they agreed"})
    assert shown(case(entry(1, party="Alice Smith"), revealed))["entries"][0]["party"] == "Alice Smith"
    again = shown(case(entry(1, party="Alice Smith"), revealed, entry(3, party="Alice Smith")))["entries"]
    assert is_withheld(again[2]["party"])


def test_exhibits_are_known_again_by_their_names() -> None:
    exhibits = (Exhibit("price list.pdf", "application/pdf", 9, "sha256:" + "8" * 64),)
    for said in ("see price list.pdf", "see Price  List"):
        made = case(entry(1, fields={"purpose": said}, exhibits=exhibits))
        assert shown(made)["entries"][0]["fields"]["purpose"] == hidden("commercial")
    plain = (Exhibit("application.pdf", "application/pdf", 9, "sha256:" + "8" * 64),)
    for said, kept in (("my application", True), ("see application.pdf", False)):
        made = case(entry(1, fields={"purpose": said}, exhibits=plain))
        assert (shown(made)["entries"][0]["fields"]["purpose"] == said) is kept


def test_what_a_field_of_few_values_says_may_stand_elsewhere() -> None:
    kinds = (FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.COUNTRIES)
    for kind in kinds:
        law = procedure(fields={"pick": FieldRule("pick", kind, "", Secrecy.COMMERCIAL, ("alpha",))})
        given = "alpha" if kind is FieldKind.CHOICE else ["alpha"]
        made = case(entry(1, fields={"pick": given, "purpose": "alpha"}), procedure=law)
        assert shown(made)["entries"][0]["fields"] == {"pick": hidden("commercial"), "purpose": "alpha"}


@pytest.mark.parametrize(
    ("event", "fields", "classes"),
    [
        ("note", {"text": "so it is", "secrecy": "personal"}, {"text": "personal"}),
        ("note", {"text": "so it is", "secrecy": "no class"}, {"text": "deliberation"}),
        ("note", {"text": "so it is"}, {"text": "deliberation"}),
        ("link", {"relation": "concerns", "target": "LIC-7", "more": "1"}, {"more": "deliberation"}),
        ("move", {"procedure": "p", "state": "filed", "why": "newer", "x": "1"}, {"x": "deliberation"}),
        ("hold", {"name": "lawsuit", "why": "asked"}, {"name": "investigation", "why": "investigation"}),
        ("release hold", {"name": "lawsuit", "why": "over"}, {"name": "investigation", "why": "investigation"}),
        ("discharge", {"obligation": "1.a"}, {}),
        ("breach", {"obligation": "1.a", "why": "nothing came"}, {"why": "commercial"}),
        ("ran out", {"purpose": "so"}, {"purpose": "deliberation"}),
        ("withhold", {"entry": 9, "field": "x", "secrecy": "security", "why": "so"}, {}),
    ],
)
def test_what_can_happen_in_every_case_has_its_classes(event: str, fields: dict[str, Any], classes: Any) -> None:
    found = shown(case(entry(1), entry(2, event, fields)))["entries"][1]["fields"]
    assert found == {name: hidden(classes[name]) if name in classes else value for name, value in fields.items()}


def test_what_every_case_may_say_is_classed_by_the_law_of_every_case_alone() -> None:
    """A procedure whose field has the name of a built-in one does not open that."""
    law = procedure(fields={"why": FieldRule("why", FieldKind.TEXT, "", Secrecy.PUBLIC)})
    made = case(entry(1), entry(2, "breach", {"obligation": "1.a", "why": "nothing came"}), procedure=law)
    assert shown(made)["entries"][1]["fields"]["why"] == hidden("commercial")


def test_a_sentence_of_what_is_withheld_is_looked_for_line_by_line() -> None:
    secret = "The first vault is at the harbour, and\nthe second is under the old theatre; both are open."
    for said in ("the second is under the old theatre", "Note: the first vault is at the harbour", secret.upper()):
        made = case(entry(1, fields={"security": secret, "purpose": said}))
        assert shown(made)["entries"][0]["fields"]["purpose"] == hidden("security"), said
    for said in ("both are open", "the old theatre", "harbour, and"):
        made = case(entry(1, fields={"security": secret, "purpose": said}))
        assert shown(made)["entries"][0]["fields"]["purpose"] == said


def test_the_parts_of_what_is_personal_are_looked_for() -> None:
    law = procedure(fields={"person": FieldRule("person", FieldKind.LINE, "", Secrecy.PERSONAL)})
    for said in ("via port-5@sea.example", "of 12 harbour road", "of 12 HARBOUR road, that is"):
        fields = {"person": "sam (12 harbour road) <port-5@sea.example>; [born|1970]", "purpose": said}
        made = case(entry(1, fields=fields), procedure=law)
        assert shown(made)["entries"][0]["fields"]["purpose"] == hidden("personal")
    for said in ("sam", "born free", "a 1970 ship"):
        found = shown(case(entry(1, fields=fields | {"purpose": said}), procedure=law))["entries"][0]["fields"]
        assert (found["purpose"] == said) is (said == "sam")


def test_a_text_that_stands_in_confidence_twice_is_withheld_as_what_is_looked_for_most() -> None:
    """In the words of a decision what officers said is not looked for; what a party said in confidence is."""
    text = "the safeguards do not hold against a patient user"
    for order in (("deliberation", "security"), ("security", "deliberation")):
        notes = [entry(n, "note", {"text": text, "secrecy": each}) for n, each in enumerate(order, 1)]
        made = case(*notes, entry(3, "decide", {"decision": grant(considerations=f"Since {text}.")}))
        assert shown(made)["entries"][2]["fields"]["decision"]["considerations"] == hidden("security")


@pytest.mark.parametrize(("event", "field", "secrecy"), [("file", "security", "security"), ("file", "purpose", None)])
def test_a_clock_that_begins_by_an_instant_that_is_withheld_does_not_say_when(
    event: str, field: str, secrecy: str | None
) -> None:
    duty = Duty("X", "Y", Standing("in force"), None, "", (), {}, {event: (field,), "decide": ("commercial",)})
    due = Deadline("plain", "Plain", "o", AT, 1, LATER, LATER, Running.MET, LATER, (), "sha256:t", "9 d")
    made = case(entry(1, fields={field: "2026"}), entry(2, "decide"), deadlines=(due,), procedure=procedure(duty=duty))
    (found,) = shown(made)["deadlines"]
    assert found["due"] == (LATER.isoformat() if secrecy is None else hidden(secrecy))
    (second,) = shown(replace(made, deadlines=(replace(due, started_by=2),)))["deadlines"]
    assert second["started"] == hidden("commercial")
    reclassed = replace(made, entries=(*made.entries, Placed(withhold(3, 1, field), "filed", "filed")))
    assert shown(reclassed)["deadlines"][0]["because"] == hidden("security")


def test_a_deadline_of_a_clock_that_no_version_knows_says_no_instant() -> None:
    due = Deadline("gone", "Gone", "o", AT, 1, LATER, LATER, Running.MET, LATER, (), "sha256:t", "9 d")
    made = case(entry(1), deadlines=(due,))
    assert shown(made)["deadlines"][0]["because"] == hidden("deliberation")
    assert everything(made, whole=WHOLE)["deadlines"][0]["because"] == "9 d"


def test_who_takes_the_place_of_a_party_is_named_where_a_party_would_be() -> None:
    succeeds = {"role": "applicant", "name": "Alice Smith", "why": "the first one left us"}
    said = entry(2, "note", {"text": "Smith came.", "secrecy": "public"})
    first, noted, second = shown(case(entry(1), said, entry(3, "succeed", succeeds)))["entries"]
    expected = {"role": "applicant", "name": hidden("personal"), "why": hidden("deliberation")}
    assert (first["fields"], second["fields"]) == ({}, expected)
    assert noted["fields"]["text"] == hidden("personal")
    organisation = entry(1, fields={"organisation": "Orbital Labs"}, party="Orbital Labs")
    named = entry(2, "succeed", succeeds | {"name": "Orbital Labs"})
    assert shown(case(organisation, named))["entries"][1]["fields"]["name"] == "Orbital Labs"
    assert shown(case(organisation, named, withhold(3, 2, "name")))["entries"][1]["fields"]["name"] == hidden(
        "security", 3
    )
    decided = entry(4, "decide", {"decision": grant(considerations="Since Smith came.")})
    made = case(entry(1), entry(3, "succeed", succeeds), decided)
    assert shown(made)["entries"][2]["fields"]["decision"]["considerations"] == hidden("personal")


def test_a_procedure_with_a_public_field_called_name_opens_no_successor() -> None:
    law = procedure(fields={"name": FieldRule("name", FieldKind.LINE, "", Secrecy.PUBLIC)})
    made = case(entry(1), entry(2, "succeed", {"role": "applicant", "name": "Bo", "why": "so"}), procedure=law)
    assert shown(made)["entries"][1]["fields"]["name"] == hidden("personal")


def test_every_case_may_say_nothing_that_has_no_class() -> None:
    assert set(CLASSES) == set(BuiltIn)
    for event, rule in BUILT_IN.items():
        assert set(CLASSES[event]) <= set(rule.needs)


def test_a_clause_of_thirty_characters_is_looked_for_and_one_of_fewer_is_not() -> None:
    clause = "whoever comes late finds a door"
    for length in (29, 30):
        secret, said = f"It is so; {clause[:length]}; no more.", f"As they say {clause[:length]}."
        made = case(entry(1, fields={"security": secret, "purpose": said}))
        assert is_withheld(shown(made)["entries"][0]["fields"]["purpose"]) is (length == 30)


def test_a_public_field_that_is_called_target_is_no_link() -> None:
    law = procedure(fields={"target": FieldRule("target", FieldKind.DIGEST, "", Secrecy.PUBLIC)})
    made = case(entry(1, fields={"target": WHOLE, "purpose": f"see {WHOLE}"}), procedure=law)
    assert shown(made)["entries"][0]["fields"] == {"target": WHOLE, "purpose": f"see {WHOLE}"}


def test_who_did_something_is_withheld_as_an_entry_says() -> None:
    made = case(entry(1, fields={"organisation": "Orbital Labs"}, party="Orbital Labs"), withhold(2, 1, "party"))
    assert shown(made)["entries"][0]["party"] == hidden("security", 2)


def test_of_a_deadline_that_is_withheld_a_late_entry_says_that_it_moved() -> None:
    late = Placed(entry(1, fields={"imminent": True}), "new", "filed", shifts=(Shift("telling", 1, "a", "b"),))
    (shift,) = shown(case(entry(1), entries=(late,)))["entries"][0]["shifts"]
    assert shift == {"clock": "telling", "moved": hidden("security")}
    (whole,) = everything(case(entry(1), entries=(late,)), whole=WHOLE)["entries"][0]["shifts"]
    assert whole == {"clock": "telling", "before": "a", "after": "b"}
