"""What is withheld stands nowhere in the public version: not in part, not elsewhere, not by its length or order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cases.test_decision import grant

from licet.cases.redaction.public import public
from licet.cases.redaction.redacting import is_withheld
from licet.cases.withholding import parts
from licet.core.cases.case import Case, Link, Placed, Shift
from licet.core.cases.clock import Base, Choice, ClockRule, Deadline, Limit, Running
from licet.core.cases.decision import Kept, Obligation, Promise, Promised
from licet.core.cases.entry import Entry, Exhibit
from licet.core.cases.procedure import (
    EventRule,
    FieldKind,
    FieldRule,
    Need,
    Procedure,
    Retention,
    Secrecy,
    State,
    Topic,
)
from licet.core.conditions import Always
from licet.wire.secrecy import shipped_grounds

AT = datetime(2026, 6, 12, 21, tzinfo=UTC)
GROUNDS = shipped_grounds()
KINDS = {"organisation": FieldKind.ORGANISATION, "purpose": FieldKind.TEXT, "person": FieldKind.SUBJECT}
FIELDS = {
    **{name: FieldRule(name, kind, "", Secrecy.PUBLIC) for name, kind in KINDS.items()},
    **{each.value: FieldRule(each.value, FieldKind.TEXT, "", each) for each in Secrecy if each is not Secrecy.PUBLIC},
    "imminent": FieldRule("imminent", FieldKind.BOOLEAN, "", Secrecy.SECURITY),
}
STATE = State("filed", "Filed", "", False, None)
CLOCKS = {
    "plain": ClockRule("plain", "Plain", "officer", (Choice(Limit(9, Base.DAYS), None, ""),), "UTC"),
    "telling": ClockRule(
        "telling",
        "Telling",
        "officer",
        (Choice(Limit(1, Base.DAYS), Always(True), "imminent"), Choice(Limit(9, Base.DAYS), None, "")),
        "UTC",
    ),
}


def procedure(**changed: Any) -> Procedure:
    fields = FIELDS | changed.pop("fields", {})
    event = EventRule(
        "file",
        "File",
        "",
        frozenset({"new"}),
        "filed",
        frozenset({"applicant"}),
        {name: Need(rule, False) for name, rule in fields.items()},
    )
    made = Procedure(
        name="test@1",
        title="Test",
        topic=Topic.APPLICATION,
        sources=("s",),
        as_of=date(2026, 6, 1),
        zone="UTC",
        calendar="c@1",
        roles={},
        states={"filed": STATE},
        events={"file": event, "decide": replace(event, name="decide", needs={})},
        clocks=CLOCKS,
        fields=fields,
        criteria=(),
        retention=Retention(Limit(5, Base.YEARS), "s"),
        digest="sha256:" + "3" * 64,
    )
    return replace(made, **changed)


def entry(number: int, event: str = "file", fields: Mapping[str, Any] | None = None, **given: Any) -> Entry:
    return Entry(number, event, "applicant", "casey", AT, AT, fields or {}, **given)


def case(*entries: Entry, **changed: Any) -> Case:
    placed = tuple(Placed(each, "new", "filed") for each in entries)
    made = Case("C-1", procedure(), STATE, AT, AT, placed, (), (), (), (), {}, {}, {})
    return replace(made, **changed)


def shown(of: Case, **given: Any) -> dict[str, Any]:
    return public(of, GROUNDS, whole="sha256:" + "4" * 64, **given)


SECRET = st.text("qxzjk", min_size=12, max_size=30)
"""Letters that no word of ours has in this number."""


def pieces(text: str, size: int = 6) -> set[str]:
    return {text[at : at + size] for at in range(len(text) - size + 1)}


@st.composite
def withheld_cases(draw: st.DrawFn) -> tuple[Case, list[str]]:
    """A case with secrets wherever there can be any, repeated in public texts, and all of them."""
    secrets: list[str] = []

    def secret() -> str:
        secrets.append(draw(SECRET))
        return secrets[-1]

    hidden = {each.value: secret() for each in Secrecy if each is not Secrecy.PUBLIC and draw(st.booleans())}
    names = secret().title(), secret().title()
    halves, name = set(secrets[-2:]), " ".join(names)
    exhibits = (
        Exhibit(
            f"{secret()}-1.pdf", "application/pdf", 4711, "sha256:" + draw(st.text("89", min_size=64, max_size=64))
        ),
    )
    secrets.append(exhibits[0].digest.removeprefix("sha256:"))
    fields = hidden | {"organisation": "Orbital Labs", "person": secret(), "unheard_of": secret()}
    halves.add(exhibits[0].name.partition("-")[0])
    others = [each for each in secrets if each not in halves]
    echo = draw(st.sampled_from([*others, name]))
    said = [
        f"as {echo} says",
        f"AS {echo.upper()},",
        f"as\n{echo} wrote",
        f"as {names[1]} says",
        exhibits[0].name.title(),
    ]
    fields["purpose"] = draw(st.sampled_from(said))
    answered_for = {hidden.get("deliberation"), fields["unheard_of"]}  # in the words of a decision they are its own
    echoed = draw(st.sampled_from([each for each in others if each not in answered_for]))
    decision = grant(considerations=secret(), summary=f"{echoed} may use it", terms=None)
    decision["judged"][0]["evidence"] = [exhibits[0].digest]
    made = case(
        entry(1, fields=fields, party=name, exhibits=exhibits, late=secret(), second=secret()),
        entry(2, "note", {"text": secret(), "secrecy": "security"}),
        entry(3, "decide", {"decision": decision}),
        entry(4, "withhold", {"entry": 3, "field": "decision.considerations", "secrecy": "commercial", "why": "so"}),
        entry(5, "hold", {"name": secret(), "why": secret()}),
        entry(6, "link", {"relation": "concerns", "target": exhibits[0].digest}),
        entry(7, "breach", {"obligation": "3.report", "why": secret()}),
        links=(Link("concerns", exhibits[0].digest),),
        holds={"x": secret()},
        fields=fields,
        parties={"applicant": name},
    )
    return made, secrets


@given(withheld_cases())
def test_no_piece_of_what_is_withheld_is_public(generated: tuple[Case, list[str]]) -> None:
    made, secrets = generated
    text = json.dumps(shown(made), ensure_ascii=False).casefold()
    for secret in secrets:
        assert not any(piece in text for piece in pieces(secret)), secret


@given(withheld_cases(), st.integers(1, 500))
def test_the_public_version_is_the_same_whatever_is_withheld(generated: tuple[Case, list[str]], more: int) -> None:
    """Neither lengths nor sizes nor file names say anything."""
    made, _ = generated
    first = made.entries[0].entry
    fields = dict(first.fields) | {
        name: f"{value}{'w' * more}" for name, value in first.fields.items() if name in {each.value for each in Secrecy}
    }
    other = tuple(replace(each, name=f"{'v' * more}-2.doc", size=more) for each in first.exhibits)
    changed = replace(first, fields=fields, late="another w", exhibits=other)
    entries = (replace(made.entries[0], entry=changed), *made.entries[1:])
    one, two = shown(made), shown(replace(made, entries=entries))
    for each in (one, two):
        each["entries"][0]["fields"].pop("purpose")
        each["entries"][2]["fields"].pop("decision")
    assert one == two


def test_what_is_public_is_shown() -> None:
    decision = grant()
    made = case(
        entry(1, fields={"organisation": "Orbital Labs", "purpose": "defence"}, party="Orbital Labs"),
        entry(2, "decide", {"decision": decision}, second="robin"),
    )
    tree = shown(made, known=decision["judged"][0]["evidence"])
    first, second = tree["entries"]
    assert first["party"] == "Orbital Labs"
    assert first["fields"] == {"organisation": "Orbital Labs", "purpose": "defence"}
    assert second["fields"]["decision"] == decision
    assert (first["officer"], second["officer"], second["second"]) == (1, 1, 2)
    assert tree["whole"] == "sha256:" + "4" * 64


def test_turns_of_speech_are_no_secrets_and_clauses_of_thirty_characters_are() -> None:
    """`each organisation` stands in every other sentence."""
    said = "each organisation; whoever leaves the two hundredth vault unlocked, pays; each organisation answers"
    made = case(entry(1, fields={"commercial": said, "purpose": "one licence for each organisation"}))
    assert shown(made)["entries"][0]["fields"]["purpose"] == "one licence for each organisation"
    told = "as they wrote: Whoever leaves the\u00a0two hundredth va\u200bult unlocked, and more"
    made = case(entry(1, fields={"commercial": said, "purpose": told}))
    assert is_withheld(shown(made)["entries"][0]["fields"]["purpose"])


def test_a_decision_may_say_what_an_adviser_said_and_nothing_else_that_is_withheld() -> None:
    """Whoever signs it answers for its words; those of a party, or of security, are not theirs to give away."""
    advice, secret = "the safeguards that are proposed do not hold against a patient user", "the vault opens with qxzjk"
    decision = grant(considerations=f"First, {advice}.", summary=f"Granted, although {secret}.", terms=None)
    decision["judged"][0]["reasons"] = advice
    made = case(
        entry(1, "advise", {"deliberation": advice, "security": secret, "purpose": f"Because {advice}."}),
        entry(2, "decide", {"decision": decision}),
    )
    advised, decided = (each["fields"] for each in shown(made)["entries"])
    assert decided["decision"]["considerations"] == f"First, {advice}."
    assert decided["decision"]["summary"]["withheld"] == "security"
    assert decided["decision"]["judged"][0]["reasons"]["withheld"] == "deliberation"
    assert advised["purpose"]["withheld"] == "deliberation"
    quoted = case(
        entry(1, "advise", {"deliberation": secret, "security": secret}), entry(2, "decide", {"decision": decision})
    )
    assert is_withheld(shown(quoted)["entries"][1]["fields"]["decision"]["summary"])  # what is both is not to be said


def test_a_person_who_asks_is_not_named_and_their_name_not_repeated() -> None:
    made = case(entry(1, fields={"purpose": "for Smith and her team"}, party="Alice Smith"))
    first = shown(made)["entries"][0]
    assert first["party"] == {
        "withheld": "personal",
        "why": "it names or describes a natural person (5 USC 552(b)(6); 5 USC 552a(b))",
    }
    assert first["fields"]["purpose"]["withheld"] == "personal"


def test_the_official_of_a_decision_is_named() -> None:
    made = case(entry(1, "decide", {"decision": grant()}, second="Ada Byron"))
    assert shown(made)["entries"][0]["fields"]["decision"]["official"] == "Ada Byron, licensing@bis.example"


def test_an_entry_changes_a_class_later_and_is_itself_shown() -> None:
    filed = entry(1, fields={"purpose": "a quiet purpose", "commercial": "a price", "organisation": "O"}, party="O")
    hide = {"entry": 1, "field": "purpose", "secrecy": "security", "why": "asked for"}
    reveal = {"entry": 1, "field": "commercial", "secrecy": "public", "why": "published since"}
    person = {"entry": 1, "field": "party", "secrecy": "investigation", "why": "asked for"}
    made = case(filed, *(entry(n, "withhold", each) for n, each in enumerate((hide, reveal, person), 2)))
    tree = shown(made)
    first = tree["entries"][0]
    assert first["fields"]["purpose"]["withheld"] == "security"
    assert first["fields"]["purpose"]["why"].endswith(", as entry 2 says")
    assert first["fields"]["commercial"] == "a price"
    assert first["party"]["withheld"] == "investigation"
    assert [each["fields"] for each in tree["entries"][1:]] == [hide, reveal, person]
    again = case(filed, entry(2, "withhold", hide), entry(3, "withhold", hide | {"secrecy": "public"}))
    assert shown(again)["entries"][0]["fields"]["purpose"] == "a quiet purpose"


def test_what_was_given_in_confidence_stays_so_under_another_version() -> None:
    made = case(entry(1, fields={"purpose": "a quiet purpose"}))
    before = procedure(
        digest="sha256:" + "5" * 64, fields={"purpose": replace(FIELDS["purpose"], secrecy=Secrecy.SECURITY)}
    )
    assert shown(made, earlier=[before])["entries"][0]["fields"]["purpose"]["withheld"] == "security"
    assert shown(made)["entries"][0]["fields"]["purpose"] == "a quiet purpose"


@pytest.mark.parametrize("clock", ["plain", "telling"])
def test_a_deadline_does_not_say_which_limit_held_by_what_is_withheld(clock: str) -> None:
    due = AT + timedelta(days=1)
    deadline = Deadline(clock, "T", "officer", AT, 1, due, due, Running.RUNNING, None, (), "sha256:t", "1 d: imminent")
    made = case(entry(1, fields={"imminent": True}), deadlines=(deadline,))
    moved = replace(made.entries[0], shifts=(Shift(clock, 1, "before", "after"),), backdated=True)
    tree = shown(replace(made, entries=(moved,)))
    (found,) = tree["deadlines"]
    hidden = [found[key] for key in ("started", "gross", "due", "because")]
    (shift,) = tree["entries"][0]["shifts"]
    if clock == "plain":
        assert found["due"] == due.isoformat()
        assert shift == {"clock": clock, "before": "before", "after": "after"}
    else:
        assert all(is_withheld(each) and each["withheld"] == "security" for each in hidden)
        assert is_withheld(shift["moved"])
        assert due.isoformat() not in json.dumps(tree)


def test_an_obligation_is_withheld_with_the_promises_of_its_decision() -> None:
    promise = Promise("quiet-report", Promised.CONDITION, "Orbital Labs", "report quietly", within=Limit(30, Base.DAYS))
    owed = Obligation("1.quiet-report", promise, 1, AT, AT + timedelta(days=30), Kept.OWED)
    decided = entry(1, "decide", {"decision": grant(promises=[{"id": "quiet-report", "text": "report quietly"}])})
    plain = shown(case(decided, obligations=(owed,)))["obligations"][0]
    assert (plain["text"], plain["owner"]) == ("report quietly", "Orbital Labs")
    withhold = entry(2, "withhold", {"entry": 1, "field": "decision.promises", "secrecy": "security", "why": "so"})
    discharge = entry(3, "discharge", {"obligation": "1.quiet-report"})
    tree = shown(case(decided, withhold, discharge, obligations=(owed,)))
    assert "quiet" not in json.dumps(tree)
    assert tree["obligations"][0]["kept"] == "owed"


def test_evidence_that_is_not_public_is_one_mark_however_much_it_is() -> None:
    decision = grant()
    known, *others = ("sha256:" + each * 64 for each in "678")
    decision["judged"][0]["evidence"] = [known, *others]
    tree = shown(case(entry(1, "decide", {"decision": decision})), known=[known])
    evidence = tree["entries"][0]["fields"]["decision"]["judged"][0]["evidence"]
    assert evidence[0] == known
    assert [each["withheld"] for each in evidence[1:]] == ["commercial"]


def test_another_spelling_of_what_is_withheld_is_withheld_too() -> None:
    wide = "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in "falcon nine")
    for said in ("of FALCON\u00a0nine", f"of {wide}", "of falcon\nNine"):
        made = case(entry(1, fields={"commercial": "falcon nine", "purpose": said}))
        assert is_withheld(shown(made)["entries"][0]["fields"]["purpose"]), said


def test_what_an_entry_can_withhold() -> None:
    decided = entry(1, "decide", {"decision": {"summary": "so", "appeal": "so"}, "purpose": "so"}, party="O")
    assert parts(decided) == ("decision", "purpose", "decision.summary", "decision.appeal", "party")
    assert parts(entry(2, "withhold", {"entry": 1, "field": "party", "secrecy": "personal", "why": "so"})) == ()


def test_every_class_has_its_ground_with_law_and_a_day() -> None:
    assert set(GROUNDS) == set(Secrecy) - {Secrecy.PUBLIC}
    assert all(each.sources and each.why and each.as_of == date(2026, 11, 1) for each in GROUNDS.values())
