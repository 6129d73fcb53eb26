"""What documents of procedure become: each value as it was written, with what was left out filled in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from licet.core.cases.clock import Base, Choice, ClockRule, Expiry, Limit, Roll, Toll
from licet.core.cases.criteria import Criterion
from licet.core.cases.duty import Standing
from licet.core.cases.procedure import CaseRole, Deciding, FieldKind, FieldRule, Retention, Secrecy, State, Topic
from licet.core.errors import Problem
from licet.core.resolve import resolve
from licet.core.roles import Role
from licet.core.shape import Draft, shape

Tree = dict[str, Any]

ABOUT: Tree = {"sources": ["a law", "an order"], "as_of": "2026-07-02"}
CALENDAR = {"calendar": "days@1", "title": "Days", "country": "US"} | ABOUT
FORM: Tree = {"form": "report@1", "title": "A report"} | ABOUT
FORM["fields"] = {
    "known_at": {"kind": "instant", "meaning": "when"},
    "harm": {"kind": "choice", "values": ["none", "death"], "meaning": "what", "class": "security", "source": "a law"},
}
CRITERIA: Tree = {"criteria": "access@1", "title": "Access"} | ABOUT
CRITERIA["catalogue"] = {
    "A-10": {"title": "Ten", "statement": "so", "source": "a law"},
    "A-2": {"title": "Two", "statement": "it is", "source": "b", "decisive": True, "evidence": ["x", "y"]},
}
APPEAL: Tree = {
    "procedure": "appeal@1",
    "title": "An appeal",
    "topic": "appeal",
    "zone": "UTC",
    "calendar": "days@1",
    "retention": {"limit": "2 years", "source": "a law"},
    "roles": {"judge": {"title": "the judge", "held": ["approver", "officer"]}},
    "states": {"filed": {"title": "Filed"}, "over": {"title": "Over", "final": True, "outcome": "upheld"}},
    "events": {
        "file": {"title": "File", "from": ["new"], "to": "filed", "by": ["judge"]},
        "uphold": {"title": "Uphold", "from": ["filed"], "to": "over", "by": ["judge"], "unlike": ["grant", "file"]},
    },
} | ABOUT
REQUEST: Tree = {
    "procedure": "request@1",
    "title": "A request",
    "topic": "application",
    "zone": "Europe/Berlin",
    "calendar": "days@1",
    "criteria": ["access@1"],
    "appeals": "appeal@1",
    "retention": {"limit": "5 years", "source": "a law"},
    "fields": {
        "urgent": {"kind": "boolean", "meaning": "whether"},
        "purpose": {"kind": "text", "meaning": "what for", "class": "commercial"},
    },
    "roles": {
        "officer": {"title": "the officer", "held": ["officer", "approver"]},
        "applicant": {"title": "the applicant", "party": True},
    },
    "states": {
        "asked": {"title": "Asked", "meaning": "It is here."},
        "waiting": {"title": "Waiting"},
        "granted": {"title": "Granted", "final": True, "outcome": "granted"},
        "lapsed": {"title": "Lapsed", "final": True, "outcome": "lapsed"},
    },
    "events": {
        "ask": {
            "title": "Ask",
            "meaning": "They ask.",
            "from": ["new"],
            "to": "asked",
            "by": ["applicant"],
            "needs": ["purpose"],
            "takes": ["urgent"],
            "exhibits": 2,
            "starts": ["answer", "news"],
            "source": "a law",
        },
        "inquire": {
            "title": "Inquire",
            "from": ["asked"],
            "to": "waiting",
            "by": ["officer"],
            "tolls": {"answer": "inquiry"},
            "tells": ["applicant"],
            "once": True,
        },
        "reply": {
            "title": "Reply",
            "from": ["waiting"],
            "to": "asked",
            "by": ["applicant", "officer"],
            "resumes": {"answer": "inquiry"},
            "late": True,
        },
        "tell": {"title": "Tell", "from": ["asked", "waiting"], "by": ["officer"], "meets": ["news"]},
        "grant": {
            "title": "Grant",
            "from": ["asked"],
            "to": "granted",
            "by": ["officer"],
            "decides": "grant",
            "second": True,
            "stops": ["answer"],
            "unlike": ["tell"],
        },
        "lapse": {"title": "Lapse", "from": ["asked", "waiting"], "to": "lapsed", "by": ["clock"]},
    },
    "clocks": {
        "news": {"title": "News", "owner": "officer", "limit": "4 weeks", "repeats": True, "source": "b"},
        "answer": {
            "title": "An answer",
            "owner": "officer",
            "limit": [{"if": "urgent", "limit": "24 h"}, {"limit": "10 d"}],
            "zone": "UTC",
            "first_day": True,
            "end_of_day": "17:00",
            "roll": "next working day",
            "event": "lapse",
            "tolls": {
                "inquiry": {"title": "an inquiry", "source": "c", "cap": "20 d"},
            },
            "warns": "2 d",
            "appealable": True,
            "source": "a law",
        },
    },
} | ABOUT
DUTY: Tree = {
    "procedure": "duty@1",
    "title": "A duty",
    "topic": "incident duty",
    "zone": "UTC",
    "calendar": "days@1",
    "form": "report@1",
    "retention": {"limit": "5 years", "source": "a law"},
    "roles": {"reporter": {"title": "who reports", "held": ["officer"]}},
    "states": {"due": {"title": "Due"}, "over": {"title": "Over", "final": True, "outcome": "reported"}},
    "events": {
        "learn": {"title": "Learn", "from": ["new"], "to": "due", "by": ["reporter"], "starts": ["report"]},
        "report": {"title": "Report", "from": ["due"], "to": "over", "by": ["reporter"], "meets": ["report"]},
    },
    "clocks": {"report": {"title": "Report", "owner": "reporter", "limit": "72 h", "source": "a law"}},
    "duty": {
        "jurisdiction": "Nowhere",
        "to": "an office",
        "standing": "in force",
        "since": "2026-01-01",
        "note": "so far",
        "tests": {
            "worse": {"title": "Worse", "if": 'harm == "death"', "source": "b"},
            "harmful": {"title": "Harm", "if": 'harm != "none"', "source": "a law"},
        },
        "reports": {"report": ["harm", "known_at"]},
        "begins": {"learn": ["known_at"]},
    },
} | ABOUT
ALL = (CALENDAR, FORM, CRITERIA, APPEAL, REQUEST, DUTY)


def made(*trees: Tree) -> tuple[Any, tuple[Problem, ...]]:
    """What these become, and what is wrong with them."""
    drafts: list[Draft] = []
    for number, tree in enumerate(trees):
        draft, wrong = shape(number, tree, lambda _, __: None)
        assert draft is not None and not wrong, wrong
        drafts.append(draft)
    return resolve(drafts, lambda draft: f"digest of {draft.name}")


def wrong(changed: Tree) -> list[tuple[tuple[str | int, ...], str, bool]]:
    """What is wrong once this document stands in the place of the one of its kind and name."""
    kind = next(iter(changed))
    others = [each for each in ALL if each.get(kind) != changed[kind]]
    _, problems = made(*others, changed)
    return [(each.path, each.message, each.at_key) for each in problems if each.document == len(others)]


@pytest.fixture(scope="module")
def documents() -> Any:
    """All of them."""
    found, problems = made(*ALL)
    assert not problems
    return found


def test_a_procedure_is_what_its_document_says(documents: Any) -> None:
    found = documents.procedures["request@1"]
    assert (found.name, found.title, found.topic) == ("request@1", "A request", Topic.APPLICATION)
    assert (found.sources, found.as_of) == (("a law", "an order"), date(2026, 7, 2))
    assert (found.zone, found.calendar, found.criteria) == ("Europe/Berlin", "days@1", ("access@1",))
    assert found.retention == Retention(Limit(5, Base.YEARS), "a law")
    assert (found.digest, found.form, found.duty, found.appeals) == ("digest of request@1", None, None, "appeal@1")
    assert list(found.states) == ["asked", "waiting", "granted", "lapsed"]
    assert found.states["asked"] == State("asked", "Asked", "It is here.", False, None)
    assert found.states["lapsed"] == State("lapsed", "Lapsed", "", True, "lapsed")
    assert list(found.roles) == ["applicant", "officer"]
    assert found.roles["applicant"] == CaseRole("applicant", "the applicant", True, frozenset())
    assert found.roles["officer"] == replace(
        CaseRole("officer", "the officer", False, frozenset((Role("officer"), Role("approver"))))
    )
    assert list(found.fields) == ["purpose", "urgent"]
    assert found.fields["urgent"] == FieldRule("urgent", FieldKind.BOOLEAN, "whether", Secrecy.PUBLIC)


def test_its_clocks_are_what_it_says(documents: Any) -> None:
    found = documents.procedures["request@1"].clocks
    answer = found["answer"]
    assert answer == ClockRule(
        name="answer",
        title="An answer",
        owner="officer",
        limits=(
            Choice(Limit(24, Base.HOURS), answer.limits[0].when, "urgent"),
            Choice(Limit(10, Base.DAYS), None, ""),
        ),
        zone="UTC",
        first_day=True,
        end_of_day=time(17),
        roll=Roll.NEXT_WORKING_DAY,
        tolls={"inquiry": Toll("inquiry", "an inquiry", Limit(20, Base.DAYS), "c")},
        expiry=Expiry.EVENT,
        event="lapse",
        repeats=False,
        warns=Limit(2, Base.DAYS),
        appealable=True,
        source="a law",
    )
    assert answer.limits[0].when is not None
    assert dict(answer.tolls) == {"inquiry": Toll("inquiry", "an inquiry", Limit(20, Base.DAYS), "c")}
    assert found["news"] == ClockRule(
        name="news",
        title="News",
        owner="officer",
        limits=(Choice(Limit(4, Base.WEEKS), None, ""),),
        zone="Europe/Berlin",
        repeats=True,
        source="b",
    )


def test_its_events_are_what_it_says(documents: Any) -> None:
    found = documents.procedures["request@1"].events
    ask, inquire, reply, grant = found["ask"], found["inquire"], found["reply"], found["grant"]
    assert (ask.title, ask.meaning, ask.source) == ("Ask", "They ask.", "a law")
    assert (ask.froms, ask.to, ask.by) == (frozenset({"new"}), "asked", frozenset({"applicant"}))
    assert [(name, need.field.name, need.required) for name, need in ask.needs.items()] == [
        ("purpose", "purpose", True),
        ("urgent", "urgent", False),
    ]
    assert (ask.exhibits, ask.starts, ask.late, ask.once, ask.second) == (2, ("answer", "news"), False, False, False)
    assert (ask.decides, ask.unlike, ask.stops, ask.meets) == (None, frozenset(), (), ())
    assert (ask.tolls, ask.resumes, ask.tells) == ((), (), frozenset())
    assert (inquire.tolls, inquire.once, inquire.tells) == ((("answer", "inquiry"),), True, frozenset({"applicant"}))
    assert (inquire.meaning, inquire.source, inquire.exhibits) == ("", "", 0)
    assert (reply.resumes, reply.late) == ((("answer", "inquiry"),), True)
    assert (grant.decides, grant.second, grant.stops) == (Deciding.GRANT, True, ("answer",))
    assert (grant.unlike, found["tell"].meets, found["tell"].to) == (frozenset({"tell"}), ("news",), None)
    assert documents.procedures["appeal@1"].events["uphold"].unlike == {"grant", "file"}


def test_a_form_and_a_catalogue_are_what_they_say(documents: Any) -> None:
    form = documents.forms["report@1"]
    assert (form.name, form.title, form.sources) == ("report@1", "A report", ("a law", "an order"))
    assert (form.as_of, form.digest, list(form.fields)) == (
        date(2026, 7, 2),
        "digest of report@1",
        ["harm", "known_at"],
    )
    assert form.fields["harm"] == FieldRule(
        "harm", FieldKind.CHOICE, "what", Secrecy.SECURITY, ("none", "death"), "a law"
    )
    found = documents.criteria["access@1"]
    assert (found.name, found.title, found.sources) == ("access@1", "Access", ("a law", "an order"))
    assert (found.as_of, found.digest) == (date(2026, 7, 2), "digest of access@1")
    assert list(found.criteria.values()) == [
        Criterion(id="A-2", title="Two", statement="it is", evidence=("x", "y"), decisive=True, source="b"),
        Criterion(id="A-10", title="Ten", statement="so", evidence=(), decisive=False, source="a law"),
    ]
    assert documents.calendars["days@1"].digest == "digest of days@1"
    assert documents.calendars["days@1"].title == "Days"


def test_a_duty_is_what_it_says(documents: Any) -> None:
    procedure = documents.procedures["duty@1"]
    duty = procedure.duty
    assert (duty.jurisdiction, duty.to, duty.standing) == ("Nowhere", "an office", Standing("in force"))
    assert (duty.since, duty.standing_note) == (date(2026, 1, 1), "so far")
    assert [(each.name, each.title, each.text, each.source) for each in duty.tests] == [
        ("harmful", "Harm", 'harm != "none"', "a law"),
        ("worse", "Worse", 'harm == "death"', "b"),
    ]
    assert dict(duty.reports) == {"report": ("harm", "known_at")}
    assert dict(duty.begins) == {"learn": ("known_at",)}
    assert (procedure.form, set(procedure.fields)) == ("report@1", {"harm", "known_at"})
    less = {key: value for key, value in DUTY["duty"].items() if key not in ("since", "note", "begins")}
    documents, problems = made(CALENDAR, FORM, DUTY | {"duty": less})
    found = documents.procedures["duty@1"].duty
    assert not problems
    assert (found.since, found.standing_note, dict(found.begins)) == (None, "", {})


def test_a_procedure_with_a_problem_becomes_nothing() -> None:
    documents, problems = made(CALENDAR, FORM, DUTY, APPEAL | {"calendar": "days@2"})
    assert [each.message for each in problems] == ["unknown calendar `days@2`; known: `days@1`"]
    assert list(documents.procedures) == ["duty@1"]


def test_without_its_form_only_that_is_said() -> None:
    assert wrong(DUTY | {"form": "report@2"}) == [(("form",), "unknown form `report@2`; known: `report@1`", False)]


@pytest.mark.parametrize(
    ("key", "value", "path", "message"),
    [
        ("criteria", ["access@1", "b@1"], ("criteria", 1), "unknown catalogue of criteria `b@1`; known: `access@1`"),
        ("appeals", "duty@1", ("appeals",), "unknown procedure of topic `appeal` `duty@1`; known: `appeal@1`"),
    ],
)
def test_what_a_procedure_names_is_there(key: str, value: Any, path: tuple[str, ...], message: str) -> None:
    assert (path, message, False) in wrong(REQUEST | {key: value})


@pytest.mark.parametrize(
    ("event", "key", "value", "path", "message", "at_key"),
    [
        ("ask", "needs", ["purpse"], ("needs", 0), "unknown field `purpse`; known: `purpose`, `urgent`", False),
        ("ask", "takes", ["purpose"], ("takes", 0), "`purpose` is in `needs` already; it is one or the other", False),
        ("ask", "takes", ["x"], ("takes", 0), "unknown field `x`; known: `purpose`, `urgent`", False),
        ("ask", "starts", ["x"], ("starts", 0), "unknown clock `x`; known: `answer`, `news`", False),
        ("grant", "stops", ["answer", "x"], ("stops", 1), "unknown clock `x`; known: `answer`, `news`", False),
        ("tell", "meets", ["x"], ("meets", 0), "unknown clock `x`; known: `answer`, `news`", False),
        ("inquire", "tells", ["x"], ("tells", 0), "unknown role `x`; known: `applicant`, `officer`", False),
        ("inquire", "tells", ["clock"], ("tells", 0), "unknown role `clock`; known: `applicant`, `officer`", False),
        ("inquire", "tolls", {"x": "y"}, ("tolls", "x"), "unknown clock `x`; known: `answer`, `news`", True),
        ("reply", "resumes", {"x": "y"}, ("resumes", "x"), "unknown clock `x`; known: `answer`, `news`", True),
        (
            "reply",
            "resumes",
            {"answer": "y"},
            ("resumes", "answer"),
            "unknown reason of `answer` `y`; known: `inquiry`",
            False,
        ),
        ("inquire", "tolls", {"news": "y"}, ("tolls", "news"), "unknown reason of `news` `y`; known: none", False),
    ],
)
def test_what_an_event_names_is_there(
    event: str, key: str, value: Any, path: tuple[str | int, ...], message: str, at_key: bool
) -> None:
    events = REQUEST["events"] | {event: REQUEST["events"][event] | {key: value}}
    assert (("events", event, *path), message, at_key) in wrong(REQUEST | {"events": events})


@pytest.mark.parametrize(
    ("key", "value", "path", "message"),
    [
        ("owner", "x", ("owner",), "unknown role `x`; known: `applicant`, `officer`"),
        ("owner", "clock", ("owner",), "unknown role `clock`; known: `applicant`, `officer`"),
        (
            "event",
            "x",
            ("event",),
            "unknown event `x`; known: `ask`, `grant`, `inquire`, `lapse`, `reply`, `tell`",
        ),
        (
            "limit",
            [{"if": "urgnt", "limit": "1 d"}, {"limit": "2 d"}],
            ("limit", 0, "if"),
            "unknown field (or one that no condition can look at) `urgnt`; known here: urgent",
        ),
    ],
)
def test_what_a_clock_names_is_there(key: str, value: Any, path: tuple[str | int, ...], message: str) -> None:
    clocks = REQUEST["clocks"] | {"answer": REQUEST["clocks"]["answer"] | {key: value}}
    assert (("clocks", "answer", *path), message, False) in wrong(REQUEST | {"clocks": clocks})


def duty(**changed: Any) -> Tree:
    return DUTY | {"duty": DUTY["duty"] | changed}


@pytest.mark.parametrize(
    ("changed", "path", "message", "at_key"),
    [
        ({"reports": {"x": ["harm"]}}, ("reports", "x"), "unknown event `x`; known: `learn`, `report`", True),
        (
            {"reports": {"report": ["harm", "x"]}},
            ("reports", "report", 1),
            "unknown field `x`; known: `harm`, `known_at`",
            False,
        ),
        ({"begins": {"x": ["known_at"]}}, ("begins", "x"), "unknown event `x`; known: `learn`, `report`", True),
        (
            {"begins": {"learn": ["known_at", "harm"]}},
            ("begins", "learn", 1),
            "`harm` is no instant, but a choice",
            False,
        ),
        ({"begins": {"learn": ["x"]}}, ("begins", "learn", 0), "unknown field `x`; known: `harm`, `known_at`", False),
        (
            {"begins": {"report": ["known_at"]}},
            ("begins", "report"),
            "`report` starts no clock, so nothing begins by it",
            True,
        ),
    ],
)
def test_what_a_duty_names_is_there_and_begins_something(
    changed: Tree, path: tuple[str | int, ...], message: str, at_key: bool
) -> None:
    assert wrong(duty(**changed)) == [(("duty", *path), message, at_key)]


def test_a_test_of_a_duty_is_about_its_fields() -> None:
    test = DUTY["duty"]["tests"]["worse"] | {"if": 'known == "x"'}
    ((path, message, _),) = wrong(duty(tests={"worse": test}))
    assert path == ("duty", "tests", "worse", "if")
    assert message.startswith("unknown field (or one that no condition can look at) `known`")


def test_a_duty_and_its_topic_come_together() -> None:
    less = {key: value for key, value in DUTY.items() if key != "duty"}
    words = "a procedure of topic `incident duty` needs `duty`: when it applies, and to whom"
    assert wrong(less) == [(("topic",), words, False)]
    other = "`duty` is for procedures of topic `incident duty`"
    assert wrong(DUTY | {"topic": "disclosure"}) == [(("duty",), other, True)]


def test_a_field_of_the_form_is_no_field_of_the_procedure() -> None:
    fields = {"harm": {"kind": "text", "meaning": "what"}, "more": {"kind": "text", "meaning": "what"}}
    message = "`harm` is a field of the form `report@1` already; choose another name"
    problems = wrong(DUTY | {"fields": fields})
    assert [each for each in problems if each[0][0] == "fields"] == [(("fields", "harm"), message, True)]
    documents, others = made(CALENDAR, FORM, DUTY | {"fields": {"more": fields["more"]}})
    assert not [each for each in others if each.path[0] != "fields"]
    assert set(documents.procedures["duty@1"].fields) == {"harm", "known_at", "more"}
