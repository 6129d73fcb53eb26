"""Cases over HTTP: the same entries, rows and clocks as in the state directory, for those who may see them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from licet.adapters.admin_client import open_office
from licet.adapters.calendars import Holidays
from licet.adapters.officer_key import OfficerSigner
from licet.core.cases.case import Case
from licet.core.roles import KeyKind, Officer, OfficerKey, Role
from licet.office.admin.cases import PAGE
from licet.services.acts.carried import Carried
from licet.services.acts.content import make, read
from licet.services.acts.refusal import ActRefused, NotPermitted
from licet.services.acts.what import What
from licet.services.cases.asked import NewCase, NewEntry, acting_fields, exhibit, opening_fields
from licet.services.cases.laws import law_of
from licet.services.cases.looking import look
from licet.services.ports import StoreConflict

if TYPE_CHECKING:
    from tests.office.conftest import MakeOffice, Running

    from licet.adapters.admin_client.installation import RemoteInstallation
    from licet.services.acts.administering import Done

MODEL = "model: small\nfamily: f\napis: [openai]\nupstream: {url: 'http://127.0.0.1:9'}\n"
KEYS = {name: OfficerSigner(bytes([number]) * 32) for number, name in enumerate(("ann", "ben", "cid", "aud"), start=1)}
ROLES = {"ann": Role.OFFICER, "ben": Role.APPROVER, "cid": Role.VIEWER, "aud": Role.AUDITOR}


class Desk:
    """An office, and what officers do there through the client of the command line."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.offices: dict[str, RemoteInstallation] = {}
        for name, key in KEYS.items():
            held = (OfficerKey(key.id, KeyKind.ED25519, key.public),)
            roles = {ROLES[name]} | ({Role.ADMINISTRATOR} if name == "ann" else set())
            running.store.put_officer(Officer(name, frozenset(roles), held), actor="root", at=datetime.now(UTC))

    def office(self, name: str) -> RemoteInstallation:
        """The office, signed in as somebody."""
        if name not in self.offices:
            self.offices[name] = open_office(self.running.url, KEYS[name])
        return self.offices[name]

    def do(self, what: What, fields: dict[str, Any], by: str = "ann", carried: Carried | None = None) -> Done:
        """An act, made, signed and handed in over HTTP."""
        at = self.office(by).administration
        parts = {"installation": at.installation, "actor": by, "now": at.now(), "random_bytes": lambda n: b"n" * n}
        act = make(what, fields, **parts)  # type: ignore[arg-type]
        return at.submit(act.content, KEYS[by].sign(act.digest), carried or Carried(), timeout=5)

    def approve(self, done: Done, by: str = "ben") -> Done:
        """Somebody agrees, over HTTP."""
        signature = KEYS[by].sign(read(done.act.content).digest)
        return self.office(by).administration.approve(done.act.id, by, signature, Carried(), timeout=5)

    def case(self, by: str, name: str = "C-1") -> Case:
        """A case, derived here from what the office tells."""
        store, now = self.office(by).store, self.office(by).now()
        return look(store, law_of(store, Holidays(), now), name, now)


@pytest.fixture
def desk(make_office: MakeOffice) -> Iterator[Desk]:
    running = make_office()
    running.enact(MODEL)
    made = Desk(running.start())
    yield made
    for each in made.offices.values():
        each.close()


def opening(party: str = "acme", **more: Any) -> NewCase:
    law = law_of(NOTHING, Holidays(), datetime.now(UTC))
    fields = {"organisation": party, "models": ["small"], **more}
    return NewCase(law.procedure("customer_approval").digest, "propose", "proposer", fields, "the office")


class _Nothing:
    def documents(self) -> tuple[()]:
        return ()

    def kept_procedures(self) -> tuple[()]:
        return ()


NOTHING: Any = _Nothing()


def test_a_case_is_opened_worked_on_and_read_over_http(desk: Desk) -> None:
    letter, content = exhibit("letter.txt", "text/plain", b"please")
    new = NewCase(**{**_parts(opening()), "exhibits": (letter,)})
    done = desk.do(What.OPEN_CASES, opening_fields([new, opening("zeta")]), carried=Carried(exhibits=(content,)))
    assert done.result == {"cases": ["C-1", "C-2"]}
    store = desk.office("ann").store
    here = desk.running.store
    assert store.case("C-1") == here.case("C-1")
    assert store.case("C-9") is None
    assert store.case_rows() == here.case_rows()
    assert store.case_rows(after="C-1", topic="customer approval", is_open=True) == here.case_rows(after="C-1")
    assert store.case_rows(limit=1) == here.case_rows(limit=1)
    assert list(store.stored_cases()) == list(here.stored_cases())
    assert store.due_rows() == here.due_rows() != ()
    assert store.due_rows(until=datetime(2020, 1, 1, tzinfo=UTC)) == ()
    assert store.exhibit(letter.digest) == b"please"
    assert store.exhibit("sha256:" + "0" * 64) is None
    assert desk.case("ann").state.name == "proposed"
    note = NewEntry("C-1", 1, "note", "reviewer", {"text": "seen", "secrecy": "deliberation"})
    desk.do(What.CASE, acting_fields([note]))
    assert [each.entry.event for each in desk.case("ben").entries] == ["propose", "note"]
    with pytest.raises(StoreConflict, match="`ann` entered `note`"):
        desk.do(What.CASE, acting_fields([note]))
    with pytest.raises(ActRefused, match="`C-1`: "):
        desk.do(What.CASE, acting_fields([NewEntry("C-1", 2, "approve", "deciding_officer")]))


def _parts(new: NewCase) -> dict[str, Any]:
    return {name: getattr(new, name) for name in NewCase.__slots__}


def test_who_may_not_see_cases_sees_none_of_them(desk: Desk) -> None:
    desk.do(What.OPEN_CASES, opening_fields([opening()]))
    seen = {
        "/cases": {"ann", "ben", "aud"},
        "/cases/C-1": {"ann", "ben", "aud"},
        "/clocks": {"ann", "ben", "aud"},
        "/procedures": {"ann", "ben", "cid", "aud"},
        "/kept-law": {"ann", "ben", "cid", "aud"},
    }
    for name in KEYS:
        wire = desk.office(name)._wire
        for path, who in seen.items():
            if name in who:
                assert wire.get(path, lambda tree: tree)
            else:
                with pytest.raises(NotPermitted, match="`see cases`"):
                    wire.get(path, lambda tree: tree)
        kinds = [each.kind for each in desk.office(name).administration.acts()]
        assert ("work cases" in kinds) == (name != "cid")


def test_a_case_says_how_it_stands_and_what_is_possible_for_whoever_asks(desk: Desk) -> None:
    desk.do(What.OPEN_CASES, opening_fields([opening()]))
    standing = desk.office("ann")._wire.get("/cases/C-1", lambda tree: tree["standing"])
    assert (standing["state"], standing["number"], standing["final"]) == ("proposed", 1, False)
    possible = {each["event"]: each["not_yet"] for each in standing["possible"]}
    assert possible["screen"] is None
    assert (
        "`screen` needs"
        in {
            each["event"]: each["not_yet"]
            for each in desk.office("ben")._wire.get("/cases/C-1", lambda tree: tree["standing"]["possible"])
        }["screen"]
    )
    assert {each["clock"] for each in standing["deadlines"]} == {"whole", "screening"}
    named = desk.office("ann")._wire.get(
        "/procedures", lambda tree: {each["name"]: each for each in tree["procedures"]}
    )
    assert named["customer_approval@2026-07"]["newest"]


@pytest.mark.parametrize(
    "path",
    ["/cases?open=perhaps", "/cases?limit=0", f"/cases?limit={PAGE + 1}", "/clocks?until=soon", "/clocks?limit=x"],
)
def test_a_query_that_cannot_be_meant_is_refused(desk: Desk, path: str) -> None:
    with closing(desk.running.client()) as http:
        token = {"authorization": f"Bearer {_token(desk)}"}
        said = http.get(f"/admin/v1{path}", headers=token)
    assert (said.status_code, said.json()["code"]) == (400, "malformed_query")


def _token(desk: Desk) -> str:
    office = desk.office("ann")
    office.now()
    return str(office._wire._token)
