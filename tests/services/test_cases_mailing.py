"""Letters about cases: to whom, what they say and never say, and that each is handed in at least once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.cases.test_obligations import granted
from tests.services.cases_world import NOW, Court, court

from licet.adapters.calendars import Holidays
from licet.adapters.store import create_store, open_store
from licet.adapters.store_memory import MemoryStore
from licet.services.cases.mailing import address_of, letters, send
from licet.services.cases.ports import Casework, Letter, MailRefused
from licet.services.ports import Store, StoreUnavailable

WHERE = "https://licet.example/cases"
CONTACT = {"contact": "Ann of Acme <ann@acme.example>, or the porter"}


@pytest.fixture(params=["sqlite", "memory"])
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Court]:
    """Officers who work on cases where letters are written, on each store."""
    made: Store = create_store(tmp_path / "state", NOW) if request.param == "sqlite" else MemoryStore()
    yield court(made, look_at=WHERE, officers_at="desk@licet.example")
    made.close()


class Server:
    """A mail server that takes what it is told to take."""

    def __init__(self, *refuses: MailRefused | None) -> None:
        self.took: list[Letter] = []
        self._refuses = list(refuses)

    def send(self, letter: Letter, *, at: datetime) -> None:
        """See the port."""
        refused = self._refuses.pop(0) if self._refuses else None
        if refused is not None:
            raise refused
        self.took.append(letter)


def test_a_letter_says_which_case_what_happened_what_is_due_and_where_to_look_and_nothing_else(at: Court) -> None:
    at.open(at.new("Top secret", "acme", fields=CONTACT))
    party, desk = at.store.letters(unsent=True)
    assert (party.to, desk.to) == ("ann@acme.example", "desk@licet.example")
    assert (party.id, party.case, party.number) == ("C-1.1.1", "C-1", 1)
    assert party.subject == "Case C-1: File it"
    assert party.text == (
        "Case C-1: File it.\n\nEntered 2026-06-12 21:21:00 +0000.\n\nDue now:\n"
        "  Hear it: 2026-06-15 17:21:00 -0400\n  Decide: 2026-07-12 23:59:59 -0400\n\n"
        f"What was entered, and why, is not in this message. Look at it here: {WHERE}\n"
    )
    for letter in (party, desk):
        for secret in ("Top secret", "acme", "Ann", "ann"):
            assert secret not in letter.text
            assert secret not in letter.subject


def test_a_letter_says_when_an_obligation_is_due_and_nothing_of_what_it_says() -> None:
    case = granted(text="They guard the weights of Fable.").case()
    tells = replace(case.procedure.events["grant"], tells=frozenset({"clerk"}))
    told = replace(case, procedure=replace(case.procedure, events={**case.procedure.events, "grant": tells}))
    (letter,) = letters(told, [case.entries[-1].entry], Casework(Holidays(), WHERE, "desk@licet.example"))
    assert "Due now:\n  Obligation of entry 3: 2026-07-13 23:59:59 -0400\n" in letter.text
    assert "guard" not in letter.text


def test_letters_come_with_what_they_are_about_or_not_at_all(at: Court) -> None:
    at.open(at.new(fields=CONTACT))
    before = len(at.store.letters(unsent=True))
    at.act(at.entry("hear"))
    assert [each.subject for each in at.store.letters(unsent=True)][before:] == ["Case C-1: Hear it"]
    grant = at.entry("grant", role="judge", fields={"verdict": "yes"})
    done = at.act(grant, by="dora")
    assert len(at.store.letters(unsent=True)) == before + 1
    at.ministry.approve(done)
    assert [each.subject for each in at.store.letters(unsent=True)][-1] == "Case C-1: Grant it"


def test_what_the_clock_makes_happen_is_told_too(at: Court) -> None:
    at.open(at.new(fields=CONTACT))
    at.now += timedelta(days=40)
    at.fire()
    assert [each.subject for each in at.store.letters(unsent=True)][-1] == "Case C-1: It is granted by silence"


@pytest.mark.parametrize(
    ("contact", "to"),
    [
        ("ann@acme.example", "ann@acme.example"),
        ("write to <ann@acme.example>.", "ann@acme.example"),
        ("ann@acme.example or ben@acme.example", None),
        ("by pigeon", None),
        ("ann@localhost", None),
        ("=?utf-8?q?ben?=@acme.example", None),
        ("ann..ben@acme.example", None),
        ("ann@acme.example@evil.example", None),
        ("\u0430nn@acme.example", None),
        ("", None),
    ],
)
def test_only_one_plain_address_is_written_to(at: Court, contact: str, to: str | None) -> None:
    at.open(at.new(fields={"contact": contact} if contact else {}))
    assert address_of(at.case(), "applicant") == to
    assert address_of(at.case(), "judge") is None
    assert [each.to for each in at.store.letters(unsent=True)] == [*([to] if to else []), "desk@licet.example"]


def test_a_contact_is_that_of_the_first_party_whom_the_procedure_tells_of_anything(at: Court) -> None:
    at.open(at.new(fields=CONTACT))
    case = at.case()
    roles = case.procedure.roles
    witness = replace(roles["applicant"], name="witness")
    ordered = {"clerk": roles["clerk"], "witness": witness, "applicant": roles["applicant"]}
    others = replace(case, procedure=replace(case.procedure, roles=ordered))
    assert address_of(others, "applicant") == "ann@acme.example"
    assert address_of(others, "witness") is None


def test_what_is_due_soonest_stands_first_whatever_its_clock_is_called(at: Court) -> None:
    at.open(at.new(fields=CONTACT))
    case = at.case()
    late = [replace(each, due=NOW + timedelta(days=90)) if each.clock == "hearing" else each for each in case.deadlines]
    told = replace(case, deadlines=tuple(late))
    letter = letters(told, [case.entries[0].entry], at.casework)[0]
    assert "Due now:\n  Decide: 2026-07-12 23:59:59 -0400\n  Hear it: 2026-09-10 " in letter.text


def test_no_letter_is_written_where_mail_is_not_set() -> None:
    at = court(MemoryStore())
    at.open(at.new(fields=CONTACT))
    assert at.store.letters(unsent=False) == ()


def test_letters_are_handed_in_oldest_first_and_once(at: Court) -> None:
    at.open(at.new(fields=CONTACT))
    at.act(at.entry("hear"))
    server = Server()
    assert send(at.store, server, lambda: at.now) == (3, ())
    assert [each.id for each in server.took] == ["C-1.1.1", "C-1.1.2", "C-1.2.1"]
    assert send(at.store, server, lambda: at.now) == (0, ())


def test_a_server_that_takes_nothing_now_is_asked_again_later(at: Court) -> None:
    at.open(at.new(fields=CONTACT))
    server = Server(MailRefused("the mail server said 451 later"))
    assert send(at.store, server, lambda: at.now) == (0, ("C-1.1.1: the mail server said 451 later",))
    assert len(at.store.letters(unsent=True)) == 2
    assert send(at.store, server, lambda: at.now) == (2, ())


def test_a_letter_that_nobody_will_ever_take_holds_up_no_other(at: Court) -> None:
    at.open(at.new(fields=CONTACT))
    server = Server(MailRefused("the mail server said 550 nobody", for_good=True))
    assert send(at.store, server, lambda: at.now) == (1, ("C-1.1.1: the mail server said 550 nobody",))
    assert [each.to for each in server.took] == ["desk@licet.example"]
    assert at.store.letters(unsent=True) == ()


def test_what_was_handed_in_and_not_noted_is_handed_in_again_as_the_same_letter(tmp_path: Path) -> None:
    with closing(create_store(tmp_path / "state", NOW)) as store:
        at = court(store, look_at=WHERE)
        at.open(at.new(fields=CONTACT))
        server = Server()

        def lost(*_: object, **__: object) -> None:
            raise StoreUnavailable("the disk is full")

        store.mark_sent = lost  # type: ignore[method-assign]
        with pytest.raises(StoreUnavailable):
            send(store, server, lambda: at.now)
    with closing(open_store(tmp_path / "state", NOW)) as store:
        assert send(store, server, lambda: at.now) == (1, ())
    assert server.took[0] == server.took[1]
