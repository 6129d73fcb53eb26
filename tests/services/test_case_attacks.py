"""What applicants, officers alone and officers together have tried with cases, through signed acts on a real store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.services.acts_world import RELEASE, officer
from tests.services.cases_world import NOW, PERMIT, Court, Exhibit, Link, court

from licet.adapters.store_memory import MemoryStore
from licet.core.errors import LicetError
from licet.core.roles import Officer, Role
from licet.services.acts.administering import Done
from licet.services.acts.carried import NOTHING, Carried
from licet.services.acts.enacting import fields_of as documents_fields
from licet.services.acts.refusal import ActRefused, NotPermitted
from licet.services.acts.spelling import officer_tree
from licet.services.acts.what import What
from licet.services.cases.asked import NewCase, NewEntry, acting_fields, exhibit
from licet.services.ports import StoreConflict
from licet.services.stored import StoredList
from licet.wire.canonical import digest
from licet.wire.documents import DocumentsRejectedError

DECISION = {
    "summary": "What was decided stands.",
    "basis": ["15 CFR 756.2"],
    "considerations": "Every point of the appeal was looked at, and none holds.",
    "reconsideration": "New facts.",
    "official": "The appeals officer, appeals@example.org",
    "appeal": "In writing, within 45 days, to appeals@example.org",
}
TEN = (Role.OFFICER, Role.APPROVER)


@pytest.fixture
def at() -> Iterator[Court]:
    """A court where dora refused `C-1`; `C-2` has nothing to do with it. eve and fay decide on appeals."""
    made = court(MemoryStore())
    brought, content = exhibit("no.txt", "text/plain", b"no")
    made.open(made.new("Fable"))
    made.open(made.new("Another", "zeta"))
    made.act(made.entry("hear"))
    refusing = made.entry("refuse", role="judge", fields={"verdict": "no"}, exhibits=(brought,))
    made.act(refusing, by="dora", carried=Carried(exhibits=(content,)))
    appoint(made, made.ministry.made("eve", *TEN), made.ministry.made("fay", *TEN))
    yield made
    made.store.close()


def appoint(at: Court, *officers: Officer) -> None:
    at.ministry.approve(at.ministry.do(What.APPOINT, "ann", officers=[officer_tree(each) for each in officers]))


def dismiss(at: Court, name: str) -> None:
    at.ministry.approve(at.ministry.do(What.DISMISS, "ann", officers=[name], reason="gone"))


def appeal(at: Court, *links: Link, **fields: Any) -> str:
    """File an appeal and get it ready to be decided."""
    said = {"appellant": "acme", "ground": "denial", "decided_on": "2026-06-12", "argument": "a", "relief": "b"}
    new = NewCase(at.law.procedure("appeal").digest, "file", "appellant", said | fields, "acme", links=links)
    (name,) = at.open(new).result["cases"]
    at.act(at.entry("admit", name, role="registrar"))
    at.act(at.entry("close_submissions", name, role="registrar"))
    return str(name)


def uphold(at: Court, name: str, by: str = "eve", second: str = "fay", **more: Any) -> Done:
    entry = at.entry("uphold", name, role="appeal_officer", fields={"decision": DECISION | {"kind": "uphold"}}, **more)
    return at.ministry.approve(at.act(entry, by=by), second)


def test_who_decided_does_not_decide_the_appeal_however_it_names_the_case(at: Court) -> None:
    by_field, by_link = appeal(at, appealed=["C-1"]), appeal(at, Link("appeals", "C-1"))
    for name in (by_field, by_link):
        for by, second in (("dora", "eve"), ("eve", "dora")):
            with pytest.raises(ActRefused, match=r"`dora` entered `refuse` \(number 3\)"):
                uphold(at, name, by, second)
        uphold(at, name)
        assert at.case(name).state.name == "upheld"


def test_an_appeal_that_names_nothing_is_not_decided(at: Court) -> None:
    name = appeal(at)
    with pytest.raises(ActRefused, match="it does not say which case, or which instruments, it is about"):
        uphold(at, name, "dora")
    at.act(at.entry("link", name, role="officer", fields={"relation": "appeals", "target": "C-1"}))
    with pytest.raises(ActRefused, match="`dora` entered `refuse`"):
        uphold(at, name, "dora")


def test_no_other_case_is_put_before_the_one_that_is_appealed(at: Court) -> None:
    for links, fields in (
        ((Link("appeals", "C-2"), Link("appeals", "C-1")), {}),
        ((Link("appeals", "C-2"),), {"appealed": ["C-1"]}),
        ((), {"appealed": ["C-1", "C-2"]}),
    ):
        with pytest.raises(ActRefused, match=r"it appeals `C-1|it appeals `C-2"):
            appeal(at, *links, **fields)
    name = appeal(at, appealed=["C-1"])
    with pytest.raises(ActRefused, match="it appeals `C-1`, so what is appealed in `C-2` takes an appeal of its own"):
        at.act(at.entry("link", name, role="officer", fields={"relation": "appeals", "target": "C-2"}))


def test_cases_that_are_linked_in_a_circle_are_decided_all_the_same(at: Court) -> None:
    name = appeal(at, appealed=["C-1"])
    at.act(at.entry("link", "C-1", role="officer", fields={"relation": "appeals", "target": name}))
    with pytest.raises(ActRefused, match="`dora` entered `refuse`"):
        uphold(at, name, "dora")
    uphold(at, name)
    assert at.case(name).state.name == "upheld"


def test_a_link_that_is_made_while_an_act_waits_does_not_change_who_decided(at: Court) -> None:
    """Notes and links may be made meanwhile: what they say counts when the second officer agrees."""
    instruments = {"appealed": None, "instruments": ["us-order-1"]}
    name = appeal(at, **{key: value for key, value in instruments.items() if value is not None})
    entry = at.entry("uphold", name, role="appeal_officer", fields={"decision": DECISION | {"kind": "uphold"}})
    waits = at.act(entry, by="dora")
    at.act(at.entry("link", name, role="officer", fields={"relation": "appeals", "target": "C-1"}))
    with pytest.raises(ActRefused, match="`dora` entered `refuse`"):
        at.ministry.approve(waits, "eve")


def test_another_name_with_the_same_key_is_the_same_person(at: Court) -> None:
    name = appeal(at, appealed=["C-1"])
    dismiss(at, "dora")
    at.ministry.keys["drusilla"] = at.ministry.keys["dora"]
    appoint(at, officer("drusilla", at.ministry.keys["dora"], *TEN))
    for by, second in (("drusilla", "eve"), ("eve", "drusilla")):
        with pytest.raises(ActRefused, match=r"`drusilla` did `refuse` \(number 3\) before, as `dora`"):
            uphold(at, name, by, second)


def test_another_spelling_with_another_key_is_the_same_person(at: Court) -> None:
    name = appeal(at, appealed=["C-1"])
    dismiss(at, "dora")
    appoint(at, at.ministry.made("DORA", *TEN))
    with pytest.raises(ActRefused, match=r"`DORA` did `refuse` \(number 3\) before, as `dora`"):
        uphold(at, name, "DORA")


def test_who_decided_the_appeal_does_not_decide_on_the_appeal_against_that(at: Court) -> None:
    """Nor does whoever decided what was appealed first."""
    first = appeal(at, appealed=["C-1"])
    uphold(at, first)
    second = appeal(at, appealed=[first])
    for by in ("eve", "fay", "dora"):
        with pytest.raises(ActRefused, match=r"somebody else has to do this"):
            uphold(at, second, by, "ben")


def test_who_enacted_an_instrument_does_not_decide_the_appeal_against_it(at: Court) -> None:
    text = RELEASE.replace("release: {}", "release: us-order-1")
    at.ministry.approve(at.ministry.enact(documents_fields, text, by="eve"), "fay")
    name = appeal(at, ground="order", instruments=["us-order-1"])
    for by, second in (("eve", "ben"), ("dora", "fay")):
        with pytest.raises(ActRefused, match="did the enactment of `us-order-1` before"):
            uphold(at, name, by, second)
    uphold(at, name, "dora", "ben")
    assert at.case(name).state.name == "upheld"


def test_who_enacted_another_instrument_may_decide_the_appeal(at: Court) -> None:
    for name, by, second in (("us-order-1", "eve", "fay"), ("us-order-2", "dora", "ben")):
        text = RELEASE.replace("release: {}", f"release: {name}")
        at.ministry.approve(at.ministry.enact(documents_fields, text, by=by), second)
    appealed = appeal(at, ground="order", instruments=["us-order-1"])
    uphold(at, appealed, "dora", "ben")
    assert at.case(appealed).state.name == "upheld"


def test_who_enacted_an_instrument_does_not_decide_on_the_appeal_against_the_appeal_about_it(at: Court) -> None:
    text = RELEASE.replace("release: {}", "release: us-order-1")
    at.ministry.approve(at.ministry.enact(documents_fields, text, by="eve"), "fay")
    first = appeal(at, ground="order", instruments=["us-order-1"])
    uphold(at, first, "dora", "ben")
    second = appeal(at, appealed=[first])
    with pytest.raises(ActRefused, match="`eve` did the enactment of `us-order-1` before"):
        uphold(at, second, "eve", "ann")


def test_another_name_with_the_key_that_agreed_is_the_person_who_agreed(at: Court) -> None:
    first = appeal(at, appealed=["C-1"])
    uphold(at, first)
    second = appeal(at, appealed=[first])
    dismiss(at, "fay")
    at.ministry.keys["fiona"] = at.ministry.keys["fay"]
    appoint(at, officer("fiona", at.ministry.keys["fay"], *TEN))
    with pytest.raises(ActRefused, match=r"`fiona` did `uphold` \(number 4\) before, as `fay`"):
        uphold(at, second, "fiona", "ben")


def test_a_proposal_is_void_with_its_proposer_and_their_key(at: Court) -> None:
    name = appeal(at, appealed=["C-1"])
    entry = at.entry("uphold", name, role="appeal_officer", fields={"decision": DECISION | {"kind": "uphold"}})
    waits = at.act(entry, by="eve")
    dismiss(at, "eve")
    with pytest.raises(NotPermitted, match="`eve` was dismissed"):
        at.ministry.approve(waits, "fay")
    appoint(at, at.ministry.made("eve", *TEN))
    with pytest.raises(NotPermitted, match="signed with a key that `eve` has no longer"):
        at.ministry.approve(waits, "fay")


@pytest.mark.parametrize(
    ("event", "role", "by", "says"),
    [
        ("hear", "clerk", "cid", "may not do this"),
        ("hear", "clerk", "ben", "`ben` has no role for it"),
        ("hear", "judge", "ben", "`judge` does not cause `hear`"),
        ("lapse", "clock", "ann", "`clock` does not cause `lapse`"),
        ("ran out", "clock", "ann", "only the clock enters"),
    ],
)
def test_nobody_acts_in_a_role_that_they_do_not_hold(at: Court, event: str, role: str, by: str, says: str) -> None:
    with pytest.raises((ActRefused, NotPermitted), match=says):
        at.act(at.entry(event, "C-2", role=role), by=by)


def test_an_officers_note_is_nobody_elses(at: Court) -> None:
    note = at.entry("note", "C-2", role="officer", fields={"text": "x", "secrecy": "public"}, party="The Agency")
    with pytest.raises(ActRefused, match="`officer` is an officer; leave out `party`"):
        at.act(note)


def test_a_move_ends_no_case_and_leads_to_no_other_procedure(at: Court) -> None:
    """Two officers could write `granted` without a decision."""
    licence, permit = at.law.procedure("licence_application").digest, at.law.procedure("permit").digest
    for to, state, says in (
        (licence, "granted", "no version of `permit@1`"),
        (permit, "granted", "`granted` of `permit@1` ends otherwise than `filed`: events decide"),
        (permit, "refused", "events decide"),
    ):
        with pytest.raises(ActRefused, match=says):
            at.act(at.entry("move", "C-2", fields={"procedure": to, "state": state, "why": "so"}))
    for state in ("filed", "granted"):
        with pytest.raises(ActRefused, match="ends otherwise than `refused`"):
            at.act(at.entry("move", "C-1", fields={"procedure": permit, "state": state, "why": "so"}))


def test_no_procedure_takes_the_name_of_another(at: Court) -> None:
    from_shipped = "\n".join(["calendar: us_federal@2026", *CALENDAR])
    for text in (PERMIT.replace("72 h", "900 h"), from_shipped):
        with pytest.raises(DocumentsRejectedError, match=r"another content"):
            at.ministry.enact(documents_fields, text)
    lax = PERMIT.replace("permit@1", "permit@2").replace("72 h", "900 h")
    at.ministry.approve(at.ministry.enact(documents_fields, lax))
    assert at.case("C-2").procedure.name == "permit@1", "a case keeps the version that it began under"


CALENDAR = ["title: Mine", "sources: [me]", "as_of: 2026-06-01", "country: US", "categories: [public]"]


def test_nothing_is_backdated_before_the_opening_nor_dated_ahead(at: Court) -> None:
    at.now += timedelta(hours=1)
    for happened, says in (
        (NOW - timedelta(seconds=1), "before the case was opened"),
        (at.now + timedelta(seconds=1), "later than now"),
    ):
        with pytest.raises(ActRefused, match=says):
            at.act(at.entry("hear", "C-2", happened=happened, late="we forgot"))
    note = at.entry("note", "C-2", fields={"text": "x", "secrecy": "public"}, happened=NOW, late="we forgot")
    with pytest.raises(ActRefused, match="counts from when it is recorded"):
        at.act(note)


def test_an_authority_that_backdates_its_own_deed_is_marked_with_what_that_moved(at: Court) -> None:
    at.now += timedelta(days=3, hours=1)
    at.fire()
    at.act(at.entry("hear", "C-2", happened=NOW + timedelta(days=2), late="it was on paper"))
    placed = next(each for each in at.case("C-2").entries if each.entry.event == "hear")
    assert placed.backdated
    assert [each.clock for each in placed.shifts] == ["hearing"]
    assert placed.entry.at == at.now


def test_a_late_entry_does_not_overtake_what_an_officer_did(at: Court) -> None:
    """`C-1` was refused: it was not withdrawn, heard again or anything else before that."""
    at.now += timedelta(days=1)
    with pytest.raises(ActRefused, match=r"with this, number 3 .*would not have been possible|is not possible"):
        at.act(at.entry("hear", "C-1", happened=NOW, late="found later"))


def test_an_act_is_handed_in_once_soon_here_and_on_what_was_seen(at: Court) -> None:
    note = at.entry("note", "C-2", fields={"text": "x", "secrecy": "public"})
    act = at.ministry.act(What.CASE, "ann", **acting_fields([note]))
    at.ministry.submit(act)
    with pytest.raises(StoreConflict, match="handed in already"):
        at.ministry.submit(act)
    with pytest.raises(StoreConflict, match="this was made on 1 entries"):
        at.act(note)
    stale = at.ministry.act(What.CASE, "ann", **acting_fields([at.entry("hear", "C-2")]))
    at.now += timedelta(minutes=11)
    with pytest.raises(ActRefused, match="make and sign it anew"):
        at.ministry.submit(stale)
    assert [each.entry.event for each in at.case("C-2").entries] == ["file", "note"]


def deep(levels: int) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for _ in range(levels):
        tree = {"a": tree}
    return tree


@pytest.mark.parametrize("value", [deep(5_000), "x" * 300_000, float("nan"), 2**70, "\ud800", {"=cmd()": 1}, [[]]])
def test_fields_without_end_or_sense_are_refused_and_nothing_is_kept(at: Court, value: Any) -> None:
    before = len(at.store.acts())
    with pytest.raises(LicetError):
        at.act(NewEntry("C-2", 1, "hear", "clerk", {"text": value}))
    with pytest.raises(LicetError):
        at.act(at.entry("uphold", "C-2", role="judge", fields={"decision": value}))
    assert len(at.store.acts()) == before
    assert len(at.case("C-2").entries) == 1


@pytest.mark.parametrize(
    "mark", ["\u202e", "\u2066", "\x1b[2J", "\x00", "\n", "\u200b", "\u2060", "\ufeff", "\U000e0041"]
)
def test_no_text_of_one_line_turns_hides_or_steers(at: Court, mark: str) -> None:
    for new in (at.new(f"Fa{mark}ble"), at.new("Fable", f"ac{mark}me")):
        with pytest.raises(ActRefused):
            at.open(new)


def test_bytes_that_do_not_have_their_digest_are_no_exhibit(at: Court) -> None:
    named = Exhibit("a.txt", "text/plain", 5, digest(b"other"))
    for carried in (Carried(exhibits=(StoredList(named.digest, b"wrong"),)), NOTHING):
        with pytest.raises(ActRefused, match=r"the exhibit `a\.txt` "):
            at.act(at.entry("hear", "C-2", exhibits=(named,)), carried=carried)
    assert at.store.exhibit(named.digest) is None


def test_what_is_appealed_is_not_destroyed_before_the_appeal_is_over(at: Court) -> None:
    at.now = NOW + timedelta(days=365 * 5 + 10)
    name = appeal(at, appealed=["C-1"])
    with pytest.raises(ActRefused, match=f"what was decided in it is appealed in `{name}`, which is open"):
        at.ministry.do(What.DESTROY_CASES, "ann", cases=["C-1"], reason="it is over")
    uphold(at, name)
    at.ministry.approve(at.ministry.do(What.DESTROY_CASES, "ann", cases=["C-1"], reason="it is over"))


def test_a_hold_and_an_appeal_that_come_between_stop_a_destruction(at: Court) -> None:
    at.now = NOW + timedelta(days=365 * 5 + 10)
    waits = at.ministry.do(What.DESTROY_CASES, "ann", cases=["C-1"], reason="it is over")
    at.act(at.entry("hold", role="officer", fields={"name": "court", "why": "a court asked"}))
    with pytest.raises(ActRefused, match="the legal hold `court` is on it"):
        at.ministry.approve(waits)
    release = at.act(at.entry("release hold", role="officer", fields={"name": "court", "why": "it is over"}))
    with pytest.raises(NotPermitted):
        at.ministry.approve(release, "ann")
    at.ministry.approve(release)
    with pytest.raises(ActRefused, match="after its latest event"):
        at.ministry.approve(waits)
