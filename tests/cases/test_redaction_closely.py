"""Redaction at its edges: each note by its own class, fields named like what is built in, who may see the whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.cases.test_decision import grant
from tests.cases.test_obligations import granted
from tests.cases.test_redaction import AT, case, entry, procedure, shown

from licet.cases.redaction.public import everything
from licet.cases.redaction.redacting import is_withheld
from licet.cases.withholding import classes
from licet.core.cases.entry import Exhibit
from licet.core.cases.procedure import FieldKind, FieldRule, Secrecy

WHOLE = "sha256:" + "4" * 64


def withhold(number: int, what: int, field: str) -> Any:
    return entry(number, "withhold", {"entry": what, "field": field, "secrecy": "commercial", "why": "so"})


def test_every_note_is_of_the_class_that_it_says_itself() -> None:
    words = {"public": "They were heard.", "commercial": "It costs ninety.", "deliberation": "We doubt it."}
    orders = (("public", "commercial", "deliberation"), ("commercial", "public", "deliberation"))
    for order in orders:
        notes = [
            entry(number, "note", {"text": words[each], "secrecy": each})
            for number, each in enumerate(("public", *order), start=2)
        ]
        made = shown(case(entry(1, fields={"organisation": "Orbital Labs"}), *notes))
        texts = [each["fields"]["text"] for each in made["entries"][1:]]
        assert [each if isinstance(each, str) else each["withheld"] for each in texts] == [
            words["public"],
            *(words[each] if each == "public" else each for each in order),
        ]


def test_a_field_that_is_called_party_is_not_who_did_it() -> None:
    called = FieldRule("party", FieldKind.ORGANISATION, "", Secrecy.PUBLIC)
    law = procedure(fields={"party": called})
    first = entry(1, fields={"party": "Hidden Holdings", "organisation": "Orbital Labs"}, party="Orbital Labs")
    found = classes(case(first, withhold(2, 1, "party"), procedure=law))
    assert found.of(first, "party") is Secrecy.COMMERCIAL
    assert found.party(first) is None
    plain = entry(1, fields={"organisation": "Orbital Labs"}, party="Orbital Labs")
    assert classes(case(plain, withhold(2, 1, "party"), procedure=law)).party(plain) is Secrecy.COMMERCIAL


def test_who_may_see_the_whole_sees_it() -> None:
    made = case(
        entry(
            1, fields={"person": "Sam Sample", "security": "a door is open"}, party="Sam Sample", second="B. Officer"
        ),
        entry(2, "note", {"text": "We doubt it.", "secrecy": "deliberation"}),
        withhold(3, 1, "party"),
        fields={"person": "Sam Sample"},
    )
    tree = everything(made, whole=WHOLE)
    first, second, _ = tree["entries"]
    assert first["fields"] == {"person": "Sam Sample", "security": "a door is open"}
    assert (first["party"], first["officer"], first["second"]) == ("Sam Sample", "casey", "B. Officer")
    assert second["fields"]["text"] == "We doubt it."
    hidden = shown(made)["entries"][0]
    assert is_withheld(hidden["fields"]["person"]) and is_withheld(hidden["fields"]["security"])
    assert (hidden["officer"], hidden["second"]) == (1, 2)


def test_the_newest_word_about_a_class_counts() -> None:
    first = entry(1, fields={"organisation": "Orbital Labs", "purpose": "defence"})
    security = entry(3, "withhold", {"entry": 1, "field": "purpose", "secrecy": "security", "why": "so"})
    made = case(first, withhold(2, 1, "purpose"), security)
    found = classes(made)
    assert (found.of(first, "purpose"), found.by(first, "purpose")) == (Secrecy.SECURITY, 3)
    assert (found.of(first, "organisation"), found.by(first, "organisation")) == (Secrecy.PUBLIC, None)
    assert shown(made)["entries"][0]["fields"]["purpose"]["withheld"] == "security"
    assert first.at == AT


def test_a_field_that_is_called_party_stays_beside_who_did_it() -> None:
    """Also where something is withheld because it repeats what is."""
    called = FieldRule("party", FieldKind.ORGANISATION, "", Secrecy.PUBLIC)
    law = procedure(fields={"party": called})
    fields = {"party": "Orbital Labs", "purpose": "as qxzjkqxzjkqxzjk says", "commercial": "qxzjkqxzjkqxzjk"}
    made = case(entry(1, fields=fields, party="Orbital Labs"), entry(2, fields={"party": "Other Labs"}), procedure=law)
    first, second = shown(made)["entries"]
    assert first["fields"]["purpose"]["withheld"] == "commercial"
    assert (first["fields"]["party"], first["party"]) == ("Orbital Labs", "Orbital Labs")
    assert second["fields"] == {"party": "Other Labs"} and "party" not in second


def test_a_public_text_that_repeats_what_stands_in_no_field_is_withheld() -> None:
    """Why something is late, who the officers are, what evidence is, and what a document is called."""
    evidence = "sha256:" + "7" * 64
    decision = grant(judged=[{"criterion": "a@1#b", "verdict": "pass", "reasons": "so", "evidence": [evidence]}])
    late = "the registrar mislaid it for nine days"
    exhibits = (
        Exhibit("quarterly-figures-9.pdf", "application/pdf", 9, "sha256:" + "8" * 64),
        Exhibit("application.pdf", "application/pdf", 9, "sha256:" + "9" * 64),
    )
    for said, withheld in (
        ("Because the registrar mislaid it for nine days.", "deliberation"),
        ("As Robin Redbreast told us.", "personal"),
        ("As Jenny Wrenfield told us.", "personal"),
        (f"Look at {evidence}.", "commercial"),
        ("Look at quarterly-figures-9 for more.", "commercial"),
        ("Look at quarterly-figures-9.pdf for more.", "commercial"),
        ("This application is for defence, as the clock says.", None),
    ):
        made = case(
            entry(1, fields={"purpose": said}),
            entry(2, "decide", {"decision": decision}, second="Robin Redbreast", late=late, exhibits=exhibits),
            replace(entry(3, "note", {"text": "x", "secrecy": "public"}), actor="Jenny Wrenfield"),
            replace(entry(4, "ran out"), actor="clock", role="clock"),
        )
        tree = shown(made)
        purpose = tree["entries"][0]["fields"]["purpose"]
        assert purpose == said if withheld is None else purpose["withheld"] == withheld, said
        assert tree["entries"][1]["late"]["withheld"] == "deliberation"
        assert [each["officer"] for each in tree["entries"]] == [1, 1, 3, None]


def test_a_decision_is_shown_with_evidence_that_is_public_and_the_rest_withheld() -> None:
    known, other = "sha256:" + "7" * 64, "sha256:" + "8" * 64
    judged = {"criterion": "a@1#b", "verdict": "pass", "reasons": "so", "evidence": [known, other]}
    made = case(entry(1, "decide", {"decision": grant(judged=[judged])}))
    (found,) = shown(made, known=[known])["entries"][0]["fields"]["decision"]["judged"]
    assert found["evidence"][0] == known
    assert [each["withheld"] for each in found["evidence"][1:]] == ["commercial"]
    (whole,) = everything(made, whole=WHOLE)["entries"][0]["fields"]["decision"]["judged"]
    assert whole == judged
    linked = case(entry(1), entry(2, "link", {"relation": "concerns", "target": other}))
    assert shown(linked)["entries"][1]["fields"]["target"]["withheld"] == "commercial"
    assert shown(linked, known=[other])["entries"][1]["fields"]["target"] == other
    assert everything(linked, whole=WHOLE)["entries"][1]["fields"]["target"] == other


def test_a_person_and_what_no_procedure_knows_are_not_public() -> None:
    fields = {"person": "Sam Sample", "unheard_of": "x", "organisation": "Orbital Labs", "security": "x"}
    first = entry(1, fields=fields)
    found = classes(case(first))
    assert {name: found.of(first, name) for name in fields} == {
        "person": Secrecy.PERSONAL,
        "unheard_of": Secrecy.DELIBERATION,
        "organisation": Secrecy.PUBLIC,
        "security": Secrecy.SECURITY,
    }


def test_of_promises_that_are_withheld_nothing_is_told_but_that_there_are_some() -> None:
    broken = granted(cure="10 d").do("breach", fields={"obligation": "3.report", "why": "Nothing came."})
    (open_,) = shown(broken.case())["obligations"]
    assert (open_["id"], open_["owner"], open_["text"]) == ("3.report", "the holder", "They report.")
    assert open_["due"].startswith("2026-07-13") and open_["cure_by"].startswith("2026-06-23")
    fields = {"entry": 3, "field": "decision.promises", "secrecy": "security", "why": "So."}
    (found,) = shown(broken.do("withhold", fields=fields).case())["obligations"]
    assert {found[each]["withheld"] for each in ("id", "owner", "text", "due", "cure_by")} == {"security"}
